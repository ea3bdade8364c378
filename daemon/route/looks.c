/*
 * Who has a case open, as Redis knows it: the C face of looks.lua; see route.h.
 */
#include <stdlib.h>
#include <hiredis/hiredis.h>

#include "base/mem.h"
#include "call.h"
#include "route.h"

/* Rows of login, doing, display. */
static void
looks_end(
    struct call *c, enum route_how how, struct redisReply *const *e, size_t n)
{
	struct route_look  *all;
	struct redisReply **v;
	size_t		    i, rows = 0;

	if (how == ROUTE_DONE && n != 0 && e[0]->type == REDIS_REPLY_ARRAY)
		rows = e[0]->elements;
	all = xcalloc(rows + 1, sizeof *all);
	for (i = n = 0; i < rows; i++) {
		if (e[0]->element[i]->type != REDIS_REPLY_ARRAY ||
		    e[0]->element[i]->elements != 3)
			continue;
		v = e[0]->element[i]->element;
		all[n++] = (struct route_look){ .login = reply_str(v[0]),
			.doing = reply_str(v[1]),
			.display = reply_str(v[2]) };
	}
	c->got.looks(c->id, how, all, n);
	free(all);
}

bool
route_look(struct route *r, int64_t ticket, const char *queue,
    const char *assignee, const struct route_look *l, uint64_t id,
    route_looks_got *got)
{
	struct call *c = call_new(
	    r, "desk_look", id, (union call_got){ .looks = got }, looks_end);

	call_int(c, ticket);
	call_str(c, queue);
	call_str(c, assignee);
	call_str(c, l->login);
	call_str(c, l->display);
	call_str(c, l->doing);
	call_str(c, l->page);
	return (call_send(c));
}

bool
route_here(struct route *r, int64_t ticket, uint64_t id, route_looks_got *got)
{
	struct call *c = call_new(
	    r, "desk_here", id, (union call_got){ .looks = got }, looks_end);

	call_int(c, ticket);
	return (call_send(c));
}
