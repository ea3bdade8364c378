/*
 * Answers for people; see show.h.
 */
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/def.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "column.h"
#include "sheet.h"
#include "show.h"

#define COLUMNS_MAX  32
#define DEPTH_MAX    4
#define CELL_MAX     200 /* bytes of a table's cell */
#define VALUE_MAX    65536
#define CELL_WIDE    40 /* columns that one may take where it is tight */
#define CELL_LEAST   6
#define COLUMNS_KEPT 7 /* columns that are narrowed rather than dropped */

/* What people wrote: no cell holds it, so a terminal has it under its row. */
static const char said[] = "text";
/* … and of that, where they quoted others: what they wrote themselves. */
static const char said_own[] = "own";

/* How a queue that is drained stands: too much for a cell, which has one word. */
static const char drain[] = "drain";

/* A table's shape. */
struct table {
	const char *names[COLUMNS_MAX];
	size_t	    widths[COLUMNS_MAX];
	size_t	    n;
};

size_t
show_width(const char *s, size_t n)
{
	size_t	 width = 0, len;
	uint32_t c;

	while (n > 0 && (len = utf8_get(s, n, &c)) > 0) {
		if (!g_unichar_iszerowidth(c))
			width += g_unichar_iswide(c) ? 2 : 1;
		s += len;
		n -= len;
	}
	return (width + n); /* what is no UTF-8: a column a byte */
}

/* Bytes of the text that fit the width. */
static size_t
fitting(const char *s, size_t n, size_t width)
{
	size_t	 at = 0, len, w;
	uint32_t c;

	while (at < n && (len = utf8_get(s + at, n - at, &c)) > 0) {
		w = g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
		if (w > width)
			break;
		width -= w;
		at += len;
	}
	return (at);
}

void
show_cell(struct buf *out, const char *s, size_t width, bool pad)
{
	size_t n = strlen(s), w = show_width(s, n), cut;

	if (w > width) {
		cut = fitting(s, n, width - 1);
		buf_add(out, s, cut);
		buf_str(out, "\xe2\x80\xa6");
		w = show_width(s, cut) + 1;
	} else {
		buf_add(out, s, n);
	}
	for (; pad && w < width; w++)
		buf_char(out, ' ');
}

static bool
is_scalar(const json_t *v)
{
	return (!json_is_object(v) && !json_is_array(v));
}

/* A list of plain values: "sales,shipping". */
static bool
is_words(const json_t *v)
{
	size_t i;

	if (!json_is_array(v))
		return (false);
	for (i = 0; i < json_array_size(v); i++)
		if (!is_scalar(json_array_get(v, i)))
			return (false);
	return (true);
}

static bool
is_rows(const json_t *v)
{
	size_t i;

	if (!json_is_array(v) || json_array_size(v) == 0)
		return (false);
	for (i = 0; i < json_array_size(v); i++)
		if (!json_is_object(json_array_get(v, i)))
			return (false);
	return (true);
}

static void
put_words(struct buf *out, const json_t *v, size_t max)
{
	size_t i, start = out->n;

	for (i = 0; i < json_array_size(v) && out->n - start < max; i++) {
		if (i > 0)
			buf_char(out, ',');
		show_scalar(out, json_array_get(v, i), max);
	}
}

void
show_scalar(struct buf *out, const json_t *v, size_t max)
{
	char *text;

	if (json_is_string(v)) {
		buf_shown(
		    out, json_string_value(v), json_string_length(v), max);
	} else if (json_is_boolean(v)) {
		buf_str(out, json_is_true(v) ? "yes" : "no");
	} else if (v == NULL || json_is_null(v)) {
		buf_char(out, '-');
	} else if (is_words(v)) {
		put_words(out, v, max);
	} else if (json_is_number(v)) {
		column_number(out, v);
	} else {
		text = json_dumps(v,
		    JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
		buf_shown(out, text, strlen(text), max);
		free(text);
	}
}

/* A time as deskd writes it, told as this terminal's clock would. */
static bool
put_time(struct buf *out, const json_t *v)
{
	const char *s = json_string_value(v), *end;
	struct tm   tm = { 0 };
	char	    local[32];
	time_t	    at;

	if (s == NULL || (end = strptime(s, "%Y-%m-%dT%H:%M:%S", &tm)) == NULL)
		return (false);
	if (*end == '.')
		end += 1 + strspn(end + 1, "0123456789");
	if (strcmp(end, "Z") != 0)
		return (false);
	at = timegm(&tm);
	if (localtime_r(&at, &tm) == NULL ||
	    strftime(local, sizeof local, "%Y-%m-%d %H:%M", &tm) == 0)
		return (false);
	buf_str(out, local);
	return (true);
}

bool
show_has_lines(const json_t *v)
{
	return (json_is_string(v) && strchr(json_string_value(v), '\n'));
}

void
show_lines(struct buf *out, const char *text, const char *indent)
{
	size_t n;

	for (; text != NULL && *text != '\0'; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		buf_str(out, indent);
		buf_shown(out, text, n, VALUE_MAX);
		buf_char(out, '\n');
	}
}

/* Several lines in one: what a cell has room for. */
static void
put_joined(struct buf *out, const char *text)
{
	size_t n;

	for (; *text != '\0' && out->n < CELL_MAX; text += n) {
		n = strcspn(text, "\n");
		buf_shown(out, text, n, CELL_MAX);
		if (text[n] == '\n') {
			buf_char(out, ' ');
			n++;
		}
	}
}

static bool
is_drain(const char *name, const json_t *v)
{
	return (strcmp(name, drain) == 0 && json_is_object(v));
}

/* A cell's text; good until the next call. */
static const char *
cell_text(const struct show *s, const json_t *row, const char *name)
{
	static struct buf text;
	const json_t	 *v = json_object_get(row, name);

	buf_reset(&text);
	if (is_drain(name, v))
		buf_str(&text,
		    json_is_true(json_object_get(v, "empty")) ? "drained"
							      : "draining");
	else if (column_is_figure(v))
		column_figure(&text, v, s->terminal && !s->tight);
	else if (s->terminal && show_has_lines(v))
		put_joined(&text, json_string_value(v));
	else if (v != NULL && !json_is_null(v) &&
	    !(s->terminal && put_time(&text, v)))
		show_scalar(&text, v, CELL_MAX);
	return (text.p != NULL ? text.p : "");
}

/* Puts the name in its place among those there are, once. */
static void
table_column(struct table *t, const char *name)
{
	size_t i, at;

	for (i = 0; i < t->n; i++)
		if (strcmp(t->names[i], name) == 0)
			return;
	if (t->n == COLUMNS_MAX)
		return;
	for (at = t->n++;
	     at > 0 && column_rank(t->names[at - 1]) > column_rank(name); at--)
		t->names[at] = t->names[at - 1];
	t->names[at] = name;
}

static bool
is_empty(const json_t *v)
{
	return (json_is_null(v) || (json_is_array(v) && !json_array_size(v)) ||
	    (json_is_string(v) && json_string_length(v) == 0));
}

static bool
is_said(const char *name)
{
	return (strcmp(name, said) == 0 || strcmp(name, said_own) == 0);
}

/* The columns that hold anything. */
static void
table_measure(const struct show *s, struct table *t, json_t *rows)
{
	const char *name;
	json_t	   *row, *v;
	size_t	    i, c, w;

	json_array_foreach (rows, i, row)
		json_object_foreach (row, name, v)
			if ((is_scalar(v) || is_words(v) || is_drain(name, v) ||
				column_is_figure(v)) &&
			    !is_empty(v) &&
			    !(s->terminal &&
				(is_said(name) || column_other(row, name))))
				table_column(t, name);
	for (c = 0; c < t->n; c++) {
		t->widths[c] = show_width(t->names[c], strlen(t->names[c]));
		json_array_foreach (rows, i, row) {
			name = cell_text(s, row, t->names[c]);
			w = show_width(name, strlen(name));
			if (w > t->widths[c])
				t->widths[c] = w;
		}
	}
}

static size_t
table_width(const struct table *t)
{
	size_t c, all = 0;

	for (c = 0; c < t->n; c++)
		all += t->widths[c] + (c > 0 ? 2 : 0);
	return (all);
}

/*
 * Makes it fit: wide columns are narrowed first, then the last ones dropped
 * (-j has all), and the few that are left narrowed as far as they must: then
 * false.
 */
static bool
table_fit(struct table *t, size_t width)
{
	size_t c, widest;

	for (c = 0; c < t->n; c++)
		if (t->widths[c] > CELL_WIDE)
			t->widths[c] = CELL_WIDE;
	while (t->n > COLUMNS_KEPT && table_width(t) > width)
		t->n--;
	if (table_width(t) <= width)
		return (true);
	while (t->n > 0 && table_width(t) > width) {
		for (widest = c = 0; c < t->n; c++)
			if (t->widths[c] > t->widths[widest])
				widest = c;
		if (t->widths[widest] <= CELL_LEAST)
			break;
		t->widths[widest]--;
	}
	return (false);
}

static void
put_field(struct show *s, const struct table *t, size_t c, const char *text)
{
	if (c > 0)
		buf_str(s->out, s->terminal ? "  " : "\t");
	if (s->terminal)
		show_cell(s->out, text, t->widths[c], c + 1 < t->n);
	else
		buf_str(s->out, text);
	if (c + 1 == t->n)
		buf_char(s->out, '\n');
}

/* The files of a message; their place is what ATTACHMENT.GET asks for. */
static void
put_files(struct show *s, const json_t *files)
{
	const json_t *f;
	size_t	      i;

	for (i = 0; i < json_array_size(files); i++) {
		f = json_array_get(files, i);
		buf_str(s->out, "    [file ");
		show_scalar(s->out, json_object_get(f, "place"), 20);
		buf_str(s->out, ": ");
		show_scalar(s->out, json_object_get(f, "name"), CELL_MAX);
		buf_str(s->out, ", ");
		show_scalar(s->out, json_object_get(f, "type"), CELL_MAX);
		buf_str(s->out, ", ");
		show_scalar(s->out, json_object_get(f, "size"), 20);
		buf_str(s->out, " bytes]\n");
	}
}

/*
 * How an answer fares on its way.  What the other side said is told while a
 * person may have to act; of one that was sent it is but noise.
 */
static void
put_delivery(struct show *s, const json_t *delivery)
{
	const char   *state;
	const json_t *words = json_object_get(delivery, "said");
	const json_t *next = json_object_get(delivery, "next_try");

	state = json_string_value(json_object_get(delivery, "state"));
	if (state == NULL)
		return;
	buf_str(s->out, "    [");
	buf_shown(s->out, state, strlen(state), CELL_MAX);
	if (json_is_string(next)) {
		buf_str(s->out, ", next try ");
		if (!put_time(s->out, next))
			show_scalar(s->out, next, CELL_MAX);
	}
	if (json_is_string(words) && strcmp(state, "sent") != 0) {
		buf_str(s->out, ": ");
		show_scalar(s->out, words, CELL_MAX);
	}
	buf_str(s->out, "]\n");
}

static void
show_said(struct show *s, const json_t *row)
{
	const char *own = json_string_value(json_object_get(row, said_own));
	const char *text = json_string_value(json_object_get(row, said));

	show_lines(s->out, own != NULL ? own : text, "    ");
	if (own != NULL) /* -j has all of it */
		buf_str(s->out, "    \xe2\x80\xa6 quoted text\n");
	put_files(s, json_object_get(row, "attachments"));
	put_delivery(s, json_object_get(row, "delivery"));
}

static void
show_table(struct show *s, const json_t *list)
{
	struct table t = { 0 };
	json_t	    *rows = (json_t *)list, *row;
	size_t	     i, c;

	table_measure(s, &t, rows);
	if (s->terminal && !table_fit(&t, s->width)) {
		s->tight = true; /* rather than cut */
		t.n = 0;
		table_measure(s, &t, rows);
		table_fit(&t, s->width);
	}
	for (c = 0; c < t.n; c++)
		put_field(s, &t, c, t.names[c]);
	json_array_foreach (rows, i, row) {
		for (c = 0; c < t.n; c++)
			put_field(s, &t, c, cell_text(s, row, t.names[c]));
		if (s->terminal)
			show_said(s, row);
	}
	s->tight = false;
}

/* An object's plain members as lines, what matters first. */
static bool
show_plain(struct show *s, json_t *object)
{
	struct table t = { 0 };
	const char  *name;
	json_t	    *v;
	size_t	     i, w, width = 0;

	json_object_foreach (object, name, v)
		if (is_scalar(v) || is_words(v)) {
			table_column(&t, name);
			w = show_width(name, strlen(name));
			width = w > width ? w : width;
		}
	for (i = 0; i < t.n; i++) {
		show_cell(s->out, t.names[i], width, s->terminal);
		buf_str(s->out, s->terminal ? "  " : "\t");
		v = json_object_get(object, t.names[i]);
		if (s->terminal && show_has_lines(v)) {
			buf_char(s->out, '\n');
			show_lines(s->out, json_string_value(v), "    ");
			continue;
		}
		if (!s->terminal || !put_time(s->out, v))
			show_scalar(s->out, v, VALUE_MAX);
		buf_char(s->out, '\n');
	}
	return (t.n > 0);
}

static void show_object(struct show *, const json_t *, unsigned depth);

/* What is not plain, under its name. */
static void
show_member(struct show *s, const json_t *m, unsigned depth)
{
	if (is_rows(m)) {
		show_table(s, m);
	} else if (json_is_object(m) && depth < DEPTH_MAX) {
		show_object(s, m, depth + 1);
	} else {
		show_scalar(s->out, m, VALUE_MAX);
		buf_char(s->out, '\n');
	}
}

/*
 * The one list of an object that has nothing beside it, or only its own
 * length as "total": the whole list, which needs no heading.
 */
static const json_t *
only_list(const json_t *object)
{
	const json_t *total = json_object_get(object, "total"), *m;
	void	     *i = json_object_iter((json_t *)object);

	if (json_object_size(object) != 1 + (total != NULL))
		return (NULL);
	if (i != NULL && json_object_iter_value(i) == total)
		i = json_object_iter_next((json_t *)object, i);
	if (i == NULL)
		return (NULL);
	m = json_object_iter_value(i);
	if (!is_rows(m) ||
	    (total != NULL &&
		json_integer_value(total) != (json_int_t)json_array_size(m)))
		return (NULL);
	return (m);
}

static void
show_object(struct show *s, const json_t *v, unsigned depth)
{
	json_t	   *object = (json_t *)v, *m;
	const char *name;
	bool	    any;

	if (only_list(v) != NULL) {
		show_table(s, only_list(v));
		return;
	}
	any = show_plain(s, object);
	json_object_foreach (object, name, m) {
		if (is_scalar(m) || is_words(m))
			continue;
		if (json_object_size(object) > 1) {
			buf_str(s->out, any ? "\n" : "");
			buf_shown(s->out, name, strlen(name), 64);
			buf_str(s->out, ":\n");
		}
		any = true;
		show_member(s, m, depth);
	}
}

void
show_value(struct show *s, const json_t *v)
{
	if (sheet_show(s, v))
		return;
	if (is_rows(v)) {
		show_table(s, v);
	} else if (json_is_object(v)) {
		show_object(s, v, 0);
	} else {
		show_scalar(s->out, v, VALUE_MAX);
		buf_char(s->out, '\n');
	}
}

/* JSON escapes C0; what else would act on a terminal becomes \u too. */
static void
put_safely(struct buf *out, const char *s)
{
	size_t	 n = strlen(s), len;
	uint32_t c;

	for (; n > 0; s += len, n -= len) {
		len = utf8_get(s, n, &c);
		if (len > 0 && c != 0x7f && !utf8_is_unshown(c)) {
			buf_add(out, s, len);
			continue;
		}
		buf_printf(out, "\\u%04x", len > 0 ? (unsigned)c : 0xfffd);
		len = len > 0 ? len : 1;
	}
}

void
show_json(struct show *s, const json_t *v)
{
	size_t flags = s->terminal ? JSON_INDENT(2) : JSON_COMPACT;
	char  *text =
	    json_dumps(v, flags | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));

	if (s->terminal)
		put_safely(s->out, text);
	else
		buf_str(s->out, text);
	buf_char(s->out, '\n');
	free(text);
}
