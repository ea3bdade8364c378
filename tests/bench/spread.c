/*
 * Durations counted; see spread.h.
 */
#include "spread.h"

/* 32 steps to each doubling. */
static unsigned
spread_step(uint64_t v)
{
	unsigned top = 0, step;

	if (v < 32)
		return ((unsigned)v);
	while (v >> top >= 64)
		top++;
	step = 32 * (top + 1) + (unsigned)(v >> top) - 32;
	return (step < SPREAD_STEPS ? step : SPREAD_STEPS - 1);
}

static int64_t
spread_value(unsigned step)
{
	if (step < 32)
		return (step);
	return ((int64_t)(step % 32 + 32) << (step / 32 - 1));
}

void
spread_add(struct spread *s, int64_t micros)
{
	s->n[spread_step(micros < 0 ? 0 : (uint64_t)micros)]++;
	s->all++;
}

int64_t
spread_part(const struct spread *s, double part)
{
	uint64_t seen = 0, wanted = (uint64_t)((double)s->all * part);
	unsigned i;

	if (wanted >= s->all)
		wanted = s->all - 1;
	for (i = 0; i < SPREAD_STEPS && s->all != 0; i++)
		if ((seen += s->n[i]) > wanted)
			return (spread_value(i));
	return (0);
}
