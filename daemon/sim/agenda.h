/*
 * What happens next: moments in order, those of the same moment in the order in
 * which they were noted.
 */
#ifndef SIM_AGENDA_H
#define SIM_AGENDA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/def.h"

struct moment {
	int64_t	 at;   /* ms */
	uint64_t turn; /* given by agenda_put() */
	int	 what; /* the player's */
	unsigned who;  /* a case, an agent */
	unsigned with;
	unsigned serial; /* which of several tries is meant */
};

struct agenda {
	struct moment *heap; /* the first first */
	size_t	       n, size;
	uint64_t       turns;
};

void agenda_put(struct agenda *, struct moment);
/* false: there is nothing more. */
bool agenda_take(struct agenda *, struct moment *) MUSTCHECK;
void agenda_free(struct agenda *);

#endif
