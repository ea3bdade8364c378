/*
 * Counting what came of a day; see tally.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tally.h"

void
tally_make(struct tally *t, const struct company *c)
{
	t->nqueues = c->nqueues;
	t->queues = xcalloc(c->nqueues + 1, sizeof *t->queues);
	t->nagents = c->nagents;
	t->agents = xcalloc(c->nagents + 1, sizeof *t->agents);
}

void
tally_free(struct tally *t)
{
	size_t i;

	for (i = 0; i <= t->nqueues && t->queues != NULL; i++)
		free(t->queues[i].waits);
	free(t->queues);
	free(t->agents);
	memset(t, 0, sizeof *t);
}

static void
queue_add(struct tally_queue *q, const struct tally_case *c)
{
	q->offered++;
	q->breaches += c->breached;
	if (c->gone) {
		q->abandoned++;
		q->gone_in_time += c->waited <= c->within;
	} else if (!c->answered) {
		q->waiting++;
	} else {
		if (q->n == q->size) {
			q->size = q->size == 0 ? 256 : q->size * 2;
			q->waits =
			    xreallocarray(q->waits, q->size, sizeof *q->waits);
		}
		q->waits[q->n++] = c->waited;
		q->in_time += c->waited <= c->within;
	}
}

void
tally_case(struct tally *t, const struct tally_case *c)
{
	queue_add(&t->queues[c->queue], c);
	queue_add(&t->queues[t->nqueues], c);
}

static int
wait_order(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x < *y ? -1 : *x > *y);
}

/* The least wait that so large a share did not exceed. */
static double
percentile(const struct tally_queue *q, double share)
{
	size_t i = (size_t)ceil(share * (double)q->n);

	return (q->n == 0 ? NAN : q->waits[i > 0 ? i - 1 : 0]);
}

static double
percent(size_t part, size_t of)
{
	return (of == 0 ? NAN : 100 * (double)part / (double)of);
}

void
tally_figures(struct tally *t, size_t queue, double to[FIGURES])
{
	struct tally_queue *q = &t->queues[queue];
	double		    sum = 0;
	size_t		    i;

	if (q->n > 0)
		qsort(q->waits, q->n, sizeof *q->waits, wait_order);
	for (i = 0; i < q->n; i++)
		sum += q->waits[i];
	to[FIGURE_OFFERED] = (double)q->offered;
	to[FIGURE_ANSWERED] = (double)q->n;
	to[FIGURE_ABANDONED] = (double)q->abandoned;
	to[FIGURE_WAITING] = (double)q->waiting;
	to[FIGURE_ASA] = q->n == 0 ? NAN : sum / (double)q->n;
	to[FIGURE_P50] = percentile(q, 0.5);
	to[FIGURE_P90] = percentile(q, 0.9);
	to[FIGURE_P99] = percentile(q, 0.99);
	to[FIGURE_LEVEL] = percent(q->in_time, q->offered);
	to[FIGURE_LEVEL_KEPT] =
	    percent(q->in_time, q->offered - q->gone_in_time);
	to[FIGURE_BREACHES] = (double)q->breaches;
}

void
tally_shares(const struct tally *t, size_t agent, double to[SHARES])
{
	const struct tally_agent *a = &t->agents[agent];

	to[SHARE_ANSWERED] = (double)a->answered;
	to[SHARE_OF_ALL] = percent(a->answered, t->queues[t->nqueues].n);
	to[SHARE_OCCUPIED] =
	    a->there <= 0 ? NAN : 100 * (double)a->occupied / (double)a->there;
}

double
tally_fairness(const struct tally *t, const struct company *c)
{
	double worst = NAN, wide;
	size_t i, k, n, least, most, sum;

	for (i = 0; i < t->nagents; i++) {
		n = sum = most = 0;
		least = SIZE_MAX;
		for (k = 0; k < t->nagents; k++) {
			if (strcmp(c->agents[i].like, c->agents[k].like) != 0 ||
			    t->agents[i].planned != t->agents[k].planned ||
			    t->agents[k].there == 0)
				continue;
			n++;
			sum += t->agents[k].answered;
			if (t->agents[k].answered < least)
				least = t->agents[k].answered;
			if (t->agents[k].answered > most)
				most = t->agents[k].answered;
		}
		if (n < 2 || sum == 0)
			continue;
		wide = 100 * (double)(most - least) / (double)sum;
		worst = isnan(worst) || wide > worst ? wide : worst;
	}
	return (worst);
}
