/*
 * deskctl top's model drawn into a grid; see topview.h.
 *
 * From above: who it is and the time, the day's numbers, throughput; tables or
 * one case; what was said or is typed; the keys.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "topkeys.h"
#include "toptable.h"
#include "topview.h"

#define COLUMNS_MAX 16
#define GAP	    2
#define NAME_LEAST  16 /* columns of one that takes what is left */
#define HEAD_ROWS   3
#define FOOT_ROWS   2

#define DOT   "\xc2\xb7"
#define UP    "\xe2\x96\xb4"
#define DOWN  "\xe2\x96\xbe"
#define ARROW "\xe2\x86\x92"

static void
clock_text(char out[16], int64_t ms)
{
	time_t	  at = (time_t)(ms / 1000);
	struct tm tm;

	out[0] = '\0';
	if (localtime_r(&at, &tm) != NULL)
		strftime(out, 16, "%H:%M:%S", &tm);
}

/* ---- the head */

static bool
is_stale(const struct top *t)
{
	return (t->away_at != 0 || t->said_at == 0);
}

static void
draw_state(const struct top *t, struct grid *g, int from)
{
	char	   text[FACT_MAX + 400], since[16], span[FACT_MAX];
	enum paint paint = PAINT_BAD;

	if (t->away_at != 0) {
		clock_text(since, t->away_at);
		span_text(span, t->now - t->away_at);
		snprintf(text, sizeof text, "away since %s (%s)", since, span);
	} else if (t->said_at == 0) {
		snprintf(text, sizeof text, "asking");
		paint = PAINT_DIM;
	} else if (!json_is_true(json_object_get(t->board, "live"))) {
		snprintf(text, sizeof text, "Redis is away: lines are counted");
		paint = PAINT_WARN;
	} else {
		clock_text(text, t->now);
		paint = PAINT_PLAIN;
	}
	grid_put_right(g, 0, from, g->columns - from - 1, paint, text);
}

static void
draw_who(const struct top *t, struct grid *g)
{
	const char *company =
	    text_of(json_object_get(t->board, "company"), "name");
	int at = 1;

	at += grid_put(g, 0, at, g->columns, PAINT_STRONG, "deskd");
	if (company[0] != '\0')
		at += 1 +
		    grid_put(g, 0, at + 1, g->columns - at - 40, PAINT_PLAIN,
			company);
	if (t->page != TOP_DESK) {
		at += 1 + grid_put(g, 0, at + 1, 2, PAINT_DIM, ARROW);
		at += 1 + grid_put(g, 0, at + 1, 24, PAINT_STRONG, t->of);
	}
	draw_state(t, g, at + 2);
}

static int
draw_number(struct grid *g, int at, const char *name, int64_t n)
{
	char text[24];

	snprintf(text, sizeof text, "%lld", (long long)n);
	at += grid_put(g, 1, at, g->columns, PAINT_DIM, name) + 1;
	return (at + grid_put(g, 1, at, g->columns, PAINT_PLAIN, text) + 3);
}

static void
draw_today(const struct top *t, struct grid *g)
{
	static const char *const names[][2] = { { "in", "opened" },
		{ "answered", "answered" }, { "done", "resolved" },
		{ "given up", "abandoned" } };
	const json_t		*today = json_object_get(t->board, "today");
	const json_t		*level = json_object_get(today, "level");
	char			 text[40];
	size_t			 i;
	int			 at = 1;

	if (t->away_at != 0)
		grid_put(g, 1, at, g->columns - 2, PAINT_BAD, t->away_why);
	if (today == NULL || t->away_at != 0)
		return;
	at += grid_put(g, 1, at, g->columns, PAINT_DIM, "today") + 2;
	for (i = 0; i < nitems(names); i++)
		at = draw_number(
		    g, at, names[i][0], number_of(today, names[i][1]));
	if (level == NULL)
		return;
	at += grid_put(g, 1, at, g->columns, PAINT_DIM, "in time") + 1;
	snprintf(
	    text, sizeof text, "%lld%%", (long long)number_of(level, "share"));
	grid_put(g, 1, at, g->columns, PAINT_PLAIN, text);
}

/* A bar a minute, the newest at the right; of what is unknown, none. */
static void
draw_spark(const struct top *t, struct grid *g, int row, int at, int width,
    enum top_rate what)
{
	const struct rates *r = &t->rates;
	int64_t		    now = (t->now + t->ahead) / 60000, m;
	unsigned	    n, most = 4;
	char		    bar[4] = "\xe2\x96\x81";
	int		    i;

	for (i = 0; i < width; i++)
		if ((n = rates_at(r, what, now - i)) > most)
			most = n;
	for (i = 0; i < width; i++) {
		m = now - (width - 1 - i);
		if (r->since == 0 || m < r->since)
			continue;
		n = rates_at(r, what, m);
		bar[2] = (char)(0x81 + (n * 7 + most - 1) / most);
		grid_put(
		    g, row, at + i, 1, n == 0 ? PAINT_DIM : PAINT_GOOD, bar);
	}
}

static void
draw_rates(const struct top *t, struct grid *g)
{
	static const char *const names[RATES] = { "in", "out", "done" };
	int64_t			 now = (t->now + t->ahead) / 60000;
	int			 width = (g->columns - 2) / RATES, at, i, left;
	char			 text[32];

	for (i = 0; i < RATES; i++) {
		at = 1 + i * width;
		snprintf(text, sizeof text, "%s/min %u", names[i],
		    rates_at(&t->rates, (enum top_rate)i, now));
		grid_put(g, 2, at, 13, PAINT_DIM, text);
		left = width - 13 - 2;
		if (left > 60)
			left = 60;
		if (left > 0)
			draw_spark(t, g, 2, at + 13, left, (enum top_rate)i);
	}
}

/* ---- tables */

/* Which columns are shown, and how wide. */
struct layout {
	const struct column *columns[COLUMNS_MAX];
	int		     place[COLUMNS_MAX]; /* in the table */
	int		     widths[COLUMNS_MAX];
	int		     n;
};

static int
layout_width(const struct layout *l)
{
	int i, all = 0;

	for (i = 0; i < l->n; i++)
		all += l->widths[i] + (i > 0 ? GAP : 0);
	return (all);
}

static void
layout_drop(struct layout *l)
{
	int i, least = 0;

	for (i = 1; i < l->n; i++)
		if (l->columns[i]->keep < l->columns[least]->keep)
			least = i;
	l->n--;
	for (i = least; i < l->n; i++) {
		l->columns[i] = l->columns[i + 1];
		l->place[i] = l->place[i + 1];
		l->widths[i] = l->widths[i + 1];
	}
}

/* The widest that stands in a column: no wider than there is need. */
static int
column_needs(const struct top *t, const struct grid *g, const struct column *c,
    const struct top_row *rows, size_t n)
{
	struct fact f;
	int	    w, most = NAME_LEAST;
	size_t	    i;

	for (i = 0; i < n && i < 200; i++) {
		f = (struct fact){ 0 };
		c->read(t, rows[i].row, &f);
		if ((w = grid_width(g, f.text)) > most)
			most = w;
	}
	return (most);
}

static void
layout_make(struct layout *l, const struct top *t, const struct grid *g,
    enum top_table which, const struct top_row *rows, size_t n)
{
	const struct table *table = &top_tables[which];
	int		    i, rest;

	l->n = table->n < COLUMNS_MAX ? table->n : COLUMNS_MAX;
	for (i = 0; i < l->n; i++) {
		l->columns[i] = &table->columns[i];
		l->place[i] = i;
		l->widths[i] = table->columns[i].width > 0
		    ? table->columns[i].width
		    : NAME_LEAST;
	}
	while (l->n > 1 && layout_width(l) > g->columns - 2)
		layout_drop(l);
	rest = g->columns - 2 - layout_width(l);
	for (i = 0; i < l->n && rest > 0; i++) {
		if (l->columns[i]->width != 0)
			continue;
		l->widths[i] = column_needs(t, g, l->columns[i], rows, n);
		if (l->widths[i] > NAME_LEAST + rest)
			l->widths[i] = NAME_LEAST + rest;
	}
}

static void
draw_cell(struct grid *g, int row, int at, const struct layout *l, int i,
    enum paint paint, const char *text)
{
	if (l->columns[i]->number)
		grid_put_right(g, row, at, l->widths[i], paint, text);
	else
		grid_put(g, row, at, l->widths[i], paint, text);
}

static void
draw_titles(const struct top *t, struct grid *g, int row, enum top_table which,
    const struct layout *l)
{
	const struct sorting *s = &t->sorting[which];
	char		      title[40];
	int		      i, at = 1;
	bool		      down;

	for (i = 0; i < l->n; i++) {
		down = l->columns[i]->most != s->reverse;
		snprintf(title, sizeof title, "%s%s", l->columns[i]->title,
		    l->place[i] != s->column ? ""
			: down		     ? DOWN
					     : UP);
		draw_cell(g, row, at, l, i,
		    top_focus(t) == which ? PAINT_HEAD : PAINT_DIM, title);
		at += l->widths[i] + GAP;
	}
}

static void
draw_row(const struct top *t, struct grid *g, int row, const struct layout *l,
    const json_t *o)
{
	struct fact f;
	int	    i, at = 1;

	for (i = 0; i < l->n; i++) {
		f = (struct fact){ 0 };
		l->columns[i]->read(t, o, &f);
		draw_cell(g, row, at, l, i, is_stale(t) ? PAINT_DIM : f.paint,
		    f.text);
		at += l->widths[i] + GAP;
	}
}

/* So that the row is among those shown. */
static void
scroll_to(struct top *t, enum top_table which, int place, int shown, int n)
{
	int *first = &t->first[which];

	if (place >= 0 && place < *first)
		*first = place;
	if (place >= *first + shown)
		*first = place - shown + 1;
	if (*first > n - shown)
		*first = n - shown;
	if (*first < 0)
		*first = 0;
}

/* Below the titles, where rows would be. */
static void
draw_none(const struct top *t, struct grid *g, int row, enum top_table which)
{
	const char *why = top_tables[which].empty;

	if (t->filter[which][0] != '\0')
		why = "nothing fits the filter";
	else if (which == TABLE_CASES && t->refused[0] != '\0')
		why = t->refused;
	else if (which == TABLE_CASES ? t->list == NULL : t->board == NULL)
		why = is_stale(t) && t->away_why[0] != '\0' ? t->away_why
							    : "asking";
	grid_put(g, row, 1, g->columns - 2, PAINT_DIM, why);
}

/* A filter, and what is not shown, above the titles at the right. */
static void
draw_rest(const struct top *t, struct grid *g, int row, enum top_table which,
    int shown, int n)
{
	char text[TOP_TEXT_MAX + 60];

	if (t->filter[which][0] != '\0')
		snprintf(text, sizeof text, "/%s %d", t->filter[which], n);
	else if (n > shown)
		snprintf(text, sizeof text, "%d-%d of %d", t->first[which] + 1,
		    t->first[which] + shown, n);
	else
		return;
	grid_put_right(g, row, 1, g->columns - 2, PAINT_WARN, text);
}

static void
draw_table(
    struct top *t, struct grid *g, enum top_table which, int row, int rows)
{
	struct layout	l;
	struct top_row *all;
	size_t		n;
	int		place, shown = rows - 1, i;

	if (rows < 2)
		return;
	all = top_rows(t, which, &n);
	layout_make(&l, t, g, which, all, n);
	place = top_place(t, which, all, n);
	scroll_to(t, which, place, shown, (int)n);
	draw_titles(t, g, row, which, &l);
	for (i = 0; i < shown && t->first[which] + i < (int)n; i++) {
		draw_row(t, g, row + 1 + i, &l, all[t->first[which] + i].row);
		if (top_focus(t) == which && t->first[which] + i == place)
			grid_mark(g, row + 1 + i);
	}
	if (n == 0)
		draw_none(t, g, row + 1, which);
	draw_rest(t, g, row - 1, which, i, (int)n);
	if (top_focus(t) == which)
		t->seen = shown;
	free(all);
}

/* Queues and agents share what there is; neither takes what it does not need. */
static void
draw_desk(struct top *t, struct grid *g, int row, int rows)
{
	size_t nq, na;
	int    queues, agents, half;

	free(top_rows(t, TABLE_QUEUES, &nq));
	free(top_rows(t, TABLE_AGENTS, &na));
	queues = 1 + (nq > 0 ? (int)nq : 1);
	agents = 1 + (na > 0 ? (int)na : 1);
	rows--; /* one between them */
	half = rows / 2;
	if (queues + agents > rows) {
		if (queues <= half)
			agents = rows - queues;
		else if (agents <= rows - half)
			queues = rows - agents;
		else
			queues = half, agents = rows - half;
	}
	draw_table(t, g, TABLE_QUEUES, row, queues);
	draw_table(t, g, TABLE_AGENTS, row + queues + 1, agents);
}

/* ---- the whole */

static void
draw_foot(struct top *t, struct grid *g)
{
	char text[TOP_TEXT_MAX + 400];
	int  row = g->rows - FOOT_ROWS, at = 1, i;

	if (top_prompt(t, text, sizeof text)) {
		/* The end is what is being typed. */
		if (grid_width(g, text) > g->columns - 2)
			grid_put(g, row, 1, g->columns - 2, PAINT_STRONG,
			    text + utf8_tail(text, (size_t)g->columns - 2));
		else
			grid_put(g, row, 1, g->columns - 2, PAINT_STRONG, text);
	} else if (t->asking) {
		grid_put(g, row, 1, g->columns - 2, PAINT_DIM, "asking");
	} else {
		grid_put(g, row, 1, g->columns - 2,
		    t->said_bad ? PAINT_BAD : PAINT_GOOD, t->said);
	}
	for (i = 0; !t->on_paper; i++) {
		const struct hint *h = top_hint(t, i);

		if (h == NULL ||
		    at + (int)strlen(h->key) + 1 + (int)strlen(h->word) >
			g->columns - 1)
			break;
		at +=
		    grid_put(g, row + 1, at, g->columns, PAINT_KEY, h->key) + 1;
		at += grid_put(g, row + 1, at, g->columns, PAINT_DIM, h->word) +
		    2;
	}
}

static void
draw_small(struct grid *g)
{
	char text[80];

	grid_put(g, 0, 0, g->columns, PAINT_STRONG, "deskctl top");
	snprintf(text, sizeof text, "needs %d columns, %d lines", TOP_COLUMNS,
	    TOP_ROWS);
	grid_put(g, 1, 0, g->columns, PAINT_PLAIN, text);
	snprintf(text, sizeof text, "here are %d and %d", g->columns, g->rows);
	grid_put(g, 2, 0, g->columns, PAINT_PLAIN, text);
	grid_put(g, 3, 0, g->columns, PAINT_DIM, "q leaves");
}

void
top_draw(struct top *t, struct grid *g)
{
	int row = HEAD_ROWS + 1, rows = g->rows - row - FOOT_ROWS;

	if (g->columns < TOP_COLUMNS || g->rows < TOP_ROWS) {
		draw_small(g);
		return;
	}
	draw_who(t, g);
	draw_today(t, g);
	draw_rates(t, g);
	if (t->mode == MODE_HELP)
		top_draw_help(g, row, rows);
	else if (t->page == TOP_CASE)
		top_draw_case(t, g, row, rows);
	else if (t->page == TOP_LIST)
		draw_table(t, g, TABLE_CASES, row, rows);
	else
		draw_desk(t, g, row, rows);
	draw_foot(t, g);
}
