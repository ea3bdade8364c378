/*
 * Ids to pointers: open addressing; see idmap.h.
 *
 * Ids ascend, and side by side they would fill one long run, which every drop
 * would walk to its end.  A stride near the golden ratio of any size keeps
 * ids that follow each other apart, and gives each its own place.
 */
#include <stdlib.h>

#include "idmap.h"
#include "mem.h"

struct idmap_slot {
	uint64_t id; /* 0: empty */
	void	*p;
};

static size_t
idmap_home(const struct idmap *m, uint64_t id)
{
	return (id * UINT64_C(0x9e3779b97f4a7c15) >>
	    (64 - __builtin_ctzll(m->size)));
}

static size_t
idmap_at(const struct idmap *m, uint64_t id)
{
	size_t i = idmap_home(m, id);

	while (m->slots[i].id != 0 && m->slots[i].id != id)
		i = (i + 1) & (m->size - 1);
	return (i);
}

static void
idmap_grow(struct idmap *m)
{
	struct idmap next = *m;
	size_t	     i;

	next.size = m->size != 0 ? m->size * 2 : 16;
	next.slots = xcalloc(next.size, sizeof *next.slots);
	for (i = 0; i < m->size; i++)
		if (m->slots[i].id != 0)
			next.slots[idmap_at(&next, m->slots[i].id)] =
			    m->slots[i];
	free(m->slots);
	*m = next;
}

uint64_t
idmap_add(struct idmap *m, void *p)
{
	uint64_t id = ++m->last;

	if (m->used * 2 >= m->size)
		idmap_grow(m);
	m->slots[idmap_at(m, id)] = (struct idmap_slot){ id, p };
	m->used++;
	return (id);
}

void *
idmap_get(const struct idmap *m, uint64_t id)
{
	return (m->size != 0 && id != 0 ? m->slots[idmap_at(m, id)].p : NULL);
}

void *
idmap_drop(struct idmap *m, uint64_t id)
{
	size_t at, i, home;
	void  *p;

	if (m->size == 0 || id == 0)
		return (NULL);
	at = idmap_at(m, id);
	if ((p = m->slots[at].p) == NULL)
		return (NULL);
	m->used--;
	/* Close the gap, or a search for a later neighbour would stop here. */
	for (i = (at + 1) & (m->size - 1); m->slots[i].id != 0;
	     i = (i + 1) & (m->size - 1)) {
		home = idmap_home(m, m->slots[i].id);
		if (((i - home) & (m->size - 1)) < ((i - at) & (m->size - 1)))
			continue;
		m->slots[at] = m->slots[i];
		at = i;
	}
	m->slots[at] = (struct idmap_slot){ 0 };
	return (p);
}

void
idmap_each(struct idmap *m, void (*fn)(uint64_t, void *, void *), void *arg)
{
	uint64_t *ids;
	size_t	  i, n = 0;
	void	 *p;

	ids = xcalloc(m->used, sizeof *ids);
	for (i = 0; i < m->size; i++)
		if (m->slots[i].id != 0)
			ids[n++] = m->slots[i].id;
	for (i = 0; i < n; i++)
		if ((p = idmap_get(m, ids[i])) != NULL)
			fn(ids[i], p, arg);
	free(ids);
}

void
idmap_free(struct idmap *m)
{
	free(m->slots);
	*m = (struct idmap){ 0 };
}
