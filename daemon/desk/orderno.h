/*
 * Order numbers in what customers write, by the company's own patterns
 * (POSIX extended regular expressions, any letter case).
 */
#ifndef DESK_ORDERNO_H
#define DESK_ORDERNO_H

#include <stddef.h>
#include "base/def.h"
#include "base/mem.h"

#define ORDERNO_PATTERNS    16
#define ORDERNO_PATTERN_MAX 64
#define ORDERNO_MAX	    64 /* bytes of an order number */

struct orderno;

/*
 * NULL, or why the pattern may not be used: it does not compile, or its work
 * could not be bounded (a group repeated, a back-reference, large counts).
 */
const char *orderno_wrong(const char *pattern) MUSTCHECK;

struct orderno *orderno_new(void);
/* The pattern is one that orderno_wrong() has nothing against. */
void orderno_add(struct orderno *, const char *pattern);
void orderno_free(struct orderno *);

/*
 * The first order number of the text, in upper case, in the arena; NULL when
 * there is none.  It stands alone: no letter or digit touches it.  Patterns
 * are tried in the order they were added, around words with a digit only.
 */
const char *orderno_find(
    const struct orderno *, struct arena *, const char *text);

#endif
