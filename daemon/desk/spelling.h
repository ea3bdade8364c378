/*
 * A small vocabulary, and the word of it that was meant by one with a slip:
 * one letter too many, too few, wrong, or two neighbours changed places.
 * Only words of at least SPELLING_LEAST letters are mended, the first letter
 * must be right, and what is a Vietnamese syllable is left alone: there, one
 * letter makes another word.
 */
#ifndef DESK_SPELLING_H
#define DESK_SPELLING_H

#include <stddef.h>

#define SPELLING_LEAST 5

struct spelling;

struct spelling *spelling_new(void);
void		 spelling_free(struct spelling *);
/* Adds a folded word; a second time is as good as once. */
void spelling_learn(struct spelling *, const char *, size_t n);
/* After the last spelling_learn(), before the first spelling_mend(). */
void spelling_ready(struct spelling *);
/*
 * The word meant and its length in *n: the word itself when it is known or
 * nothing like it is.
 */
const char *spelling_mend(const struct spelling *, const char *, size_t *n);

#endif
