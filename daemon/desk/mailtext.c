/*
 * Mail's texts as UTF-8; see mailtext.h.
 */
#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"
#include "charset.h"
#include "mailtext.h"

#define HEADER_MAX    8192 /* of a value; each word may cost an iconv_open() */
#define PIECE_LEAST   512
#define PIECE_MOST    1024
#define CHARSET_MAX   64
#define FILENAME_MAX_ 255
#define WORD_MAX      4096 /* RFC 2047 says 75; whole subjects come in one */
#define MARKS_MAX     30   /* on a letter, as in Unicode's stream-safe format */

/*
 * Drops marks past the 30th on one letter: no language has them, and putting
 * a long run of marks in order takes GLib the square of its length.
 */
static void
thin_marks(GString *s)
{
	size_t	 from = 0, to = 0, len;
	unsigned run = 0;
	uint32_t c;

	for (; from < s->len; from += len) {
		if ((len = utf8_get(s->str + from, s->len - from, &c)) == 0)
			len = c = 1; /* cannot be: it was cleaned */
		run = g_unichar_combining_class(c) != 0 ? run + 1 : 0;
		if (run > MARKS_MAX)
			continue;
		memmove(s->str + to, s->str + from, len);
		to += len;
	}
	g_string_truncate(s, to);
}

/*
 * The bytes of a piece that can be normalised by itself: it ends before an
 * ASCII character, which no mark before it changes, or, in a script without
 * any, before another letter.
 */
static size_t
piece_get(const char *s, size_t n)
{
	uint32_t c;
	size_t	 at, len;

	for (at = 0; at < n; at += len) {
		if ((len = utf8_get(s + at, n - at, &c)) == 0)
			len = c = 1;
		if (at >= PIECE_LEAST && c < 0x80)
			break;
		if (at >= PIECE_MOST && g_unichar_combining_class(c) == 0)
			break;
	}
	return (at);
}

/*
 * Whether a text is in normal form C for sure: it has only letters that are
 * (Latin, Vietnamese ones whole, Chinese, Hangul, the common marks).
 */
static bool
is_normal(const char *s, size_t n)
{
	uint32_t c;
	size_t	 len;

	for (; n > 0; s += len, n -= len) {
		if ((len = utf8_get(s, n, &c)) == 0)
			return (false);
		if (c < 0x300 || (c >= 0x1e00 && c < 0x1f00) ||
		    (c >= 0x2010 && c < 0x2028) || c == 0x20ab || c == 0x20ac ||
		    (c >= 0x4e00 && c < 0xa000) ||
		    (c >= 0xac00 && c < 0xd7a4) ||
		    (c >= 0x1f300 && c < 0x1fb00))
			continue;
		return (false);
	}
	return (true);
}

/*
 * Normal form C, in place; piece by piece, because GLib moves the whole rest
 * of the text for each letter that it puts together.
 */
static void
normalise(GString *s)
{
	GString *out;
	size_t	 at, n;
	char	*nfc;

	utf8_clean(s->str, s->len); /* U+0000 would end the text for GLib */
	if (is_normal(s->str, s->len))
		return;
	thin_marks(s);
	out = g_string_sized_new(s->len);
	for (at = 0; at < s->len; at += n) {
		n = piece_get(s->str + at, s->len - at);
		nfc = g_utf8_normalize(
		    s->str + at, (gssize)n, G_NORMALIZE_DEFAULT_COMPOSE);
		if (nfc == NULL) /* cannot be: it was cleaned */
			g_string_append_len(out, s->str + at, (gssize)n);
		else
			g_string_append(out, nfc);
		g_free(nfc);
	}
	g_string_assign(s, out->str);
	g_string_free(out, TRUE);
}

/* The most that still fits, without cutting a character. */
static unsigned
add_fitting(struct buf *b, const char *s, size_t n)
{
	size_t room = b->cap != 0 ? b->cap - b->n : n;
	size_t fits = utf8_cut(s, n, room);

	buf_add(b, s, fits);
	return (fits < n ? MAILTEXT_CUT : 0);
}

/*
 * How many bytes from p on are text already as it is to be: UTF-8 in normal
 * form C without controls other than tab and LF.
 */
static size_t
run_good(const uint8_t *p, size_t n)
{
	size_t i = 0;

	while (i < n) {
		/* ASCII; tab, LF. */
		if (p[i] - 0x20u < 0x5fu || p[i] == '\n' || p[i] == '\t')
			i++;
		/* U+0080 to U+02FF: Latin letters */
		else if (p[i] - 0xc2u < 0x0au && n - i > 1 &&
		    (p[i + 1] & 0xc0) == 0x80)
			i += 2;
		/* U+1E00 to U+1EFF: Vietnamese ones */
		else if (p[i] == 0xe1 && n - i > 2 && p[i + 1] - 0xb8u < 4 &&
		    (p[i + 2] & 0xc0) == 0x80)
			i += 3;
		/* U+2002 to U+2027, U+20A0 to U+20BF: dashes, quotes, money */
		else if (p[i] == 0xe2 && n - i > 2 &&
		    ((p[i + 1] == 0x80 && p[i + 2] - 0x82u < 0x26) ||
			(p[i + 1] == 0x82 && p[i + 2] - 0xa0u < 0x20)))
			i += 3;
		/* U+1F300 to U+1FAFF: pictures */
		else if (p[i] == 0xf0 && n - i > 3 && p[i + 1] == 0x9f &&
		    p[i + 2] - 0x8cu < 0x20 && (p[i + 3] & 0xc0) == 0x80)
			i += 4;
		else
			break;
	}
	return (i);
}

/*
 * The common case in one pass: good bytes are added as they stand, CR before
 * LF left out.  False, and nothing was added, when there are others.
 */
static bool
add_good(struct buf *b, const uint8_t *p, size_t n, unsigned *odd)
{
	size_t from = b->n, at = 0, len, room;

	for (;;) {
		room = b->cap != 0 ? b->cap - b->n : SIZE_MAX;
		len = run_good(p + at, n - at < room ? n - at : room);
		buf_add(b, p + at, len);
		at += len;
		if (at == n)
			return (true);
		if (b->cap != 0 && b->n == b->cap) {
			*odd |= MAILTEXT_CUT;
			return (true);
		}
		if (n - at < 2 || p[at] != '\r' || p[at + 1] != '\n')
			break;
		at++;
	}
	b->n = from;
	return (false);
}

/* Whether UTF-8 is what the bytes are meant to be. */
static bool
may_be_utf8(const char *charset)
{
	static const char *const names[] = { "utf-8", "us-ascii", "utf8",
		"ascii" };
	size_t			 i;

	for (i = 0; charset != NULL && i < nitems(names); i++)
		if (g_ascii_strcasecmp(charset, names[i]) == 0)
			return (true);
	return (charset == NULL);
}

unsigned
mailtext_add(struct buf *b, const char *charset, const void *bytes, size_t n)
{
	const char *p = bytes;
	GString	   *s;
	size_t	    max, i, to = 0;
	unsigned    odd = 0;

	if (may_be_utf8(charset) && add_good(b, bytes, n, &odd))
		return (odd);
	s = g_string_new(NULL);
	max = b->cap != 0 ? b->cap - b->n : SIZE_MAX;
	/* Normalising makes Vietnamese at most half as long. */
	odd |= charset_decode(
	    s, charset, p, n, max < SIZE_MAX / 2 ? max * 2 : max);
	normalise(s);
	for (i = 0; i < s->len; i++) {
		if (s->str[i] == '\r') {
			if (i + 1 < s->len && s->str[i + 1] == '\n')
				continue;
			s->str[to++] = '\n';
		} else if ((unsigned char)s->str[i] >= 0x20 ||
		    s->str[i] == '\t' || s->str[i] == '\n') {
			if (s->str[i] != 0x7f)
				s->str[to++] = s->str[i];
		}
	}
	odd |= add_fitting(b, s->str, to);
	g_string_free(s, TRUE);
	return (odd);
}

/* One encoded word: "=?charset[*lang]?B|Q?text?=". */
struct word {
	const char *charset;
	size_t	    charset_n;
	char	    encoding; /* 'B' or 'Q' */
	const char *text;
	size_t	    text_n;
};

static bool
is_base64(char c)
{
	return (g_ascii_isalnum(c) || c == '+' || c == '/' || c == '=');
}

/*
 * Where a word's text ends that has no "?=", as senders cut subjects off: at
 * the value's end or at a blank, and it must be of its encoding.
 */
static const char *
text_end(const struct word *w)
{
	const char *p = w->text;

	while (w->encoding == 'B' ? is_base64(*p)
				  : (unsigned char)*p > ' ' && *p != '?')
		p++;
	if (p == w->text || p - w->text > WORD_MAX)
		return (NULL);
	if (*p == '?' && strchr(" \t\r\n", p[1]) != NULL)
		return (p); /* half of the "?=" */
	return (*p == '\0' || strchr(" \t\r\n", *p) != NULL ? p : NULL);
}

/*
 * The "?=" that ends a word, or NULL.  '?' may not stand in it, though broken
 * senders write it in Q: "?=C4" before another "?=" is a question mark and a
 * byte.
 */
static const char *
mark_find(const struct word *w)
{
	const char *end = w->text + strnlen(w->text, WORD_MAX);
	const char *p, *first;

	first = p = memmem(w->text, (size_t)(end - w->text), "?=", 2);
	while (p != NULL && w->encoding == 'Q' && end - p > 5 &&
	    g_ascii_isxdigit(p[2]) && g_ascii_isxdigit(p[3])) {
		for (p += 2; p < end && *p != '?' && *p != ' '; p++)
			continue;
		if (end - p < 2 || p[0] != '?' || p[1] != '=')
			return (first);
	}
	return (p);
}

/* More than 75 is wrong (RFC 2047 2) and common; so are blanks. */
static bool
text_fits(const struct word *w)
{
	size_t i;

	for (i = 0; i < w->text_n && w->encoding == 'B'; i++)
		if (!is_base64(w->text[i]) &&
		    strchr(" \t\r\n", w->text[i]) == NULL)
			return (false);
	return (true);
}

/* The bytes that the word at s takes, or 0 when there is none. */
static size_t
word_get(struct word *w, const char *s)
{
	const char *p, *star;
	size_t	    mark = 2;

	if (s[0] != '=' || s[1] != '?')
		return (0);
	w->charset = s + 2;
	p = memchr(w->charset, '?', strnlen(w->charset, CHARSET_MAX));
	if (p == NULL || p == w->charset)
		return (0);
	w->charset_n = (size_t)(p - w->charset);
	if ((star = memchr(w->charset, '*', w->charset_n)) != NULL)
		w->charset_n = (size_t)(star - w->charset); /* RFC 2231 5 */
	w->encoding = g_ascii_toupper(p[1]);
	if ((w->encoding != 'B' && w->encoding != 'Q') || p[2] != '?')
		return (0);
	w->text = p + 3;
	if ((p = mark_find(w)) != NULL) {
		w->text_n = (size_t)(p - w->text);
		if (text_fits(w))
			return ((size_t)(p + 2 - s));
	}
	if ((p = text_end(w)) == NULL)
		return (0);
	w->text_n = (size_t)(p - w->text);
	mark = *p == '?' ? 1 : 0;
	return ((size_t)(p - s) + mark);
}

/*
 * Decodes the words of one charset, byte for byte: a character may be split
 * over them, and so may four digits of base64.
 */
struct joined {
	GString *bytes;
	gint	 state; /* of the base64 digits that wait for more */
	guint	 save;
	unsigned waiting;
};

/* Two or three digits that nothing follows are one or two bytes. */
static void
joined_flush(struct joined *j)
{
	guchar bytes[8];

	if (j->waiting > 1)
		g_string_append_len(j->bytes, (char *)bytes,
		    (gssize)g_base64_decode_step(
			"==", 4 - j->waiting, bytes, &j->state, &j->save));
	j->state = 0;
	j->save = 0;
	j->waiting = 0;
}

static void
joined_add_base64(struct joined *j, const struct word *w)
{
	guchar bytes[WORD_MAX];
	gsize  n;
	size_t i, at, len;

	for (i = at = 0; i < w->text_n; i++) {
		if (g_ascii_isspace(w->text[i]) || w->text[i] == '=')
			continue;
		j->waiting = (j->waiting + 1) % 4;
	}
	for (at = 0; at < w->text_n; at += len) {
		len = w->text_n - at < WORD_MAX ? w->text_n - at : WORD_MAX;
		n = g_base64_decode_step(
		    w->text + at, len, bytes, &j->state, &j->save);
		g_string_append_len(j->bytes, (char *)bytes, (gssize)n);
	}
	/* What is filled up ends here. */
	if (w->text_n != 0 && w->text[w->text_n - 1] == '=') {
		j->state = 0;
		j->save = 0;
		j->waiting = 0;
	}
}

static void
joined_add(struct joined *j, const struct word *w)
{
	gsize i;
	int   hi, lo;

	if (w->encoding == 'B') {
		joined_add_base64(j, w);
		return;
	}
	joined_flush(j);
	for (i = 0; i < w->text_n; i++) {
		if (w->text[i] == '_')
			g_string_append_c(j->bytes, ' ');
		else if (w->text[i] == '=' && i + 2 < w->text_n &&
		    (hi = g_ascii_xdigit_value(w->text[i + 1])) != -1 &&
		    (lo = g_ascii_xdigit_value(w->text[i + 2])) != -1) {
			g_string_append_c(j->bytes, (char)(hi << 4 | lo));
			i += 2;
		} else
			g_string_append_c(j->bytes, w->text[i]);
	}
}

static bool
word_same(const struct word *a, const struct word *b)
{
	return (a->charset_n == b->charset_n &&
	    g_ascii_strncasecmp(a->charset, b->charset, a->charset_n) == 0);
}

static size_t
blanks(const char *s)
{
	return (strspn(s, " \t\r\n"));
}

/*
 * A run of encoded words from s on: bytes of neighbours that agree are put
 * together before they are decoded.  Returns what the run takes.
 */
static size_t
words_decode(const char *s, GString *out, unsigned *odd)
{
	struct word   w, next;
	struct joined j = { .bytes = g_string_new(NULL) };
	char	      charset[CHARSET_MAX + 1];
	const char   *p = s;
	size_t	      n = word_get(&w, p), m;

	joined_add(&j, &w);
	for (;;) {
		p += n;
		m = blanks(p);
		n = word_get(&next, p + m);
		if (n != 0 && word_same(&w, &next)) {
			p += m;
			joined_add(&j, &next);
			continue;
		}
		joined_flush(&j);
		memcpy(charset, w.charset, w.charset_n);
		charset[w.charset_n] = '\0';
		*odd |= charset_decode(
		    out, charset, j.bytes->str, j.bytes->len, SIZE_MAX);
		g_string_truncate(j.bytes, 0);
		if (n == 0)
			break;
		p += m; /* blanks between two words do not count */
		w = next;
		joined_add(&j, &w);
	}
	g_string_free(j.bytes, TRUE);
	return ((size_t)(p - s));
}

/* One line: blanks run together, what is not shown left out. */
static unsigned
add_line(struct buf *b, const char *s, size_t n)
{
	bool	 blank = false, first = true;
	uint32_t c;
	size_t	 len;

	for (; n > 0; s += len, n -= len) {
		if ((len = utf8_get(s, n, &c)) == 0) {
			len = 1;
			continue;
		}
		if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
			blank = !first;
			continue;
		}
		if (c < 0x20 || c == 0x7f || utf8_is_unshown(c))
			continue;
		if (b->cap != 0 && b->cap - b->n < len + (blank ? 1 : 0))
			return (MAILTEXT_CUT);
		if (blank)
			buf_char(b, ' ');
		buf_add(b, s, len);
		blank = first = false;
	}
	return (0);
}

unsigned
mailtext_header(struct buf *b, const char *value)
{
	GString	   *s = g_string_new(NULL);
	struct word w;
	char	   *head = NULL;
	const char *p, *from;
	unsigned    odd = 0;

	if (strnlen(value, HEADER_MAX + 1) > HEADER_MAX) {
		value = head = g_strndup(value, HEADER_MAX);
		odd = MAILTEXT_CUT;
	}
	for (p = from = value; *p != '\0';) {
		if (word_get(&w, p) == 0) {
			p++;
			continue;
		}
		odd |=
		    charset_decode(s, NULL, from, (size_t)(p - from), SIZE_MAX);
		p += words_decode(p, s, &odd);
		from = p;
	}
	odd |= charset_decode(s, NULL, from, (size_t)(p - from), SIZE_MAX);
	normalise(s);
	odd |= add_line(b, s->str, s->len);
	g_free(head);
	g_string_free(s, TRUE);
	return (odd);
}

void
mailtext_filename(struct buf *b, const char *utf8)
{
	struct buf  line;
	const char *base, *p;
	size_t	    n;

	buf_init(&line, 4096);
	mailtext_header(&line, utf8); /* the illegal encoded word, too */
	base = line.p != NULL ? line.p : "";
	for (p = base; *p != '\0'; p++)
		if (*p == '/' || *p == '\\')
			base = p + 1;
	while (*base == ' ')
		base++;
	n = utf8_cut(base, strlen(base), FILENAME_MAX_);
	while (n > 0 && (base[n - 1] == '.' || base[n - 1] == ' '))
		n--;
	if (n == 0)
		buf_str(b, "unnamed");
	else
		buf_add(b, base, n);
	buf_free(&line);
}
