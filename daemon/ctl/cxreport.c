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

static const struct cxreport reports[] = {
	{ "advice", { "cx", "advice" }, { "advice" } },
	{ "answers", { "cx", "answers" }, { "answers" } },
	{ "causes", { "cx", "causes" }, { "rows" } },
	{ "churn", { "retention", "churn" }, { "customers" } },
	{ "feedback", { "feedback", "times" }, { "rows" } },
	{ "forecast", { "forecast", "volume" }, { "queues" } },
	{ "friction", { "journey", "friction" }, { "rows" } },
	{ "handoffs", { "journey", "handoffs" }, { "links" } },
	{ "journey", { "journey", "map" }, { "stages" } },
	{ "matrix", { "journey", "matrix" }, { "rows" } },
	{ "objectives", { "cx", "objectives" }, { "objectives" } },
	{ "overview", { "cx", "report" }, { NULL } },
	{ "promises", { "promise", "gap" }, { "rows" } },
	{ "retention", { "retention", "summary" }, { "rows" } },
	{ "runs", { "cx", "runs" }, { "runs" } },
	{ "scores", { "cx", "scores" }, { "rows" } },
	{ "segments", { "segment", "list" }, { "segments" } },
	{ "statements", { "statement", "list" }, { "statements" } },
	{ "themes", { "theme", "list" }, { "themes" } },
	{ "weak", { "cx", "weak" }, { "weak", "few", "met", "untargeted" } },
	{ "winback", { "retention", "winback" }, { "customers" } },
};

const struct cxreport *
cxreport_find(const char *name)
{
	size_t i;

	for (i = 0; i < nitems(reports); i++)
		if (strcmp(reports[i].name, name) == 0)
			return (&reports[i]);
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

const json_t *
cxreport_parts(const json_t *run, const char **unit)
{
	const json_t *months = json_object_get(run, "months");
	const json_t *weeks = json_object_get(run, "weeks");

	*unit = json_is_array(months) ? "month" : "week";
	if (json_is_array(months))
		return (months);
	return (json_is_array(weeks) ? weeks : NULL);
}

/* A month or week of a run as a line, whose columns are always the same. */
static json_t *
run_line(json_t *run, json_t *part, const char *unit)
{
	json_t *line = json_pack("{s:n,s:n,s:n,s:n,s:n,s:n,s:n,s:n,s:n,"
				 "s:{s:n,s:n,s:n,s:n},s:n,s:n,s:n}",
	    "name", "what", "measure", unit, "n", "score", "low", "high",
	    "target", "change", "is", "by", "low", "high", "department", "vi",
	    "en");

	json_object_update_recursive(line, run);
	json_object_del(line, "months");
	json_object_del(line, "weeks");
	json_object_update_recursive(line, part);
	return (line);
}

/* The answer with a line for each month or week where it has runs. */
static json_t *
runs_flat(const json_t *answer)
{
	json_t	     *lines = json_array(), *run, *part;
	const json_t *parts;
	const char   *unit;
	size_t	      i, k;

	json_array_foreach (json_object_get(answer, "runs"), i, run) {
		parts = cxreport_parts(run, &unit);
		json_array_foreach (parts, k, part)
			json_array_append_new(lines, run_line(run, part, unit));
	}
	return (json_pack("{s:o}", "runs", lines));
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

static void
head_put(struct buf *out, const struct names *names)
{
	struct buf b = { 0 };
	size_t	   i;

	for (i = 0; i < names->n; i++) {
		b.n = 0;
		buf_str(&b, names->outer[i]);
		if (names->inner[i] != NULL)
			buf_printf(&b, ".%s", names->inner[i]);
		buf_char(&b, '\0');
		if (i > 0)
			buf_char(out, ',');
		report_field(out, b.p);
	}
	buf_str(out, "\r\n");
	buf_free(&b);
}

static void
lists_put(struct buf *out, const json_t *j, const struct cxreport *report)
{
	const char *const *lists = report->lists;
	const bool	   several = lists[0] != NULL && lists[1] != NULL;
	const json_t	  *row;
	struct names	   names = { .n = 0 };
	size_t		   l, i;

	for (l = 0; l < CXREPORT_LISTS && lists[l] != NULL; l++)
		json_array_foreach (json_object_get(j, lists[l]), i, row)
			names_of(&names, row);
	if (names.n == 0)
		return;
	if (several)
		buf_str(out, "list,");
	head_put(out, &names);
	for (l = 0; l < CXREPORT_LISTS && lists[l] != NULL; l++)
		json_array_foreach (json_object_get(j, lists[l]), i, row) {
			if (several)
				buf_printf(out, "%s,", lists[l]);
			record_put(out, &names, row);
		}
}

void
cxreport_csv(struct buf *out, const json_t *j, const struct cxreport *report)
{
	json_t *flat = NULL;

	if (strcmp(report->name, "runs") == 0)
		j = flat = runs_flat(j);
	lists_put(out, j, report);
	json_decref(flat);
}
