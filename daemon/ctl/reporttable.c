/*
 * A report as a table, or as CSV that a spreadsheet opens without harm; see
 * reporttable.h.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "reporttable.h"
#include "show.h"

#define CELL_MAX 200 /* bytes of one, as it is shown */

static const char *
text(const json_t *j, const char *name)
{
	const char *s = json_string_value(json_object_get(j, name));

	return (s != NULL ? s : "");
}

/* "0:42", "1:05:30", "3d 4:05:30". */
static void
span_put(struct buf *b, double seconds)
{
	long long s = llround(seconds < 0 ? -seconds : seconds);

	if (seconds < 0 && s > 0)
		buf_char(b, '-');
	if (s >= 86400)
		buf_printf(b, "%lldd %lld:%02lld:%02lld", s / 86400,
		    s / 3600 % 24, s / 60 % 60, s % 60);
	else if (s >= 3600)
		buf_printf(
		    b, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
	else
		buf_printf(b, "%lld:%02lld", s / 60, s % 60);
}

/* A figure for people; what there is none of is a dash. */
static void
figure_put(struct buf *b, const json_t *v, const char *unit)
{
	if (!json_is_number(v))
		buf_char(b, '-');
	else if (strcmp(unit, "seconds") == 0)
		span_put(b, json_number_value(v));
	else if (strcmp(unit, "percent") == 0)
		buf_printf(b, "%.1f%%", json_number_value(v));
	else
		buf_printf(b, "%.0f", json_number_value(v));
}

/* Cell c of a line (column 0: what the line is called). */
static void
cell_put(struct buf *b, const json_t *j, const json_t *label,
    const json_t *cells, size_t c)
{
	const json_t *columns = json_object_get(j, "columns");

	b->n = 0;
	if (c > 0)
		figure_put(b, json_array_get(cells, c - 1),
		    text(json_array_get(columns, c - 1), "unit"));
	else if (json_is_string(label))
		show_scalar(b, label, CELL_MAX);
	else
		buf_str(b, "(nobody)");
	buf_char(b, '\0');
}

/* The head of column c. */
static const char *
head(const json_t *j, size_t c)
{
	return (c == 0
		? text(j, "by")
		: text(json_array_get(json_object_get(j, "columns"), c - 1),
		      "name"));
}

static void
padded(struct buf *out, const char *s, size_t width, bool right)
{
	size_t w = show_width(s, strlen(s));

	for (; right && w < width; w++)
		buf_char(out, ' ');
	buf_str(out, s);
	for (; !right && w < width; w++)
		buf_char(out, ' ');
}

static void
line_put(struct buf *out, const json_t *j, const json_t *label,
    const json_t *cells, const size_t *widths, size_t n)
{
	struct buf cell = { 0 };
	size_t	   c;

	for (c = 0; c < n; c++) {
		cell_put(&cell, j, label, cells, c);
		if (c > 0)
			buf_str(out, "  ");
		padded(out, cell.p, widths[c], c > 0);
	}
	buf_char(out, '\n');
	buf_free(&cell);
}

static size_t
columns_count(const json_t *j)
{
	size_t n = 1 + json_array_size(json_object_get(j, "columns"));

	return (n < REPORT_COLUMNS ? n : REPORT_COLUMNS);
}

static void
widths_measure(const json_t *j, size_t *widths, size_t n)
{
	const json_t *row;
	struct buf    cell = { 0 };
	size_t	      i, c, w;

	for (c = 0; c < n; c++) {
		w = show_width(head(j, c), strlen(head(j, c)));
		widths[c] = c == 0 && w < strlen("total") ? strlen("total") : w;
		cell_put(&cell, j, NULL, json_object_get(j, "total"), c);
		w = c > 0 ? show_width(cell.p, strlen(cell.p)) : 0;
		widths[c] = w > widths[c] ? w : widths[c];
		json_array_foreach (json_object_get(j, "rows"), i, row) {
			cell_put(&cell, j, json_object_get(row, "label"),
			    json_object_get(row, "cells"), c);
			w = show_width(cell.p, strlen(cell.p));
			widths[c] = w > widths[c] ? w : widths[c];
		}
	}
	buf_free(&cell);
}

void
report_table(struct buf *out, const json_t *j)
{
	size_t	      widths[REPORT_COLUMNS], n = columns_count(j), i, c;
	json_t	     *total = json_string("total");
	const json_t *row;

	widths_measure(j, widths, n);
	for (c = 0; c < n; c++) {
		if (c > 0)
			buf_str(out, "  ");
		padded(out, head(j, c), widths[c], c > 0);
	}
	buf_char(out, '\n');
	json_array_foreach (json_object_get(j, "rows"), i, row)
		line_put(out, j, json_object_get(row, "label"),
		    json_object_get(row, "cells"), widths, n);
	line_put(out, j, total, json_object_get(j, "total"), widths, n);
	buf_printf(out, "%s, %s to %s (%s)\n", text(j, "name"), text(j, "from"),
	    text(j, "to"), text(j, "timezone"));
	json_decref(total);
}

/*
 * A text as a field.  What a spreadsheet would take for a formula begins with
 * an apostrophe, within quotes, as does whatever RFC 4180 (section 2) wants
 * there.
 */
void
report_field(struct buf *out, const char *s)
{
	bool formula = s[0] != '\0' && strchr("=+-@\t\r", s[0]) != NULL;

	if (!formula && s[strcspn(s, "\",\r\n")] == '\0') {
		buf_str(out, s);
		return;
	}
	buf_str(out, formula ? "\"'" : "\"");
	for (; *s != '\0'; s++) {
		if (*s == '"')
			buf_char(out, '"');
		buf_char(out, *s);
	}
	buf_char(out, '"');
}

static void
record_put(struct buf *out, const char *label, const json_t *cells)
{
	const json_t *v;
	size_t	      i;

	report_field(out, label);
	json_array_foreach (cells, i, v) {
		buf_char(out, ',');
		if (json_is_integer(v))
			buf_printf(
			    out, "%lld", (long long)json_integer_value(v));
		else if (json_is_number(v))
			buf_printf(out, "%.1f", json_number_value(v));
	}
	buf_str(out, "\r\n");
}

void
report_csv(struct buf *out, const json_t *j)
{
	const json_t *row;
	size_t	      n = columns_count(j), i, c;

	for (c = 0; c < n; c++) {
		if (c > 0)
			buf_char(out, ',');
		report_field(out, head(j, c));
	}
	buf_str(out, "\r\n");
	json_array_foreach (json_object_get(j, "rows"), i, row)
		record_put(
		    out, text(row, "label"), json_object_get(row, "cells"));
}
