/*
 * Deeds that people promise, in a sentence: "gọi lại", "giao hàng", "let you
 * know"; and whether this one is the writer's, still to come, and sure.
 */
#ifndef DESK_DEED_H
#define DESK_DEED_H

#include <stdbool.h>
#include <stddef.h>
#include "talk.h"

struct deed {
	const char *kind; /* as a promise's: see promiseword.h */
	size_t	    from; /* words, the last not counted */
	size_t	    to;
	size_t	    clause;	/* its clause: words */
	size_t	    clause_end; /* the last not counted */
	bool	    long_run;	/* "2-3 ngày" says when it will be done */
	bool	    sure;	/* the writer's own, and nothing against it */
};

/*
 * Whether a deed begins with word i of the sentence [from, to).  familiar:
 * the text says "em" or "shop" for who writes it, so that "mình" is not he.
 */
bool deed_read(const struct talk *, size_t i, size_t from, size_t to,
    bool familiar, struct deed *);
/* Whether the sentence can hold a promise at all. */
bool deed_sentence(
    const struct talk *, size_t from, size_t to, enum talk_gap after);
/* Whether the text says "em" or "shop" for who writes it. */
bool deed_familiar(const struct talk *);
/* The clause of word i in [from, to): where it begins and ends. */
void deed_clause(const struct talk *, size_t i, size_t from, size_t to,
    size_t *begin, size_t *end);

#endif
