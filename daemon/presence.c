/*
 * Who is here; see presence.h.
 *
 * As with visitors, Redis has a set of them for each daemon under a name that
 * lives by a lease, and a daemon whose call was lost takes another name and
 * says anew who is with it.  Whoever left is remembered for as long as he is
 * waited for, so that he is also told to a Redis that was emptied meanwhile.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/hex.h"
#include "base/idmap.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "caller.h"
#include "daemon.h"
#include "edge/hmac.h"
#include "presence.h"
#include "stmts.h"
#include "store/pgparam.h"
#include "store/pool.h"

#define BUCKETS	 1024 /* a power of two */
#define LEASE_MS 10000
#define RENEW_MS 3000
#define GRACE_S	 30

struct person {
	struct link link;
	struct link by;	    /* in his bucket */
	struct link change; /* on changed, until Redis is told */
	char	    login[72];
	unsigned    connections;
	bool	    here;  /* Redis was told so */
	int64_t	    until; /* without a connection: is remembered until then */
};

struct presence {
	struct daemon *d;
	char	       name[33];
	char	       given_up[33]; /* the name before it, or "" */
	struct list    all;
	struct list    buckets[BUCKETS];
	struct list    changed;
	int64_t	       grace; /* ms; 0: nobody is waited for */
	int64_t	       next;  /* when the lease is to be renewed */
	bool	       renewing;
	bool	       named; /* Redis knows the name */
	bool	       lost;  /* say everything anew */
};

static struct idmap errands; /* struct presence, one id an errand */

static void
name_new(struct presence *p)
{
	uint8_t b[16];

	if (!random_bytes(b, sizeof b))
		fatal("presence: there is no randomness");
	hex_put(p->name, b, sizeof b);
}

struct presence *
presence_open(struct daemon *d)
{
	struct presence *p = xcalloc(1, sizeof *p);

	p->d = d;
	p->grace = GRACE_S * 1000;
	name_new(p);
	return (p);
}

void
presence_configure(struct presence *p, const char *config, size_t n)
{
	json_t	     *j = json_loadb(config, n, 0, NULL);
	const json_t *grace =
	    json_object_get(json_object_get(j, "presence"), "grace");

	p->grace = json_is_integer(grace) ? json_integer_value(grace) : GRACE_S;
	p->grace *= 1000;
	json_decref(j);
}

/* Coming and leaving ------------------------------------------------------- */

static struct list *
bucket_of(struct presence *p, const char *s)
{
	uint32_t h = 2166136261u; /* FNV-1a */

	for (; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return (&p->buckets[h & (BUCKETS - 1)]);
}

static struct person *
person_find(struct presence *p, const char *login)
{
	LIST_EACH (l, bucket_of(p, login)) {
		struct person *w = list_of(l, struct person, by);

		if (strcmp(w->login, login) == 0)
			return (w);
	}
	return (NULL);
}

static void
person_free(struct presence *p, struct person *w)
{
	if (w->change.on != NULL)
		list_remove(w->change.on, &w->change);
	list_remove(bucket_of(p, w->login), &w->by);
	list_remove(&p->all, &w->link);
	free(w);
}

static void
person_changed(struct presence *p, struct person *w)
{
	if (w->change.on == NULL)
		list_append(&p->changed, &w->change);
}

void
presence_come(struct presence *p, const struct caller *c)
{
	struct person *w;

	if (c->agent == 0)
		return;
	if ((w = person_find(p, c->who)) == NULL) {
		w = xcalloc(1, sizeof *w);
		snprintf(w->login, sizeof w->login, "%s", c->who);
		list_append(bucket_of(p, w->login), &w->by);
		list_append(&p->all, &w->link);
	}
	w->connections++;
	person_changed(p, w);
}

void
presence_leave(struct presence *p, const struct caller *c)
{
	struct person *w = c->agent != 0 ? person_find(p, c->who) : NULL;

	if (w == NULL || w->connections == 0 || --w->connections != 0)
		return;
	w->until = clock_now() + p->grace;
	person_changed(p, w);
}

static void
presence_told(uint64_t id, enum route_how how)
{
	struct presence *p = idmap_drop(&errands, id);

	if (p != NULL && how != ROUTE_DONE)
		p->lost = true;
}

static void
people_tell(struct presence *p, bool here, const char *const *logins, size_t n)
{
	struct route_lease lease = { p->name, LEASE_MS };
	uint64_t	   id;

	if (n == 0)
		return;
	id = idmap_add(&errands, p);
	if (route_present(p->d->route, &lease, p->grace, here, logins, n, id,
		presence_told))
		return;
	idmap_drop(&errands, id);
	p->lost = true;
}

/* Of those who came or left since, a call's worth each way. */
static void
presence_flush(struct presence *p)
{
	const char    *came[ROUTE_VISITS], *left[ROUTE_VISITS];
	size_t	       ncame = 0, nleft = 0;
	struct person *w;
	struct link   *l;

	while (ncame < ROUTE_VISITS && nleft < ROUTE_VISITS &&
	    (l = list_shift(&p->changed)) != NULL) {
		w = list_of(l, struct person, change);
		if (w->connections == 0) {
			/* Also who came and left within a tick. */
			w->here = false;
			left[nleft++] = w->login;
		} else if (!w->here) {
			w->here = true;
			came[ncame++] = w->login;
		}
	}
	people_tell(p, true, came, ncame);
	people_tell(p, false, left, nleft);
}

/* Redis lost count, or we did: another name, and everybody again. */
static void
presence_anew(struct presence *p)
{
	p->lost = false;
	p->named = false;
	p->next = 0;
	memcpy(p->given_up, p->name, sizeof p->given_up);
	name_new(p);
	LIST_EACH (l, &p->all) {
		struct person *w = list_of(l, struct person, link);

		w->here = false;
		person_changed(p, w);
	}
}

static void
presence_forget_left(struct presence *p)
{
	LIST_EACH (l, &p->all) {
		struct person *w = list_of(l, struct person, link);

		if (w->connections == 0 && w->change.on == NULL &&
		    w->until <= clock_now())
			person_free(p, w);
	}
}

static void
presence_renewed(uint64_t id, enum route_how how)
{
	struct presence *p = idmap_drop(&errands, id);

	if (p == NULL)
		return;
	p->renewing = false;
	if (how == ROUTE_NOT && p->named)
		p->lost = true;
	p->named |= how != ROUTE_LATER;
}

static void
presence_renew(struct presence *p)
{
	struct route_lease lease = { p->name, LEASE_MS };
	uint64_t	   id;

	if (p->renewing)
		return;
	id = idmap_add(&errands, p);
	p->renewing = route_present_lease(
	    p->d->route, &lease, p->grace, p->given_up, id, presence_renewed);
	if (!p->renewing)
		idmap_drop(&errands, id);
}

void
presence_tick(struct presence *p)
{
	if (!route_ready(p->d->route))
		return;
	if (p->lost)
		presence_anew(p);
	if (p->named)
		presence_flush(p);
	if (clock_now() < p->next)
		return;
	p->next = clock_now() + RENEW_MS;
	presence_renew(p);
	presence_forget_left(p);
}

/* What was found out ------------------------------------------------------- */

static void
nobody_waits(uint64_t id, enum route_how how)
{
	(void)id;
	(void)how;
}

/*
 * On record, or it was out of date: either way Redis is told how he is now.
 * Whoever dies here leaves a note that Redis tells once more.
 */
static void
presence_noted(uint64_t id, const struct pg_reply *r)
{
	struct presence *p = idmap_drop(&errands, id);
	json_t		*j;

	if (p == NULL)
		return;
	if (r->how != PG_DONE) {
		if (r->how == PG_NEVER)
			log_error("presence not noted: %s",
			    log_shown(r->message, strlen(r->message)));
		return;
	}
	FAILPOINT("noted");
	j = json_loads(PQgetvalue(r->res, 0, 0), 0, NULL);
	if (!presence_tell(p->d, j, false, 0, nobody_waits))
		log_debug("presence not told: redis is away");
	json_decref(j);
}

void
presence_note(struct presence *p, const struct route_note *n)
{
	struct pg_param param[3];
	char		version[24];
	uint64_t	id;

	snprintf(version, sizeof version, "%lld", (long long)n->version);
	param[0] = pgparam_str(n->agent);
	param[1] = pgparam_str(n->what);
	param[2] = pgparam_str(version);
	id = idmap_add(&errands, p);
	if (!pool_up(p->d->pg_ops) ||
	    !pool_ask(
		p->d->pg_ops, id, ST_PRESENCE_NOTED, param, presence_noted))
		idmap_drop(&errands, id); /* told once more in a while */
}

void
presence_close(struct presence *p)
{
	while (p->all.first != NULL)
		person_free(p, list_of(p->all.first, struct person, link));
	idmap_free(&errands);
	free(p);
}

/* Telling Redis ------------------------------------------------------------ */

/* "a b c" of an array of strings, or of such a text. */
static void
words_of(struct buf *b, const json_t *list)
{
	json_t *s;
	size_t	i;

	buf_str(b, json_is_string(list) ? json_string_value(list) : "");
	json_array_foreach (list, i, s) {
		if (i != 0)
			buf_char(b, ' ');
		buf_str(b, json_string_value(s));
	}
}

bool
presence_tell(
    struct daemon *d, const json_t *j, bool said, uint64_t id, route_done *got)
{
	const char *reason = json_string_value(json_object_get(j, "reason"));
	const char *name = json_string_value(json_object_get(j, "agent"));
	const char *state = json_string_value(json_object_get(j, "state"));
	struct buf  queues, skills, limits;
	bool	    taken;

	if (name == NULL || state == NULL)
		return (false);
	buf_init(&queues, 0);
	buf_init(&skills, 0);
	buf_init(&limits, 0);
	words_of(&queues, json_object_get(j, "queues"));
	words_of(&skills, json_object_get(j, "skills"));
	words_of(&limits, json_object_get(j, "limits"));
	taken = route_agent(d->route,
	    &(struct route_presence){ .name = name,
		.state = state,
		.version = json_integer_value(json_object_get(j, "version")),
		.gone = json_is_true(json_object_get(j, "gone")),
		.said = said,
		.capacity =
		    (int)json_integer_value(json_object_get(j, "capacity")),
		.queues = queues.p,
		.skills = skills.p,
		.limits = limits.p,
		.reason = reason != NULL ? reason : "" },
	    id, got);
	buf_free(&queues);
	buf_free(&skills);
	buf_free(&limits);
	return (taken);
}
