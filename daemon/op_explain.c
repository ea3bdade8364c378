/*
 * TICKET.EXPLAIN: why a ticket is where it is.  PostgreSQL says whether the
 * caller may know and what the ticket is, Redis what is decided about it.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "daemon.h"
#include "dispatch.h"
#include "opdo.h"
#include "route/route.h"

/* A moment in ms becomes one in words. */
static void
time_put(json_t *j, const char *name, const char *as)
{
	json_t *ms = json_object_get(j, name);

	if (!json_is_number(ms))
		return;
	json_object_set_new(j, as, opdo_time((int64_t)json_number_value(ms)));
	if (strcmp(name, as) != 0)
		json_object_del(j, name);
}

/*
 * Who was considered, by name, is for supervisors; Lua's empty list is an
 * empty object.
 */
static void
agents_put(json_t *routing, enum role role)
{
	json_t *rows = json_object_get(routing, "agents"), *row;
	size_t	i;

	if (rows == NULL)
		return;
	if (role < ROLE_SUPERVISOR) {
		json_object_del(routing, "agents");
		return;
	}
	if (!json_is_array(rows))
		json_object_set_new(routing, "agents", json_array());
	json_array_foreach (rows, i, row)
		time_put(row, "till", "until");
}

static void
explain_got(uint64_t id, enum route_how how, const char *json)
{
	struct ask *a = ask_find(id);
	json_t	   *j, *routing;

	if (a == NULL)
		return;
	j = json_loads(a->kept, 0, NULL);
	routing = how == ROUTE_DONE ? json_loads(json, 0, NULL) : NULL;
	if (!json_is_object(j))
		j = json_object();
	json_object_set_new(j, "live", json_boolean(how == ROUTE_DONE));
	if (routing != NULL) {
		time_put(routing, "since", "since");
		time_put(json_object_get(routing, "next"), "at", "at");
		time_put(
		    json_object_get(routing, "offer"), "expires", "expires");
		agents_put(routing, a->caller.role);
		json_object_set_new(j, "routing", routing);
	}
	ask_done_json(a, j);
}

/* He may see it. */
static void
explain_allowed(struct ask *a, const char *json, size_t n)
{
	a->kept = xstrndup(json, n);
	if (!route_explain(
		a->d->route, ask_number(a, "ticket"), a->id, explain_got))
		explain_got(a->id, ROUTE_LATER, "");
}

void
op_do_TICKET_EXPLAIN(struct ask *a)
{
	dispatch_sql_then(a, explain_allowed);
}
