/*
 * The course of a played day; see play.h.  What happens is an agenda of
 * moments: each is one function below, which tells the library what happened
 * and notes what follows from its answer.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "play_parts.h"

#define STREAM_AGENTS 1000000 /* above what draws arrivals */

/* Agents ------------------------------------------------------------------- */

void
agent_count(struct world *w, unsigned who)
{
	struct staff	   *a = &w->staff[who];
	struct tally_agent *t = &w->tally->agents[who];
	int64_t from = a->noted > w->count_from ? a->noted : w->count_from;
	int64_t until = w->now < w->count_until ? w->now : w->count_until;

	a->noted = w->now;
	if (until <= from)
		return;
	if (a->ready || a->busy > 0)
		t->there += until - from;
	if (a->busy > 0)
		t->occupied += until - from;
}

static bool
agent_tell(struct world *w, unsigned who)
{
	const struct company_agent *a = &w->play->company->agents[who];
	char			    capacity[16];

	snprintf(capacity, sizeof capacity, "%d", a->capacity);
	return (world_call(w,
	    (const char *const[]){ "desk_agent", a->name,
		w->staff[who].ready ? "ready" : "offline", capacity, a->queues,
		a->skills, "", a->limits },
	    8));
}

static bool
on_shift(struct world *w, const struct moment *m)
{
	agent_count(w, m->who);
	w->staff[m->who].ready = m->with != 0;
	w->staff[m->who].on_shift = m->with != 0;
	return (agent_tell(w, m->who) && world_ask_next(w, m->who));
}

/* He was set away, and is back. */
static bool
on_back(struct world *w, const struct moment *m)
{
	struct staff *a = &w->staff[m->who];

	if (a->ready || !a->on_shift)
		return (true);
	agent_count(w, m->who);
	a->ready = true;
	return (agent_tell(w, m->who) && world_ask_next(w, m->who));
}

static bool
on_wrapped(struct world *w, const struct moment *m)
{
	agent_count(w, m->who);
	w->staff[m->who].busy--;
	return (world_ask_next(w, m->who));
}

/* Cases -------------------------------------------------------------------- */

static bool
on_arrive(struct world *w, const struct moment *m)
{
	const struct day_case *c = &w->play->day->cases[m->who];

	w->cases[m->who].stands = WAITING;
	if (c->patience > 0)
		agenda_put(&w->agenda,
		    (struct moment){ .at = w->now + c->patience,
			.what = MOMENT_LEAVE,
			.who = m->who });
	if (!world_apply(w, m->who))
		return (false);
	return (!w->play->company->queues[w->cases[m->who].queue].pull ||
	    world_ask_all(w));
}

static void
case_over(struct world *w, unsigned who, bool answered, bool gone)
{
	const struct day_case *c = &w->play->day->cases[who];
	struct world_case     *k = &w->cases[who];
	struct tally_case      t = { .queue = k->queue,
		     .waited = (double)(w->now - w->base - c->at) / 1000,
		     .answered = answered,
		     .gone = gone };

	if (w->base + c->at < w->count_from)
		return;
	t.within = (double)(c->kind->within > 0 ? c->kind->within : k->first);
	t.breached = !gone && t.waited > (double)k->first;
	tally_case(w->tally, &t);
	if (answered)
		w->tally->agents[k->agent].answered++;
}

static bool
on_leave(struct world *w, const struct moment *m)
{
	struct world_case *k = &w->cases[m->who];

	if (k->stands != WAITING && k->stands != HELD)
		return (true);
	case_over(w, m->who, false, true);
	if (k->stands == HELD) {
		agent_count(w, k->agent);
		w->staff[k->agent].busy--;
	}
	k->stands = OVER;
	return (world_apply(w, m->who));
}

/* He begins with it now. */
static void
case_begin(struct world *w, unsigned who)
{
	const struct day_case *c = &w->play->day->cases[who];
	struct world_case     *k = &w->cases[who];

	k->stands = WORKED;
	if (!company_at_once(company_channel(c->kind->channel)))
		w->staff[k->agent].at_one = true;
	case_over(w, who, true, false);
	agenda_put(&w->agenda,
	    (struct moment){
		.at = w->now + c->handle, .what = MOMENT_DONE, .who = who });
}

/* Onto his pile, which he goes through one after the other. */
static void
case_pile(struct world *w, unsigned who)
{
	struct world_case *k = &w->cases[who];
	struct staff	  *a = &w->staff[k->agent];

	k->stands = HELD;
	k->next = NOBODY;
	if (a->pile == NOBODY)
		a->pile = who;
	else
		w->cases[a->pile_end].next = who;
	a->pile_end = who;
}

/* He is done with one of those, and takes the next whom it still concerns. */
static void
pile_next(struct world *w, unsigned agent)
{
	struct staff *a = &w->staff[agent];
	unsigned      who;

	a->at_one = false;
	while (!a->at_one && (who = a->pile) != NOBODY) {
		a->pile = w->cases[who].next;
		if (w->cases[who].stands == HELD)
			case_begin(w, who);
	}
}

/* It is his. */
static bool
on_his(struct world *w, const struct moment *m)
{
	struct world_case *k = &w->cases[m->who];
	const char	  *channel = w->play->day->cases[m->who].kind->channel;

	if (k->stands != WAITING)
		return (true);
	agent_count(w, m->with);
	k->agent = m->with;
	w->staff[m->with].busy++;
	if (w->staff[m->with].at_one &&
	    !company_at_once(company_channel(channel)))
		case_pile(w, m->who);
	else
		case_begin(w, m->who);
	return (world_apply(w, m->who));
}

/* He has looked at an offer. */
static bool
on_answer(struct world *w, const struct moment *m)
{
	const char     *name = w->play->company->agents[m->with].name;
	struct variate *v = &w->staff[m->with].chance;
	char		ticket[16];
	bool		takes, held = false;

	if (w->cases[m->who].stands != WAITING ||
	    w->cases[m->who].serial != m->serial)
		return (true);
	takes = variate_uniform(v) <= w->play->pattern->accept;
	snprintf(ticket, sizeof ticket, "%u", m->who + 1);
	w->held = &held;
	if (!world_call(w,
		(const char *const[]){
		    takes ? "desk_accept" : "desk_decline", ticket, name },
		3))
		return (false);
	return (!takes || !held || on_his(w, m));
}

static bool
on_done(struct world *w, const struct moment *m)
{
	struct world_case *k = &w->cases[m->who];
	unsigned	   agent = k->agent;
	const char	  *channel = w->play->day->cases[m->who].kind->channel;
	long		   wrap =
	    w->play->company->queues[k->queue].wrap[company_channel(channel)];

	k->stands = OVER;
	if (!company_at_once(company_channel(channel)))
		pile_next(w, agent);
	if (!world_apply(w, m->who))
		return (false);
	if (wrap > 0) {
		agenda_put(&w->agenda,
		    (struct moment){ .at = w->now + wrap * 1000,
			.what = MOMENT_WRAPPED,
			.who = agent });
		return (true);
	}
	agent_count(w, agent);
	w->staff[agent].busy--;
	return (world_ask_next(w, agent));
}

/* What time alone ends; an older one than was last said is none. */
static bool
on_tick(struct world *w, const struct moment *m)
{
	if (w->now != w->tick || m->at != w->tick)
		return (true);
	w->tick = -1;
	return (world_call(w, (const char *const[]){ "desk_lapse" }, 1));
}

/* The day ------------------------------------------------------------------ */

static bool (*const moments[])(struct world *, const struct moment *) = {
	[MOMENT_ARRIVE] = on_arrive,
	[MOMENT_LEAVE] = on_leave,
	[MOMENT_ANSWER] = on_answer,
	[MOMENT_HIS] = on_his,
	[MOMENT_DONE] = on_done,
	[MOMENT_SHIFT] = on_shift,
	[MOMENT_BACK] = on_back,
	[MOMENT_WRAPPED] = on_wrapped,
	[MOMENT_TICK] = on_tick,
};

/* There from then on; stays: until nothing is left to be done. */
static void
shift_plan(struct world *w, unsigned who, struct pattern_hours h, bool stays)
{
	const struct pattern *p = w->play->pattern;

	if (h.until > p->until)
		h.until = p->until;
	if (h.from < p->from)
		h.from = p->from;
	if (h.from >= h.until)
		return;
	agenda_put(&w->agenda,
	    (struct moment){ .at = w->base + h.from,
		.what = MOMENT_SHIFT,
		.who = who,
		.with = 1 });
	if (!stays)
		agenda_put(&w->agenda,
		    (struct moment){ .at = w->base + h.until,
			.what = MOMENT_SHIFT,
			.who = who });
	w->tally->agents[who].planned += h.until - h.from;
}

/* Where no shift is said, all are there all the time. */
static void
shifts_plan(struct world *w)
{
	static const struct pattern_hours all_day = { 0, PATTERN_DAY_MAX };
	const struct pattern		 *p = w->play->shifts;
	const struct pattern_shift	 *s;
	size_t				  i, k, h;
	int				  who;

	for (i = 0; p->nshifts == 0 && i < w->play->company->nagents; i++)
		shift_plan(w, (unsigned)i, all_day, true);
	for (i = 0; i < p->nshifts; i++) {
		s = &p->shifts[i];
		for (k = 0; k < s->nagents; k++) {
			who = company_agent(w->play->company, s->agents[k]);
			for (h = 0; who >= 0 && h < s->nhours; h++)
				shift_plan(
				    w, (unsigned)who, s->hours[h], false);
			if (who >= 0 && s->nhours == 0)
				shift_plan(w, (unsigned)who, all_day, true);
		}
	}
}

static void
cases_plan(struct world *w)
{
	const struct company  *c = w->play->company;
	const struct day_case *k;
	size_t		       i;

	for (i = 0; i < w->play->day->n; i++) {
		k = &w->play->day->cases[i];
		w->cases[i].agent = NOBODY;
		w->cases[i].queue = company_queue(c, k->kind->queue);
		w->cases[i].first = company_first(c, (size_t)w->cases[i].queue,
		    k->kind->channel, k->kind->priority);
		agenda_put(&w->agenda,
		    (struct moment){ .at = w->base + k->at,
			.what = MOMENT_ARRIVE,
			.who = (unsigned)i });
	}
}

static bool
policies_tell(struct world *w)
{
	size_t i;

	for (i = 0; i < w->play->company->nqueues; i++)
		if (!world_call(w,
			(const char *const[]){
			    "desk_policy", w->play->company->queues[i].policy },
			2))
			return (false);
	return (true);
}

/* Who still waits, at the end. */
static void
rest_count(struct world *w)
{
	size_t i;

	for (i = 0; i < w->play->day->n; i++)
		if (w->cases[i].stands == WAITING || w->cases[i].stands == HELD)
			case_over(w, (unsigned)i, false, false);
	for (i = 0; i < w->play->company->nagents; i++)
		agent_count(w, (unsigned)i);
}

static bool
moments_run(struct world *w)
{
	struct moment m;

	while (agenda_take(&w->agenda, &m)) {
		if (m.at > w->end)
			break;
		w->now = m.at;
		if (!moments[m.what](w, &m))
			return (false);
	}
	if (w->now < w->count_until)
		w->now = w->count_until;
	return (true);
}

static void
staff_begin(struct world *w)
{
	const struct company *c = w->play->company;
	struct staff	     *a;
	size_t		      i, q;

	for (i = 0; i < c->nagents; i++) {
		a = &w->staff[i];
		a->asked = -1;
		a->pile = NOBODY;
		variate_seed(&a->chance, w->play->seed, STREAM_AGENTS + i);
		for (q = 0; q < c->nqueues; q++)
			a->asks = a->asks ||
			    (c->queues[q].pull && company_serves(c, i, q));
	}
}

bool
play_day(const struct play *p, struct tally *tally)
{
	struct world w = {
		.play = p, .tally = tally, .base = WORLD_BASE, .tick = -1
	};
	bool good;

	tally_make(tally, p->company);
	w.now = w.base + p->pattern->from;
	w.count_from = w.now + p->pattern->warm;
	w.count_until = w.base + p->pattern->until;
	w.end = w.count_until + PLAY_AFTER;
	w.staff = xcalloc(p->company->nagents + 1, sizeof *w.staff);
	w.cases = xcalloc(p->day->n + 1, sizeof *w.cases);
	staff_begin(&w);
	shifts_plan(&w);
	cases_plan(&w);
	good = server_empty(p->server, w.now) && policies_tell(&w) &&
	    moments_run(&w);
	if (good)
		rest_count(&w);
	agenda_free(&w.agenda);
	free(w.staff);
	free(w.cases);
	return (good);
}

const char *
play_unknown(const struct company *c, const struct pattern *p, bool *is_queue)
{
	size_t i, k;

	*is_queue = true;
	for (i = 0; i < p->narrivals; i++)
		if (company_queue(c, p->arrivals[i].kind.queue) == -1)
			return (p->arrivals[i].kind.queue);
	for (i = 0; i < p->ncases; i++)
		if (company_queue(c, p->cases[i].kind.queue) == -1)
			return (p->cases[i].kind.queue);
	*is_queue = false;
	for (i = 0; i < p->nshifts; i++)
		for (k = 0; k < p->shifts[i].nagents; k++)
			if (company_agent(c, p->shifts[i].agents[k]) == -1)
				return (p->shifts[i].agents[k]);
	return (NULL);
}
