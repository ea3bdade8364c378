/*
 * What came of simulated days, as JSON, and from that as tables or CSV: the
 * numbers are the same wherever they are read.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "operation.h"
#include "show.h"
#include "simulate.h"

/* The figures' names in JSON and CSV, and above the table's columns. */
static const struct {
	const char *name, *title;
	int	    digits;
} figures[FIGURES] = {
	[FIGURE_OFFERED] = { "offered", "offered", 1 },
	[FIGURE_ANSWERED] = { "answered", "answered", 1 },
	[FIGURE_ABANDONED] = { "abandoned", "gone", 1 },
	[FIGURE_WAITING] = { "waiting", "waiting", 1 },
	[FIGURE_ASA] = { "asa", "ASA s", 1 },
	[FIGURE_P50] = { "p50", "p50", 0 },
	[FIGURE_P90] = { "p90", "p90", 0 },
	[FIGURE_P99] = { "p99", "p99", 0 },
	[FIGURE_LEVEL] = { "level", "level %", 1 },
	[FIGURE_LEVEL_KEPT] = { "level_kept", "kept %", 1 },
	[FIGURE_BREACHES] = { "breaches", "late", 1 },
};

static const struct {
	const char *name, *title;
} shares[SHARES] = {
	[SHARE_ANSWERED] = { "answered", "answered" },
	[SHARE_OF_ALL] = { "share", "share %" },
	[SHARE_OCCUPIED] = { "occupied", "occupied %" },
};

double
sim_round(double v)
{
	return (round(v * 1000) / 1000);
}

static json_t *
number(double v)
{
	return (isfinite(v) ? json_real(sim_round(v)) : json_null());
}

json_t *
sim_estimate(struct estimate e)
{
	json_t *j = json_object();

	json_object_set_new(j, "mean", number(e.mean));
	json_object_set_new(j, "half", number(e.half));
	return (j);
}

/* JSON --------------------------------------------------------------------- */

static json_t *
figures_json(const struct outcome *o, size_t queue)
{
	json_t *j = json_object();
	size_t	i;

	for (i = 0; i < FIGURES; i++)
		json_object_set_new(j, figures[i].name,
		    sim_estimate(outcome_figure(o, queue, (enum figure)i)));
	return (j);
}

/* Erlang C, as if the queue's agents did nothing else. */
static json_t *
erlang_json(const struct sim *sim, const struct sim_side *side, size_t queue)
{
	struct stream_sum s;
	double		  agents =
	    agents_there(&side->company, &sim->pattern, side->shifts, queue);
	json_t *j;

	stream_of_days(&s, &side->work[queue], &sim->pattern, sim->runs);
	if (s.rate <= 0)
		return (NULL);
	j = json_object();
	json_object_set_new(j, "agents", number(agents));
	json_object_set_new(j, "load", number(s.rate * s.handle / s.slots));
	json_object_set_new(j, "within", number(s.within));
	json_object_set_new(j, "asa", number(staff_wait(&s, agents)));
	json_object_set_new(j, "level", number(100 * staff_level(&s, agents)));
	return (j);
}

static json_t *
agents_json(const struct outcome *o)
{
	json_t *list = json_array(), *j;
	size_t	i, k;

	for (i = 0; i < o->company->nagents; i++) {
		j = json_object();
		json_object_set_new(
		    j, "agent", json_string(o->company->agents[i].name));
		for (k = 0; k < SHARES; k++)
			json_object_set_new(j, shares[k].name,
			    sim_estimate(outcome_share(o, i, (enum share)k)));
		json_array_append_new(list, j);
	}
	return (list);
}

static json_t *
side_json(const struct sim *sim, const struct sim_side *side)
{
	const struct outcome *o = &side->outcome;
	json_t		     *j = json_object(), *list = json_array(), *q, *e;
	size_t		      i;

	json_object_set_new(j, "name", json_string(side->name));
	if (side->file != NULL)
		json_object_set_new(j, "file", json_string(side->file));
	for (i = 0; i < side->company.nqueues; i++) {
		q = figures_json(o, i);
		json_object_set_new(
		    q, "queue", json_string(side->company.queues[i].name));
		if ((e = erlang_json(sim, side, i)) != NULL)
			json_object_set_new(q, "erlang", e);
		json_array_append_new(list, q);
	}
	json_object_set_new(j, "queues", list);
	json_object_set_new(j, "all", figures_json(o, side->company.nqueues));
	json_object_set_new(j, "agents", agents_json(o));
	json_object_set_new(j, "fairness", sim_estimate(outcome_fairness(o)));
	return (j);
}

static json_t *
more_json(const struct outcome *a, size_t queue, const struct outcome *b,
    size_t theirs)
{
	json_t *j = json_object();
	size_t	i;

	for (i = 0; i < FIGURES; i++)
		json_object_set_new(j, figures[i].name,
		    sim_estimate(outcome_figure_more(
			a, queue, b, theirs, (enum figure)i)));
	return (j);
}

static json_t *
difference_json(const struct sim *sim)
{
	const struct outcome *a = &sim->sides[0].outcome,
			     *b = &sim->sides[1].outcome;
	json_t *j = json_object(), *list = json_array(), *q;
	size_t	i;
	int	theirs;

	for (i = 0; i < a->company->nqueues; i++) {
		theirs = company_queue(b->company, a->company->queues[i].name);
		if (theirs < 0)
			continue;
		q = more_json(a, i, b, (size_t)theirs);
		json_object_set_new(
		    q, "queue", json_string(a->company->queues[i].name));
		json_array_append_new(list, q);
	}
	json_object_set_new(j, "queues", list);
	json_object_set_new(j, "all",
	    more_json(a, a->company->nqueues, b, b->company->nqueues));
	json_object_set_new(
	    j, "fairness", sim_estimate(outcome_fairness_more(a, b)));
	return (j);
}

json_t *
sim_outcome(const struct sim *sim)
{
	json_t *j = json_object(), *sides = json_array();
	size_t	i;

	json_object_set_new(j, "seed", json_integer((json_int_t)sim->seed));
	json_object_set_new(j, "runs", json_integer((json_int_t)sim->runs));
	for (i = 0; i < sim->nsides; i++)
		json_array_append_new(sides, side_json(sim, &sim->sides[i]));
	json_object_set_new(j, "sides", sides);
	if (sim->nsides == 2)
		json_object_set_new(j, "difference", difference_json(sim));
	return (j);
}

/* Tables ------------------------------------------------------------------- */

char *
sim_text(const char *fmt, ...)
{
	char	text[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return (xstrdup(text));
}

static void
cell_put(struct buf *b, const char *text, size_t width, bool left)
{
	size_t taken = show_width(text, strlen(text));

	for (; !left && taken < width; taken++)
		buf_char(b, ' ');
	buf_str(b, text);
	for (; left && taken < width; taken++)
		buf_char(b, ' ');
}

void
sim_table(const char *const *head, size_t columns, char **cells, size_t rows)
{
	struct buf out = { 0 };
	size_t	   i, k, *width = xcalloc(columns, sizeof *width), n;

	for (k = 0; k < columns; k++) {
		width[k] = show_width(head[k], strlen(head[k]));
		for (i = 0; i < rows; i++) {
			n = show_width(cells[i * columns + k],
			    strlen(cells[i * columns + k]));
			width[k] = n > width[k] ? n : width[k];
		}
	}
	for (k = 0; k < columns; k++) {
		buf_str(&out, k > 0 ? "  " : "");
		cell_put(&out, head[k], width[k], k == 0);
	}
	for (i = 0; i < rows * columns; i++) {
		buf_str(&out, i % columns == 0 ? "\n" : "  ");
		cell_put(&out, cells[i], width[i % columns], i % columns == 0);
		free(cells[i]);
	}
	free(width);
	buf_char(&out, '\n');
	fwrite(out.p, 1, out.n, stdout);
	buf_free(&out);
}

/* "12.5", "–" where there is none. */
static char *
value_text(const json_t *v, int digits, bool sign)
{
	if (!json_is_number(v))
		return (xstrdup("–"));
	return (
	    sim_text(sign ? "%+.*f" : "%.*f", digits, json_number_value(v)));
}

/* Of a difference also how sure it is: "-3.5 ±1.2". */
static char *
figure_text(const json_t *estimate, int digits, bool more)
{
	char *mean, *half, *both;

	mean = value_text(json_object_get(estimate, "mean"), digits, more);
	if (!more || !json_is_number(json_object_get(estimate, "half")))
		return (mean);
	half = value_text(json_object_get(estimate, "half"), digits, false);
	both = sim_text("%s ±%s", mean, half);
	free(mean);
	free(half);
	return (both);
}

static void
figures_table(const json_t *of, bool more)
{
	const json_t *queues = json_object_get(of, "queues"), *q;
	const char   *head[FIGURES + 1] = { "queue" };
	size_t	      i, k, n = 0, rows = json_array_size(queues) + 1;
	char	    **cells = xcalloc(rows * (FIGURES + 1), sizeof *cells);

	for (k = 0; k < FIGURES; k++)
		head[k + 1] = figures[k].title;
	for (i = 0; i < rows; i++) {
		q = i + 1 < rows ? json_array_get(queues, i)
				 : json_object_get(of, "all");
		cells[n++] = xstrdup(i + 1 < rows
			? json_string_value(json_object_get(q, "queue"))
			: "all");
		for (k = 0; k < FIGURES; k++)
			cells[n++] =
			    figure_text(json_object_get(q, figures[k].name),
				figures[k].digits, more);
	}
	sim_table(head, FIGURES + 1, cells, rows);
	free(cells);
}

static void
agents_table(const json_t *agents)
{
	const char   *head[SHARES + 1] = { "agent" };
	const json_t *a;
	size_t	      i, k, n = 0;
	char	    **cells;

	for (k = 0; k < SHARES; k++)
		head[k + 1] = shares[k].title;
	cells =
	    xcalloc(json_array_size(agents) * (SHARES + 1) + 1, sizeof *cells);
	json_array_foreach (agents, i, a) {
		cells[n++] =
		    xstrdup(json_string_value(json_object_get(a, "agent")));
		for (k = 0; k < SHARES; k++)
			cells[n++] = figure_text(
			    json_object_get(a, shares[k].name), 1, false);
	}
	sim_table(head, SHARES + 1, cells, json_array_size(agents));
	free(cells);
}

/* What was played beside what the sums say. */
static void
erlang_table(const json_t *queues)
{
	static const char *const head[] = { "Erlang C", "agents", "load",
		"ASA s", "played", "level %", "played" };
	const json_t		*q, *e;
	char		       **cells;
	size_t			 i, n = 0;

	cells =
	    xcalloc(json_array_size(queues) * nitems(head) + 1, sizeof *cells);
	json_array_foreach (queues, i, q) {
		if ((e = json_object_get(q, "erlang")) == NULL)
			continue;
		cells[n++] =
		    xstrdup(json_string_value(json_object_get(q, "queue")));
		cells[n++] = value_text(json_object_get(e, "agents"), 1, false);
		cells[n++] = value_text(json_object_get(e, "load"), 2, false);
		cells[n++] = value_text(json_object_get(e, "asa"), 1, false);
		cells[n++] = figure_text(json_object_get(q, "asa"), 1, false);
		cells[n++] = value_text(json_object_get(e, "level"), 1, false);
		cells[n++] = figure_text(json_object_get(q, "level"), 1, false);
	}
	if (n > 0) {
		putchar('\n');
		sim_table(head, nitems(head), cells, n / nitems(head));
	}
	free(cells);
}

static void
side_table(const json_t *side)
{
	const char *file = json_string_value(json_object_get(side, "file"));
	char	   *fair;

	printf("%s\n\n", file != NULL ? file : "the configuration in force");
	figures_table(side, false);
	putchar('\n');
	agents_table(json_object_get(side, "agents"));
	fair = figure_text(json_object_get(side, "fairness"), 1, false);
	printf("\nbetween equals: %s %% of what they answered\n", fair);
	free(fair);
	erlang_table(json_object_get(side, "queues"));
	putchar('\n');
}

/* CSV ---------------------------------------------------------------------- */

/* A line for each number; no name here begins like a formula. */
static void
csv_line(const char *side, const char *of, const char *name, const char *figure,
    const json_t *estimate)
{
	const json_t *mean = json_object_get(estimate, "mean"),
		     *half = json_object_get(estimate, "half");

	printf("%s,%s,%s,%s,", side, of, name, figure);
	if (json_is_number(mean))
		printf("%.3f", json_number_value(mean));
	putchar(',');
	if (json_is_number(half))
		printf("%.3f", json_number_value(half));
	putchar('\n');
}

static void
csv_figures(const char *side, const json_t *of)
{
	const json_t *q;
	size_t	      i, k;

	json_array_foreach (json_object_get(of, "queues"), i, q)
		for (k = 0; k < FIGURES; k++)
			csv_line(side, "queue",
			    json_string_value(json_object_get(q, "queue")),
			    figures[k].name,
			    json_object_get(q, figures[k].name));
	for (k = 0; k < FIGURES; k++)
		csv_line(side, "all", "", figures[k].name,
		    json_object_get(
			json_object_get(of, "all"), figures[k].name));
	csv_line(side, "all", "", "fairness", json_object_get(of, "fairness"));
}

static void
csv_show(const json_t *outcome)
{
	const json_t *side, *a;
	const char   *name;
	size_t	      i, k, n;

	puts("side,of,name,figure,mean,half");
	json_array_foreach (json_object_get(outcome, "sides"), i, side) {
		name = json_string_value(json_object_get(side, "name"));
		csv_figures(name, side);
		json_array_foreach (json_object_get(side, "agents"), n, a)
			for (k = 0; k < SHARES; k++)
				csv_line(name, "agent",
				    json_string_value(
					json_object_get(a, "agent")),
				    shares[k].name,
				    json_object_get(a, shares[k].name));
	}
	if (json_object_get(outcome, "difference") != NULL)
		csv_figures(
		    "difference", json_object_get(outcome, "difference"));
}

void
sim_show(const struct sim *sim, const json_t *outcome)
{
	const json_t *side, *more = json_object_get(outcome, "difference");
	char	     *fair;
	size_t	      i;

	if (sim->ctl->json) {
		ctl_show(sim->ctl, outcome);
		return;
	}
	if (sim->csv) {
		csv_show(outcome);
		return;
	}
	json_array_foreach (json_object_get(outcome, "sides"), i, side)
		side_table(side);
	if (more != NULL) {
		puts(
		    "against less config, with the half of its 95 % interval\n");
		figures_table(more, true);
		fair = figure_text(json_object_get(more, "fairness"), 1, true);
		printf("\nbetween equals: %s\n\n", fair);
		free(fair);
	}
	printf("%zu runs from seed %llu\n", sim->runs,
	    (unsigned long long)sim->seed);
}
