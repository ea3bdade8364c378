/*
 * Operations of a case that is open on somebody's screen: TICKET.GET says who
 * else is at it, TICKET.LOOK tells them.  Redis alone knows, and while it is
 * away nobody is said to be there.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "daemon.h"
#include "dispatch.h"
#include "opdo.h"
#include "route/route.h"

static json_t *
looks_json(const struct route_look *l, size_t n)
{
	json_t *rows = json_array();
	size_t	i;

	for (i = 0; i < n; i++)
		json_array_append_new(rows,
		    json_pack("{s:s,s:s,s:s}", "agent", l[i].login, "display",
			l[i].display, "doing", l[i].doing));
	return (rows);
}

/*
 * The case as PostgreSQL gave it, which may be a mebibyte, with one member more
 * at its end: not read and written anew.
 */
static void
case_got(uint64_t id, enum route_how how, const struct route_look *l, size_t n)
{
	struct ask *a = ask_find(id);
	json_t	   *rows;
	struct buf  b;
	char	   *text;
	size_t	    len;

	if (a == NULL)
		return;
	len = strlen(a->kept);
	if (how != ROUTE_DONE || n == 0 || len < 3 || a->kept[len - 1] != '}') {
		ask_done(a, a->kept, len);
		return;
	}
	rows = looks_json(l, n);
	text = json_dumps(rows, JSON_COMPACT);
	json_decref(rows);
	buf_init(&b, 0);
	buf_add(&b, a->kept, len - 1);
	buf_str(&b, ",\"here\":");
	buf_str(&b, text != NULL ? text : "[]");
	buf_char(&b, '}');
	free(text);
	ask_done(a, b.p, b.n);
	buf_free(&b);
}

static void
case_read(struct ask *a, const char *json, size_t n)
{
	a->kept = xstrndup(json, n);
	if (!route_here(a->d->route, ask_number(a, "ticket"), a->id, case_got))
		case_got(a->id, ROUTE_LATER, NULL, 0);
}

void
op_do_TICKET_GET(struct ask *a)
{
	dispatch_sql_then(a, case_read);
}

static void
look_told(uint64_t id, enum route_how how, const struct route_look *l, size_t n)
{
	struct ask *a = ask_find(id);

	if (a == NULL)
		return;
	ask_done_json(a,
	    json_pack("{s:I,s:b,s:o}", "ticket",
		(json_int_t)ask_number(a, "ticket"), "told", how == ROUTE_DONE,
		"here", looks_json(l, how == ROUTE_DONE ? n : 0)));
}

/* He may see it; where it stands says who is told. */
static void
look_allowed(struct ask *a, const char *json, size_t n)
{
	json_t	   *j = json_loadb(json, n, 0, NULL);
	const char *queue = json_string_value(json_object_get(j, "queue"));
	const char *display = json_string_value(json_object_get(j, "display"));
	const char *whose = json_string_value(json_object_get(j, "assignee"));
	const char *page = ask_text(a, "page");
	bool	    asked;

	asked = route_look(a->d->route, ask_number(a, "ticket"),
	    queue != NULL ? queue : "", whose != NULL ? whose : "",
	    &(struct route_look){ .login = a->caller.who,
		.doing = ask_text(a, "doing"),
		.display = display != NULL ? display : "",
		.page = page != NULL ? page : "" },
	    a->id, look_told);
	json_decref(j);
	if (!asked)
		look_told(a->id, ROUTE_LATER, NULL, 0);
}

void
op_do_TICKET_LOOK(struct ask *a)
{
	dispatch_sql_then(a, look_allowed);
}
