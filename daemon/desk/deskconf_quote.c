/*
 * Texts of desk.conf; see deskconf_quote.h.
 *
 * libconfuse 3.3: between double quotes, \ takes what follows as it is but for
 * n, r, t, octal and \xNN, and ${NAME} is a variable of the environment unless
 * a backslash parts the two; between single quotes, \ stands for itself but
 * before ' and \.
 */
#include <string.h>

#include "deskconf_quote.h"

#define LINE_WIDE 78

/* Reads better between single quotes: JSON, mostly. */
static bool
is_single(const char *s)
{
	const char *c;

	if (strchr(s, '"') == NULL || strpbrk(s, "'\\\n$") != NULL)
		return (false);
	for (c = s; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return (false);
	return (true);
}

static void
put_char(struct buf *out, char c, char before)
{
	if (c == '"' || c == '\\' || (c == '{' && before == '$')) {
		buf_char(out, '\\');
		buf_char(out, c);
	} else if (c == '\t') {
		buf_str(out, "\\t");
	} else if (((unsigned char)c < 0x20 && c != '\n') || c == 0x7f) {
		buf_printf(out, "\\x%02x", (unsigned)c);
	} else {
		buf_char(out, c);
	}
}

void
conf_quote(struct buf *out, const char *s)
{
	char before = '\0';

	if (is_single(s)) {
		buf_char(out, '\'');
		buf_str(out, s);
		buf_char(out, '\'');
		return;
	}
	buf_char(out, '"');
	for (; *s != '\0'; before = *s++)
		put_char(out, *s, before);
	buf_char(out, '"');
}

/* Columns, as far as one can tell: a character a column. */
static size_t
columns(const char *s, size_t n)
{
	size_t i, wide = 0;

	for (i = 0; i < n; i++)
		wide += ((unsigned char)s[i] & 0xc0) != 0x80;
	return (wide);
}

void
conf_quote_list(struct buf *out, const json_t *list, int depth)
{
	const char *text;
	struct buf  one;
	size_t	    line, i, n = json_array_size(list);

	if (json_is_string(list)) {
		conf_quote(out, json_string_value(list));
		return;
	}
	for (line = out->n; line > 0 && out->p[line - 1] != '\n'; line--)
		;
	line = columns(out->p + line, out->n - line) + 7 * (size_t)depth;
	buf_char(out, '{');
	line++;
	buf_init(&one, 0);
	for (i = 0; i < n; i++) {
		buf_reset(&one);
		text = json_string_value(json_array_get(list, i));
		conf_quote(&one, text != NULL ? text : "");
		if (i > 0 && line + columns(one.p, one.n) + 2 > LINE_WIDE) {
			buf_char(out, '\n');
			for (line = 0; line < (size_t)depth; line++)
				buf_char(out, '\t');
			buf_str(out, "    ");
			line = 8 * (size_t)depth + 4;
		} else if (i > 0) {
			buf_char(out, ' ');
			line++;
		}
		buf_add(out, one.p, one.n);
		line += columns(one.p, one.n) + 1;
		if (i + 1 < n)
			buf_char(out, ',');
	}
	buf_free(&one);
	buf_char(out, '}');
}
