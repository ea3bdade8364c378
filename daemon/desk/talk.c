/*
 * A text as the words it is made of; see talk.h.
 */
#include <string.h>

#include <glib.h>

#include "base/utf8.h"
#include "foldtab.h"
#include "talk.h"

/* Where talk_read() stands. */
struct talk_reader {
	const char   *text;
	size_t	      at;
	size_t	      n;
	enum talk_gap gap;   /* before the word that comes next */
	unsigned      lines; /* ends of line since the last word */
	bool	      quoted;
	bool	      fresh;   /* at the beginning of a line */
	bool	      letters; /* the last word is the "m" of "p.m" */
};

static bool
is_digit(uint32_t c)
{
	return (c >= '0' && c <= '9');
}

static bool
is_letter(uint32_t c)
{
	if (c < 0x80)
		return (g_ascii_isalpha((char)c));
	return (g_unichar_isalpha(c) || g_unichar_ismark(c) || c == 0x200d ||
	    c == 0x200c);
}

/* The character at i, 0 past the end; *len is what it takes. */
static uint32_t
talk_char(const struct talk_reader *r, size_t i, size_t *len)
{
	uint32_t c;

	*len = 0;
	if (i >= r->n)
		return (0);
	if ((*len = utf8_get(r->text + i, r->n - i, &c)) == 0) {
		*len = 1;
		return ('?' + 0x110000); /* nothing that anybody wrote */
	}
	return (c);
}

static void
talk_gap(struct talk_reader *r, enum talk_gap gap)
{
	if (gap > r->gap)
		r->gap = gap;
}

/* Passes over a line that quotes another's. */
static bool
talk_skip_quoted(struct talk_reader *r)
{
	size_t at = r->at;

	if (!r->fresh)
		return (false);
	while (at < r->n && (r->text[at] == ' ' || r->text[at] == '\t'))
		at++;
	if (at >= r->n || r->text[at] != '>')
		return (false);
	while (at < r->n && r->text[at] != '\n')
		at++;
	r->at = at;
	r->fresh = false;
	talk_gap(r, TALK_STOP);
	return (true);
}

/* A mark between words that means little when it touches both of them. */
static enum talk_gap
talk_joint(const struct talk_reader *r, size_t len, enum talk_gap joint,
    enum talk_gap else_)
{
	size_t	 l;
	uint32_t c = talk_char(r, r->at + len, &l);
	bool	 before = r->at > 0 &&
	    (g_ascii_isalnum(r->text[r->at - 1]) ||
		(unsigned char)r->text[r->at - 1] >= 0x80);

	return (before && (is_digit(c) || is_letter(c)) ? joint : else_);
}

/* What a character that belongs to no word says about what it parts. */
static void
talk_between(struct talk_reader *r, uint32_t c, size_t len)
{
	switch (c) {
	case '\n':
		/* Mails break their lines anywhere, but not twice. */
		talk_gap(r, ++r->lines > 1 ? TALK_STOP : TALK_COMMA);
		r->quoted = false;
		break;
	case ' ':
	case '\t':
	case '\r':
	case 0xa0:
		talk_gap(r, TALK_BLANK);
		break;
	case '\'':
	case 0x2019: /* I'll */
		talk_gap(r, talk_joint(r, len, TALK_GLUED, TALK_BLANK));
		break;
	case '-':
	case '~':
	case 0x2013:
	case 0x2014:
		talk_gap(r, TALK_DASH);
		break;
	case '/':
		talk_gap(r, TALK_SLASH);
		break;
	case ':':
		talk_gap(r, talk_joint(r, len, TALK_COLON, TALK_COMMA));
		break;
	case '.':
		talk_gap(r,
		    talk_joint(
			r, len, TALK_DOT, r->letters ? TALK_BLANK : TALK_STOP));
		break;
	case '!':
	case ';':
	case 0x2026:
		talk_gap(r, TALK_STOP);
		break;
	case '?':
	case 0xff1f:
		talk_gap(r, TALK_ASK);
		break;
	case '"':
		r->quoted = !r->quoted;
		talk_gap(r, TALK_STOP);
		break;
	case 0x201c:
	case 0xab:
		r->quoted = true;
		talk_gap(r, TALK_STOP);
		break;
	case 0x201d:
	case 0xbb:
		r->quoted = false;
		talk_gap(r, TALK_STOP);
		break;
	default:
		talk_gap(r, TALK_COMMA);
	}
}

/* How many bytes of letters, or of digits, stand here. */
static size_t
talk_run(const struct talk_reader *r, bool digits)
{
	size_t	 at = r->at, len;
	uint32_t c;

	while ((c = talk_char(r, at, &len)) != 0 &&
	    (digits ? is_digit(c) : is_letter(c)))
		at += len;
	return (at - r->at);
}

static void
talk_make(
    struct talk_word *w, const struct talk_reader *r, size_t len, bool digits)
{
	char		 buf[2 * FOLD_WORD_MAX];
	struct fold_word f;
	const char	*s = r->text + r->at;
	uint32_t	 c;
	size_t		 i;

	*w = (struct talk_word){ .from = (uint32_t)r->at,
		.to = (uint32_t)(r->at + len),
		.number = -1,
		.gap = r->gap };
	if (digits) {
		w->digits = len < UINT8_MAX ? (uint8_t)len : UINT8_MAX;
		for (i = 0, w->number = 0; len <= 4 && i < len; i++)
			w->number = w->number * 10 + (s[i] - '0');
		if (len > 4)
			w->number = -1;
		return;
	}
	if (utf8_get(s, len, &c) != 0)
		w->capital = g_unichar_isupper(c);
	if (fold_split(&f, 1, buf, sizeof buf, s, len) == 0 || f.n > TALK_FOLD)
		return;
	memcpy(w->folded, f.p, f.n);
	w->n = (uint8_t)f.n;
	w->marks = f.marks;
}

static void
talk_add(struct talk *t, const struct talk_word *w)
{
	/* What was written last is what counts: the first half goes. */
	if (t->n == TALK_WORDS) {
		t->n = TALK_WORDS / 2;
		memmove(t->word, t->word + TALK_WORDS / 2,
		    t->n * sizeof t->word[0]);
		t->word[0].gap = TALK_STOP;
	}
	t->word[t->n++] = *w;
}

void
talk_read(struct talk *t, const char *text, size_t n)
{
	struct talk_reader r = { text, 0, n, TALK_STOP, 0, false, true, false };
	struct talk_word   w;
	uint32_t	   c;
	size_t		   len;
	bool		   digits;

	t->n = 0;
	while (r.at < r.n) {
		if (talk_skip_quoted(&r))
			continue;
		c = talk_char(&r, r.at, &len);
		digits = is_digit(c);
		r.fresh = c == '\n';
		if (!digits && !is_letter(c)) {
			talk_between(&r, c, len);
			r.at += len;
			continue;
		}
		len = talk_run(&r, digits);
		if (!r.quoted) {
			talk_make(&w, &r, len, digits);
			talk_add(t, &w);
			r.letters = w.gap == TALK_DOT && w.n == 1;
			r.gap = TALK_GLUED;
		}
		r.lines = 0;
		r.at += len;
	}
	t->end = r.gap;
	if (t->n > 0)
		t->word[0].gap = TALK_STOP;
}

/* The folded first letter of a phrase's word: most words differ there. */
static char
talk_initial(const char *s, size_t n)
{
	fold_marks marks = 0;
	uint32_t   c;

	if ((unsigned char)*s < 0x80)
		return (*s);
	return (utf8_get(s, n, &c) != 0 ? foldtab_letter(c, &marks) : 0);
}

static bool
talk_same(const struct talk_word *w, const char *s, size_t n)
{
	char		 buf[2 * FOLD_WORD_MAX];
	struct fold_word f;

	if (w->n == 0 || talk_initial(s, n) != w->folded[0])
		return (false);
	return (fold_split(&f, 1, buf, sizeof buf, s, n) == 1 && f.n == w->n &&
	    memcmp(f.p, w->folded, f.n) == 0 &&
	    fold_marks_within(w->marks, f.marks));
}

/* The phrase's words (n bytes), from word i on and before `end'. */
static size_t
talk_phrase(const struct talk *t, size_t i, size_t end, const char *s, size_t n)
{
	size_t len, count = 0;

	while (n > 0) {
		for (len = 0; len < n && s[len] != ' '; len++)
			continue;
		if (i + count >= end ||
		    (count > 0 && t->word[i + count].gap > TALK_BLANK) ||
		    !talk_same(&t->word[i + count], s, len))
			return (0);
		count++;
		s += len;
		n -= len;
		if (n > 0) {
			s++;
			n--;
		}
	}
	return (count);
}

size_t
talk_says_before(
    const struct talk *t, size_t i, size_t end, const char *phrases)
{
	const char *bar;
	size_t	    n, found;
	char	    first;

	if (end > t->n)
		end = t->n;
	if (i >= end || t->word[i].n == 0)
		return (0);
	/* Every word meets every list: most phrases go by their letter. */
	first = t->word[i].folded[0];
	for (;; phrases = bar + 1) {
		bar = strchr(phrases, '|');
		if ((unsigned char)*phrases >= 0x80 || *phrases == first) {
			n = bar != NULL ? (size_t)(bar - phrases)
					: strlen(phrases);
			found = talk_phrase(t, i, end, phrases, n);
			if (found > 0)
				return (found);
		}
		if (bar == NULL)
			return (0);
	}
}

size_t
talk_says(const struct talk *t, size_t i, const char *phrases)
{
	return (talk_says_before(t, i, t->n, phrases));
}

size_t
talk_said(const struct talk *t, size_t i, const char *phrases)
{
	size_t n;

	for (n = 1; n <= 4 && n <= i; n++)
		if (talk_says_before(t, i - n, i, phrases) == n)
			return (n);
	return (0);
}

bool
talk_has(const struct talk *t, size_t from, size_t to, const char *phrases)
{
	for (; from < to && from < t->n; from++)
		if (talk_says_before(t, from, to, phrases) > 0)
			return (true);
	return (false);
}
