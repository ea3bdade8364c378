/*
 * Reports as HTML and text; see paper.h.  Colours are those of the web pages
 * (tokens.css) as they are read on white.
 */
#include <string.h>

#include "htmlout.h"
#include "paper.h"

#define FONT                                                             \
	"font-family:-apple-system,'Segoe UI',Roboto,'Noto Sans',Arial," \
	"sans-serif;"
#define CELL "padding:6px 12px 6px 0;border-bottom:1px solid #d8dade;"

static const char *
text_of(const json_t *j, const char *name)
{
	const char *s = json_string_value(json_object_get(j, name));

	return (s != NULL ? s : "");
}

static bool
is_number(const json_t *section, size_t i)
{
	return (json_is_true(
	    json_array_get(json_object_get(section, "numbers"), i)));
}

/* ---- HTML */

static void
put_cell(
    struct buf *b, const json_t *section, size_t i, const char *text, bool head)
{
	htmlout_raw(b, "<td style=\"" CELL);
	if (is_number(section, i))
		htmlout_raw(b, "text-align:right;white-space:nowrap;");
	if (head)
		htmlout_raw(b, "color:#63676d;font-weight:500;");
	htmlout_raw(b, "\">");
	htmlout_text(b, text);
	htmlout_raw(b, "</td>");
}

static void
put_row(struct buf *b, const json_t *section, const json_t *cells, bool head)
{
	const json_t *cell;
	size_t	      i;

	htmlout_raw(b, "<tr>");
	json_array_foreach (cells, i, cell)
		put_cell(b, section, i, json_string_value(cell), head);
	htmlout_raw(b, "</tr>\n");
}

static void
put_line(struct buf *b, const char *text, const char *style)
{
	htmlout_raw(b, "<p style=\"");
	buf_str(b, style);
	htmlout_raw(b, "\">");
	htmlout_text(b, text);
	htmlout_raw(b, "</p>\n");
}

static void
put_section(struct buf *b, const json_t *section)
{
	const json_t *rows = json_object_get(section, "rows"), *row;
	size_t	      i;

	put_line(b, text_of(section, "title"),
	    "margin:28px 0 8px;" FONT
	    "font-size:16px;line-height:24px;font-weight:600;color:#1a1c1f");
	if (json_array_size(rows) == 0) {
		put_line(b, text_of(section, "none"),
		    "margin:0;" FONT
		    "font-size:14px;line-height:20px;color:#63676d");
		return;
	}
	htmlout_raw(b,
	    "<table width=\"100%\" cellpadding=\"0\" cellspacing=\"0\""
	    " border=\"0\" style=\"border-collapse:collapse;" FONT
	    "font-size:14px;line-height:20px;color:#1a1c1f\">\n");
	put_row(b, section, json_object_get(section, "columns"), true);
	json_array_foreach (rows, i, row)
		put_row(b, section, row, false);
	htmlout_raw(b, "</table>\n");
}

void
paper_html(struct buf *b, const json_t *paper)
{
	const json_t *section;
	size_t	      i;

	htmlout_raw(b, "<!DOCTYPE html>\n<html");
	htmlout_attr(
	    b, "lang", strcmp(text_of(paper, "lang"), "en") == 0 ? "en" : "vi");
	htmlout_raw(b,
	    "><head><meta http-equiv=\"Content-Type\""
	    " content=\"text/html; charset=utf-8\"><meta name=\"viewport\""
	    " content=\"width=device-width, initial-scale=1\"></head>"
	    "<body style=\"margin:0;background:#ffffff\">\n"
	    "<table role=\"presentation\" align=\"center\" width=\"100%\""
	    " cellpadding=\"0\" cellspacing=\"0\" border=\"0\""
	    " style=\"max-width:720px\"><tr><td style=\"padding:24px 16px\">"
	    "\n");
	put_line(b, text_of(paper, "title"),
	    "margin:0 0 4px;" FONT
	    "font-size:22px;line-height:30px;font-weight:600;color:#1a1c1f");
	put_line(b, text_of(paper, "lead"),
	    "margin:0;" FONT "font-size:14px;line-height:20px;color:#4b4f55");
	json_array_foreach (json_object_get(paper, "sections"), i, section)
		put_section(b, section);
	put_line(b, text_of(paper, "foot"),
	    "margin:28px 0 0;" FONT
	    "font-size:12px;line-height:18px;color:#63676d");
	htmlout_raw(b, "</td></tr></table></body></html>\n");
}

/* ---- text */

static void
put_text_row(struct buf *b, const json_t *columns, const json_t *cells)
{
	const char *cell, *name;
	size_t	    i;

	for (i = 0; i < json_array_size(cells); i++) {
		cell = json_string_value(json_array_get(cells, i));
		name = json_string_value(json_array_get(columns, i));
		if (cell == NULL || name == NULL)
			continue;
		if (i == 0)
			buf_printf(b, "* %s", cell);
		else
			buf_printf(
			    b, "%s %s: %s", i == 1 ? ":" : ";", name, cell);
	}
	buf_char(b, '\n');
}

void
paper_text(struct buf *b, const json_t *paper)
{
	const json_t *section, *rows, *row;
	size_t	      i, k;

	buf_printf(
	    b, "%s\n%s\n", text_of(paper, "title"), text_of(paper, "lead"));
	json_array_foreach (json_object_get(paper, "sections"), i, section) {
		rows = json_object_get(section, "rows");
		buf_printf(b, "\n%s\n", text_of(section, "title"));
		if (json_array_size(rows) == 0)
			buf_printf(b, "%s\n", text_of(section, "none"));
		json_array_foreach (rows, k, row)
			put_text_row(
			    b, json_object_get(section, "columns"), row);
	}
	buf_printf(b, "\n%s\n", text_of(paper, "foot"));
}
