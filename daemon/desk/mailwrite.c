/*
 * The small pieces of a mail; see mailwrite.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "mailwrite.h"

#define LINE_MAX_CHARS 76
/* UTF-8 in one encoded word: 52 characters of base64 and 12 around them. */
#define WORD_BYTES 39
/* A blank-separated word of ASCII that is longer is encoded: it could not be
   folded. */
#define WORD_PLAIN 60

static const char b64[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char hex[] = "0123456789ABCDEF";

bool
mailwrite_id_good(const char *s)
{
	size_t n = strlen(s);

	if (n == 0 || n > 250)
		return (false);
	for (; *s != '\0'; s++)
		if (*s <= ' ' || *s >= 0x7f || *s == '<' || *s == '>')
			return (false);
	return (true);
}

bool
mailwrite_address_good(const char *s)
{
	const char *at = strrchr(s, '@');

	if (!mailwrite_id_good(s) || at == NULL || at == s || at[1] == '\0')
		return (false);
	/* Quoted local parts are nobody's: they only make trouble. */
	return (strpbrk(s, "\"\\(),:;[]") == NULL);
}

/* One line of what can be shown, UTF-8, in a buffer of its own. */
static void
line_clean(struct buf *b, const char *s)
{
	size_t	 n = strlen(s), one;
	uint32_t c;
	bool	 blank = true;

	buf_init(b, 4000);
	for (; n > 0; s += one, n -= one) {
		if ((one = utf8_get(s, n, &c)) == 0) {
			buf_char(b, '?');
			blank = false;
			one = 1;
		} else if (c <= ' ' || c == 0x7f) {
			if (!blank)
				buf_char(b, ' ');
			blank = true;
		} else if (!utf8_is_unshown(c)) {
			buf_add(b, s, one);
			blank = false;
		}
	}
	if (b->n > 0 && b->p[b->n - 1] == ' ')
		b->p[--b->n] = '\0';
}

static void
word_base64(struct buf *out, const char *s, size_t n)
{
	const uint8_t *p = (const uint8_t *)s;
	uint32_t       v;

	for (; n > 0; p += 3, n -= n < 3 ? n : 3) {
		v = (uint32_t)p[0] << 16;
		v |= n > 1 ? (uint32_t)p[1] << 8 : 0;
		v |= n > 2 ? p[2] : 0;
		buf_char(out, b64[v >> 18]);
		buf_char(out, b64[v >> 12 & 63]);
		buf_char(out, n > 1 ? b64[v >> 6 & 63] : '=');
		buf_char(out, n > 2 ? b64[v & 63] : '=');
	}
}

/*
 * How much of it one word takes: whole characters, and where that can be a
 * multiple of three bytes, because some readers (GMime) join the base64 of
 * neighbouring words before they decode it, and stop at padding.
 */
static size_t
word_take(const char *s, size_t n)
{
	size_t one = utf8_cut(s, n, WORD_BYTES), less = one;

	if (one == n)
		return (n);
	while (less > 0 && less % 3 != 0)
		less = utf8_cut(s, n, less - 1);
	return (less != 0 ? less : one);
}

/* As encoded words, one a line; the first follows what stands there. */
static void
words_encoded(struct buf *out, const char *s, size_t n)
{
	size_t one;
	bool   first = true;

	for (; n > 0; s += one, n -= one) {
		one = word_take(s, n);
		if (!first)
			buf_str(out, "\r\n ");
		first = false;
		buf_str(out, "=?UTF-8?B?");
		word_base64(out, s, one);
		buf_str(out, "?=");
	}
}

/* Plain ASCII that can be folded at its blanks. */
static bool
is_plain(const char *s)
{
	size_t run = 0;

	if (strstr(s, "=?") != NULL)
		return (false);
	for (; *s != '\0'; s++) {
		run = *s == ' ' ? 0 : run + 1;
		if ((unsigned char)*s >= 0x7f || run > WORD_PLAIN)
			return (false);
	}
	return (true);
}

/* Words of plain text, folded. */
static void
words_plain(struct buf *out, size_t column, const char *s)
{
	size_t n;

	while (*s != '\0') {
		n = strcspn(s, " ");
		if (column + n > LINE_MAX_CHARS) {
			buf_str(out, "\r\n");
			column = 0;
		}
		buf_char(out, ' ');
		buf_add(out, s, n);
		column += n + 1;
		s += n;
		s += strspn(s, " ");
	}
}

void
mailwrite_text(struct buf *out, const char *header, const char *text)
{
	struct buf line;

	line_clean(&line, text);
	buf_printf(out, "%s:", header);
	if (line.n == 0)
		buf_char(out, ' ');
	else if (is_plain(line.p))
		words_plain(out, strlen(header) + 1, line.p);
	else {
		buf_char(out, ' ');
		words_encoded(out, line.p, line.n);
	}
	buf_str(out, "\r\n");
	buf_free(&line);
}

void
mailwrite_mailbox(struct buf *out, const char *name, const char *address)
{
	struct buf line;
	size_t	   i;

	line_clean(&line, name != NULL ? name : "");
	if (line.n == 0) {
		buf_printf(out, "<%s>", address);
		buf_free(&line);
		return;
	}
	if (is_plain(line.p) && line.n < WORD_PLAIN) {
		buf_char(out, '"');
		for (i = 0; i < line.n; i++) {
			if (line.p[i] == '"' || line.p[i] == '\\')
				buf_char(out, '\\');
			buf_char(out, line.p[i]);
		}
		buf_char(out, '"');
	} else
		words_encoded(out, line.p, line.n);
	buf_printf(out, "\r\n <%s>", address);
	buf_free(&line);
}

/* May stand in a quoted parameter as it is. */
static bool
param_plain(const char *s)
{
	size_t n = strlen(s);

	for (; *s != '\0'; s++)
		if (*s < ' ' || *s >= 0x7f || *s == '"' || *s == '\\')
			return (false);
	return (n < 50);
}

/* RFC 2231: pieces of percent-encoded UTF-8, name*0*=UTF-8''…; name*1*=… */
void
mailwrite_param(struct buf *out, const char *name, const char *value)
{
	static const char keep[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "abcdefghijklmnopqrstuvwxyz0123456789-._";
	struct buf	  line;
	size_t		  i = 0, at;
	unsigned	  piece;

	line_clean(&line, value);
	if (line.n == 0 || param_plain(line.p)) {
		buf_printf(
		    out, ";\r\n %s=\"%s\"", name, line.n != 0 ? line.p : "");
		buf_free(&line);
		return;
	}
	for (piece = 0; i < line.n; piece++) {
		buf_printf(out, ";\r\n %s*%u*=%s", name, piece,
		    piece == 0 ? "UTF-8''" : "");
		for (at = 0; i < line.n && at < 45; i++) {
			unsigned char c = (unsigned char)line.p[i];

			if (strchr(keep, c) != NULL) {
				buf_char(out, (char)c);
				at++;
			} else {
				buf_char(out, '%');
				buf_char(out, hex[c >> 4]);
				buf_char(out, hex[c & 15]);
				at += 3;
			}
		}
	}
	buf_free(&line);
}

static bool
begins(const char *s, size_t n, const char *with)
{
	return (n >= strlen(with) && memcmp(s, with, strlen(with)) == 0);
}

/* One line without its end. */
static void
quoted_line(struct buf *out, const char *s, size_t n)
{
	size_t i, column = 0, need;
	bool   plain;

	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		plain = c >= ' ' && c < 0x7f && c != '=';
		if (c == '\t')
			plain = true;
		/* At the end of a line a blank would be lost. */
		if ((c == ' ' || c == '\t') && i + 1 == n)
			plain = false;
		need = plain ? 1 : 3;
		if (column + need > LINE_MAX_CHARS - 1) {
			buf_str(out, "=\r\n");
			column = 0;
		}
		if (column == 0 && (c == '.' || begins(s + i, n - i, "From ")))
			plain = false;
		if (plain) {
			buf_char(out, (char)c);
			column++;
		} else {
			buf_char(out, '=');
			buf_char(out, hex[c >> 4]);
			buf_char(out, hex[c & 15]);
			column += 3;
		}
	}
	buf_str(out, "\r\n");
}

void
mailwrite_quoted(struct buf *out, const char *s, size_t n)
{
	const char *end;
	size_t	    line;

	while (n > 0) {
		end = memchr(s, '\n', n);
		line = end != NULL ? (size_t)(end - s) : n;
		quoted_line(
		    out, s, line > 0 && s[line - 1] == '\r' ? line - 1 : line);
		line += end != NULL;
		s += line;
		n -= line;
	}
}

static void
base64_three(struct mailwrite_b64 *w, struct buf *out)
{
	uint32_t v =
	    (uint32_t)w->left[0] << 16 | (uint32_t)w->left[1] << 8 | w->left[2];
	char four[4] = { b64[v >> 18], b64[v >> 12 & 63],
		w->nleft > 1 ? b64[v >> 6 & 63] : '=',
		w->nleft > 2 ? b64[v & 63] : '=' };

	buf_add(out, four, 4);
	w->nleft = 0;
	w->column += 4;
	if (w->column == LINE_MAX_CHARS) {
		buf_str(out, "\r\n");
		w->column = 0;
	}
}

void
mailwrite_base64(
    struct mailwrite_b64 *w, struct buf *out, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	for (; n > 0; n--) {
		w->left[w->nleft++] = *p++;
		if (w->nleft == 3)
			base64_three(w, out);
	}
}

void
mailwrite_base64_end(struct mailwrite_b64 *w, struct buf *out)
{
	unsigned i;

	if (w->nleft != 0) {
		for (i = w->nleft; i < 3; i++)
			w->left[i] = 0;
		base64_three(w, out);
	}
	if (w->column != 0)
		buf_str(out, "\r\n");
	memset(w, 0, sizeof *w);
}
