/*
 * A binary heap of moments; see agenda.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "agenda.h"

static bool
earlier(const struct moment *a, const struct moment *b)
{
	return (a->at < b->at || (a->at == b->at && a->turn < b->turn));
}

void
agenda_put(struct agenda *a, struct moment m)
{
	size_t i, up;

	if (a->n == a->size) {
		a->size = a->size == 0 ? 256 : a->size * 2;
		a->heap = xreallocarray(a->heap, a->size, sizeof *a->heap);
	}
	m.turn = a->turns++;
	for (i = a->n++; i > 0; i = up) {
		up = (i - 1) / 2;
		if (!earlier(&m, &a->heap[up]))
			break;
		a->heap[i] = a->heap[up];
	}
	a->heap[i] = m;
}

bool
agenda_take(struct agenda *a, struct moment *m)
{
	struct moment last;
	size_t	      i, down;

	if (a->n == 0)
		return (false);
	*m = a->heap[0];
	last = a->heap[--a->n];
	for (i = 0; (down = 2 * i + 1) < a->n; i = down) {
		if (down + 1 < a->n &&
		    earlier(&a->heap[down + 1], &a->heap[down]))
			down++;
		if (!earlier(&a->heap[down], &last))
			break;
		a->heap[i] = a->heap[down];
	}
	a->heap[i] = last;
	return (true);
}

void
agenda_free(struct agenda *a)
{
	free(a->heap);
	memset(a, 0, sizeof *a);
}
