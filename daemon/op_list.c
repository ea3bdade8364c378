/*
 * Operations of lists: what all agents' lists have in common is counted once
 * for them together (loads.h).
 */
#include <jansson.h>
#include <string.h>

#include "daemon.h"
#include "dispatch.h"
#include "loads.h"
#include "opdo.h"

/* How old a count may be, in milliseconds: of itself, and as a list's total. */
#define COUNTS_OLDEST 1000
#define TOTAL_OLDEST  5000

/* A whole view: its total is known without counting it. */
static bool
list_whole(struct ask *a)
{
	static const char *const narrows[] = { "queue", "state", "assignee",
		"customer", "tag", "channel", "mood", "tickets", "after" };
	const char		*view = ask_text(a, "view");
	size_t			 i;

	for (i = 0; i < nitems(narrows); i++)
		if (json_object_get(a->args, narrows[i]) != NULL)
			return (false);
	return (view == NULL || strcmp(view, "all") == 0 ||
	    strcmp(view, "unassigned") == 0 || strcmp(view, "due") == 0 ||
	    strcmp(view, "waiting") == 0);
}

void
op_do_TICKET_LIST(struct ask *a)
{
	if (list_whole(a))
		loads_offer(a->d->loads, a, TOTAL_OLDEST);
	dispatch_sql(a);
}

void
op_do_TICKET_COUNTS(struct ask *a)
{
	loads_want(a->d->loads, a, COUNTS_OLDEST, dispatch_sql);
}
