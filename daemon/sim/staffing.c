/*
 * Erlang C for a company's queues; see staffing.h.
 */
#include <math.h>
#include <string.h>

#include "desk/erlang.h"
#include "staffing.h"

#define CAPACITY_USUAL 100
#define HOUR	       3600000LL

static void
work_add(struct stream_work *w, const struct company *c,
    const struct pattern *p, size_t queue, const struct pattern_kind *k,
    double cases, double handle)
{
	int    channel = company_channel(k->channel);
	double slots = company_at_once(channel)
	    ? floor(CAPACITY_USUAL / (double)c->units[channel])
	    : 1;
	double within = k->within > 0
	    ? (double)k->within
	    : (double)company_first(c, queue, k->channel, k->priority);

	if (cases <= 0)
		return;
	/* While he looks at an offer he has no other of that channel. */
	handle += p->answer.mean + (double)c->queues[queue].wrap[channel];
	w->cases += cases;
	w->handle += cases * handle;
	w->agents += cases * handle / (slots < 1 ? 1 : slots);
	if (w->within == 0 || within < w->within)
		w->within = within;
}

static void
work_sum(struct stream_sum *s, const struct stream_work *w, double seconds)
{
	memset(s, 0, sizeof *s);
	if (w->cases <= 0 || seconds <= 0 || w->handle <= 0)
		return;
	s->rate = w->cases / seconds;
	s->handle = w->handle / w->cases;
	s->slots = w->handle / w->agents;
	s->within = w->within;
}

void
stream_add_day(struct stream_work *of, const struct company *c,
    const struct pattern *p, const struct day *day)
{
	const struct day_case *k;
	int64_t		       from = p->from + p->warm;
	size_t		       i;
	int		       queue;

	for (i = 0; i < day->n; i++) {
		k = &day->cases[i];
		queue = company_queue(c, k->kind->queue);
		if (queue >= 0 && k->at >= from && k->at < p->until)
			work_add(&of[queue], c, p, (size_t)queue, k->kind, 1,
			    (double)k->handle / 1000);
	}
}

void
stream_of_days(struct stream_sum *s, const struct stream_work *w,
    const struct pattern *p, size_t ndays)
{
	work_sum(s, w,
	    (double)(p->until - p->from - p->warm) / 1000 * (double)ndays);
}

void
stream_of_hour(struct stream_sum *s, const struct company *c,
    const struct pattern *p, size_t queue, size_t hour)
{
	const struct pattern_arrivals *a;
	struct stream_work	       w = { 0 };
	size_t			       i;

	for (i = 0; i < p->narrivals; i++) {
		a = &p->arrivals[i];
		if (strcmp(a->kind.queue, c->queues[queue].name) == 0)
			work_add(&w, c, p, queue, &a->kind,
			    a->rates[hour < a->nrates ? hour : a->nrates - 1],
			    a->handle.mean);
	}
	work_sum(s, &w, HOUR / 1000.0);
}

static int64_t
overlap(int64_t from, int64_t until, int64_t least, int64_t most)
{
	if (from < least)
		from = least;
	if (until > most)
		until = most;
	return (until > from ? until - from : 0);
}

static double
shift_time(const struct pattern_shift *s, int64_t from, int64_t until)
{
	double sum = 0;
	size_t i;

	if (s->nhours == 0)
		return ((double)(until - from));
	for (i = 0; i < s->nhours; i++)
		sum += (double)overlap(
		    s->hours[i].from, s->hours[i].until, from, until);
	return (sum);
}

double
agents_there(const struct company *c, const struct pattern *p,
    const struct pattern *shifts, size_t queue)
{
	int64_t from = p->from + p->warm, until = p->until;
	double	sum = 0;
	size_t	i, k;
	int	who;

	for (i = 0; shifts->nshifts == 0 && i < c->nagents; i++)
		sum += company_serves(c, i, queue);
	if (shifts->nshifts == 0)
		return (sum);
	for (i = 0; i < shifts->nshifts; i++)
		for (k = 0; k < shifts->shifts[i].nagents; k++) {
			who = company_agent(c, shifts->shifts[i].agents[k]);
			if (who >= 0 && company_serves(c, (size_t)who, queue))
				sum +=
				    shift_time(&shifts->shifts[i], from, until);
		}
	return (sum / (double)(until - from));
}

/* Cases at once that so many agents can have. */
static int
places(const struct stream_sum *s, double agents)
{
	return ((int)floor(agents * s->slots + 0.5));
}

int
staff_asked(const struct stream_sum *s, double level)
{
	int n = erlang_staff(s->rate * s->handle, s->handle, level, s->within);

	return (n <= 0 ? n : (int)ceil(n / s->slots - 1e-9));
}

double
staff_level(const struct stream_sum *s, double agents)
{
	return (erlang_level(
	    s->rate * s->handle, s->handle, places(s, agents), s->within));
}

double
staff_wait(const struct stream_sum *s, double agents)
{
	return (erlang_wait(s->rate * s->handle, s->handle, places(s, agents)));
}
