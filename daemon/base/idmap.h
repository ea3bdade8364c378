/*
 * Work in flight is named by id, never by pointer: a late reply for what
 * has gone finds nothing.  Ids count upwards from 1 and are not used again.
 */
#ifndef BASE_IDMAP_H
#define BASE_IDMAP_H

#include <stddef.h>
#include <stdint.h>
#include "def.h"

struct idmap_slot;

struct idmap {
	struct idmap_slot *slots;
	size_t		   size;
	size_t		   used;
	uint64_t	   last;
};

/* Files the thing (not NULL) under a new id. */
uint64_t idmap_add(struct idmap *, void *) MUSTCHECK;
/* NULL when nothing has that id any more: ordinary, across a driver. */
void *idmap_get(const struct idmap *, uint64_t id);
/* Forgets the id; returns what it named, or NULL. */
void *idmap_drop(struct idmap *, uint64_t id);
/* Calls fn for each; fn may drop the id at hand and no other. */
void idmap_each(struct idmap *, void (*fn)(uint64_t, void *, void *), void *);
void idmap_free(struct idmap *);

#endif
