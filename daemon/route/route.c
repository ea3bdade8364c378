/*
 * The steps of routing, each one call; see route.h.
 */
#include <sys/random.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <hiredis/hiredis.h>

#include "base/log.h"
#include "base/mem.h"
#include "call.h"
#include "feed.h"
#include "route.h"

struct route *
route_open(const struct route_conf *conf)
{
	struct route *r = xcalloc(1, sizeof *r);

	r->conf = *conf;
	return (r);
}

void
route_load(struct route *r)
{
	r->draining = false;
	r->rebuilding = false;
	r->lost_told = 0; /* this may be another Redis */
	route_load_now(r);
}

void
route_records(struct route *r, const char *which)
{
	if (strcmp(r->records, which) == 0)
		return;
	if (r->records[0] != '\0')
		log_warn("route finds other records: %s, before %s", which,
		    r->records);
	snprintf(r->records, sizeof r->records, "%s", which);
	route_hello(r);
}

bool
route_ready(const struct route *r)
{
	return (r->loaded && r->epoch);
}

void
route_close(struct route *r)
{
	call_forget(r);
	free(r);
}

/* Steps -------------------------------------------------------------------- */

static struct call *
step_new(struct route *r, const char *function, uint64_t id, route_done *got,
    call_end *end)
{
	return (
	    call_new(r, function, id, (union call_got){ .done = got }, end));
}

/* DONE whatever it said. */
static void
step_end(
    struct call *c, enum route_how how, struct redisReply *const *e, size_t n)
{
	(void)e;
	(void)n;
	if (c->got.done != NULL)
		c->got.done(c->id, how);
}

/* DONE when it said 1, NOT when it said 0. */
static void
step_end_yes(
    struct call *c, enum route_how how, struct redisReply *const *e, size_t n)
{
	if (how == ROUTE_DONE && (n == 0 || reply_int(e[0]) == 0))
		how = ROUTE_NOT;
	step_end(c, how, NULL, 0);
}

static void
apply_end(
    struct call *c, enum route_how how, struct redisReply *const *e, size_t n)
{
	if (how == ROUTE_DONE && n != 0 && reply_int(e[0]) != 0)
		log_error("route could not read %" PRId64
			  " rows of the outbox: they are left out",
		    reply_int(e[0]));
	step_end(c, how, NULL, 0);
}

bool
route_apply(struct route *r, const struct route_row *rows, size_t n,
    uint64_t id, route_done *got)
{
	struct call *c = step_new(r, "desk_apply", id, got, apply_end);
	size_t	     i;

	if (n > ROUTE_ROWS)
		bug("route asked to apply %zu rows", n);
	for (i = 0; i < n; i++) {
		call_int(c, rows[i].outbox);
		call_add(c, rows[i].json, rows[i].len);
	}
	return (call_send(c));
}

bool
route_agent(struct route *r, const struct route_presence *p, uint64_t id,
    route_done *got)
{
	struct call *c = step_new(r, "desk_agent", id, got, step_end);

	call_str(c, p->name);
	call_str(c, p->state);
	call_int(c, p->capacity);
	call_str(c, p->queues);
	call_str(c, p->skills);
	call_str(c, p->reason);
	call_str(c, p->limits != NULL ? p->limits : "");
	if (p->version != 0)
		call_int(c, p->version);
	else
		call_str(c, "");
	call_str(c, p->said ? "said" : p->gone ? "gone" : "");
	return (call_send(c));
}

static bool
ticket_step(struct route *r, const char *function, int64_t ticket,
    const char *agent, uint64_t id, route_done *got)
{
	struct call *c = step_new(r, function, id, got, step_end_yes);

	call_int(c, ticket);
	call_str(c, agent);
	return (call_send(c));
}

bool
route_accept(struct route *r, int64_t ticket, const char *agent, uint64_t id,
    route_done *got)
{
	return (ticket_step(r, "desk_accept", ticket, agent, id, got));
}

bool
route_release(struct route *r, int64_t ticket, const char *agent, uint64_t id,
    route_done *got)
{
	return (ticket_step(r, "desk_release", ticket, agent, id, got));
}

bool
route_decline(struct route *r, int64_t ticket, const char *agent, uint64_t id,
    route_done *got)
{
	return (ticket_step(r, "desk_decline", ticket, agent, id, got));
}

bool
route_pause(
    struct route *r, const char *queue, bool on, uint64_t id, route_done *got)
{
	struct call *c = step_new(r, "desk_pause", id, got, step_end);

	call_str(c, queue);
	call_str(c, on ? "1" : "0");
	return (call_send(c));
}

bool
route_policy(struct route *r, const char *const *policies, size_t n,
    uint64_t id, route_done *got)
{
	struct call *c = step_new(r, "desk_policy", id, got, step_end);
	size_t	     i;

	for (i = 0; i < n; i++)
		call_str(c, policies[i]);
	return (call_send(c));
}

static void
next_end(
    struct call *c, enum route_how how, struct redisReply *const *e, size_t n)
{
	int64_t ticket = how == ROUTE_DONE && n != 0 ? reply_int(e[0]) : 0;

	if (how == ROUTE_DONE && ticket == 0)
		how = ROUTE_NOT;
	c->got.next(c->id, how, ticket);
}

bool
route_next(struct route *r, const char *agent, uint64_t id, route_next_got *got)
{
	struct call *c = call_new(
	    r, "desk_next", id, (union call_got){ .next = got }, next_end);

	call_str(c, agent);
	return (call_send(c));
}

bool
route_wrapped(struct route *r, const char *agent, uint64_t id, route_done *got)
{
	struct call *c = step_new(r, "desk_wrapped", id, got, step_end_yes);

	call_str(c, agent);
	return (call_send(c));
}

void
route_tick(struct route *r)
{
	/* Not taken, or refused: the next second comes. */
	call_try(step_new(r, "desk_lapse", 0, NULL, step_end));
	feed_tick(r);
}

/* Rebuilding --------------------------------------------------------------- */

static bool
token_new(struct route *r)
{
	uint64_t v[2];

	if (getrandom(v, sizeof v, 0) != (ssize_t)sizeof v)
		return (false);
	memcpy(r->last_token, r->token, sizeof r->last_token);
	snprintf(
	    r->token, sizeof r->token, "%016" PRIx64 "%016" PRIx64, v[0], v[1]);
	return (true);
}

/* Anything but DONE ends this try. */
static void
rebuild_end(
    struct call *c, enum route_how how, struct redisReply *const *e, size_t n)
{
	if (how != ROUTE_DONE || n == 0 || reply_int(e[0]) == 0)
		c->r->rebuilding = false;
	step_end_yes(c, how, e, n);
}

static void
rebuild_ended(
    struct call *c, enum route_how how, struct redisReply *const *e, size_t n)
{
	char epoch[sizeof c->r->epoch_of];

	c->r->rebuilding = false;
	/* Pages of other records may be among these. */
	route_epoch(c->r, epoch, sizeof epoch);
	if (strcmp(epoch, c->r->epoch_of) != 0)
		route_hello(c->r);
	step_end_yes(c, how, e, n);
}

bool
route_rebuild_begin(struct route *r, uint64_t id, route_done *got)
{
	struct call *c;

	if (r->rebuilding || r->run_id[0] == '\0' || !token_new(r))
		return (false);
	c = step_new(r, "desk_rebuild_begin", id, got, rebuild_end);
	call_str(c, r->token);
	call_str(c, r->last_token);
	call_str(c, r->at[0] != '\0' ? r->at : "0-0");
	route_epoch(r, r->epoch_of, sizeof r->epoch_of);
	r->rebuilding = call_send(c);
	return (r->rebuilding);
}

bool
route_rebuild_page(struct route *r, const struct route_row *rows, size_t n,
    uint64_t id, route_done *got)
{
	struct call *c = step_new(r, "desk_rebuild_page", id, got, rebuild_end);
	size_t	     i;

	if (n > ROUTE_ROWS)
		bug("route asked to rebuild %zu rows at once", n);
	call_str(c, r->token);
	for (i = 0; i < n; i++)
		call_add(c, rows[i].json, rows[i].len);
	return (call_send(c));
}

bool
route_rebuild_end(struct route *r, uint64_t id, route_done *got)
{
	struct call *c =
	    step_new(r, "desk_rebuild_end", id, got, rebuild_ended);

	call_str(c, r->token);
	call_str(c, r->epoch_of);
	return (call_send(c));
}

void
route_rebuild_stop(struct route *r)
{
	r->rebuilding = false;
}
