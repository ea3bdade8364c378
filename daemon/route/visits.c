/*
 * Visitors as Redis knows them: the C face of visits.lua; see route.h.
 */
#include <stdlib.h>
#include <hiredis/hiredis.h>

#include "base/log.h"
#include "base/mem.h"
#include "call.h"
#include "route.h"

static void
visits_end(
    struct call *c, enum route_how how, struct redisReply *const *e, size_t n)
{
	(void)e;
	(void)n;
	c->got.done(c->id, how);
}

bool
route_visits(struct route *r, const struct route_lease *lease, bool came,
    const char *const *conversations, size_t n, uint64_t id, route_done *got)
{
	struct call *c = call_new(
	    r, "desk_visits", id, (union call_got){ .done = got }, visits_end);
	size_t i;

	if (n > ROUTE_VISITS)
		bug("route asked to note %zu visitors", n);
	call_str(c, lease->daemon);
	call_int(c, lease->ms);
	call_str(c, came ? "1" : "0");
	for (i = 0; i < n; i++)
		call_str(c, conversations[i]);
	return (call_send(c));
}

/* The rows of a list that have so many elements. */
static size_t
rows_count(const struct redisReply *list, size_t width)
{
	size_t i, n = 0;

	if (list->type != REDIS_REPLY_ARRAY)
		return (0);
	for (i = 0; i < list->elements; i++)
		if (list->element[i]->type == REDIS_REPLY_ARRAY &&
		    list->element[i]->elements == width)
			n++;
	return (n == list->elements ? n : 0);
}

static void
tick_end(
    struct call *c, enum route_how how, struct redisReply *const *e, size_t n)
{
	struct route_left *all;
	size_t		   i;

	if (how != ROUTE_DONE || n < 2) {
		c->got.left(c->id, ROUTE_LATER, true, NULL, 0);
		return;
	}
	n = rows_count(e[1], 2);
	all = xcalloc(n + 1, sizeof *all);
	for (i = 0; i < n; i++)
		all[i] = (struct route_left){ reply_str(
						  e[1]->element[i]->element[0]),
			reply_int(e[1]->element[i]->element[1]) };
	c->got.left(c->id, how, reply_int(e[0]) != 0, all, n);
	free(all);
}

bool
route_visits_tick(struct route *r, const struct route_lease *lease,
    int64_t grace_ms, uint64_t id, route_left_got *got)
{
	struct call *c = call_new(r, "desk_visits_tick", id,
	    (union call_got){ .left = got }, tick_end);

	call_str(c, lease->daemon);
	call_int(c, lease->ms);
	call_int(c, grace_ms);
	return (call_send(c));
}

static void
gone_end(
    struct call *c, enum route_how how, struct redisReply *const *e, size_t n)
{
	const char **all;
	size_t	     i;

	n = how == ROUTE_DONE && n != 0 ? rows_count(e[0], 1) : 0;
	all = xcalloc(n + 1, sizeof *all);
	for (i = 0; i < n; i++)
		all[i] = reply_str(e[0]->element[i]->element[0]);
	c->got.back(c->id, how, all, n);
	free(all);
}

bool
route_visits_gone(struct route *r, const char *const *conversations, size_t n,
    uint64_t id, route_back_got *got)
{
	struct call *c = call_new(r, "desk_visits_gone", id,
	    (union call_got){ .back = got }, gone_end);
	size_t	     i;

	for (i = 0; i < n; i++)
		call_str(c, conversations[i]);
	return (call_send(c));
}

static void
typing_end(
    struct call *c, enum route_how how, struct redisReply *const *e, size_t n)
{
	if (how == ROUTE_DONE && (n == 0 || reply_int(e[0]) == 0))
		how = ROUTE_NOT;
	c->got.done(c->id, how);
}

bool
route_typing(struct route *r, int64_t ticket, bool visitor, const char *name,
    const char *login, uint64_t id, route_done *got)
{
	struct call *c = call_new(
	    r, "desk_typing", id, (union call_got){ .done = got }, typing_end);

	call_int(c, ticket);
	call_str(c, visitor ? "visitor" : "agent");
	call_str(c, name);
	call_str(c, login != NULL ? login : "");
	return (call_send(c));
}

static void
places_end(
    struct call *c, enum route_how how, struct redisReply *const *e, size_t n)
{
	struct route_place *all;
	struct redisReply **v;
	size_t		    i;

	n = how == ROUTE_DONE && n != 0 ? rows_count(e[0], 3) : 0;
	all = xcalloc(n + 1, sizeof *all);
	for (i = 0; i < n; i++) {
		v = e[0]->element[i]->element;
		all[i] = (struct route_place){ .ticket = reply_int(v[0]),
			.queue = reply_str(v[1]),
			.ahead = reply_int(v[2]) };
	}
	c->got.places(c->id, how, all, n);
	free(all);
}

bool
route_places(struct route *r, const int64_t *tickets, size_t n, uint64_t id,
    route_places_got *got)
{
	struct call *c = call_new(r, "desk_places", id,
	    (union call_got){ .places = got }, places_end);
	size_t	     i;

	for (i = 0; i < n; i++)
		call_int(c, tickets[i]);
	return (call_send(c));
}
