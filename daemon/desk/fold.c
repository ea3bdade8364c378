/*
 * Text folded for search and for keywords; see fold.h.
 */
#include <string.h>

#include <glib.h>

#include "base/def.h"
#include "base/utf8.h"
#include "fold.h"
#include "foldtab.h"

/* Characters that one may decompose to and still be taken apart. */
#define FOLD_PARTS 18

/*
 * Marked characters of a word that count: a syllable has three at most, and
 * the counts are bytes that must not carry over when words are added up.
 */
#define FOLD_MARKED 8

/* Letters and digits in lower case; 0: part of no word. */
/* clang-format off */
static const char ascii_word[128] = {
	['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4',
	['5'] = '5', ['6'] = '6', ['7'] = '7', ['8'] = '8', ['9'] = '9',
	['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd', ['E'] = 'e',
	['F'] = 'f', ['G'] = 'g', ['H'] = 'h', ['I'] = 'i', ['J'] = 'j',
	['K'] = 'k', ['L'] = 'l', ['M'] = 'm', ['N'] = 'n', ['O'] = 'o',
	['P'] = 'p', ['Q'] = 'q', ['R'] = 'r', ['S'] = 's', ['T'] = 't',
	['U'] = 'u', ['V'] = 'v', ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y',
	['Z'] = 'z',
	['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd', ['e'] = 'e',
	['f'] = 'f', ['g'] = 'g', ['h'] = 'h', ['i'] = 'i', ['j'] = 'j',
	['k'] = 'k', ['l'] = 'l', ['m'] = 'm', ['n'] = 'n', ['o'] = 'o',
	['p'] = 'p', ['q'] = 'q', ['r'] = 'r', ['s'] = 's', ['t'] = 't',
	['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x', ['y'] = 'y',
	['z'] = 'z',
};
/* clang-format on */

static bool
is_invisible(uint32_t c)
{
	return (c == 0xad || (c >= 0x200b && c <= 0x200f) || c == 0x2060 ||
	    c == 0xfeff || (c >= 0xfe00 && c <= 0xfe0f));
}

/* Any character of any script, by GLib's tables. */
static void
fold_any(struct fold_char *f, uint32_t c, size_t len)
{
	gunichar part[FOLD_PARTS], d;
	char	 bytes[4];
	gsize	 i, n;
	size_t	 k;

	f->n = 0;
	f->word = true;
	c = g_unichar_tolower(c);
	n = g_unichar_fully_decompose(c, TRUE, part, FOLD_PARTS);
	for (i = 0; i < n; i++) {
		d = part[i];
		if (g_unichar_combining_class(d) != 0)
			continue;
		if (g_unichar_isdigit(d))
			d = '0' + (gunichar)g_unichar_digit_value(d);
		d = g_unichar_tolower(d);
		if (!g_unichar_isalnum(d))
			f->word = false;
		k = utf8_put(bytes, d);
		if (f->n + k > 3 * len || f->n + k > sizeof f->bytes) {
			/* Too long a word to stand for one character. */
			f->n = utf8_put(f->bytes, c);
			f->word = g_unichar_isalnum(c);
			return;
		}
		memcpy(f->bytes + f->n, bytes, k);
		f->n += k;
	}
}

/* Latin and Vietnamese texts never leave the first three cases. */
size_t
fold_one(struct fold_char *f, const char *s, size_t n)
{
	uint32_t c;
	size_t	 len;
	char	 letter;

	f->marks = 0;
	if ((len = utf8_get(s, n, &c)) == 0) {
		c = '?';
		len = 1;
	}
	if (c < 0x80) {
		letter = ascii_word[c];
		f->word = letter != 0;
		f->bytes[0] = letter != 0 ? letter : (char)c;
		f->n = 1;
	} else if ((letter = foldtab_letter(c, &f->marks)) != 0) {
		f->bytes[0] = letter;
		f->n = 1;
		f->word = true;
	} else if (foldtab_mark(c, &f->marks) || is_invisible(c)) {
		f->n = 0;
		f->word = true;
	} else
		fold_any(f, c, len);
	return (len);
}

size_t
fold_text(char *out, size_t size, const char *s, size_t n)
{
	struct fold_char f;
	size_t		 at = 0, took;

	if (size == 0)
		return (0);
	while (n > 0) {
		/* The fast path: plain ASCII. */
		if ((unsigned char)*s < 0x80) {
			if (at + 1 >= size)
				break;
			out[at++] = ascii_word[(unsigned char)*s] != 0
			    ? ascii_word[(unsigned char)*s]
			    : *s;
			s++;
			n--;
			continue;
		}
		took = fold_one(&f, s, n);
		if (at + f.n >= size)
			break;
		memcpy(out + at, f.bytes, f.n);
		at += f.n;
		s += took;
		n -= took;
	}
	out[at] = '\0';
	return (at);
}

/* Where fold_next() stands in a text. */
struct fold_reader {
	const char *s;
	const char *end;
};

/*
 * The next word's folded bytes (at most FOLD_WORD_MAX, cutting no
 * character) into out; returns how many, 0 at the end of the text.
 */
static size_t
fold_next(struct fold_reader *r, char *out, fold_marks *marks)
{
	struct fold_char f;
	size_t		 at = 0;
	unsigned	 marked = 0;
	bool		 cut = false;
	char		 letter;

	*marks = 0;
	while (r->s < r->end) {
		if ((unsigned char)*r->s < 0x80) {
			letter = ascii_word[(unsigned char)*r->s++];
			if (letter == 0 && at > 0)
				return (at);
			if (letter != 0 && at < FOLD_WORD_MAX && !cut)
				out[at++] = letter;
			continue;
		}
		r->s += fold_one(&f, r->s, (size_t)(r->end - r->s));
		if (!f.word) {
			if (at > 0)
				return (at);
			continue;
		}
		if (at + f.n > FOLD_WORD_MAX)
			cut = true;
		if (cut)
			continue;
		memcpy(out + at, f.bytes, f.n);
		at += f.n;
		if (f.marks != 0 && marked++ < FOLD_MARKED)
			*marks += f.marks;
	}
	return (at);
}

size_t
fold_split(struct fold_word *word, size_t max, char *buf, size_t size,
    const char *s, size_t n)
{
	struct fold_reader r = { s, s + n };
	size_t		   count = 0, at = 0, len;
	fold_marks	   marks;

	while (count < max && size - at >= FOLD_WORD_MAX) {
		if ((len = fold_next(&r, buf + at, &marks)) == 0)
			break;
		word[count++] = (struct fold_word){ buf + at, len, marks };
		at += len;
	}
	return (count);
}

bool
fold_marks_within(fold_marks a, fold_marks b)
{
	const fold_marks high = 0x8080808080808080;

	return ((((b | high) - a) & high) == high);
}

/* The words already out, by hash: places in out, each plus one. */
#define FOLD_SET 8192

struct fold_set {
	uint16_t at[FOLD_SET];
	size_t	 mask;
};

_Static_assert(FOLD_SET <= UINT16_MAX, "a place is kept in 16 bits");

/*
 * Whether the word that stands at `at' in out (n bytes, then the end of what
 * is out) was there before; else it is filed.
 */
static bool
fold_seen(struct fold_set *set, const char *out, size_t at, size_t n)
{
	const char *old;
	uint32_t    h = 2166136261u;
	size_t	    i;

	for (i = 0; i < n; i++)
		h = (h ^ (unsigned char)out[at + i]) * 16777619u;
	for (i = (h ^ h >> 15) & set->mask; set->at[i] != 0;
	     i = (i + 1) & set->mask) {
		old = out + set->at[i] - 1;
		if (memcmp(old, out + at, n) == 0 && old[n] == ' ')
			return (true);
	}
	set->at[i] = (uint16_t)(at + 1);
	return (false);
}

size_t
fold_words(char *out, size_t size, const char *s, size_t n)
{
	struct fold_reader r = { s, s + n };
	struct fold_set	   set;
	char		   word[FOLD_WORD_MAX];
	fold_marks	   marks;
	size_t		   at = 0, len, count = 0, room = 64;

	if (size == 0)
		return (0);
	/* A table for the words that there can be, half full at most. */
	while (room < n && room < FOLD_SET)
		room *= 2;
	set.mask = room - 1;
	memset(set.at, 0, room * sizeof set.at[0]);
	while (count < room / 2 && (len = fold_next(&r, word, &marks)) > 0) {
		/* The blank after it is overwritten by the NUL at the end. */
		if (at + len + 1 > size || at + len + 1 > UINT16_MAX)
			break;
		memcpy(out + at, word, len);
		if (fold_seen(&set, out, at, len))
			continue;
		at += len;
		out[at++] = ' ';
		count++;
	}
	if (at > 0)
		at--;
	out[at] = '\0';
	return (at);
}
