/*
 * Runs and their means; see outcome.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "outcome.h"

/* Student's t, 97.5 %, by degrees of freedom; beyond them the normal's. */
static double
student(size_t freedom)
{
	static const double t[] = { 12.706, 4.303, 3.182, 2.776, 2.571, 2.447,
		2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
		2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064,
		2.060, 2.056, 2.052, 2.048, 2.045, 2.042 };

	if (freedom == 0)
		return (NAN);
	return (freedom <= nitems(t) ? t[freedom - 1] : 1.960);
}

struct estimate
estimate_of(const double *values, size_t n)
{
	struct estimate e = { NAN, NAN, 0 };
	double		sum = 0, square = 0;
	size_t		i;

	for (i = 0; i < n; i++)
		if (!isnan(values[i])) {
			sum += values[i];
			e.n++;
		}
	if (e.n == 0)
		return (e);
	e.mean = sum / (double)e.n;
	for (i = 0; i < n; i++)
		if (!isnan(values[i]))
			square += (values[i] - e.mean) * (values[i] - e.mean);
	if (e.n > 1)
		e.half = student(e.n - 1) *
		    sqrt(square / (double)(e.n - 1) / (double)e.n);
	return (e);
}

void
outcome_make(struct outcome *o, const struct company *c, size_t most)
{
	memset(o, 0, sizeof *o);
	o->company = c;
	o->most = most;
	o->figures =
	    xcalloc(most * (c->nqueues + 1) * FIGURES, sizeof *o->figures);
	o->shares =
	    xcalloc(most * (c->nagents + 1) * SHARES, sizeof *o->shares);
	o->fairness = xcalloc(most, sizeof *o->fairness);
}

void
outcome_free(struct outcome *o)
{
	free(o->figures);
	free(o->shares);
	free(o->fairness);
	memset(o, 0, sizeof *o);
}

static double *
figures_of(const struct outcome *o, size_t run, size_t queue)
{
	return (
	    &o->figures[(run * (o->company->nqueues + 1) + queue) * FIGURES]);
}

static double *
shares_of(const struct outcome *o, size_t run, size_t agent)
{
	return (&o->shares[(run * (o->company->nagents + 1) + agent) * SHARES]);
}

void
outcome_add(struct outcome *o, struct tally *t)
{
	size_t i;

	if (o->runs == o->most)
		return;
	for (i = 0; i <= o->company->nqueues; i++)
		tally_figures(t, i, figures_of(o, o->runs, i));
	for (i = 0; i < o->company->nagents; i++)
		tally_shares(t, i, shares_of(o, o->runs, i));
	o->fairness[o->runs++] = tally_fairness(t, o->company);
}

/* The estimate of what each run gives. */
static struct estimate
over_runs(size_t runs, double (*value)(const void *, size_t), const void *arg)
{
	double	       *values = xcalloc(runs + 1, sizeof *values);
	struct estimate e;
	size_t		i;

	for (i = 0; i < runs; i++)
		values[i] = value(arg, i);
	e = estimate_of(values, runs);
	free(values);
	return (e);
}

struct one {
	const struct outcome *of, *other;
	size_t		      at, theirs;
	int		      what;
};

static double
figure_value(const void *arg, size_t run)
{
	const struct one *o = arg;
	double		  v = figures_of(o->of, run, o->at)[o->what];

	if (o->other == NULL)
		return (v);
	return (figures_of(o->other, run, o->theirs)[o->what] - v);
}

static double
share_value(const void *arg, size_t run)
{
	const struct one *o = arg;

	return (shares_of(o->of, run, o->at)[o->what]);
}

static double
fairness_value(const void *arg, size_t run)
{
	const struct one *o = arg;

	if (o->other == NULL)
		return (o->of->fairness[run]);
	return (o->other->fairness[run] - o->of->fairness[run]);
}

struct estimate
outcome_figure(const struct outcome *o, size_t queue, enum figure what)
{
	struct one one = { .of = o, .at = queue, .what = (int)what };

	return (over_runs(o->runs, figure_value, &one));
}

struct estimate
outcome_share(const struct outcome *o, size_t agent, enum share what)
{
	struct one one = { .of = o, .at = agent, .what = (int)what };

	return (over_runs(o->runs, share_value, &one));
}

struct estimate
outcome_fairness(const struct outcome *o)
{
	struct one one = { .of = o };

	return (over_runs(o->runs, fairness_value, &one));
}

static size_t
fewer_runs(const struct outcome *a, const struct outcome *b)
{
	return (a->runs < b->runs ? a->runs : b->runs);
}

struct estimate
outcome_figure_more(const struct outcome *o, size_t queue,
    const struct outcome *other, size_t theirs, enum figure what)
{
	struct one one = { o, other, queue, theirs, (int)what };

	return (over_runs(fewer_runs(o, other), figure_value, &one));
}

struct estimate
outcome_fairness_more(const struct outcome *o, const struct outcome *other)
{
	struct one one = { .of = o, .other = other };

	return (over_runs(fewer_runs(o, other), fairness_value, &one));
}
