/*
 * Asks and answers over some connections, as fast as they go or at a rate,
 * so many under way on each; counts, and how long each answer took.
 */
#ifndef BENCH_PUMP_H
#define BENCH_PUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"

struct pump_conf {
	const char *host, *port;
	unsigned    connections;
	unsigned    depth;   /* under way on each */
	double	    rate;    /* a second, over all; 0: what goes */
	double	    seconds; /* that are counted, after a fifth of them */
	const char *hello;   /* sent first, answered once; or NULL */
	void (*ask)(struct buf *, uint64_t n);
	/* How many of these bytes are one whole answer; 0: more must come. */
	size_t (*answer)(const char *, size_t, bool *good);
};

/* Runs it and prints the figures as one line of JSON; exits when it fails. */
void pump_run(const struct pump_conf *);

#endif
