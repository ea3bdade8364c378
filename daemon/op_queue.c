/*
 * Operations of routing: queues, agents, offers.  PostgreSQL knows what
 * they are, Redis who is here and what waits; these put both together.
 * While Redis is away the lists are answered from PostgreSQL alone, and say
 * so ("live": false).
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/idmap.h"
#include "base/mem.h"
#include "daemon.h"
#include "dispatch.h"
#include "opdo.h"
#include "outbox.h"
#include "presence.h"
#include "route/route.h"
#include "stmts.h"
#include "store/pgparam.h"

/* The list that PostgreSQL gave, kept in the ask until Redis has answered. */
static json_t *
kept_list(struct ask *a)
{
	json_t *j = json_loads(a->kept, 0, NULL);

	return (j != NULL ? j : json_object());
}

static json_t *
row_named(json_t *rows, const char *name)
{
	json_t *row;
	size_t	i;

	json_array_foreach (rows, i, row) {
		const char *s = json_string_value(json_object_get(row, "name"));

		if (s != NULL && strcmp(s, name) == 0)
			return (row);
	}
	return (NULL);
}

/* Times go out as RFC 3339, like all others. */
static json_t *
json_time(int64_t ms)
{
	char s[32];

	if (ms <= 0)
		return (json_null());
	clock_rfc3339(s, sizeof s, ms);
	return (json_string(s));
}

static void
queue_depths_got(
    uint64_t id, enum route_how how, const struct route_depth *d, size_t n)
{
	struct ask *a = ask_find(id);
	json_t	   *j, *row, *rows;
	size_t	    i;

	if (a == NULL)
		return;
	j = kept_list(a);
	rows = json_object_get(j, "queues");
	json_object_set_new(j, "live", json_boolean(how == ROUTE_DONE));
	for (i = 0; i < n && how == ROUTE_DONE; i++) {
		if ((row = row_named(rows, d[i].queue)) == NULL)
			continue;
		json_object_set_new(
		    row, "waiting", json_integer(d[i].waiting + d[i].offered));
		json_object_set_new(row, "offered", json_integer(d[i].offered));
	}
	ask_done_json(a, j);
}

static void
queue_list_got(struct ask *a, const char *json, size_t n)
{
	a->kept = xstrndup(json, n);
	if (!route_depths(a->d->route, a->id, queue_depths_got))
		queue_depths_got(a->id, ROUTE_LATER, NULL, 0);
}

void
op_do_QUEUE_LIST(struct ask *a)
{
	dispatch_sql_then(a, queue_list_got);
}

static void
nobody_waits(uint64_t id, enum route_how how)
{
	(void)id;
	(void)how;
}

/* PostgreSQL has it; while Redis is away it is told when it is back. */
static void
queue_told(uint64_t id, enum route_how how)
{
	struct ask *a = ask_find(id);

	if (a == NULL)
		return;
	if (how != ROUTE_DONE)
		a->d->people = true;
	ask_done(a, a->kept, strlen(a->kept));
}

static void
queue_held(struct ask *a, const char *json, size_t n)
{
	a->kept = xstrndup(json, n);
	if (!route_pause(a->d->route, ask_text(a, "queue"),
		a->op == &ops[OP_QUEUE_PAUSE], a->id, queue_told))
		queue_told(a->id, ROUTE_LATER);
}

void
op_do_QUEUE_PAUSE(struct ask *a)
{
	dispatch_sql_then(a, queue_held);
}

void
op_do_QUEUE_RESUME(struct ask *a)
{
	dispatch_sql_then(a, queue_held);
}

static void
agents_got(uint64_t id, enum route_how how, const struct route_who *w, size_t n)
{
	struct ask *a = ask_find(id);
	json_t	   *j, *row, *rows;
	size_t	    i;

	if (a == NULL)
		return;
	j = kept_list(a);
	rows = json_object_get(j, "agents");
	json_object_set_new(j, "live", json_boolean(how == ROUTE_DONE));
	json_array_foreach (rows, i, row) {
		json_object_set_new(row, "state", json_string("offline"));
		json_object_set_new(row, "load", json_integer(0));
	}
	for (i = 0; i < n && how == ROUTE_DONE; i++) {
		if ((row = row_named(rows, w[i].name)) == NULL)
			continue;
		json_object_set_new(row, "state", json_string(w[i].state));
		json_object_set_new(row, "load", json_integer(w[i].load));
		json_object_set_new(row, "offered", json_integer(w[i].pending));
		json_object_set_new(row, "since", json_time(w[i].since));
		if (w[i].reason[0] != '\0')
			json_object_set_new(
			    row, "reason", json_string(w[i].reason));
	}
	ask_done_json(a, j);
}

static void
agent_list_got(struct ask *a, const char *json, size_t n)
{
	a->kept = xstrndup(json, n);
	if (!route_agents(a->d->route, a->id, agents_got))
		agents_got(a->id, ROUTE_LATER, NULL, 0);
}

void
op_do_AGENT_LIST(struct ask *a)
{
	dispatch_sql_then(a, agent_list_got);
}

/* "a b c" of an array of strings. */
static void
words_of(struct buf *b, const json_t *list)
{
	json_t *s;
	size_t	i;

	buf_str(b, "");
	json_array_foreach (list, i, s) {
		if (i != 0)
			buf_char(b, ' ');
		buf_str(b, json_string_value(s));
	}
}

bool
presence_tell(struct daemon *d, const json_t *j, uint64_t id, route_done *got)
{
	const char *reason = json_string_value(json_object_get(j, "reason"));
	const char *name = json_string_value(json_object_get(j, "agent"));
	const char *state = json_string_value(json_object_get(j, "state"));
	struct buf  queues, skills;
	bool	    taken;

	if (name == NULL || state == NULL)
		return (false);
	buf_init(&queues, 0);
	buf_init(&skills, 0);
	words_of(&queues, json_object_get(j, "queues"));
	words_of(&skills, json_object_get(j, "skills"));
	taken = route_agent(d->route,
	    &(struct route_presence){ .name = name,
		.state = state,
		.capacity =
		    (int)json_integer_value(json_object_get(j, "capacity")),
		.queues = queues.p,
		.skills = skills.p,
		.reason = reason != NULL ? reason : "" },
	    id, got);
	buf_free(&queues);
	buf_free(&skills);
	return (taken);
}

/* While Redis is away the state is noted, and holds when it is back. */
static void
agent_state_told(uint64_t id, enum route_how how)
{
	struct ask *a = ask_find(id);
	json_t	   *j;

	if (a == NULL)
		return;
	if (how == ROUTE_DONE) {
		ask_done(a, a->kept, strlen(a->kept));
		return;
	}
	a->d->people = true;
	j = json_loads(a->kept, 0, NULL);
	if (!json_is_object(j))
		j = json_object();
	json_object_set_new(j, "live", json_false());
	ask_done_json(a, j);
}

static void
agent_state_got(struct ask *a, const char *json, size_t n)
{
	json_t *j = json_loadb(json, n, 0, NULL);
	bool	told;

	a->kept = xstrndup(json, n);
	told = presence_tell(a->d, j, a->id, agent_state_told);
	json_decref(j);
	if (!told)
		agent_state_told(a->id, ROUTE_LATER);
}

void
op_do_AGENT_STATE(struct ask *a)
{
	const char *who = opdo_agent(a);

	if (who == NULL)
		return;
	json_object_set_new(a->args, "agent", json_string(who));
	dispatch_sql_then(a, agent_state_got);
}

static void
offers_got(
    uint64_t id, enum route_how how, const struct route_offer *o, size_t n)
{
	struct ask *a = ask_find(id);
	json_t	   *rows, *row;
	size_t	    i;

	if (a == NULL)
		return;
	if (how != ROUTE_DONE) {
		ask_refuse(a, ASK_TRYAGAIN, NULL,
		    "Routing is away for the moment. Try again.");
		return;
	}
	rows = json_array();
	for (i = 0; i < n; i++) {
		row = json_pack("{s:I,s:s,s:b}", "ticket",
		    (json_int_t)o[i].ticket, "queue", o[i].queue, "held",
		    o[i].held);
		json_object_set_new(row, "expires", json_time(o[i].expires));
		json_array_append_new(rows, row);
	}
	ask_done_json(a, json_pack("{s:o}", "offers", rows));
}

void
op_do_OFFER_LIST(struct ask *a)
{
	const char *who = opdo_agent(a);

	if (who != NULL && !route_offers(a->d->route, who, a->id, offers_got))
		opdo_later(a, ASK_TRYAGAIN,
		    "Routing is away for the moment. Try again.");
}

/* PostgreSQL did not assign it: the offer goes back at once. */
static void
offer_give_back(struct daemon *d, int64_t ticket, const char *agent)
{
	if (!route_release(d->route, ticket, agent, 0, nobody_waits))
		return; /* the held lease lapses by itself */
}

/* What the assigning needs to end: the ask may be gone before it. */
struct accept {
	uint64_t       ask;
	struct daemon *d;
	int64_t	       ticket;
	char	       agent[65];
};

static struct idmap accepts;

static void
offer_assigned(uint64_t id, const struct pg_reply *r)
{
	struct accept *o = idmap_drop(&accepts, id);
	struct ask    *a;

	if (o == NULL)
		return;
	a = ask_find(o->ask);
	FAILPOINT("accepted");
	if (r->how == PG_DONE)
		outbox_take_json(o->d->outbox, PQgetvalue(r->res, 0, 1),
		    (size_t)PQgetlength(r->res, 0, 1));
	else if (r->how == PG_NEVER)
		offer_give_back(o->d, o->ticket, o->agent);
	if (a != NULL && r->how == PG_DONE)
		ask_done(a, PQgetvalue(r->res, 0, 0),
		    (size_t)PQgetlength(r->res, 0, 0));
	else if (a != NULL)
		ask_refuse_pg(a, r);
	free(o);
}

static void
offer_assign(struct ask *a)
{
	struct pg_param p[2];
	struct accept  *o;
	struct buf	who;
	uint64_t	id;
	char	       *args = json_dumps(a->args, JSON_COMPACT);

	o = xcalloc(1, sizeof *o);
	o->ask = a->id;
	o->d = a->d;
	o->ticket = ask_number(a, "ticket");
	snprintf(o->agent, sizeof o->agent, "%s", ask_text(a, "agent"));
	buf_init(&who, 0);
	caller_write(&who, &a->caller);
	p[0] = pgparam_text(who.p, who.n);
	p[1] = pgparam_str(args != NULL ? args : "{}");
	id = idmap_add(&accepts, o);
	if (!pool_ask(a->d->pg_ops, id, stmts_of(a->op), p, offer_assigned)) {
		offer_give_back(a->d, o->ticket, o->agent);
		free(idmap_drop(&accepts, id));
		ask_refuse(a, ASK_TRYAGAIN, NULL,
		    "The desk's records cannot be reached now. Try again.");
	}
	buf_free(&who);
	free(args);
}

static void
offer_held(uint64_t id, enum route_how how)
{
	struct ask *a = ask_find(id);

	if (a == NULL)
		return; /* the held lease lapses by itself */
	if (how == ROUTE_DONE) {
		FAILPOINT("held");
		offer_assign(a);
	} else if (how == ROUTE_NOT)
		ask_refuse(
		    a, ASK_CONFLICT, "ticket", "That offer has passed on.");
	else
		ask_refuse(a, ASK_TRYAGAIN, NULL,
		    "Routing is away for the moment. Try again.");
}

void
op_do_OFFER_ACCEPT(struct ask *a)
{
	const char *who = opdo_agent(a);

	if (who == NULL)
		return;
	json_object_set_new(a->args, "agent", json_string(who));
	if (!route_accept(a->d->route, ask_number(a, "ticket"),
		ask_text(a, "agent"), a->id, offer_held))
		opdo_later(a, ASK_TRYAGAIN,
		    "Routing is away for the moment. Try again.");
}

static void
offer_declined(uint64_t id, enum route_how how)
{
	struct ask *a = ask_find(id);

	if (a == NULL)
		return;
	if (how == ROUTE_DONE)
		ask_done_json(a,
		    json_pack("{s:I,s:b}", "ticket",
			(json_int_t)ask_number(a, "ticket"), "declined", 1));
	else
		offer_held(id, how);
}

void
op_do_OFFER_DECLINE(struct ask *a)
{
	const char *who = opdo_agent(a);

	if (who != NULL &&
	    !route_decline(a->d->route, ask_number(a, "ticket"), who, a->id,
		offer_declined))
		opdo_later(a, ASK_TRYAGAIN,
		    "Routing is away for the moment. Try again.");
}
