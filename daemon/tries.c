/*
 * Counting strangers' tries; see tries.h.
 */
#include <stdint.h>

#include "base/clock.h"
#include "tries.h"

#define PLACES 1024

struct place {
	int64_t minute;
	int	n;
};

static struct place places[TRIES_KINDS][PLACES];
static const int most[TRIES_KINDS] = { [TRIES_LINK] = 30, [TRIES_FORM] = 10 };

static struct place *
place_of(enum tries kind, const char *from)
{
	struct place *p;
	uint32_t      h = 2166136261u; /* FNV-1a */
	int64_t	      minute = clock_now() / 60000;

	for (; *from != '\0'; from++)
		h = (h ^ (unsigned char)*from) * 16777619u;
	p = &places[kind][h % PLACES];
	if (p->minute != minute)
		*p = (struct place){ .minute = minute };
	return (p);
}

bool
tries_past(enum tries kind, const char *from)
{
	return (place_of(kind, from)->n >= most[kind]);
}

void
tries_add(enum tries kind, const char *from)
{
	place_of(kind, from)->n++;
}
