/*
 * Two clocks: the steady one, by which every deadline is kept, and the
 * wall's, which is only ever shown or stored.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

/* Milliseconds of CLOCK_MONOTONIC as of the last clock_tick(). */
int64_t clock_now(void);
/* Reads the clock; once at the head of each turn of the loop. */
void clock_tick(void);
/* Microseconds, read now: for measuring only. */
int64_t clock_micros(void);
/* Milliseconds since 1970-01-01T00:00:00Z, read now. */
int64_t clock_wall(void);
/* "2026-11-21T08:15:04.123Z" (RFC 3339); out holds at least 25 bytes. */
void clock_rfc3339(char *out, size_t, int64_t wall_ms);

#endif
