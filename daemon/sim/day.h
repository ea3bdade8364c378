/*
 * One day that is to be played: every case that comes, drawn from a pattern by
 * a seed, before anything is decided.  Two companies are given the very same
 * days, so that what differs is theirs.
 */
#ifndef SIM_DAY_H
#define SIM_DAY_H

#include <stddef.h>
#include <stdint.h>
#include "base/def.h"
#include "desk/pattern.h"

#define DAY_CASES 200000 /* at most */

struct day_case {
	const struct pattern_kind *kind;
	int64_t			   at;	     /* ms of the day */
	int64_t			   handle;   /* ms */
	int64_t			   patience; /* ms of waiting; 0: for ever */
	size_t			   drawn;    /* as which */
};

struct day {
	struct day_case *cases; /* by their time */
	size_t		 n, size;
};

/* false: there would be more than DAY_CASES.  day_free() it. */
bool day_make(struct day *, const struct pattern *, uint64_t seed) MUSTCHECK;
void day_free(struct day *);

#endif
