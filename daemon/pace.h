/*
 * How fast each queue's line moves, how long it is and whether it is open now:
 * for what visitors are told.  Asked of PostgreSQL and Redis every few seconds,
 * not for each visitor.
 */
#ifndef PACE_H
#define PACE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/def.h"

struct daemon;
struct paces;

struct pace {
	int64_t waiting; /* tickets in line */
	int64_t seconds; /* that one takes; 0: nobody knows */
	bool	open;
	/* When it is open again (RFC 3339), until the next turn; or NULL. */
	const char *opens;
};

struct paces *pace_open(struct daemon *) MUSTCHECK;
/* Asks anew when it is time. */
void pace_tick(struct paces *);
/* Of a queue that is not known (yet): open, and nobody waits. */
void pace_get(const struct paces *, const char *queue, struct pace *);
void pace_close(struct paces *);

#endif
