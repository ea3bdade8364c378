/*
 * Operations of routing: queues and agents.  PostgreSQL knows what they
 * are, Redis who is here and what waits; these put both together.
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
#include "pace.h"
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

/* How long who comes now would wait, where that is known. */
static void
queue_waits(const struct daemon *d, json_t *row)
{
	json_t *line =
	    pace_wait(d, json_string_value(json_object_get(row, "name")));

	if (json_object_get(line, "wait") != NULL)
		json_object_set(row, "wait", json_object_get(line, "wait"));
	json_decref(line);
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
	json_array_foreach (rows, i, row)
		queue_waits(a->d, row);
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
queue_wait_got(struct ask *a, const char *json, size_t n)
{
	json_t *j = json_loadb(json, n, 0, NULL), *line;

	if (!json_is_object(j)) {
		json_decref(j);
		j = json_object();
	}
	line = pace_wait(a->d, json_string_value(json_object_get(j, "queue")));
	json_object_update_missing(j, line);
	json_decref(line);
	ask_done_json(a, j);
}

/* While Redis is away, of the line as it was last seen. */
void
op_do_QUEUE_WAIT(struct ask *a)
{
	dispatch_sql_then(a, queue_wait_got);
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
		json_object_set_new(row, "since", opdo_time(w[i].since));
		if (w[i].wrap != 0)
			json_object_set_new(row, "wrap", opdo_time(w[i].wrap));
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
	told = presence_tell(a->d, j, true, a->id, agent_state_told);
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
agent_wrapped(uint64_t id, enum route_how how)
{
	struct ask *a = ask_find(id);

	if (a == NULL)
		return;
	if (how == ROUTE_LATER)
		ask_refuse(a, ASK_TRYAGAIN, NULL,
		    "Routing is away for the moment. Try again.");
	else
		ask_done_json(a,
		    json_pack("{s:s,s:b}", "agent", ask_text(a, "agent"),
			"wrapped", how == ROUTE_DONE));
}

void
op_do_AGENT_WRAPPED(struct ask *a)
{
	const char *who = opdo_agent(a);

	if (who == NULL)
		return;
	json_object_set_new(a->args, "agent", json_string(who));
	if (!route_wrapped(
		a->d->route, ask_text(a, "agent"), a->id, agent_wrapped))
		opdo_later(a, ASK_TRYAGAIN,
		    "Routing is away for the moment. Try again.");
}
