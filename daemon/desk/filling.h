/*
 * A text with holes, as desk.conf describes others' posts and ours: "{NAME}"
 * is filled by whoever asks, "{/pointer}" (also "{2/id}", "{#/id}") from
 * JSON; "{{" is a brace.  Read once, filled often.
 */
#ifndef DESK_FILLING_H
#define DESK_FILLING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/def.h"
#include "base/mem.h"
#include "pointer.h"

#define FILLING_PARTS 16

struct filling_part {
	enum { FILLING_TEXT, FILLING_NAME, FILLING_POINTER } is;
	const char    *text; /* itself, or the name */
	struct pointer at;
};

struct filling {
	size_t		     n; /* 0: there is none */
	struct filling_part *parts;
};

/*
 * Reads a text.  names: what may stand in holes, NULL at the end (NULL:
 * anything); one that ends in ':' stands for all that begin so.  With pointers,
 * holes may be pointers, and a text that begins as one is one.  NULL, or a
 * constant sentence.
 */
const char *filling_make(struct filling *, struct arena *, const char *,
    const char *const *names, bool pointers) MUSTCHECK;

/* Adds what the hole stands for; false: there is nothing to put in. */
typedef bool filling_put(void *arg, struct buf *, const struct filling_part *);

/* Fills; false when a hole stayed empty or the buffer is full. */
bool filling_write(
    struct buf *, const struct filling *, filling_put *, void *arg) MUSTCHECK;

/*
 * Filled from JSON alone, as a text in the arena; NULL when there is no
 * filling, something that it points at is not there, or the arena is full.
 */
const char *filling_text(
    struct arena *, const struct filling *, const struct spot *);

#endif
