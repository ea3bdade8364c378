/*
 * Who is connected, as Redis knows it: the C face of present.lua; see route.h.
 */
#include <hiredis/hiredis.h>

#include "base/log.h"
#include "call.h"
#include "route.h"

static struct call *
present_new(struct route *r, const char *function,
    const struct route_lease *lease, int64_t grace_ms, uint64_t id,
    union call_got got, call_end *end)
{
	struct call *c = call_new(r, function, id, got, end);

	call_str(c, lease->daemon);
	call_int(c, lease->ms);
	call_int(c, grace_ms);
	return (c);
}

/* NOT when Redis did not know this daemon. */
static void
present_end(
    struct call *c, enum route_how how, struct redisReply *const *e, size_t n)
{
	if (how == ROUTE_DONE && (n == 0 || reply_int(e[0]) == 0))
		how = ROUTE_NOT;
	c->got.done(c->id, how);
}

bool
route_present(struct route *r, const struct route_lease *lease,
    int64_t grace_ms, bool here, const char *const *agents, size_t n,
    uint64_t id, route_done *got)
{
	struct call *c = present_new(r, "desk_present", lease, grace_ms, id,
	    (union call_got){ .done = got }, present_end);
	size_t	     i;

	if (n > ROUTE_VISITS)
		bug("route asked to note %zu connections", n);
	call_str(c, here ? "1" : "0");
	for (i = 0; i < n; i++)
		call_str(c, agents[i]);
	return (call_send(c));
}

bool
route_present_lease(struct route *r, const struct route_lease *lease,
    int64_t grace_ms, const char *given_up, uint64_t id, route_done *got)
{
	struct call *c = present_new(r, "desk_present_lease", lease, grace_ms,
	    id, (union call_got){ .done = got }, present_end);

	call_str(c, given_up);
	return (call_send(c));
}
