/*
 * BOARD: the wallboard's answer, made once for all who ask while it is fresh.
 * PostgreSQL says what was and what is due, Redis who is here and how long the
 * lines are; without Redis it says so ("live": false).
 *
 * It is fresh for a second, or four times as long as it took to make: a desk
 * on which it is dear does not spend its day on it.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "daemon.h"
#include "opdo.h"
#include "route/route.h"
#include "stmts.h"

#define FRESH_MS    1000
#define WAITERS_MAX 10000

static struct {
	struct daemon *d;
	json_t	      *made;  /* the last whole one, or NULL */
	int64_t	       until; /* it is fresh, ms */
	json_t	      *making;
	uint64_t  round; /* of what is under way; late answers are others' */
	bool	  under_way;
	int64_t	  began;
	uint64_t *waiters; /* asks */
	size_t	  n, size;
} board;

static void
everyone(bool good)
{
	struct ask *a;
	uint64_t   *waiters = board.waiters;
	size_t	    i, n = board.n;

	board.under_way = false;
	board.waiters = NULL;
	board.n = board.size = 0;
	for (i = 0; i < n; i++) {
		if ((a = ask_find(waiters[i])) == NULL)
			continue;
		if (good)
			ask_done_json(a, json_incref(board.made));
		else
			ask_refuse(a, ASK_TRYAGAIN, NULL,
			    "The desk's records cannot be reached now. Try "
			    "again.");
	}
	free(waiters);
}

static void
board_ready(bool live)
{
	int64_t now = clock_now(), took = now - board.began;

	json_object_set_new(board.making, "live", json_boolean(live));
	json_decref(board.made);
	board.made = board.making;
	board.making = NULL;
	board.until = now + (4 * took > FRESH_MS ? 4 * took : FRESH_MS);
	everyone(true);
}

/* The rows by name: there may be thousands. */
static json_t *
rows_by_name(const char *list)
{
	json_t	   *row, *map = json_object();
	const char *s;
	size_t	    i;

	json_array_foreach (json_object_get(board.making, list), i, row) {
		s = json_string_value(json_object_get(row, "name"));
		if (s != NULL)
			json_object_set(map, s, row);
	}
	return (map);
}

static void
set_time(json_t *row, const char *member, int64_t ms)
{
	char s[32];

	if (ms <= 0)
		return;
	clock_rfc3339(s, sizeof s, ms);
	json_object_set_new(row, member, json_string(s));
}

static void
agents_got(uint64_t id, enum route_how how, const struct route_who *w, size_t n)
{
	json_t *row, *rows;
	size_t	i;

	if (id != board.round || !board.under_way)
		return;
	rows = rows_by_name("agents");
	for (i = 0; i < n && how == ROUTE_DONE; i++) {
		if ((row = json_object_get(rows, w[i].name)) == NULL)
			continue;
		json_object_set_new(row, "state", json_string(w[i].state));
		json_object_set_new(row, "load", json_integer(w[i].load));
		json_object_set_new(row, "offered", json_integer(w[i].pending));
		set_time(row, "state_since", w[i].since);
		if (w[i].reason[0] != '\0')
			json_object_set_new(
			    row, "reason", json_string(w[i].reason));
	}
	json_decref(rows);
	board_ready(how == ROUTE_DONE);
}

static void
depths_got(
    uint64_t id, enum route_how how, const struct route_depth *d, size_t n)
{
	json_t *row, *rows;
	size_t	i;

	if (id != board.round || !board.under_way)
		return;
	rows = rows_by_name("queues");
	for (i = 0; i < n && how == ROUTE_DONE; i++) {
		if ((row = json_object_get(rows, d[i].queue)) == NULL)
			continue;
		json_object_set_new(
		    row, "waiting", json_integer(d[i].waiting + d[i].offered));
		json_object_set_new(row, "offered", json_integer(d[i].offered));
	}
	json_decref(rows);
	if (how != ROUTE_DONE ||
	    !route_agents(board.d->route, board.round, agents_got))
		board_ready(false);
}

/* Who is not known to be here is not; nobody knows while Redis is away. */
static void
records_got(uint64_t id, const struct pg_reply *r)
{
	json_t *row;
	size_t	i;

	if (id != board.round || !board.under_way)
		return;
	json_decref(board.making);
	board.making = r->how == PG_DONE
	    ? json_loads(PQgetvalue(r->res, 0, 0), 0, NULL)
	    : NULL;
	if (board.making == NULL) {
		everyone(false);
		return;
	}
	json_array_foreach (json_object_get(board.making, "agents"), i, row) {
		json_object_set_new(row, "state", json_string("offline"));
		json_object_set_new(row, "load", json_integer(0));
	}
	if (!route_depths(board.d->route, board.round, depths_got))
		board_ready(false);
}

static void
wait_for_it(struct ask *a)
{
	if (board.n == board.size) {
		board.size = board.size != 0 ? 2 * board.size : 16;
		board.waiters = xreallocarray(
		    board.waiters, board.size, sizeof *board.waiters);
	}
	board.waiters[board.n++] = a->id;
}

void
op_do_BOARD(struct ask *a)
{
	if (board.made != NULL && clock_now() < board.until) {
		opdo_done_later(a, json_incref(board.made));
		return;
	}
	if (board.n >= WAITERS_MAX) {
		opdo_later(a, ASK_TRYAGAIN, "Too many ask at once. Try again.");
		return;
	}
	if (!board.under_way) {
		board.d = a->d;
		board.began = clock_now();
		if (!pool_ask(a->d->pg_ops, ++board.round, ST_BOARD, NULL,
			records_got)) {
			opdo_later(a, ASK_TRYAGAIN,
			    "The desk's records cannot be reached now. Try "
			    "again.");
			return;
		}
		board.under_way = true;
	}
	wait_for_it(a);
}
