/*
 * Vietnamese charsets of one byte; see vietset.h.
 *
 * A text is judged by its words that have letters beyond ASCII: built as
 * Vietnamese syllables are, with the marks that such a syllable can carry, or
 * not.  A wrong charset makes syllables by chance, but not of most words.
 */
#include <glib.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/def.h"
#include "base/utf8.h"
#include "fold.h"
#include "syllable.h"
#include "vietset.h"

#define SAMPLE	    4096 /* bytes looked at */
#define WORD_MAX    40	 /* bytes of UTF-8; a syllable has at most 7 letters */
#define WORDS_MAX   256	 /* that are remembered, to count each once */
#define GOOD_LEAST  2	 /* words that have to be good */
#define GOOD_FEW    4	 /* below that, all of them */
#define GOOD_TO_BAD 4

/* ---- VNI-Windows: a letter, then a letter of Latin-1 that is its mark ---- */

/* Bytes that are a letter by themselves. */
static const struct {
	uint8_t	 byte;
	uint16_t is;
} letters[] = {
	{ 0xc6, 0x1ec8 },
	{ 0xcc, 0x00cc },
	{ 0xcd, 0x00cd },
	{ 0xce, 0x1ef4 },
	{ 0xd1, 0x0110 },
	{ 0xd2, 0x1eca },
	{ 0xd3, 0x0128 },
	{ 0xd4, 0x01a0 },
	{ 0xd6, 0x01af },
	{ 0xe6, 0x1ec9 },
	{ 0xec, 0x00ec },
	{ 0xed, 0x00ed },
	{ 0xee, 0x1ef5 },
	{ 0xf1, 0x0111 },
	{ 0xf2, 0x1ecb },
	{ 0xf3, 0x0129 },
	{ 0xf4, 0x01a1 },
	{ 0xf6, 0x01b0 },
};

/* Marks, by their lower-case byte; the upper-case one is 0x20 less. */
static const struct {
	uint8_t	 byte;
	uint16_t quality; /* circumflex or breve, or 0 */
	uint16_t tone;	  /* or 0 */
} marks[] = {
	{ 0xf9, 0, 0x301 },
	{ 0xf8, 0, 0x300 },
	{ 0xfb, 0, 0x309 },
	{ 0xf5, 0, 0x303 },
	{ 0xef, 0, 0x323 },
	{ 0xe2, 0x302, 0 },
	{ 0xe1, 0x302, 0x301 },
	{ 0xe0, 0x302, 0x300 },
	{ 0xe5, 0x302, 0x309 },
	{ 0xe3, 0x302, 0x303 },
	{ 0xe4, 0x302, 0x323 },
	{ 0xea, 0x306, 0 },
	{ 0xe9, 0x306, 0x301 },
	{ 0xe8, 0x306, 0x300 },
	{ 0xfa, 0x306, 0x309 },
	{ 0xfc, 0x306, 0x303 },
	{ 0xeb, 0x306, 0x323 },
};

static uint32_t
vni_letter(uint8_t byte)
{
	size_t i;

	for (i = 0; i < nitems(letters); i++)
		if (letters[i].byte == byte)
			return (letters[i].is);
	return (0);
}

/* The letter and the mark as one character, or 0 when they are none. */
static uint32_t
vni_pair(uint32_t c, uint8_t mark)
{
	gunichar marked = c, first, second;
	size_t	 i;

	for (i = 0; i < nitems(marks); i++)
		if (marks[i].byte == mark || marks[i].byte - 0x20 == mark)
			break;
	if (i == nitems(marks) || c == 0 || c == 0x110 || c == 0x111)
		return (0);
	first = marks[i].quality;
	second = marks[i].tone;
	if (second == 0x323) { /* ệ is ẹ with a circumflex to Unicode */
		second = first;
		first = 0x323;
	}
	if (first != 0 && !g_unichar_compose(marked, first, &marked))
		return (0);
	if (second != 0 && !g_unichar_compose(marked, second, &marked))
		return (0);
	return (marked);
}

void
vietset_vni(GString *out, const char *p, size_t n, size_t max)
{
	const uint8_t *at = (const uint8_t *)p, *end = at + n;
	uint32_t       c, pair;

	for (; at < end && out->len < max; at++) {
		c = *at < 0x80 ? *at : vni_letter(*at);
		if (end - at > 1 && at[1] >= 0x80 &&
		    (c >= 0x80 || g_ascii_isalpha((char)c)) &&
		    (pair = vni_pair(c, at[1])) != 0) {
			c = pair;
			at++;
		}
		g_string_append_unichar(out, c != 0 || *at == 0 ? c : 0xfffd);
	}
}

/* ---- what is Vietnamese ------------------------------------------------ */

struct score {
	unsigned good;
	unsigned bad;
	uint32_t seen[WORDS_MAX]; /* hashes of the words counted */
	size_t	 nseen;
};

/* Marks of punctuation that stand around words in any language. */
static bool
is_around(uint32_t c)
{
	return (c == 0xa0 || c == 0xab || c == 0xbb || c == 0xb7 || c == 0xb0 ||
	    (c >= 0x2010 && c <= 0x2027) || c == 0x20ab || c == 0x20ac ||
	    c >= 0x1f000);
}

/*
 * Whether the marks can stand together on a syllable: one tone; and sắc or
 * nặng, no other, where it ends in c, ch, p or t.
 */
static bool
marks_fit(const char *word, size_t n, const char *plain, size_t nplain)
{
	gunichar c, base, mark;
	unsigned tones = 0, stop_tones = 0;
	bool	 stop, ends = false;
	size_t	 at, len;
	uint32_t get;

	for (at = 0; at < n; at += len) {
		if ((len = utf8_get(word + at, n - at, &get)) == 0)
			return (false);
		for (c = get; g_unichar_decompose(c, &base, &mark) && mark != 0;
		     c = base)
			switch (mark) {
			case 0x301:
			case 0x323:
				stop_tones++;
				/* FALLTHROUGH */
			case 0x300:
			case 0x303:
			case 0x309:
				tones++;
				break;
			case 0x302:
			case 0x306:
			case 0x31b:
				break;
			default:
				return (false); /* ä, ç, ñ … */
			}
		if (c != get &&
		    (c >= 0x80 || strchr("aeiouyAEIOUY", (int)c) == NULL))
			return (false); /* ǹ */
		/* đ begins a syllable and stands nowhere else in it. */
		if ((get == 0x110 || get == 0x111) && at != 0)
			return (false);
	}
	stop = strchr("cpt", plain[nplain - 1]) != NULL;
	ends = nplain > 1 && memcmp(plain + nplain - 2, "ch", 2) == 0;
	return (tones <= 1 && (!(stop || ends) || stop_tones == 1));
}

/* Xin, XIN or xin: capitals within a small word are another's bytes. */
static bool
case_fits(const char *word, size_t n)
{
	unsigned upper = 0, lower = 0;
	bool	 first = false;
	uint32_t c;
	size_t	 at, len;

	for (at = 0; at < n; at += len) {
		if ((len = utf8_get(word + at, n - at, &c)) == 0)
			return (false);
		if (g_unichar_isupper(c)) {
			upper++;
			first |= at == 0;
		} else
			lower++;
	}
	return (upper == 0 || lower == 0 || (upper == 1 && first));
}

static bool
is_syllable(const char *word, size_t n)
{
	char   plain[FOLD_ROOM(WORD_MAX)];
	size_t nplain, i;

	if (n > WORD_MAX)
		return (false);
	nplain = fold_text(plain, sizeof plain, word, n);
	for (i = 0; i < nplain; i++)
		if (!g_ascii_islower(plain[i]))
			return (false);
	return (nplain != 0 && syllable_is(plain, nplain) &&
	    case_fits(word, n) && marks_fit(word, n, plain, nplain));
}

static void
score_word(struct score *s, const char *word, size_t n)
{
	uint32_t hash = 2166136261u;
	size_t	 i;

	for (i = 0; i < n; i++)
		hash = (hash ^ (unsigned char)word[i]) * 16777619u;
	for (i = 0; i < s->nseen; i++)
		if (s->seen[i] == hash)
			return;
	if (s->nseen < WORDS_MAX)
		s->seen[s->nseen++] = hash;
	if (!is_syllable(word, n))
		s->bad++;
	else if (utf8_cut(word, n, n - 1) != 0) /* "à" is a word of many */
		s->good++;
}

static void
score_text(struct score *s, const char *p, size_t n)
{
	size_t	 at, len, from = 0;
	bool	 word = false, beyond = false;
	uint32_t c;

	*s = (struct score){ 0 };
	for (at = 0; at <= n; at += len) {
		c = ' ';
		if (at == n || (len = utf8_get(p + at, n - at, &c)) == 0)
			len = 1;
		if (c < 0x80 ? g_ascii_isalpha((char)c) : !is_around(c)) {
			if (!word)
				from = at;
			word = true;
			beyond |= c >= 0x80;
			continue;
		}
		if (word && beyond)
			score_word(s, p + from, at - from);
		word = beyond = false;
	}
}

/* False when iconv has no such charset. */
static bool
score_as(struct score *s, const char *charset, const char *p, size_t n)
{
	GString *text;
	gchar	*utf8;
	gsize	 len;
	GError	*error = NULL;

	*s = (struct score){ 0 };
	if (strcmp(charset, VIETSET_VNI) == 0) {
		text = g_string_new(NULL);
		vietset_vni(text, p, n, SIZE_MAX);
		score_text(s, text->str, text->len);
		g_string_free(text, TRUE);
		return (true);
	}
	utf8 = g_convert_with_fallback(
	    p, (gssize)n, "UTF-8", charset, "\x01", NULL, &len, &error);
	if (utf8 == NULL) {
		g_clear_error(&error);
		return (false);
	}
	score_text(s, utf8, len);
	g_free(utf8);
	return (true);
}

/* Enough good words for their bad ones; few words must all be good. */
static bool
is_vietnamese(const struct score *s)
{
	if (s->good < GOOD_FEW)
		return (s->good >= GOOD_LEAST && s->bad == 0);
	return (s->good >= GOOD_TO_BAD * s->bad);
}

const char *
vietset_guess(const char *label, const char *p, size_t n)
{
	static const char *const candidates[] = { "CP1258", "TCVN5712-1",
		VIETSET_VNI, "VISCII" };
	struct score		 labelled, s, best = { 0 };
	const char		*found = NULL;
	size_t			 i;

	if (n > SAMPLE) /* to the end of a word */
		for (n = SAMPLE; n > SAMPLE / 2 && p[n - 1] != ' '; n--)
			continue;
	if (score_as(&labelled, label, p, n) && is_vietnamese(&labelled))
		return (NULL);
	for (i = 0; i < nitems(candidates); i++) {
		if (strcmp(candidates[i], label) == 0 ||
		    !score_as(&s, candidates[i], p, n) || !is_vietnamese(&s))
			continue;
		if (found == NULL || s.good + best.bad > best.good + s.bad) {
			best = s;
			found = candidates[i];
		}
	}
	/* Clearly better than what the label makes of it, or not at all. */
	return (found != NULL && best.good >= labelled.good + GOOD_LEAST &&
		    labelled.bad >= GOOD_LEAST + 2 * best.bad
		? found
		: NULL);
}
