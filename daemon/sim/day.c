/*
 * The cases of a day, drawn; see day.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "day.h"

#define HOUR 3600000LL

static bool
day_add(struct day *d, const struct day_case *c)
{
	if (d->n == DAY_CASES)
		return (false);
	if (d->n == d->size) {
		d->size = d->size == 0 ? 1024 : d->size * 2;
		d->cases = xreallocarray(d->cases, d->size, sizeof *d->cases);
	}
	d->cases[d->n] = *c;
	d->cases[d->n].drawn = d->n;
	d->n++;
	return (true);
}

/* At least a ms: nothing takes no time at all. */
static int64_t
ms_drawn(const struct spread *s, struct variate *v)
{
	double ms = spread_draw(s, v) * 1000;

	return (ms < 1 ? 1 : ms > 1e12 ? 1000000000000LL : (int64_t)ms);
}

static double
rate_at(const struct pattern_arrivals *a, int64_t hour)
{
	return (
	    a->rates[(size_t)hour < a->nrates ? (size_t)hour : a->nrates - 1]);
}

/*
 * Arrivals at random, hour by hour: as the next one does not depend on the
 * last, each hour begins anew by its own rate.
 */
static bool
arrivals_draw(struct day *d, const struct pattern *p,
    const struct pattern_arrivals *a, struct variate v[3])
{
	struct day_case c = { .kind = &a->kind };
	int64_t		hour, end;
	double		at, rate;

	for (hour = 0; p->from + hour * HOUR < p->until; hour++) {
		if ((rate = rate_at(a, hour)) <= 0)
			continue;
		end = p->from + (hour + 1) * HOUR;
		if (end > p->until)
			end = p->until;
		at = (double)(p->from + hour * HOUR);
		for (;;) {
			at += variate_exponential(&v[0], HOUR / rate);
			if (at >= (double)end)
				break;
			c.at = (int64_t)at;
			c.handle = ms_drawn(&a->handle, &v[1]);
			c.patience = a->patience.mean > 0
			    ? ms_drawn(&a->patience, &v[2])
			    : 0;
			if (!day_add(d, &c))
				return (false);
		}
	}
	return (true);
}

static int
case_order(const void *a, const void *b)
{
	const struct day_case *x = a, *y = b;

	if (x->at != y->at)
		return (x->at < y->at ? -1 : 1);
	return (x->drawn < y->drawn ? -1 : x->drawn > y->drawn);
}

bool
day_make(struct day *d, const struct pattern *p, uint64_t seed)
{
	const struct pattern_case *c;
	struct variate		   v[3];
	size_t			   i, k;

	memset(d, 0, sizeof *d);
	for (i = 0; i < p->ncases; i++) {
		c = &p->cases[i];
		if (!day_add(d,
			&(struct day_case){ .kind = &c->kind,
			    .at = c->at,
			    .handle = c->handle > 0 ? c->handle : 1,
			    .patience = c->gone }))
			return (false);
	}
	for (i = 0; i < p->narrivals; i++) {
		for (k = 0; k < nitems(v); k++)
			variate_seed(&v[k], seed, i * nitems(v) + k + 1);
		if (!arrivals_draw(d, p, &p->arrivals[i], v))
			return (false);
	}
	if (d->n > 0)
		qsort(d->cases, d->n, sizeof *d->cases, case_order);
	return (true);
}

void
day_free(struct day *d)
{
	free(d->cases);
	memset(d, 0, sizeof *d);
}
