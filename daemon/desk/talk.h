/*
 * A text as the words it is made of, for whoever reads its sentences: where
 * each stands, folded, and what is between it and the one before.  Runs of
 * digits are words of their own ("15h30" is three).  Words are compared as
 * keywords are (keywords.h): one typed without marks, or with some of them, is
 * the word that has them all; a mark that is written counts.
 *
 * Lines that quote (">") and what stands between quotation marks is not the
 * writer's own: such words are left out, and what stands before and after
 * them are sentences of their own.
 */
#ifndef DESK_TALK_H
#define DESK_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "fold.h"

#define TALK_WORDS 1536 /* of a text that are read: the last ones */
#define TALK_FOLD \
	15 /* bytes of a word that are kept: longer ones are none
			   of those that are looked for */

/* What stands before a word, the strongest of it. */
enum talk_gap {
	TALK_GLUED, /* nothing: "15" and "h" */
	TALK_BLANK,
	TALK_DASH, /* "2-3", "2 – 3", "2~3" */
	TALK_SLASH,
	TALK_COLON, /* ":", glued on both sides */
	TALK_DOT,   /* ".", glued on both sides */
	TALK_COMMA, /* a pause: comma, bracket, line's end, picture */
	TALK_STOP,  /* a sentence's end, the text's beginning */
	TALK_ASK    /* the end of one that asks */
};

struct talk_word {
	uint32_t      from; /* bytes of the text */
	uint32_t      to;
	fold_marks    marks;
	int32_t	      number;  /* 0 to 9999; -1: no digits, or too many */
	uint8_t	      digits;  /* how many, leading zeroes too */
	uint8_t	      n;       /* folded bytes */
	bool	      capital; /* its first letter */
	enum talk_gap gap;
	char	      folded[TALK_FOLD + 1];
};

struct talk {
	struct talk_word word[TALK_WORDS];
	size_t		 n;
	enum talk_gap	 end; /* what stands behind the last word */
};

/* Reads the text, which need not be UTF-8. */
void talk_read(struct talk *, const char *, size_t n);

/*
 * How many words from i on are one of the phrases, 0 for none.  Phrases are
 * divided by '|' and tried in turn, so longer ones go first; their words by
 * one blank each, in the text by blanks or nothing.
 */
size_t talk_says(const struct talk *, size_t i, const char *phrases);
/* The same, and whole before word `end'. */
size_t talk_says_before(
    const struct talk *, size_t i, size_t end, const char *phrases);
/* The words of one of the phrases that end with word i - 1. */
size_t talk_said(const struct talk *, size_t i, const char *phrases);
/* Whether one of the phrases begins anywhere in [from, to). */
bool talk_has(const struct talk *, size_t from, size_t to, const char *phrases);

#endif
