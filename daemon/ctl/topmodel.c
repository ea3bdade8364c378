/*
 * deskctl top's model; see topmodel.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "desk/fold.h"
#include "topmodel.h"
#include "toptable.h"

#define LIST_LIMIT "200"

void
top_init(struct top *t)
{
	*t = (struct top){ 0 };
	/* As they are wanted most: what is due first, who is there. */
	t->sorting[TABLE_QUEUES] = (struct sorting){ 3, false };
	t->sorting[TABLE_AGENTS] = (struct sorting){ 0, false };
	t->sorting[TABLE_CASES] = (struct sorting){ 1, false };
}

void
top_free(struct top *t)
{
	json_decref(t->board);
	json_decref(t->counts);
	json_decref(t->list);
	json_decref(t->ticket);
	*t = (struct top){ 0 };
}

static void
text_set(char *out, size_t size, const char *s)
{
	snprintf(out, size, "%s", s);
	if (strlen(s) >= size)
		out[utf8_cut(out, size, size - 1)] = '\0';
}

void
top_board(struct top *t, json_t *board, json_t *counts, int64_t ms)
{
	int64_t at = time_read(text_of(board, "at"));

	json_decref(t->board);
	t->board = board;
	if (counts != NULL) {
		json_decref(t->counts);
		t->counts = counts;
	}
	/* The desk's clock is what its times are told by. */
	if (at != 0 && (at - ms > 2000 || ms - at > 10000))
		t->ahead = at - ms;
	else
		t->ahead = 0;
	t->said_at = ms;
	t->away_at = 0;
}

void
top_list(struct top *t, const char *of, json_t *list)
{
	if (strcmp(of, t->of) != 0) {
		json_decref(list);
		return;
	}
	json_decref(t->list);
	t->list = list;
	t->refused[0] = '\0';
}

void
top_ticket(struct top *t, const char *id, json_t *ticket)
{
	if (strcmp(id, t->ticket_id) != 0) {
		json_decref(ticket);
		return;
	}
	json_decref(t->ticket);
	t->ticket = ticket;
	t->refused[0] = '\0';
}

void
top_refused(struct top *t, const char *why)
{
	text_set(t->refused, sizeof t->refused, why);
}

void
top_away(struct top *t, const char *why, int64_t ms)
{
	if (t->away_at == 0)
		t->away_at = ms;
	text_set(t->away_why, sizeof t->away_why, why);
}

void
top_acted(struct top *t, bool good, const char *said)
{
	t->asking = false;
	t->said_bad = !good;
	text_set(t->said, sizeof t->said, said);
}

/* ---- throughput */

void
rates_note(struct rates *r, enum top_rate what, int64_t ms)
{
	int64_t minute = ms / 60000, m;
	int	i;

	if (ms <= 0 || (r->minute != 0 && minute + TOP_MINUTES <= r->minute))
		return;
	if (r->since == 0 || minute < r->since)
		r->since = minute;
	/* What lies between was quiet. */
	for (m = r->minute + 1; m <= minute; m++) {
		if (minute - m >= TOP_MINUTES)
			m = minute - TOP_MINUTES + 1;
		for (i = 0; i < RATES; i++)
			r->n[i][m % TOP_MINUTES] = 0;
	}
	if (minute > r->minute)
		r->minute = minute;
	if (what < RATES)
		r->n[what][minute % TOP_MINUTES]++;
}

unsigned
rates_at(const struct rates *r, enum top_rate what, int64_t minute)
{
	if (minute > r->minute || minute <= r->minute - TOP_MINUTES ||
	    minute < 0)
		return (0);
	return (r->n[what][minute % TOP_MINUTES]);
}

void
top_notice(struct top *t, const json_t *notice, int64_t ms)
{
	const char   *kind = text_of(notice, "kind");
	const char   *way = text_of(notice, "direction");
	enum top_rate what = RATES; /* it only shows that we listen */

	if (strcmp(kind, "resolve") == 0)
		what = RATE_DONE;
	else if (strcmp(kind, "event") == 0 && strcmp(way, "in") == 0)
		what = RATE_IN;
	else if (strcmp(kind, "event") == 0 && strcmp(way, "out") == 0)
		what = RATE_OUT;
	rates_note(&t->rates, what, ms);
}

/* ---- what is asked */

static void
words_set(struct request_words *r, size_t n, const char *const *words)
{
	size_t i;

	*r = (struct request_words){ .n = n };
	for (i = 0; i < n; i++)
		snprintf(r->words[i], sizeof r->words[i], "%s", words[i]);
}

bool
top_wants(const struct top *t, struct request_words *r)
{
	const char *list[] = { "TICKET.LIST",
		t->of_agent ? "assignee" : "queue", t->of, "limit",
		LIST_LIMIT };
	const char *one[] = { "TICKET.GET", t->ticket_id, "before", "0", "html",
		"no" };

	if (t->page == TOP_LIST)
		words_set(r, nitems(list), list);
	else if (t->page == TOP_CASE)
		words_set(r, nitems(one), one);
	r->why = t->page == TOP_CASE && t->why;
	return (t->page != TOP_DESK);
}

/* ---- rows in order */

enum top_table
top_focus(const struct top *t)
{
	return (t->page == TOP_DESK ? t->focus : TABLE_CASES);
}

static const json_t *
rows_of(const struct top *t, enum top_table table)
{
	switch (table) {
	case TABLE_QUEUES:
		return (json_object_get(t->board, "queues"));
	case TABLE_AGENTS:
		return (json_object_get(t->board, "agents"));
	default:
		return (json_object_get(t->list, "tickets"));
	}
}

/* What names the row: a login, a queue's name, a ticket's id. */
static void
row_key(char out[64], const struct table *table, const json_t *row)
{
	const json_t *key = json_object_get(row, table->key);

	if (json_is_integer(key))
		snprintf(out, 64, "%lld", (long long)json_integer_value(key));
	else
		text_set(out, 64, text_of(row, table->key));
}

/* Does any cell hold what was typed, marks and capitals apart? */
static bool
row_fits(const struct top *t, const struct table *table, const json_t *row,
    const char *wanted)
{
	char	    folded[FOLD_ROOM(FACT_MAX)];
	struct fact f;
	int	    i;

	for (i = 0; i < table->n && wanted[0] != '\0'; i++) {
		if (table->columns[i].number &&
		    table->columns[i].read != NULL && i > 0)
			continue;
		f = (struct fact){ 0 };
		table->columns[i].read(t, row, &f);
		fold_text(folded, sizeof folded, f.text, strlen(f.text));
		if (strstr(folded, wanted) != NULL)
			return (true);
	}
	return (wanted[0] == '\0');
}

static int  sort_way;
static bool sort_number;

static int
row_order(const void *a, const void *b)
{
	const struct top_row *x = a, *y = b;
	int		      way;

	if (sort_number)
		way = x->number < y->number ? -1 : x->number > y->number;
	else
		way = strcmp(x->text, y->text);
	/* The same order each time, whatever came in between. */
	return (way != 0 ? way * sort_way : strcmp(x->key, y->key));
}

struct top_row *
top_rows(const struct top *t, enum top_table which, size_t *n)
{
	const struct table  *table = &top_tables[which];
	const struct column *by = &table->columns[t->sorting[which].column];
	const json_t	    *rows = rows_of(t, which);
	char		     wanted[FOLD_ROOM(TOP_TEXT_MAX)];
	struct top_row	    *all;
	struct fact	     f;
	size_t		     i;

	all = xcalloc(json_array_size(rows) + 1, sizeof *all);
	fold_text(
	    wanted, sizeof wanted, t->filter[which], strlen(t->filter[which]));
	for (i = *n = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);

		if (!row_fits(t, table, row, wanted))
			continue;
		f = (struct fact){ 0 };
		by->read(t, row, &f);
		all[*n].row = row;
		row_key(all[*n].key, table, row);
		all[*n].number = f.number;
		fold_text(
		    all[*n].text, sizeof all[*n].text, f.text, strlen(f.text));
		(*n)++;
	}
	sort_number = by->number;
	sort_way = by->most != t->sorting[which].reverse ? -1 : 1;
	qsort(all, *n, sizeof *all, row_order);
	return (all);
}

int
top_place(const struct top *t, enum top_table which, const struct top_row *rows,
    size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(rows[i].key, t->at[which]) == 0)
			return ((int)i);
	return (n > 0 ? 0 : -1);
}

/* ---- for programs */

static json_t *
table_json(const struct top *t, enum top_table which)
{
	struct top_row *rows;
	json_t	       *all = json_array();
	size_t		i, n;

	rows = top_rows(t, which, &n);
	for (i = 0; i < n; i++)
		json_array_append(all, (json_t *)rows[i].row);
	free(rows);
	return (all);
}

json_t *
top_json(const struct top *t)
{
	json_t *o = json_pack("{s:o, s:o}", "queues",
	    table_json(t, TABLE_QUEUES), "agents", table_json(t, TABLE_AGENTS));

	json_object_set_new(o, "at", json_string(text_of(t->board, "at")));
	json_object_set(o, "live", json_object_get(t->board, "live"));
	json_object_set(o, "today", json_object_get(t->board, "today"));
	return (o);
}
