/*
 * Text folded for search and for keywords: lower case, every mark removed,
 * đ as d, compatibility forms (full-width letters and digits, ligatures) as
 * plain ones.  NFC and NFD of the same text fold to the same bytes, so that
 * "don hang giao tre" finds "Đơn hàng giao trễ" however it was typed.
 */
#ifndef DESK_FOLD_H
#define DESK_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Folded text is never longer than this, NUL included. */
#define FOLD_ROOM(n) (3 * (n) + 1)

/* Bytes of one word that count; the rest of a longer run is passed over. */
#define FOLD_WORD_MAX 64

/*
 * The text folded, everything that is neither letter nor digit kept as it is.
 * Bytes that are no UTF-8 become '?'.  Writes at most size - 1 bytes and a
 * NUL, cutting no character; returns the bytes written, NUL not counted.
 */
size_t fold_text(char *out, size_t size, const char *, size_t n);

/*
 * The unique folded words of the text in order of their first coming, one
 * blank between: what the search index holds.  A word is a run of letters and
 * digits.  At most size - 1 bytes and a NUL; a word that does not fit, and
 * all after it, is left out.  Returns the bytes written.
 */
size_t fold_words(char *out, size_t size, const char *, size_t n);

/*
 * The marks a word carried, counted by kind, one kind a byte: grave, acute,
 * hook-or-tilde (often confused in writing), dot below, circumflex, breve,
 * horn, stroke.  Sums of words are added as numbers.
 */
typedef uint64_t fold_marks;

/* Whether every mark of a is among b's: "đon" may be meant as "đơn". */
bool fold_marks_within(fold_marks a, fold_marks b);

/* One character folded. */
struct fold_char {
	char	   bytes[12];
	size_t	   n;	 /* 0: a mark or an invisible character */
	bool	   word; /* letters or digits, or nothing at all */
	fold_marks marks;
};

/*
 * Folds the character at s, of n > 0 bytes; returns how many it took (1 when
 * it is none).
 */
size_t fold_one(struct fold_char *, const char *s, size_t n);

struct fold_word {
	const char *p; /* folded */
	size_t	    n;
	fold_marks  marks;
};

/*
 * Cuts the text into at most max words whose folded bytes stand in buf
 * (size bytes, no NULs between them); returns how many.
 */
size_t fold_split(struct fold_word *, size_t max, char *buf, size_t size,
    const char *, size_t n);

/*
 * Orders n bytes without a NUL against a word that ends in one, as strcmp()
 * would.  Every word of a text is looked for in several lists, and most
 * differ in their first letter: too little to call a function for.
 */
static inline int
fold_order(const char *p, size_t n, const char *word)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (p[i] != word[i])
			return ((unsigned char)p[i] - (unsigned char)word[i]);
	return (word[n] == '\0' ? 0 : -1);
}

#endif
