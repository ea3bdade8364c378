/*
 * Times as others write them: RFC 3339, an exchange's local time, seconds of
 * the epoch.  Nothing here looks at a clock.
 */
#ifndef DESK_WHEN_H
#define DESK_WHEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WHEN_MAX 56 /* bytes of a time as text, NUL included */

/* RFC 3339 section 5.6 with an offset, in the years 1970 to 9999. */
bool when_valid(const char *, size_t n);
/*
 * "2026-11-21 08:15:04" (fraction allowed), local at so many minutes east of
 * UTC, as RFC 3339.  False when it is no such time.
 */
bool when_local(char out[WHEN_MAX], const char *, size_t n, int offset);
/* "+07:00" or "Z" as minutes; false when it is none. */
bool when_offset(const char *, int *offset);
/* Microseconds of the epoch as RFC 3339 in UTC. */
void when_epoch(char out[WHEN_MAX], int64_t micros);

#endif
