/*
 * Reports of customer experience as deskctl prints them; see cxreport.h.
 */
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/def.h"
#include "column.h"
#include "cxreport.h"
#include "reporttable.h"
#include "show.h"

#define COLUMNS_MAX 64
#define CELL_MAX    4096 /* bytes of one */
#define CELL_LEAST  20	 /* columns that the first keeps where it is tight */

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

/* A cell as it is shown; good until the next. */
static const char *
cell(struct buf *b, const json_t *v)
{
	b->n = 0;
	if (!json_is_null(v))
		show_scalar(b, v, CELL_MAX);
	buf_char(b, '\0');
	return (b->p);
}

/* Columns that cell c of the section's lines, its head included, takes. */
static size_t
section_width(const json_t *section, size_t c)
{
	const json_t *row;
	struct buf    b = { 0 };
	const char   *s;
	size_t	      i, w, most;

	s = cell(&b, json_array_get(json_object_get(section, "columns"), c));
	most = show_width(s, strlen(s));
	json_array_foreach (json_object_get(section, "rows"), i, row) {
		s = cell(&b, json_array_get(row, c));
		w = show_width(s, strlen(s));
		most = w > most ? w : most;
	}
	buf_free(&b);
	return (most);
}

static void
section_line(struct buf *out, const json_t *line, const json_t *numbers,
    const size_t *widths, size_t n)
{
	struct buf  b = { 0 };
	const char *s;
	size_t	    c, w;

	for (c = 0; c < n; c++) {
		if (c > 0)
			buf_str(out, "  ");
		s = cell(&b, json_array_get(line, c));
		w = show_width(s, strlen(s));
		if (json_is_true(json_array_get(numbers, c)))
			for (; w < widths[c]; w++)
				buf_char(out, ' ');
		show_cell(out, s, widths[c], w < widths[c] && c + 1 < n);
	}
	buf_char(out, '\n');
	buf_free(&b);
}

static void
section_put(struct buf *out, const json_t *section, size_t width)
{
	const json_t *columns = json_object_get(section, "columns");
	const json_t *numbers = json_object_get(section, "numbers");
	const json_t *rows = json_object_get(section, "rows"), *row;
	size_t	      widths[COLUMNS_MAX], n, i, all = 0;
	struct buf    b = { 0 };

	buf_printf(out, "\n%s\n", cell(&b, json_object_get(section, "title")));
	if (json_array_size(rows) == 0)
		buf_printf(
		    out, "  %s\n", cell(&b, json_object_get(section, "none")));
	buf_free(&b);
	n = json_array_size(columns);
	n = n < COLUMNS_MAX ? n : COLUMNS_MAX;
	if (json_array_size(rows) == 0 || n == 0)
		return;
	for (i = 0; i < n; i++) {
		widths[i] = section_width(section, i);
		all += widths[i] + (i > 0 ? 2 : 0);
	}
	/* The first column is the sentence: it gives what is too much. */
	if (width > 0 && all > width && widths[0] > CELL_LEAST)
		widths[0] -= all - width < widths[0] - CELL_LEAST
		    ? all - width
		    : widths[0] - CELL_LEAST;
	section_line(out, columns, numbers, widths, n);
	json_array_foreach (rows, i, row)
		section_line(out, row, numbers, widths, n);
}

void
cxreport_paper(struct buf *out, const json_t *j, size_t width)
{
	struct buf    b = { 0 };
	const json_t *section;
	size_t	      i;

	buf_printf(out, "%s\n", cell(&b, json_object_get(j, "title")));
	buf_printf(out, "%s\n", cell(&b, json_object_get(j, "lead")));
	json_array_foreach (json_object_get(j, "sections"), i, section)
		section_put(out, section, width);
	buf_printf(out, "\n%s\n", cell(&b, json_object_get(j, "foot")));
	buf_free(&b);
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

	if (json_is_number(v))
		column_number(out, v);
	else if (v != NULL)
		report_field(out, cell(&b, v));
	buf_free(&b);
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
