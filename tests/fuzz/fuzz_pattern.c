/*
 * Any bytes as a day's text: what is read is within its bounds, and what is
 * not says why.
 */
#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#include "desk/pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check_kind(const struct pattern_kind *k)
{
	assert(k->queue != NULL && strlen(k->queue) <= 64);
	assert(k->channel != NULL && k->needs != NULL);
	assert(strpbrk(k->needs, "|,\n") == NULL);
	assert(k->priority >= 1 && k->priority <= 99 && k->within >= 0);
}

static void
check_pattern(const struct pattern *p)
{
	struct variate v;
	size_t	       i, k;

	variate_seed(&v, 1, 1);
	assert(p->from < p->until && p->until <= PATTERN_DAY_MAX);
	assert(p->warm >= 0 && p->warm < p->until - p->from);
	assert(p->accept >= 0 && p->accept <= 1);
	for (i = 0; i < p->narrivals; i++) {
		check_kind(&p->arrivals[i].kind);
		assert(p->arrivals[i].nrates > 0);
		for (k = 0; k < p->arrivals[i].nrates; k++)
			assert(p->arrivals[i].rates[k] >= 0);
		assert(isfinite(spread_draw(&p->arrivals[i].handle, &v)));
	}
	for (i = 0; i < p->ncases; i++) {
		check_kind(&p->cases[i].kind);
		assert(i == 0 || p->cases[i - 1].at <= p->cases[i].at);
	}
	for (i = 0; i < p->nshifts; i++) {
		assert(p->shifts[i].nagents > 0);
		for (k = 0; k < p->shifts[i].nhours; k++)
			assert(p->shifts[i].hours[k].from <
			    p->shifts[i].hours[k].until);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct pattern p;
	char	       wrong[200] = "";

	if (pattern_read(&p, (const char *)data, n, wrong, sizeof wrong))
		check_pattern(&p);
	else
		assert(wrong[0] != '\0');
	pattern_free(&p);
	return (0);
}
