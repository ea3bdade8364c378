/*
 * What came of several runs: means, and how sure they are.
 */
#ifndef SIM_OUTCOME_H
#define SIM_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>
#include "base/def.h"
#include "tally.h"

/* A mean and the half of its 95 % interval (Student's t; NAN of one run). */
struct estimate {
	double mean; /* NAN: there is none */
	double half;
	size_t n; /* runs that had a value */
};

struct estimate estimate_of(const double *values, size_t n);

struct outcome {
	const struct company *company;
	size_t		      runs, most;
	double		     *figures;	/* by run, by queue (then all) */
	double		     *shares;	/* by run, by agent */
	double		     *fairness; /* by run */
};

void outcome_make(struct outcome *, const struct company *, size_t most);
void outcome_free(struct outcome *);
void outcome_add(struct outcome *, struct tally *);

/* queue: the company's, or nqueues for all. */
struct estimate outcome_figure(
    const struct outcome *, size_t queue, enum figure);
struct estimate outcome_share(const struct outcome *, size_t agent, enum share);
struct estimate outcome_fairness(const struct outcome *);
/* Of the same days: by how much the other's is more. */
struct estimate outcome_figure_more(const struct outcome *, size_t queue,
    const struct outcome *other, size_t theirs, enum figure);
struct estimate outcome_fairness_more(
    const struct outcome *, const struct outcome *other);

#endif
