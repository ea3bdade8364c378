/*
 * Reports of customer experience as deskctl prints them; see cxreport.h.
 */
#include <string.h>

#include "base/buf.h"
#include "base/def.h"
#include "column.h"
#include "cxreport.h"
#include "reporttable.h"
#include "show.h"

#define COLUMNS_MAX 64
#define CELL_MAX    4096 /* bytes of one */

static const struct {
	const char *name;
	const char *words[CXREPORT_WORDS];
} reports[] = {
	{ "advice", { "cx", "advice" } },
	{ "answers", { "cx", "answers" } },
	{ "causes", { "cx", "causes" } },
	{ "churn", { "retention", "churn" } },
	{ "feedback", { "feedback", "times" } },
	{ "forecast", { "forecast", "volume" } },
	{ "friction", { "journey", "friction" } },
	{ "handoffs", { "journey", "handoffs" } },
	{ "journey", { "journey", "map" } },
	{ "matrix", { "journey", "matrix" } },
	{ "objectives", { "cx", "objectives" } },
	{ "overview", { "cx", "report" } },
	{ "promises", { "promise", "gap" } },
	{ "retention", { "retention", "summary" } },
	{ "runs", { "cx", "runs" } },
	{ "scores", { "cx", "scores" } },
	{ "segments", { "segment", "list" } },
	{ "statements", { "statement", "list" } },
	{ "themes", { "theme", "list" } },
	{ "weak", { "cx", "weak" } },
	{ "winback", { "retention", "winback" } },
};

const char *const *
cxreport_words(const char *name)
{
	size_t i;

	for (i = 0; i < nitems(reports); i++)
		if (strcmp(reports[i].name, name) == 0)
			return (reports[i].words);
	return (NULL);
}

/* A list of things: "rows", or the longest there is. */
static const json_t *
listed(const json_t *j)
{
	const json_t *rows = json_object_get(j, "rows"), *v, *most = NULL;
	const char   *name;

	if (json_is_array(rows))
		return (rows);
	json_object_foreach ((json_t *)j, name, v)
		if (json_is_array(v) && json_is_object(json_array_get(v, 0)) &&
		    json_array_size(v) > json_array_size(most))
			most = v;
	return (most);
}

/* Names of columns as they first come, each once. */
struct names {
	const char *outer[COLUMNS_MAX];
	const char *inner[COLUMNS_MAX]; /* NULL: the member itself */
	size_t	    n;
};

static void
name_add(struct names *names, const char *outer, const char *inner)
{
	const char *in;
	size_t	    i;

	for (i = 0; i < names->n; i++) {
		in = names->inner[i];
		if (strcmp(names->outer[i], outer) == 0 &&
		    (in == inner ||
			(in != NULL && inner != NULL &&
			    strcmp(in, inner) == 0)))
			return;
	}
	if (names->n < COLUMNS_MAX) {
		names->outer[names->n] = outer;
		names->inner[names->n++] = inner;
	}
}

static void
names_of(struct names *names, const json_t *row)
{
	const char   *outer, *inner;
	const json_t *v, *within;

	json_object_foreach ((json_t *)row, outer, v)
		if (json_is_object(v))
			json_object_foreach ((json_t *)v, inner, within)
				name_add(names, outer, inner);
		else
			name_add(names, outer, NULL);
}

/* A number as it is, any other value as a text that harms no spreadsheet. */
static void
field_put(struct buf *out, const json_t *v)
{
	struct buf b = { 0 };

	if (json_is_number(v)) {
		column_number(out, v);
	} else if (v != NULL && !json_is_null(v)) {
		show_scalar(&b, v, CELL_MAX);
		buf_char(&b, '\0');
		report_field(out, b.p);
		buf_free(&b);
	}
}

static void
record_put(struct buf *out, const struct names *names, const json_t *row)
{
	const json_t *v;
	size_t	      i;

	for (i = 0; i < names->n; i++) {
		if (i > 0)
			buf_char(out, ',');
		v = json_object_get(row, names->outer[i]);
		if (names->inner[i] != NULL)
			v = json_object_get(v, names->inner[i]);
		else if (json_is_object(v))
			v = NULL; /* its members have columns of their own */
		field_put(out, v);
	}
	buf_str(out, "\r\n");
}

void
cxreport_csv(struct buf *out, const json_t *j)
{
	const json_t *rows = listed(j), *row;
	struct names  names = { .n = 0 };
	struct buf    b = { 0 };
	size_t	      i;

	if (rows == NULL)
		names_of(&names, j);
	json_array_foreach (rows, i, row)
		names_of(&names, row);
	for (i = 0; i < names.n; i++) {
		b.n = 0;
		buf_str(&b, names.outer[i]);
		if (names.inner[i] != NULL)
			buf_printf(&b, ".%s", names.inner[i]);
		buf_char(&b, '\0');
		if (i > 0)
			buf_char(out, ',');
		report_field(out, b.p);
	}
	buf_str(out, "\r\n");
	if (rows == NULL)
		record_put(out, &names, j);
	json_array_foreach (rows, i, row)
		record_put(out, &names, row);
	buf_free(&b);
}
