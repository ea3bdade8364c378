/*
 * How long one waits; see expect.h.
 */
#include <math.h>

#include "expect.h"

#define FADES	600.0 /* seconds after which a look weighs a third */
#define BEGINS	300.0 /* as many seconds as the two hours count for */
#define LEAST	0.05  /* of a case: less says nothing */
#define GAP_MAX 3600.0

/* What the counters say before anything was seen. */
static void
expect_begin(struct expect *e, const struct expect_look *l)
{
	double into = (double)(l->at - l->hour * 3600000) / 1000;
	double all;

	if (into < 0 || into > 3600)
		into = 0;
	all = 3600 + into;
	e->seconds = BEGINS;
	e->taken = (double)(l->taken + l->before) * (BEGINS / all);
}

/* Cases taken since the look before. */
static int64_t
taken_since(const struct expect *e, const struct expect_look *l)
{
	int64_t n;

	if (l->hour == e->hour)
		n = l->taken - e->count;
	else if (l->hour == e->hour + 1)
		n = l->before - e->count + l->taken;
	else
		n = 0;
	return (n > 0 ? n : 0);
}

void
expect_look(struct expect *e, const struct expect_look *l)
{
	double	gap = (double)(l->at - e->at) / 1000, stays;
	int64_t n;

	if (e->at == 0)
		expect_begin(e, l);
	else if (gap > 0) {
		n = taken_since(e, l);
		if (gap > GAP_MAX)
			gap = GAP_MAX;
		stays = exp(-gap / FADES);
		if (l->waits || n > 0) {
			e->taken = e->taken * stays + (double)n;
			e->seconds = e->seconds * stays + gap;
		}
	}
	if (l->at > e->at) {
		e->at = l->at;
		e->hour = l->hour;
		e->count = l->taken;
	}
}

double
expect_pace(const struct expect *e)
{
	if (e->at == 0 || e->taken < LEAST)
		return (-1);
	return (e->seconds / e->taken);
}

int64_t
expect_wait(double pace, int64_t ahead, int64_t oldest)
{
	double s;

	if (!(pace > 0))
		return (-1);
	s = ((double)ahead + 1) * pace;
	if (s < (double)oldest)
		s = (double)oldest;
	return (s < EXPECT_LONGEST ? (int64_t)(s + 0.5) : EXPECT_LONGEST);
}
