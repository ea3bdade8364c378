/*
 * Durations of one measurement, in microseconds: counted by their size in
 * steps of at most 3 %, so that a million of them take no room.
 */
#ifndef BENCH_SPREAD_H
#define BENCH_SPREAD_H

#include <stdint.h>

#define SPREAD_STEPS 1024

struct spread {
	uint64_t n[SPREAD_STEPS];
	uint64_t all;
};

void spread_add(struct spread *, int64_t micros);
/* The duration that this part (0.5, 0.99) of them did not pass. */
int64_t spread_part(const struct spread *, double part);

#endif
