/*
 * A text as its words, signs and stops, each with its place: what the reader
 * of feelings looks at.  Nothing is allocated; what does not fit is left out.
 */
#ifndef DESK_MOODTEXT_H
#define DESK_MOODTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "fold.h"

#define MOODTEXT_MAX   1024 /* pieces */
#define MOODTEXT_BYTES 8192 /* of their letters */

enum moodtext_kind {
	MOODTEXT_WORD,
	MOODTEXT_SIGN,	/* of the list of signs: a face, a thumb */
	MOODTEXT_PAUSE, /* a comma and its like */
	MOODTEXT_STOP,	/* the end of a sentence, or of a line */
};

struct moodtext_piece {
	enum moodtext_kind kind;
	uint32_t	   at; /* bytes from the text's beginning */
	uint32_t	   n;  /* … and how many */
	const char	  *p;  /* of a word: folded, runs of a letter as one */
	size_t		   np;
	const char *meant; /* one word that it abbreviates, folded; or NULL */
	size_t	    nmeant;
	fold_marks  marks;
	int	    sign;  /* of a sign: its number */
	unsigned    times; /* of a stop: how often its mark stands there */
	char	    mark;  /* of a stop: one of . ! ? */
	bool	    drawn; /* a letter, or a sign's end, was drawn out */
	bool	    spelt; /* part of what an abbreviation means */
};

struct moodtext {
	struct moodtext_piece piece[MOODTEXT_MAX];
	size_t		      n;
	char		      bytes[MOODTEXT_BYTES];
	size_t		      used;
	size_t		      marked; /* words with marks */
	size_t		      words;
};

struct signs;

/*
 * signs may be NULL: then there are none.  teencode: what abbreviates
 * Vietnamese words is read as those too.
 */
void moodtext_read(struct moodtext *, const struct signs *, const char *,
    size_t n, bool teencode);

#endif
