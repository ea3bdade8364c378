/*
 * The steady clock and the wall's; see clock.h.
 */
#include <stdio.h>
#include <time.h>

#include "clock.h"

static int64_t now_ms;

static int64_t
clock_read(clockid_t id, int64_t unit)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ((int64_t)ts.tv_sec * unit +
	    (int64_t)ts.tv_nsec / (1000000000 / unit));
}

void
clock_tick(void)
{
	now_ms = clock_read(CLOCK_MONOTONIC, 1000);
}

int64_t
clock_now(void)
{
	if (now_ms == 0)
		clock_tick();
	return (now_ms);
}

int64_t
clock_micros(void)
{
	return (clock_read(CLOCK_MONOTONIC, 1000000));
}

int64_t
clock_wall(void)
{
	return (clock_read(CLOCK_REALTIME, 1000));
}

void
clock_rfc3339(char *out, size_t n, int64_t wall_ms)
{
	time_t	  t = (time_t)(wall_ms / 1000);
	struct tm tm;
	char	  s[24];

	gmtime_r(&t, &tm);
	strftime(s, sizeof s, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out, n, "%s.%03dZ", s, (int)(wall_ms % 1000));
}
