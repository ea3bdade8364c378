/*
 * JSON from strangers, read strictly (RFC 8259): no name twice in an object,
 * no U+0000, no lone surrogates, nothing after the value, a bounded depth.
 */
#ifndef DESK_JSONIN_H
#define DESK_JSONIN_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "base/def.h"
#include "base/mem.h"

/*
 * The object, or NULL and a constant sentence that carries nothing of what
 * was sent.  json_decref() it.
 */
json_t *jsonin_object(const char *, size_t, const char **wrong) MUSTCHECK;

/* The member's string; NULL when it is absent, null or no string. */
const char *jsonin_str(const json_t *, const char *name);

/*
 * The value as compact JSON with sorted names, in the arena; NULL when the
 * arena is full or it takes more than max bytes.
 */
const char *jsonin_dump(struct arena *, const json_t *, size_t max) MUSTCHECK;

#endif
