/*
 * What is printed whole; see sheet.h.
 */
#include <stdint.h>
#include <string.h>

#include "base/def.h"
#include "column.h"
#include "cxreport.h"
#include "sheet.h"

#define PARTS_MAX  640 /* months or weeks that an answer may have */
#define PARTS_MOST 24  /* … and a table has columns for */

/* Months or weeks, the oldest first. */
struct parts {
	const char *names[PARTS_MAX];
	size_t	    n;
};

/* CSV is for a program; on a terminal nothing of it may act. */
static void
csv_show(struct show *s, const json_t *csv)
{
	if (s->terminal)
		show_lines(s->out, json_string_value(csv), "");
	else
		buf_add(
		    s->out, json_string_value(csv), json_string_length(csv));
}

/* "2026-11", or of a week its first day; NULL: it is none. */
static const char *
part_name(const json_t *part, const char *unit)
{
	const char *s = json_string_value(json_object_get(part, unit));

	return (s != NULL && s[strspn(s, "0123456789-")] == '\0' ? s : NULL);
}

/* Puts it in its place, once. */
static void
parts_add(struct parts *p, const char *name)
{
	size_t i, at;

	for (at = p->n; at > 0 && strcmp(p->names[at - 1], name) > 0; at--)
		continue;
	if (p->n == PARTS_MAX || (at > 0 && !strcmp(p->names[at - 1], name)))
		return;
	for (i = p->n++; i > at; i--)
		p->names[i] = p->names[i - 1];
	p->names[at] = name;
}

static void
parts_take(struct parts *p, const json_t *runs)
{
	const json_t *run, *parts, *part;
	const char   *unit, *name;
	size_t	      i, k;

	json_array_foreach (runs, i, run) {
		parts = cxreport_parts(run, &unit);
		json_array_foreach (parts, k, part)
			if ((name = part_name(part, unit)) != NULL)
				parts_add(p, name);
	}
}

/* "4.5", with an arrow where it is known to have changed. */
static json_t *
part_cell(const json_t *part)
{
	struct buf    b = { 0 };
	const json_t *score = json_object_get(part, "score");
	const char   *is;
	json_t	     *cell;

	is = json_string_value(
	    json_object_get(json_object_get(part, "change"), "is"));
	show_scalar(&b, score, 20);
	if (is != NULL && strcmp(is, "up") == 0)
		buf_str(&b, " \xe2\x86\x91");
	else if (is != NULL && strcmp(is, "down") == 0)
		buf_str(&b, " \xe2\x86\x93");
	cell = json_stringn(b.p, b.n);
	buf_free(&b);
	return (cell);
}

/* What is measured, and its scores of the newest n of all months or weeks. */
static json_t *
run_row(const json_t *run, const struct parts *p, size_t n)
{
	const json_t *parts, *part;
	json_t	     *row = json_object(), *v;
	const char   *unit, *name;
	size_t	      i;

	json_object_foreach ((json_t *)run, name, v)
		if (!json_is_array(v) && !json_is_object(v))
			json_object_set(row, name, v);
	for (i = p->n - n; i < p->n; i++)
		json_object_set_new(row, p->names[i], json_string("-"));
	parts = cxreport_parts(run, &unit);
	json_array_foreach (parts, i, part)
		if ((name = part_name(part, unit)) != NULL &&
		    json_object_get(row, name) != NULL)
			json_object_set_new(row, name, part_cell(part));
	return (row);
}

static json_t *
runs_rows(const json_t *runs, const struct parts *p, size_t n)
{
	json_t *rows = json_array();
	json_t *run;
	size_t	i;

	json_array_foreach (runs, i, run)
		json_array_append_new(rows, run_row(run, p, n));
	return (rows);
}

/* Whether the rows are as wide as the terminal at most. */
static bool
rows_fit(const struct show *s, const json_t *rows)
{
	struct buf  b = { 0 };
	struct show wide = { .out = &b, .terminal = true, .width = SIZE_MAX };
	const char *line;
	bool	    fit = true;
	size_t	    n;

	show_value(&wide, rows);
	buf_char(&b, '\0');
	for (line = b.p; fit && *line != '\0'; line += n + (line[n] == '\n')) {
		n = strcspn(line, "\n");
		fit = show_width(line, n) <= s->width;
	}
	buf_free(&b);
	return (fit);
}

/* Where it is tight the oldest give way, not the newest. */
static void
runs_show(struct show *s, const json_t *runs)
{
	struct parts p = { .n = 0 };
	json_t	    *rows;
	size_t	     n;

	parts_take(&p, runs);
	n = p.n < PARTS_MOST ? p.n : PARTS_MOST;
	rows = runs_rows(runs, &p, n);
	while (s->terminal && n > 1 && !rows_fit(s, rows)) {
		json_decref(rows);
		rows = runs_rows(runs, &p, --n);
	}
	show_value(s, rows);
	json_decref(rows);
}

bool
sheet_show(struct show *s, const json_t *v)
{
	const json_t *csv = json_object_get(v, "csv");
	const json_t *runs = json_object_get(v, "runs");
	const char   *unit;

	if (json_is_string(csv)) {
		csv_show(s, csv);
		return (true);
	}
	if (cxreport_parts(json_array_get(runs, 0), &unit) != NULL) {
		runs_show(s, runs);
		return (true);
	}
	if (!json_is_array(json_object_get(v, "sections")) ||
	    !json_is_string(json_object_get(v, "foot")))
		return (false);
	cxreport_paper(s->out, v, s->terminal ? s->width : 0);
	return (true);
}
