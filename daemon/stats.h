/*
 * What the daemon counts about itself, and /metrics (Prometheus text
 * format 0.0.4).
 */
#ifndef STATS_H
#define STATS_H

#include <stdint.h>
#include "ask.h"
#include "base/buf.h"

enum count {
	COUNT_EVENTS,	  /* events filed */
	COUNT_DUPLICATES, /* events that were there before */
	COUNT_LATER,	  /* events told to come again */
	COUNT_NEVER,	  /* events refused for good */
	COUNT_QUARANTINED,
	COUNT_BATCHES,
	COUNT_OUTBOX,	/* rows applied in Redis */
	COUNT_SWEPT,	/* rows taken over from others */
	COUNT_REBUILDS, /* of the lines, by this daemon */
	COUNT_INDEXED,	/* events made searchable */
	COUNT_LOGIN_FAILURES,
	COUNT_SLOW_READERS,
	COUNT_SENT, /* messages to customers */
	COUNT_SEND_LATER,
	COUNT_SEND_NEVER,
	COUNT_SEND_UNKNOWN,
	COUNT_HOOK_DONE, /* notices that web hooks took */
	COUNT_HOOK_LATER,
	COUNT_LOOKS, /* for what comes due */
	COUNT_HEARD, /* that something does soon */
	COUNTS
};

void stats_add(enum count, uint64_t n);
void stats_asked(const struct op *, enum ask_code, int64_t micros);
/* Microseconds that one turn of the loop took. */
void stats_turn(int64_t micros);
/* One batch filed: events in it and microseconds to its commit. */
void stats_batch(size_t events, int64_t micros);
/* Everything, as Prometheus reads it; gauges are the caller's to add. */
void stats_write(struct buf *);
void stats_gauge(
    struct buf *, const char *name, const char *help, double value);

#endif
