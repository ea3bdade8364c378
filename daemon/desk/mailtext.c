/*
 * Mail's texts as UTF-8; see mailtext.h.
 */
#include <errno.h>
#include <glib.h>
#include <iconv.h>
#include <string.h>

#include "base/utf8.h"
#include "mailtext.h"

#define REPLACEMENT   "\xef\xbf\xbd" /* U+FFFD */
#define HEADER_MAX    8192 /* of a value; each word may cost an iconv_open() */
#define PIECE_LEAST   512
#define PIECE_MOST    1024
#define CHARSET_MAX   64
#define FILENAME_MAX_ 255
#define WORD_MAX      4096 /* RFC 2047 says 75; whole subjects come in one */
#define MARKS_MAX     30   /* on a letter, as in Unicode's stream-safe format */

/*
 * Names that iconv does not know, or that mean more in mail than they say:
 * nobody sends C1 controls, so Latin-1 is windows-1252 (as in WHATWG's
 * Encoding), and Korean and Chinese senders name the smaller set.
 */
static const struct {
	const char *name;
	const char *iconv;
} aliases[] = {
	{ "tcvn", "TCVN5712-1" },
	{ "tcvn3", "TCVN5712-1" },
	{ "tcvn5712", "TCVN5712-1" },
	{ "tcvn-5712", "TCVN5712-1" },
	{ "tcvn5712-1", "TCVN5712-1" },
	{ "tcvn-5712-1", "TCVN5712-1" },
	{ "tcvn5712-1:1993", "TCVN5712-1" },
	{ "x-viet-tcvn", "TCVN5712-1" },
	{ "x-viet-tcvn5712", "TCVN5712-1" },
	{ "viscii", "VISCII" },
	{ "viscii1.1-1", "VISCII" },
	{ "csviscii", "VISCII" },
	{ "x-viet-viscii", "VISCII" },
	{ "windows-1258", "CP1258" },
	{ "x-cp1258", "CP1258" },
	{ "iso-8859-1", "CP1252" },
	{ "iso8859-1", "CP1252" },
	{ "latin1", "CP1252" },
	{ "gb2312", "GB18030" },
	{ "gbk", "GB18030" },
	{ "ks_c_5601-1987", "CP949" },
	{ "euc-kr", "CP949" },
	{ "shift_jis", "CP932" },
};

static iconv_t
charset_open(const char *charset)
{
	char   name[CHARSET_MAX];
	size_t i;

	if (strlen(charset) >= sizeof name)
		return ((iconv_t)-1);
	for (i = 0; charset[i] != '\0'; i++) {
		/* '/' would be glibc's "//TRANSLIT" and the like. */
		if (!g_ascii_isalnum(charset[i]) &&
		    strchr("-_.:+()", charset[i]) == NULL)
			return ((iconv_t)-1);
		name[i] = g_ascii_tolower(charset[i]);
	}
	name[i] = '\0';
	for (i = 0; i < nitems(aliases); i++)
		if (strcmp(aliases[i].name, name) == 0)
			return (iconv_open("UTF-8", aliases[i].iconv));
	return (name[0] != '\0' ? iconv_open("UTF-8", name) : (iconv_t)-1);
}

/* Everything that iconv makes of the bytes; U+FFFD for what it cannot. */
static void
charset_convert(iconv_t cd, const char *p, size_t n, GString *out, size_t max)
{
	char   piece[4096], *in = (char *)p, *to;
	size_t left;

	while (n > 0 && out->len < max) {
		to = piece;
		left = sizeof piece;
		if (iconv(cd, &in, &n, &to, &left) == (size_t)-1 &&
		    errno != E2BIG) {
			g_string_append_len(out, piece, to - piece);
			g_string_append(out, REPLACEMENT);
			if (errno == EINVAL)
				return; /* ends within a character */
			in++;
			n--;
			iconv(cd, NULL, NULL, NULL, NULL);
			continue;
		}
		g_string_append_len(out, piece, to - piece);
	}
	to = piece; /* windows-1258 and TCVN hold the last letter back */
	left = sizeof piece;
	iconv(cd, NULL, NULL, &to, &left);
	g_string_append_len(out, piece, to - piece);
}

/* UTF-8 as it came, with U+FFFD for each byte that is none. */
static void
utf8_repair(const char *p, size_t n, GString *out, size_t max)
{
	uint32_t c;
	size_t	 len;

	if (n <= G_MAXINT && utf8_valid(p, n)) { /* as nearly always */
		g_string_append_len(out, p, (gssize)utf8_cut(p, n, max));
		return;
	}
	for (; n > 0 && out->len < max; p += len, n -= len) {
		if ((len = utf8_get(p, n, &c)) == 0) {
			g_string_append(out, REPLACEMENT);
			len = 1;
		} else
			g_string_append_len(out, p, (gssize)len);
	}
}

static bool
is_charset(const char *charset, const char *a, const char *b)
{
	return (charset != NULL &&
	    (g_ascii_strcasecmp(charset, a) == 0 ||
		g_ascii_strcasecmp(charset, b) == 0));
}

/* Any name of it that iconv knows: it is shown as it came, never decoded. */
static bool
is_utf7(const char *charset)
{
	return (charset != NULL &&
	    (g_ascii_strncasecmp(charset, "utf-7", 5) == 0 ||
		g_ascii_strncasecmp(charset, "utf7", 4) == 0 ||
		g_ascii_strcasecmp(charset, "unicode-1-1-utf-7") == 0 ||
		g_ascii_strcasecmp(charset, "csunicode11utf7") == 0));
}

/* Any bytes as UTF-8, not yet normalised; at most about max bytes of it. */
static unsigned
decode(const char *charset, const char *p, size_t n, GString *out, size_t max)
{
	unsigned odd = 0;
	iconv_t	 cd;

	if (is_utf7(charset)) {
		utf8_repair(p, n, out, max);
		return (MAILTEXT_UTF7);
	}
	if (is_charset(charset, "utf-8", "utf8")) {
		if (!utf8_valid(p, n))
			odd = MAILTEXT_GUESSED;
		utf8_repair(p, n, out, max);
		return (odd);
	}
	if (charset == NULL || is_charset(charset, "us-ascii", "ascii") ||
	    (cd = charset_open(charset)) == (iconv_t)-1) {
		odd = charset != NULL ? MAILTEXT_GUESSED : 0;
		if (is_charset(charset, "us-ascii", "ascii"))
			odd = 0;
		if (utf8_valid(p, n) ||
		    (cd = iconv_open("UTF-8", "CP1252")) == (iconv_t)-1) {
			utf8_repair(p, n, out, max);
			return (odd);
		}
		odd = MAILTEXT_GUESSED;
	}
	charset_convert(cd, p, n, out, max);
	iconv_close(cd);
	return (odd);
}

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

unsigned
mailtext_add(struct buf *b, const char *charset, const void *p, size_t n)
{
	GString *s = g_string_new(NULL);
	size_t	 max = b->cap != 0 ? b->cap - b->n : SIZE_MAX;
	size_t	 i, to = 0;
	unsigned odd;

	/* Normalising makes Vietnamese at most half as long. */
	odd = decode(charset, p, n, s, max < SIZE_MAX / 2 ? max * 2 : max);
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

/* The bytes that the word at s takes, or 0 when there is none. */
static size_t
word_get(struct word *w, const char *s)
{
	const char *p, *star;

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
	/* '?' may not stand in it, though broken senders write it in Q. */
	p = memmem(w->text, strnlen(w->text, WORD_MAX), "?=", 2);
	if (p == NULL)
		return (0);
	w->text_n = (size_t)(p - w->text);
	/* More than 75 is wrong (RFC 2047 2) and common: blanks are not. */
	if (memchr(w->text, ' ', w->text_n) != NULL && w->encoding == 'B')
		return (0);
	return ((size_t)(p + 2 - s));
}

static void
word_decode(const struct word *w, GString *out)
{
	guchar *bytes;
	gint	state = 0;
	guint	save = 0;
	gsize	n, i;
	int	hi, lo;

	if (w->encoding == 'B') {
		bytes = g_malloc(w->text_n + 3);
		n = g_base64_decode_step(
		    w->text, w->text_n, bytes, &state, &save);
		g_string_append_len(out, (char *)bytes, (gssize)n);
		g_free(bytes);
		return;
	}
	for (i = 0; i < w->text_n; i++) {
		if (w->text[i] == '_')
			g_string_append_c(out, ' ');
		else if (w->text[i] == '=' && i + 2 < w->text_n &&
		    (hi = g_ascii_xdigit_value(w->text[i + 1])) != -1 &&
		    (lo = g_ascii_xdigit_value(w->text[i + 2])) != -1) {
			g_string_append_c(out, (char)(hi << 4 | lo));
			i += 2;
		} else
			g_string_append_c(out, w->text[i]);
	}
}

static bool
word_same(const struct word *a, const struct word *b)
{
	return (a->encoding == b->encoding && a->charset_n == b->charset_n &&
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
	struct word w, next;
	GString	   *bytes = g_string_new(NULL);
	char	    charset[CHARSET_MAX];
	const char *p = s;
	size_t	    n = word_get(&w, p), m;

	word_decode(&w, bytes);
	for (;;) {
		p += n;
		m = blanks(p);
		n = word_get(&next, p + m);
		if (n != 0 && word_same(&w, &next)) {
			p += m;
			word_decode(&next, bytes);
			continue;
		}
		memcpy(charset, w.charset, w.charset_n);
		charset[w.charset_n] = '\0';
		*odd |= decode(charset, bytes->str, bytes->len, out, SIZE_MAX);
		g_string_truncate(bytes, 0);
		if (n == 0)
			break;
		p += m; /* blanks between two words do not count */
		w = next;
		word_decode(&w, bytes);
	}
	g_string_free(bytes, TRUE);
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
		odd |= decode(NULL, from, (size_t)(p - from), s, SIZE_MAX);
		p += words_decode(p, s, &odd);
		from = p;
	}
	odd |= decode(NULL, from, (size_t)(p - from), s, SIZE_MAX);
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
