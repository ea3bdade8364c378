/*
 * The queues, agents and offers as Redis lists them, and why a ticket is where
 * it is; see route.h.
 */
#include <stdlib.h>
#include <hiredis/hiredis.h>

#include "base/mem.h"
#include "call.h"
#include "route.h"

/* The rows of a list; one that is not of `width' elements is our bug there
   and left out here. */
static size_t
rows_of(struct redisReply *const *e, size_t n, size_t width,
    struct redisReply ***rows)
{
	struct redisReply *list = n != 0 ? e[0] : NULL;
	size_t		   i, count = 0;

	*rows = NULL;
	if (list == NULL || list->type != REDIS_REPLY_ARRAY)
		return (0);
	*rows = xcalloc(list->elements + 1, sizeof **rows);
	for (i = 0; i < list->elements; i++)
		if (list->element[i]->type == REDIS_REPLY_ARRAY &&
		    list->element[i]->elements == width)
			(*rows)[count++] = list->element[i];
	return (count);
}

static void
depths_end(
    struct call *c, enum route_how how, struct redisReply *const *e, size_t n)
{
	struct redisReply **rows, **v;
	struct route_depth *all;
	size_t		    i;

	n = rows_of(e, n, 5, &rows);
	all = xcalloc(n + 1, sizeof *all);
	for (i = 0; i < n; i++) {
		v = rows[i]->element;
		all[i] = (struct route_depth){ .queue = reply_str(v[0]),
			.waiting = reply_int(v[1]),
			.offered = reply_int(v[2]),
			.oldest = reply_int(v[3]),
			.paused = reply_int(v[4]) != 0 };
	}
	c->got.depths(c->id, how, all, n);
	free(all);
	free(rows);
}

static void
agents_end(
    struct call *c, enum route_how how, struct redisReply *const *e, size_t n)
{
	struct redisReply **rows, **v;
	struct route_who   *all;
	size_t		    i;

	n = rows_of(e, n, 10, &rows);
	all = xcalloc(n + 1, sizeof *all);
	for (i = 0; i < n; i++) {
		v = rows[i]->element;
		all[i] = (struct route_who){ .name = reply_str(v[0]),
			.state = reply_str(v[1]),
			.queues = reply_str(v[2]),
			.skills = reply_str(v[3]),
			.reason = reply_str(v[4]),
			.capacity = reply_int(v[5]),
			.load = reply_int(v[6]),
			.pending = reply_int(v[7]),
			.since = reply_int(v[8]),
			.wrap = reply_int(v[9]) };
	}
	c->got.agents(c->id, how, all, n);
	free(all);
	free(rows);
}

static void
offers_end(
    struct call *c, enum route_how how, struct redisReply *const *e, size_t n)
{
	struct redisReply **rows, **v;
	struct route_offer *all;
	size_t		    i;

	n = rows_of(e, n, 6, &rows);
	all = xcalloc(n + 1, sizeof *all);
	for (i = 0; i < n; i++) {
		v = rows[i]->element;
		all[i] = (struct route_offer){ .ticket = reply_int(v[0]),
			.queue = reply_str(v[1]),
			.expires = reply_int(v[2]),
			.held = reply_int(v[3]) != 0,
			.seconds = reply_int(v[4]),
			.why = reply_str(v[5]) };
	}
	c->got.offers(c->id, how, all, n);
	free(all);
	free(rows);
}

bool
route_depths(struct route *r, uint64_t id, route_depths_got *got)
{
	return (call_send(call_new(r, "desk_depths", id,
	    (union call_got){ .depths = got }, depths_end)));
}

bool
route_agents(struct route *r, uint64_t id, route_agents_got *got)
{
	return (call_send(call_new(r, "desk_agents", id,
	    (union call_got){ .agents = got }, agents_end)));
}

bool
route_offers(
    struct route *r, const char *agent, uint64_t id, route_offers_got *got)
{
	struct call *c = call_new(r, "desk_offers", id,
	    (union call_got){ .offers = got }, offers_end);

	call_str(c, agent);
	return (call_send(c));
}

static void
explain_end(
    struct call *c, enum route_how how, struct redisReply *const *e, size_t n)
{
	const char *json = how == ROUTE_DONE && n != 0 ? reply_str(e[0]) : "";

	if (how == ROUTE_DONE && json[0] == '\0')
		how = ROUTE_NOT;
	c->got.explain(c->id, how, json);
}

bool
route_explain(
    struct route *r, int64_t ticket, uint64_t id, route_explain_got *got)
{
	struct call *c = call_new(r, "desk_explain", id,
	    (union call_got){ .explain = got }, explain_end);

	call_int(c, ticket);
	return (call_send(c));
}
