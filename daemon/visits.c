/*
 * Visitors with a page open; see visits.h.
 *
 * Redis has a set of them for each daemon under the daemon's name, which lives
 * by a lease.  Whenever a call is lost the daemon takes another name and says
 * anew who is with it: what stood under the old one runs out, and nobody has
 * to know which half of a lost call was done.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/idmap.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "caller.h"
#include "daemon.h"
#include "edge/hmac.h"
#include "feed.h"
#include "outbox.h"
#include "pace.h"
#include "route/route.h"
#include "stmts.h"
#include "store/pgparam.h"
#include "store/pool.h"
#include "visits.h"
#include "widget.h"

#define BUCKETS	 4096 /* a power of two */
#define LEASE_MS 10000
#define TICK_MS	 1000
#define ROUND_MS 2000 /* between two looks at the same place */
#define PLACES	 250  /* looked at in one go */
#define UNSAID	 64   /* calls' worth of comings that await PostgreSQL */
#define UNTOLD	 (-1) /* a place that was never told */

struct visit {
	struct link link;
	struct link by;	    /* in its bucket */
	struct link change; /* on changed, until Redis is told */
	char	    conversation[37];
	unsigned    streams;
	bool	    here; /* Redis was told so */
	bool	    waits;
	int64_t	    ticket;
	int64_t	    place; /* last told: 1 is next, 0: no more in line */
};

struct visits {
	struct daemon *d;
	char	       name[33];
	struct list    all;
	struct list    buckets[BUCKETS];
	struct list    changed;
	struct list    seen;   /* places looked at in this round */
	struct list    unsaid; /* struct errand: comings to be said again */
	size_t	       told;   /* of whom Redis has answered that it knows */
	bool	       lost;   /* say everything anew */
	bool	       ticking, placing, telling;
	int64_t	       next_tick, next_round;
};

/* A statement or call under way that names conversations. */
struct errand {
	struct link    link; /* on unsaid */
	struct visits *v;
	size_t	       n;
	char (*names)[37];
};

static struct idmap errands;

static struct errand *
errand_make(struct visits *v, size_t room)
{
	struct errand *e = xcalloc(1, sizeof *e);

	e->v = v;
	e->names = xcalloc(room + 1, sizeof *e->names);
	return (e);
}

static uint64_t
errand_new(struct visits *v, size_t room, struct errand **out)
{
	*out = errand_make(v, room);
	return (idmap_add(&errands, *out));
}

static void
errand_free(struct errand *e)
{
	free(e->names);
	free(e);
}

static void
errand_add(struct errand *e, const char *conversation)
{
	snprintf(e->names[e->n++], sizeof *e->names, "%s", conversation);
}

static struct list *
bucket_of(struct visits *v, const char *s)
{
	uint32_t h = 2166136261u; /* FNV-1a */

	for (; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return (&v->buckets[h & (BUCKETS - 1)]);
}

static struct visit *
visit_find(struct visits *v, const char *conversation)
{
	LIST_EACH (l, bucket_of(v, conversation)) {
		struct visit *w = list_of(l, struct visit, by);

		if (strcmp(w->conversation, conversation) == 0)
			return (w);
	}
	return (NULL);
}

static void
visit_free(struct visits *v, struct visit *w)
{
	if (w->change.on != NULL)
		list_remove(w->change.on, &w->change);
	if (w->here && v->told != 0)
		v->told--;
	list_remove(bucket_of(v, w->conversation), &w->by);
	list_remove(w->link.on, &w->link);
	free(w);
}

static void
visit_changed(struct visits *v, struct visit *w)
{
	if (w->change.on == NULL)
		list_append(&v->changed, &w->change);
}

static void
name_new(struct visits *v)
{
	uint8_t b[16];

	if (!random_bytes(b, sizeof b))
		fatal("visits: there is no randomness");
	hex_put(v->name, b, sizeof b);
}

struct visits *
visits_open(struct daemon *d)
{
	struct visits *v = xcalloc(1, sizeof *v);

	v->d = d;
	name_new(v);
	return (v);
}

/* Gone and back ------------------------------------------------------------ */

static void
outbox_of(struct visits *v, const struct pg_reply *r)
{
	if (r->how == PG_DONE && !PQgetisnull(r->res, 0, 1))
		outbox_take_json(v->d->outbox, PQgetvalue(r->res, 0, 1),
		    (size_t)PQgetlength(r->res, 0, 1));
}

static void visits_back(struct errand *);

/* Not on record that they are back: it is said again in a while. */
static void
back_failed(struct errand *e)
{
	if (e->v->unsaid.count < UNSAID)
		list_append(&e->v->unsaid, &e->link);
	else
		errand_free(e);
}

static void
back_done(uint64_t id, const struct pg_reply *r)
{
	struct errand *e = idmap_drop(&errands, id);

	if (e == NULL)
		return;
	outbox_of(e->v, r);
	if (r->how == PG_LATER)
		back_failed(e);
	else
		errand_free(e);
}

/*
 * Those of the errand who were noted as gone are back.  Asked of everybody who
 * comes: what is cached of a visitor may be from before he was noted.
 */
static void
visits_back(struct errand *e)
{
	struct pg_param p[1];
	json_t	       *list = json_array();
	uint64_t	id;
	char	       *text;
	size_t		i;

	for (i = 0; i < e->n; i++)
		json_array_append_new(list, json_string(e->names[i]));
	text = json_dumps(list, JSON_COMPACT);
	json_decref(list);
	p[0] = pgparam_str(text != NULL ? text : "[]");
	id = idmap_add(&errands, e);
	if (!pool_ask(e->v->d->pg_ops, id, ST_CHAT_BACK, p, back_done))
		back_failed(idmap_drop(&errands, id));
	free(text);
}

static void
names_back(struct visits *v, const char *const *names, size_t n)
{
	struct errand *e;
	size_t	       i;

	if (n == 0)
		return;
	e = errand_make(v, n);
	for (i = 0; i < n; i++)
		errand_add(e, names[i]);
	visits_back(e);
}

static void
visits_back_again(struct visits *v)
{
	size_t n = v->unsaid.count;

	while (n-- > 0 && pool_up(v->d->pg_ops))
		visits_back(
		    list_of(list_shift(&v->unsaid), struct errand, link));
}

static void
gone_noted(uint64_t id, enum route_how how, const char *const *back, size_t n)
{
	struct errand *e = idmap_drop(&errands, id);

	(void)how;
	if (e == NULL)
		return;
	names_back(e->v, back, n);
	errand_free(e);
}

/* On record: Redis may forget that they left. */
static void
gone_filed(uint64_t id, const struct pg_reply *r)
{
	struct errand *e = idmap_drop(&errands, id);
	const char   **names;
	size_t	       i;

	if (e == NULL)
		return;
	e->v->telling = false;
	outbox_of(e->v, r);
	if (r->how != PG_DONE) {
		errand_free(e);
		return;
	}
	names = xcalloc(e->n + 1, sizeof *names);
	for (i = 0; i < e->n; i++)
		names[i] = e->names[i];
	id = idmap_add(&errands, e);
	if (!route_visits_gone(e->v->d->route, names, e->n, id, gone_noted))
		errand_free(idmap_drop(&errands, id));
	free(names);
}

static void
visits_gone(struct visits *v, const struct route_left *left, size_t n)
{
	struct pg_param p[1];
	struct errand  *e;
	json_t	       *list = json_array();
	uint64_t	id = errand_new(v, n, &e);
	char	       *text;
	size_t		i;

	for (i = 0; i < n; i++) {
		errand_add(e, left[i].conversation);
		json_array_append_new(list,
		    json_pack("{s:s,s:I}", "conversation", left[i].conversation,
			"since", (json_int_t)left[i].since));
	}
	text = json_dumps(list, JSON_COMPACT);
	json_decref(list);
	p[0] = pgparam_str(text != NULL ? text : "[]");
	v->telling = pool_ask(v->d->pg_ops, id, ST_CHAT_GONE, p, gone_filed);
	if (!v->telling)
		errand_free(idmap_drop(&errands, id));
	free(text);
}

static void
ticked(uint64_t id, enum route_how how, bool known,
    const struct route_left *left, size_t n)
{
	struct errand *e = idmap_drop(&errands, id);
	struct visits *v;

	if (e == NULL)
		return;
	v = e->v;
	errand_free(e);
	v->ticking = false;
	if (how != ROUTE_DONE)
		return;
	if (!known && v->all.count + v->seen.count != 0)
		v->lost = true;
	if (n != 0 && !v->telling)
		visits_gone(v, left, n);
}

static void
visits_lease(struct visits *v)
{
	struct route_lease lease = { v->name, LEASE_MS };
	struct errand	  *e;
	uint64_t	   id;

	if (v->ticking || !route_ready(v->d->route))
		return;
	id = errand_new(v, 0, &e);
	v->ticking = route_visits_tick(
	    v->d->route, &lease, widget_gone_ms(v->d->widget), id, ticked);
	if (!v->ticking)
		errand_free(idmap_drop(&errands, id));
}

/* Coming and leaving ------------------------------------------------------- */

void
visits_come(struct visits *v, const struct caller *c)
{
	struct visit *w = visit_find(v, c->conversation);

	if (w == NULL) {
		w = xcalloc(1, sizeof *w);
		snprintf(w->conversation, sizeof w->conversation, "%s",
		    c->conversation);
		list_append(bucket_of(v, w->conversation), &w->by);
		list_append(&v->all, &w->link);
	}
	w->streams++;
	if (c->ticket != 0)
		w->ticket = c->ticket;
	w->waits = w->ticket != 0;
	w->place = UNTOLD; /* this page does not know yet */
	visit_changed(v, w);
}

void
visits_leave(struct visits *v, const char *conversation)
{
	struct visit *w = visit_find(v, conversation);

	if (w != NULL && w->streams != 0 && --w->streams == 0)
		visit_changed(v, w);
}

static void
visits_told(uint64_t id, enum route_how how)
{
	struct errand *e = idmap_drop(&errands, id);

	if (e == NULL)
		return;
	if (how != ROUTE_DONE)
		e->v->lost = true;
	e->v->told += e->n;
	errand_free(e);
}

static void
visits_tell(struct visits *v, bool came, const char *const *names, size_t n)
{
	struct route_lease lease = { v->name, LEASE_MS };
	struct errand	  *e;
	uint64_t	   id;

	if (n == 0)
		return;
	id = errand_new(v, 0, &e);
	e->n = came ? n : 0; /* how many more it then knows */
	if (route_visits(v->d->route, &lease, came, names, n, id, visits_told))
		return;
	errand_free(idmap_drop(&errands, id));
	v->lost = true;
}

/* Of those whose streams came or went since, a call's worth each way. */
static void
visits_flush(struct visits *v)
{
	const char   *came[ROUTE_VISITS], *left[ROUTE_VISITS];
	struct visit *gone[ROUTE_VISITS], *w;
	size_t	      ncame = 0, nleft = 0, ngone = 0;
	struct link  *l;

	while (ncame < ROUTE_VISITS && ngone < ROUTE_VISITS &&
	    (l = list_shift(&v->changed)) != NULL) {
		w = list_of(l, struct visit, change);
		if (w->streams == 0) {
			/* Also who came and went within a tick. */
			left[nleft++] = w->conversation;
			gone[ngone++] = w;
		} else if (!w->here) {
			w->here = true;
			came[ncame++] = w->conversation;
		}
	}
	visits_tell(v, true, came, ncame);
	visits_tell(v, false, left, nleft);
	names_back(v, came, ncame);
	while (ngone > 0)
		visit_free(v, gone[--ngone]);
}

/* Redis lost count, or we did: another name, and everybody again. */
static void
visits_anew(struct visits *v)
{
	v->lost = false;
	v->told = 0;
	name_new(v);
	LIST_EACH (l, &v->all)
		list_of(l, struct visit, link)->here = false;
	LIST_EACH (l, &v->all)
		visit_changed(v, list_of(l, struct visit, link));
	LIST_EACH (l, &v->seen) {
		struct visit *w = list_of(l, struct visit, link);

		w->here = false;
		visit_changed(v, w);
	}
}

/* Places in line ------------------------------------------------------------ */

void
visits_heed(struct visits *v, const char *conversation, int64_t ticket)
{
	struct visit *w;

	if (ticket == 0 || (w = visit_find(v, conversation)) == NULL)
		return;
	w->ticket = ticket;
	w->waits = true;
}

/* Place 0: he is no more in line. */
static void
visit_tell_place(struct visits *v, struct visit *w, const char *queue)
{
	json_t *j = w->place > 0 ? pace_line(v->d, queue, w->place - 1)
				 : json_pack("{s:i}", "place", 0);
	char   *text = json_dumps(j, JSON_COMPACT);

	if (text != NULL)
		feed_whisper(v->d->feed, w->conversation,
		    &(struct route_entry){ .id = "",
			.kind = "line",
			.queue = "",
			.json = text,
			.len = strlen(text) });
	free(text);
	json_decref(j);
}

static void
places_got(
    uint64_t id, enum route_how how, const struct route_place *p, size_t n)
{
	struct errand *e = idmap_drop(&errands, id);
	struct visit  *w;
	size_t	       i;
	int64_t	       place;

	if (e == NULL)
		return;
	e->v->placing = false;
	for (i = 0; how == ROUTE_DONE && i < n && i < e->n; i++) {
		w = visit_find(e->v, e->names[i]);
		if (w == NULL || w->ticket != p[i].ticket)
			continue;
		w->waits = p[i].ahead >= 0;
		place = p[i].ahead + 1;
		if (place == w->place || (place == 0 && w->place == UNTOLD))
			continue;
		w->place = place;
		visit_tell_place(e->v, w, p[i].queue);
	}
	errand_free(e);
}

/* The next of this round; who was looked at goes to the other list. */
static void
visits_places(struct visits *v)
{
	int64_t	       tickets[PLACES];
	struct errand *e;
	struct visit  *w;
	struct link   *l;
	uint64_t       id;
	size_t	       looked = 0;

	if (v->placing || !route_ready(v->d->route))
		return;
	if (v->all.count == 0) {
		if (v->seen.count == 0 || clock_now() < v->next_round)
			return;
		while ((l = list_shift(&v->seen)) != NULL)
			list_append(&v->all, l);
		v->next_round = clock_now() + ROUND_MS;
	}
	id = errand_new(v, PLACES, &e);
	while (e->n < PLACES && looked++ < 8 * PLACES &&
	    (l = list_shift(&v->all)) != NULL) {
		list_append(&v->seen, l);
		w = list_of(l, struct visit, link);
		if (!w->waits)
			continue;
		tickets[e->n] = w->ticket;
		errand_add(e, w->conversation);
	}
	v->placing = e->n != 0 &&
	    route_places(v->d->route, tickets, e->n, id, places_got);
	if (!v->placing)
		errand_free(idmap_drop(&errands, id));
}

void
visits_tick(struct visits *v)
{
	if (v->lost && route_ready(v->d->route))
		visits_anew(v);
	if (route_ready(v->d->route))
		visits_flush(v);
	visits_places(v);
	if (clock_now() < v->next_tick)
		return;
	v->next_tick = clock_now() + TICK_MS;
	visits_lease(v);
	visits_back_again(v);
}

size_t
visits_count(const struct visits *v)
{
	return (v->told);
}

static void
errand_drop(uint64_t id, void *errand, void *arg)
{
	(void)arg;
	idmap_drop(&errands, id);
	errand_free(errand);
}

void
visits_close(struct visits *v)
{
	while (v->all.first != NULL)
		visit_free(v, list_of(v->all.first, struct visit, link));
	while (v->seen.first != NULL)
		visit_free(v, list_of(v->seen.first, struct visit, link));
	while (v->unsaid.first != NULL)
		errand_free(
		    list_of(list_shift(&v->unsaid), struct errand, link));
	idmap_each(&errands, errand_drop, NULL);
	idmap_free(&errands);
	free(v);
}
