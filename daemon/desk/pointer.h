/*
 * Where something stands in JSON: JSON pointers (RFC 6901), from the item
 * that is looked at.  "/a/0/b" goes down from the item; "2/id" first goes two
 * levels up (the relative pointers of draft-bhutton); "#/id" begins at the
 * whole text.  In a pattern a step "*" stands for every member of an array
 * (or object), so that a name "*" cannot be pointed at.
 */
#ifndef DESK_POINTER_H
#define DESK_POINTER_H

#include <stddef.h>

#include <jansson.h>

#include "base/def.h"
#include "base/mem.h"

#define POINTER_STEPS 12
#define POINTER_TEXT  200 /* bytes of a pointer as written */
#define SPOT_DEPTH    (POINTER_STEPS + 1)

struct pointer {
	int	    up; /* levels, or -1: from the whole */
	size_t	    n;
	const char *steps[POINTER_STEPS]; /* unescaped; NULL: every member */
};

/* A value and all that it stands in: path[0] is the whole text. */
struct spot {
	const json_t *path[SPOT_DEPTH];
	size_t	      n;
};

/*
 * Reads a pointer of n bytes; its steps live in the arena.  NULL, or a
 * sentence, constant, that says what is wrong with it.
 */
const char *pointer_make(
    struct pointer *, struct arena *, const char *, size_t n) MUSTCHECK;

/* What it points at, or NULL; "*" finds the first member. */
const json_t *pointer_get(const struct pointer *, const struct spot *);

/*
 * Every place that a pattern means, in the text's order, max of them at most;
 * returns how many there are, max + 1 standing for more.
 */
size_t pointer_all(const struct pointer *, const struct spot *from,
    struct spot *out, size_t max);

/*
 * The value as a text in the arena: strings, numbers and true; NULL for
 * anything else, for an empty string, and when the arena is full.
 */
const char *pointer_text(struct arena *, const json_t *);

#endif
