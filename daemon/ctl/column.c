/*
 * A table's columns; see column.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/def.h"
#include "column.h"

/*
 * What people look for first; jsonb gives members in no order of sense.
 * Names that are not here follow these.
 */
static const char *const ranks[] = { "at", "event", "number", "ticket", "agent",
	"login", "name", "display", "title", "direction", "who", "subject",
	"queue", "state", "paused", "drain", "priority", "assignee", "waiting",
	"overdue", "load", "capacity", "kind", "channel", "from", "text",
	"customer_name", "due_at", "due_next", "oldest", "queues", "skills",
	"preview", "opened_at", "label", "about", "touchpoint", "theme",
	"segment", "department", "factor", "cause", "reason", "en", "vi",
	"what", "place", "value", "unit", "measure", "target", "figure",
	"score", "share", "low", "high", "n", "impact", "cases", "repeated",
	"transfers", "reopens", "switches", "waits", "sent", "undeliverable",
	"answered", "came", "held", "before", "after", "stage" };

/* What a figure is called where it stands. */
static const char *const figures[] = { "figure", "score", "share", "median",
	"mean", "rate" };

size_t
column_rank(const char *name)
{
	size_t i;

	for (i = 0; i < nitems(ranks); i++)
		if (strcmp(ranks[i], name) == 0)
			break;
	return (i);
}

static bool
is_vietnamese(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	const char		*set;
	size_t			 i;

	for (i = 0; i < nitems(names); i++)
		if ((set = getenv(names[i])) != NULL && *set != '\0')
			return (strncmp(set, "vi", 2) == 0);
	return (false);
}

bool
column_other(const json_t *row, const char *name)
{
	const char *mine = is_vietnamese() ? "vi" : "en";
	const char *other = is_vietnamese() ? "en" : "vi";

	return (strcmp(name, other) == 0 &&
	    json_is_string(json_object_get(row, mine)));
}

static const json_t *
figure_of(const json_t *v)
{
	const json_t *f;
	size_t	      i;

	if (json_is_number(json_object_get(v, "n")))
		for (i = 0; i < nitems(figures); i++)
			if (json_is_number(f = json_object_get(v, figures[i])))
				return (f);
	return (NULL);
}

/* Nothing was counted: {"n":0}, and perhaps other plain members. */
static bool
is_of_none(const json_t *v)
{
	const json_t *n = json_object_get(v, "n"), *m;
	const char   *name;

	if (!json_is_number(n) || json_number_value(n) != 0)
		return (false);
	json_object_foreach ((json_t *)v, name, m)
		if (json_is_object(m) || json_is_array(m))
			return (false);
	return (true);
}

bool
column_is_figure(const json_t *v)
{
	return (figure_of(v) != NULL || is_of_none(v));
}

void
column_number(struct buf *b, const json_t *v)
{
	if (json_is_integer(v))
		buf_printf(b, "%lld", (long long)json_integer_value(v));
	else
		buf_printf(b, "%.15g", json_number_value(v));
}

void
column_figure(struct buf *b, const json_t *v, bool limits)
{
	const json_t *f = figure_of(v);
	const json_t *low = json_object_get(v, "low");
	const json_t *high = json_object_get(v, "high");

	if (f == NULL) {
		buf_char(b, '-');
		return;
	}
	column_number(b, f);
	if (!limits || !json_is_number(low) || !json_is_number(high))
		return;
	buf_str(b, " (");
	column_number(b, low);
	buf_str(b, "\xe2\x80\x93");
	column_number(b, high);
	buf_char(b, ')');
}
