/*
 * How fast the lines move; see pace.h.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/idmap.h"
#include "base/list.h"
#include "base/mem.h"
#include "daemon.h"
#include "desk/expect.h"
#include "pace.h"
#include "route/route.h"
#include "stmts.h"
#include "store/pool.h"
#include "widget.h"

#define EVERY_MS 5000
#define AWAY_MS	 600000 /* who is away for longer is not there */

/* What was seen of a queue so far. */
struct line {
	struct link   link;
	char	     *queue;
	struct expect seen;
};

struct paces {
	struct daemon *d;
	struct list    lines;
	json_t *queues; /* name → a row of desk.chat_pace() with "pace",
				  "waiting" */
	json_t *there;	/* names of the queues that have somebody; NULL:
				  not known */
	int64_t next;
	bool	asking;
};

static struct idmap errands; /* struct paces */

struct paces *
pace_open(struct daemon *d)
{
	struct paces *p = xcalloc(1, sizeof *p);

	p->d = d;
	p->queues = json_object();
	return (p);
}

static void
depths_got(
    uint64_t id, enum route_how how, const struct route_depth *d, size_t n)
{
	struct paces *p = idmap_drop(&errands, id);
	size_t	      i;

	if (p == NULL || how != ROUTE_DONE)
		return;
	for (i = 0; i < n; i++)
		json_object_set_new(json_object_get(p->queues, d[i].queue),
		    "waiting", json_integer(d[i].waiting + d[i].offered));
}

static bool
is_there(const struct route_who *w)
{
	return (strcmp(w->state, "offline") != 0 &&
	    (strcmp(w->state, "away") != 0 ||
		clock_wall() - w->since < AWAY_MS));
}

/* Who serves what is NAME[:PRIORITY[:AFTER]], blank between. */
static void
agents_got(uint64_t id, enum route_how how, const struct route_who *w, size_t n)
{
	struct paces *p = idmap_drop(&errands, id);
	json_t	     *name;
	const char   *q;
	size_t	      i;

	if (p == NULL || how != ROUTE_DONE)
		return;
	json_decref(p->there);
	p->there = json_object();
	for (i = 0; i < n; i++) {
		if (!is_there(&w[i]))
			continue;
		for (q = w[i].queues; *q != '\0'; q += strcspn(q, " ")) {
			q += strspn(q, " ");
			name = json_stringn(q, strcspn(q, ": "));
			if (name != NULL)
				json_object_set_new(p->there,
				    json_string_value(name), json_true());
			json_decref(name);
		}
	}
}

static void
line_free(struct paces *p, struct line *l)
{
	list_remove(&p->lines, &l->link);
	free(l->queue);
	free(l);
}

static struct line *
line_of(struct paces *p, const char *queue)
{
	struct line *l;

	LIST_EACH (k, &p->lines) {
		l = list_of(k, struct line, link);
		if (strcmp(l->queue, queue) == 0)
			return (l);
	}
	l = xcalloc(1, sizeof *l);
	l->queue = xstrdup(queue);
	list_append(&p->lines, &l->link);
	return (l);
}

/* Another look at a queue: how long from one case to the next. */
static void
line_look(struct paces *p, json_t *q)
{
	struct line *l =
	    line_of(p, json_string_value(json_object_get(q, "queue")));

	expect_look(&l->seen,
	    &(struct expect_look){ .at = clock_wall(),
		.hour = json_integer_value(json_object_get(q, "hour")),
		.taken = json_integer_value(json_object_get(q, "taken")),
		.before = json_integer_value(json_object_get(q, "before")),
		.waits =
		    json_integer_value(json_object_get(q, "waiting")) > 0 });
	json_object_set_new(q, "pace", json_real(expect_pace(&l->seen)));
}

/* Queues that there are no more. */
static void
lines_forget(struct paces *p)
{
	LIST_EACH (k, &p->lines) {
		struct line *l = list_of(k, struct line, link);

		if (json_object_get(p->queues, l->queue) == NULL)
			line_free(p, l);
	}
}

static void
pace_got(uint64_t id, const struct pg_reply *r)
{
	struct paces *p = idmap_drop(&errands, id);
	json_t	     *list, *q, *old;
	const char   *name;
	size_t	      i;

	if (p == NULL)
		return;
	p->asking = false;
	if (r->how != PG_DONE || PQgetisnull(r->res, 0, 0))
		return;
	list = json_loads(PQgetvalue(r->res, 0, 0), 0, NULL);
	old = p->queues;
	p->queues = json_object();
	json_array_foreach (list, i, q) {
		name = json_string_value(json_object_get(q, "queue"));
		/* Until the lines answer, as long as it was. */
		json_object_set(q, "waiting",
		    json_object_get(json_object_get(old, name), "waiting"));
		line_look(p, q);
		json_object_set(p->queues, name, q);
	}
	json_decref(old);
	json_decref(list);
	lines_forget(p);
	id = idmap_add(&errands, p);
	if (!route_depths(p->d->route, id, depths_got))
		idmap_drop(&errands, id);
	id = idmap_add(&errands, p);
	if (!route_agents(p->d->route, id, agents_got))
		idmap_drop(&errands, id);
}

void
pace_tick(struct paces *p)
{
	uint64_t id;

	if (p->asking || clock_now() < p->next || !pool_up(p->d->pg_ops))
		return;
	p->next = clock_now() + EVERY_MS;
	id = idmap_add(&errands, p);
	p->asking = pool_ask(p->d->pg_ops, id, ST_CHAT_PACE, NULL, pace_got);
	if (!p->asking)
		idmap_drop(&errands, id);
}

/* Of this very queue, whatever becomes of who comes to it. */
static json_t *
line_json(const struct daemon *d, const char *queue, int64_t ahead)
{
	const json_t *q = json_object_get(d->pace->queues, queue);
	const char   *opens = json_string_value(json_object_get(q, "opens"));
	int64_t	      wait, oldest = 0;
	json_t	     *j;
	bool	      open, there;

	open = !json_is_false(json_object_get(q, "open"));
	if (ahead < 0) {
		ahead = json_integer_value(json_object_get(q, "waiting"));
		oldest = json_integer_value(json_object_get(q, "oldest"));
	}
	there = d->pace->there == NULL || queue == NULL ||
	    json_object_get(d->pace->there, queue) != NULL;
	j = json_pack("{s:b,s:b,s:I}", "open", open, "there", there, "place",
	    (json_int_t)(ahead + 1));
	wait = expect_wait(
	    json_real_value(json_object_get(q, "pace")), ahead, oldest);
	if (!open && opens != NULL)
		json_object_set_new(j, "opens", json_string(opens));
	else if (open && there && wait >= 0)
		json_object_set_new(j, "wait", json_integer(wait));
	return (j);
}

json_t *
pace_line(const struct daemon *d, const char *queue, int64_t ahead)
{
	const json_t *turn;
	const char   *deed;
	json_t	     *j;

	if (queue == NULL)
		queue = widget_queue(d->widget);
	if (ahead >= 0)
		return (line_json(d, queue, ahead));
	turn = json_object_get(json_object_get(d->pace->queues, queue), "turn");
	deed = json_string_value(json_object_get(turn, "do"));
	if (deed == NULL)
		return (line_json(d, queue, -1));
	j = line_json(d, json_string_value(json_object_get(turn, "queue")), -1);
	if (strcmp(deed, "hold") != 0) {
		json_object_set_new(j, "turned", json_string(deed));
		json_object_del(j, "wait");
	}
	return (j);
}

json_t *
pace_wait(const struct daemon *d, const char *queue)
{
	return (line_json(d, queue, -1));
}

void
pace_close(struct paces *p)
{
	while (p->lines.first != NULL)
		line_free(p, list_of(p->lines.first, struct line, link));
	json_decref(p->queues);
	json_decref(p->there);
	idmap_free(&errands);
	free(p);
}
