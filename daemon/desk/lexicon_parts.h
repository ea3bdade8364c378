/*
 * What a lexicon is made of: for lexicon.c, which looks there, and
 * lexicon_read.c, which fills it.
 */
#ifndef DESK_LEXICON_PARTS_H
#define DESK_LEXICON_PARTS_H

#include "lexicon.h"

#define LEXICON_ITEMS 8
#define LEXICON_N     8000 /* "N"; words are numbered below it */
#define LEXICON_ANY   8001 /* ".." */

struct name {
	char	letters[FOLD_WORD_MAX];
	uint8_t n;
};

struct names {
	struct name *list; /* from 1 */
	size_t	     n;
	uint16_t    *at; /* by hash */
	size_t	     room;
};

struct phrase {
	uint16_t	  item[LEXICON_ITEMS];
	fold_marks	  marks[LEXICON_ITEMS];
	uint8_t		  n;
	int8_t		  weight;
	bool		  exact; /* its marks must be typed */
	enum lexicon_part part;
	uint32_t	  line; /* as it was read */
};

struct tongue_words {
	struct names   names;
	struct phrase *phrases;
	size_t	       n, size;
	uint32_t      *first;  /* by word: the place of its first phrase + 1 */
	bool	      *number; /* by word: it stands for a figure */
};

struct lexicon {
	struct tongue_words tongue[TONGUES];
	struct signs	   *signs;
	int8_t		   *weights; /* by sign */
	size_t		    nweights, weights_size;
};

/* The word's number in the tongue, from 1; 0 when there are too many. */
uint16_t lexicon_name(struct tongue_words *, const char *, size_t n);

#endif
