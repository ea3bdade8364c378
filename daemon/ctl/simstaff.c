/*
 * deskctl simulate --staff: for each queue and hour the fewest agents who meet
 * its target, by Erlang C; then that many are played, with nothing else to do.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "operation.h"
#include "simulate.h"

#define HOUR  3600000LL
#define MOST  1000 /* agents of a queue that are played */
#define SKILL 5	   /* the highest level: they know all that is asked */

static size_t
hours_of(const struct pattern *p)
{
	return ((size_t)((p->until - p->from + HOUR - 1) / HOUR));
}

/* An hour of a queue; false: more than can be played are asked for. */
static bool
hour_json(
    const struct sim *sim, size_t queue, size_t hour, json_t *to, int *agents)
{
	const struct company *c = &sim->sides[0].company;
	struct stream_sum     s;
	int64_t		      at = sim->pattern.from + (int64_t)hour * HOUR;
	json_t		     *j;

	stream_of_hour(&s, c, &sim->pattern, queue, hour);
	*agents = s.rate > 0 ? staff_asked(&s, sim->level / 100) : 0;
	if (*agents < 0 || *agents > MOST) {
		ctl_say("%s: more than %d agents", c->queues[queue].name, MOST);
		return (false);
	}
	j = json_object();
	json_object_set_new(j, "hour",
	    json_sprintf(
		"%02d:%02d", (int)(at / HOUR), (int)(at / 60000 % 60)));
	json_object_set_new(
	    j, "rate", json_real(sim_round(s.rate * HOUR / 1000)));
	json_object_set_new(j, "agents", json_integer(*agents));
	if (s.rate > 0) {
		json_object_set_new(j, "within", json_real(s.within));
		json_object_set_new(j, "level",
		    json_real(sim_round(100 * staff_level(&s, *agents))));
		json_object_set_new(
		    j, "asa", json_real(sim_round(staff_wait(&s, *agents))));
	}
	json_array_append_new(to, j);
	return (true);
}

/* Playing them ------------------------------------------------------------- */

/* Every skill that is asked for, as an agent has it. */
static json_t *
skills_all(const struct pattern *p)
{
	json_t	   *seen = json_object(), *list = json_array();
	const char *s, *name;
	size_t	    i, n;
	void	   *at;

	for (i = 0; i < p->narrivals; i++)
		for (s = p->arrivals[i].kind.needs; *s != '\0'; s += n) {
			s += strspn(s, " ");
			n = strcspn(s, ":? ");
			if (n > 0)
				json_object_setn_new(seen, s, n, json_true());
			n = strcspn(s, " ");
		}
	for (at = json_object_iter(seen); at != NULL;
	     at = json_object_iter_next(seen, at)) {
		name = json_object_iter_key(at);
		json_array_append_new(list, json_sprintf("%s %d", name, SKILL));
	}
	json_decref(seen);
	return (list);
}

/* The n-th agent of a queue, for the hours in which so many are asked for. */
static void
agent_add(const struct sim *sim, json_t *agents, struct buf *shifts,
    size_t queue, const int *asked, int n)
{
	const struct pattern *p = &sim->pattern;
	char		      name[40];
	int64_t		      from;
	json_t		     *a = json_object();
	size_t		      i;

	snprintf(name, sizeof name, "q%zu.%d", queue, n);
	json_object_set_new(a, "name", json_string(name));
	json_object_set_new(a, "queues",
	    json_pack("[s]", sim->sides[0].company.queues[queue].name));
	json_object_set_new(a, "skills", skills_all(p));
	json_array_append_new(agents, a);

	buf_printf(shifts, "shift %s\nhours", name);
	for (i = 0; i < hours_of(p); i++) {
		if (asked[i] < n)
			continue;
		from = p->from + (int64_t)i * HOUR;
		buf_printf(shifts, " %02d:%02d:%02d.%03d-", (int)(from / HOUR),
		    (int)(from / 60000 % 60), (int)(from / 1000 % 60),
		    (int)(from % 1000));
		while (i + 1 < hours_of(p) && asked[i + 1] >= n)
			i++;
		from = p->from + (int64_t)(i + 1) * HOUR;
		if (from > PATTERN_DAY_MAX)
			from = PATTERN_DAY_MAX;
		buf_printf(shifts, "%02d:%02d:%02d.%03d", (int)(from / HOUR),
		    (int)(from / 60000 % 60), (int)(from / 1000 % 60),
		    (int)(from % 1000));
	}
	buf_char(shifts, '\n');
}

/* The same company with these agents and no others. */
static bool
company_staffed(struct sim *sim, json_t *agents, const struct buf *shifts)
{
	json_t *config = json_deep_copy(sim->sides[0].company.config);
	char	wrong[300], *json;
	bool	good;

	json_object_set(config, "agents", agents);
	json = json_dumps(config, JSON_COMPACT);
	json_decref(config);
	company_free(&sim->sides[0].company);
	company_make(&sim->sides[0].company, json);
	free(json);
	good = pattern_read(&sim->shifts, shifts->n > 0 ? shifts->p : "",
	    shifts->n, wrong, sizeof wrong);
	if (!good)
		ctl_say("%s", wrong);
	sim->sides[0].shifts = &sim->shifts;
	return (good);
}

static void
played_add(const struct sim *sim, json_t *queues)
{
	const struct outcome *o = &sim->sides[0].outcome;
	json_t		     *q;
	size_t		      i;
	int		      at;

	json_array_foreach (queues, i, q) {
		at = company_queue(
		    o->company, json_string_value(json_object_get(q, "queue")));
		json_object_set_new(q, "level",
		    sim_estimate(outcome_figure(o, (size_t)at, FIGURE_LEVEL)));
		json_object_set_new(q, "asa",
		    sim_estimate(outcome_figure(o, (size_t)at, FIGURE_ASA)));
		json_object_set_new(q, "abandoned",
		    sim_estimate(
			outcome_figure(o, (size_t)at, FIGURE_ABANDONED)));
	}
}

/* Showing ------------------------------------------------------------------ */

static char *
real_text(const json_t *v, int digits)
{
	return (json_is_number(v)
		? sim_text("%.*f", digits, json_number_value(v))
		: xstrdup("–"));
}

static void
hours_table(const json_t *q)
{
	static const char *const head[] = { "hour", "cases", "agents",
		"level %", "ASA s" };
	const json_t		*hours = json_object_get(q, "hours"), *h;
	char		       **cells =
	    xcalloc(json_array_size(hours) * nitems(head) + 1, sizeof *cells);
	size_t i, n = 0;

	json_array_foreach (hours, i, h) {
		cells[n++] =
		    xstrdup(json_string_value(json_object_get(h, "hour")));
		cells[n++] = real_text(json_object_get(h, "rate"), 1);
		cells[n++] = real_text(json_object_get(h, "agents"), 0);
		cells[n++] = real_text(json_object_get(h, "level"), 1);
		cells[n++] = real_text(json_object_get(h, "asa"), 1);
	}
	sim_table(head, nitems(head), cells, json_array_size(hours));
	free(cells);
}

static void
csv_show(const json_t *queues)
{
	const json_t *q, *h;
	size_t	      i, k;

	puts("queue,hour,cases,agents,level,asa");
	json_array_foreach (queues, i, q)
		json_array_foreach (json_object_get(q, "hours"), k, h)
			printf("%s,%s,%.3f,%lld,%.3f,%.3f\n",
			    json_string_value(json_object_get(q, "queue")),
			    json_string_value(json_object_get(h, "hour")),
			    json_number_value(json_object_get(h, "rate")),
			    (long long)json_integer_value(
				json_object_get(h, "agents")),
			    json_number_value(json_object_get(h, "level")),
			    json_number_value(json_object_get(h, "asa")));
}

static void
staff_show(const struct sim *sim, const json_t *said)
{
	const json_t *queues = json_object_get(said, "queues"), *q;
	size_t	      i;
	char	     *level, *asa;

	if (sim->ctl->json) {
		ctl_show(sim->ctl, said);
		return;
	}
	if (sim->csv) {
		csv_show(queues);
		return;
	}
	json_array_foreach (queues, i, q) {
		printf(
		    "%s\n\n", json_string_value(json_object_get(q, "queue")));
		hours_table(q);
		level = real_text(
		    json_object_get(json_object_get(q, "level"), "mean"), 1);
		asa = real_text(
		    json_object_get(json_object_get(q, "asa"), "mean"), 1);
		printf("\nplayed: level %s %%, ASA %s s\n\n", level, asa);
		free(level);
		free(asa);
	}
	printf("asked for: %.0f %% in time; %zu runs from seed %llu\n",
	    sim->level, sim->runs, (unsigned long long)sim->seed);
}

/* The whole ---------------------------------------------------------------- */

/* What each queue asks for, and who is to be played. */
static bool
queues_ask(
    const struct sim *sim, json_t *queues, json_t *agents, struct buf *shifts)
{
	const struct pattern *p = &sim->pattern;
	int		      asked[PATTERN_RATES + 1], most, n;
	json_t		     *q, *hours;
	size_t		      i, h;

	for (i = 0; i < sim->sides[0].company.nqueues; i++) {
		q = json_object();
		hours = json_array();
		json_object_set_new(q, "queue",
		    json_string(sim->sides[0].company.queues[i].name));
		json_object_set_new(q, "hours", hours);
		for (most = 0, h = 0; h < hours_of(p); h++) {
			if (!hour_json(sim, i, h, hours, &asked[h])) {
				json_decref(q);
				return (false);
			}
			most = asked[h] > most ? asked[h] : most;
		}
		for (n = 1; n <= most; n++)
			agent_add(sim, agents, shifts, i, asked, n);
		if (most > 0)
			json_array_append(queues, q);
		json_decref(q);
	}
	return (true);
}

bool
sim_staff(struct sim *sim)
{
	json_t *said = json_object(), *queues = json_array(),
	       *agents = json_array();
	struct buf shifts = { 0 };
	bool	   good;

	json_object_set_new(said, "asked", json_real(sim->level));
	json_object_set_new(said, "seed", json_integer((json_int_t)sim->seed));
	json_object_set_new(said, "runs", json_integer((json_int_t)sim->runs));
	json_object_set_new(said, "queues", queues);
	good = queues_ask(sim, queues, agents, &shifts) &&
	    company_staffed(sim, agents, &shifts) && sim_play(sim);
	if (good) {
		played_add(sim, queues);
		staff_show(sim, said);
	}
	json_decref(agents);
	json_decref(said);
	buf_free(&shifts);
	return (good);
}
