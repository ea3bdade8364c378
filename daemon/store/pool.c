/*
 * The pool: a line of asks before a handful of connections; see pool.h.
 *
 * pool_turn(), which runs from the loop soon after anything changed, is the
 * only place where asks leave the line: to an idle connection, or back to
 * whoever asked when they have waited too long.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <event2/event.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "pg.h"
#include "pgdsn.h"
#include "pool.h"

/* With nothing connected for so long, asks are refused at once. */
#define AWAY_MS 1000
/* Back-off of a connection that could not be made. */
#define BACKOFF_MIN 100
#define BACKOFF_MAX 5000
/* Tries to connect, over the pool: five at once, then five a second. */
#define TRY_EVERY 200
#define TRY_BURST 5

struct pool {
	struct pool_conf  conf;
	struct pgdsn	  dsn;
	struct pg	**pgs;
	struct event	 *turn;	 /* work is there: see pool_turn() */
	struct event	 *sweep; /* something in the line comes due */
	struct pg_ask	 *first;
	struct pg_ask	**last;
	size_t		  bytes;      /* of the line's parameters */
	int64_t		  down_since; /* nothing connected; 0: something is */
	int64_t		  next_try;   /* see pool_delay() */
	unsigned	  failures;   /* in a row */
	struct pool_stats stats;
	char		  why[256];
};

/*
 * The loop reads the clock once a turn, before it may sleep: what comes in
 * after that sleep would be judged by an old time.  So it is read here.
 */
static int64_t
pool_now(void)
{
	clock_tick();
	return (clock_now());
}

static unsigned
pool_count(const struct pool *p, bool (*is)(const struct pg *))
{
	unsigned i, n = 0;

	for (i = 0; i < p->conf.size; i++)
		n += p->pgs[i] != NULL && is(p->pgs[i]);
	return (n);
}

static bool
pool_away(const struct pool *p, int64_t now)
{
	return (p->down_since != 0 && now - p->down_since >= AWAY_MS);
}

/* The line ---------------------------------------------------------------- */

static size_t
ask_bytes(const struct pg_param *v, int n)
{
	size_t bytes = 0;
	int    i;

	for (i = 0; i < n; i++)
		bytes += v[i].p != NULL ? (size_t)v[i].n + 1 : 0;
	return (bytes);
}

static struct pg_ask *
ask_new(const struct pg_param *v, int n, size_t bytes)
{
	struct pg_ask *a;
	char	      *text;
	int	       i;

	a = xmalloc(sizeof *a +
	    (size_t)n * (sizeof *a->values + 2 * sizeof(int)) + bytes);
	*a = (struct pg_ask){ .nparams = n, .bytes = bytes };
	a->values = (const char **)(void *)(a + 1);
	a->lengths = (int *)(void *)(a->values + n);
	a->formats = a->lengths + n;
	text = (char *)(a->formats + n);
	for (i = 0; i < n; i++) {
		a->values[i] = v[i].p != NULL ? text : NULL;
		a->lengths[i] = v[i].n;
		a->formats[i] = v[i].binary;
		if (v[i].p == NULL)
			continue;
		memcpy(text, v[i].p, (size_t)v[i].n);
		text[v[i].n] = '\0'; /* libpq measures text by its NUL */
		text += v[i].n + 1;
	}
	return (a);
}

static void
pool_push(struct pool *p, struct pg_ask *a)
{
	*p->last = a;
	p->last = &a->next;
	p->bytes += a->bytes;
	p->stats.waiting++;
	p->stats.asked++;
}

static struct pg_ask *
pool_shift(struct pool *p)
{
	struct pg_ask *a = p->first;

	if ((p->first = a->next) == NULL)
		p->last = &p->first;
	a->next = NULL;
	p->stats.waiting--;
	p->bytes -= a->bytes;
	return (a);
}

/* An ask's one end. */
static void
pool_end(struct pool *p, struct pg_ask *a, const struct pg_reply *r)
{
	p->stats.repeated += a->repeats;
	p->stats.later += r->how == PG_LATER;
	p->stats.never += r->how == PG_NEVER;
	if (a->got != NULL)
		a->got(a->id, r);
	free(a);
}

static void
pool_expire(struct pool *p)
{
	const struct pg_reply away = { .how = PG_LATER,
		.message = "not done: PostgreSQL is away",
		.detail = "",
		.hint = "" };
	const struct pg_reply late = { .how = PG_LATER,
		.message = "not done: PostgreSQL has too much to do",
		.detail = "",
		.hint = "" };
	int64_t		      now = pool_now();
	bool		      gone = pool_away(p, now);

	while (p->first != NULL && (gone || p->first->due <= now))
		pool_end(p, pool_shift(p), gone ? &away : &late);
}

/* The next time at which pool_expire() has something to do. */
static void
pool_wake(struct pool *p)
{
	struct timeval tv;
	int64_t	       ms;

	if (p->first == NULL) {
		event_del(p->sweep);
		return;
	}
	ms = p->first->due;
	if (p->down_since != 0 && p->down_since + AWAY_MS < ms)
		ms = p->down_since + AWAY_MS;
	ms -= pool_now();
	if (ms < 1)
		ms = 1;
	tv = (struct timeval){ .tv_sec = ms / 1000,
		.tv_usec = ms % 1000 * 1000 };
	evtimer_add(p->sweep, &tv);
}

static struct pg *
pool_idle_pg(const struct pool *p)
{
	unsigned i;

	for (i = 0; i < p->conf.size; i++)
		if (pg_is_idle(p->pgs[i]))
			return (p->pgs[i]);
	return (NULL);
}

static void
pool_turn(evutil_socket_t fd, short what, void *arg)
{
	struct pool *p = arg;
	struct pg   *c;

	(void)fd;
	(void)what;
	while (p->first != NULL && (c = pool_idle_pg(p)) != NULL)
		pg_run(c, pool_shift(p));
	pool_expire(p);
	pool_wake(p);
}

/* What a connection tells ------------------------------------------------- */

static void
pool_pg_idle(void *arg, bool fresh)
{
	struct pool *p = arg;
	unsigned     i;

	p->stats.connects += fresh;
	p->failures = 0;
	if (p->down_since != 0) {
		log_info("pg-%s connected", p->conf.name);
		p->down_since = 0;
		for (i = 0; i < p->conf.size; i++)
			pg_hurry(p->pgs[i]);
	}
	if (p->first != NULL)
		event_active(p->turn, EV_TIMEOUT, 0);
}

static void
pool_pg_down(void *arg, const char *why)
{
	struct pool *p = arg;

	if (strcmp(p->why, why) != 0 || p->down_since == 0)
		log_warn("pg-%s lost a connection: %s", p->conf.name, why);
	snprintf(p->why, sizeof p->why, "%s", why);
	p->failures++;
	if (p->down_since == 0 && pool_count(p, pg_is_up) == 0)
		p->down_since = pool_now();
	event_active(p->turn, EV_TIMEOUT, 0);
}

static void
pool_pg_ended(void *arg, struct pg_ask *a, const struct pg_reply *r)
{
	pool_end(arg, a, r);
}

/*
 * The pause before a try: half to the whole of a step that doubles with each
 * round of failures, and never more than five tries a second over the pool.
 */
static int64_t
pool_delay(void *arg)
{
	struct pool *p = arg;
	unsigned     rounds = p->failures / p->conf.size;
	int64_t	     now = pool_now(), step = 0, at;

	if (p->failures != 0)
		step = BACKOFF_MIN << (rounds < 6 ? rounds : 6);
	if (step > BACKOFF_MAX)
		step = BACKOFF_MAX;
	at = now + step / 2 + arc4random_uniform((uint32_t)(step / 2 + 1));
	if (at < p->next_try - (TRY_BURST - 1) * TRY_EVERY)
		at = p->next_try - (TRY_BURST - 1) * TRY_EVERY;
	p->next_try = (p->next_try > at ? p->next_try : at) + TRY_EVERY;
	return (at - now);
}

static const struct pg_owner pool_owner = {
	.idle = pool_pg_idle,
	.down = pool_pg_down,
	.ended = pool_pg_ended,
	.delay = pool_delay,
};

/* For everybody ----------------------------------------------------------- */

static struct pool *
pool_new(struct event_base *base, const struct pool_conf *conf)
{
	struct pool *p = xcalloc(1, sizeof *p);

	p->conf = *conf;
	if (p->conf.max_waiting == 0)
		p->conf.max_waiting = 1000;
	if (p->conf.max_bytes == 0)
		p->conf.max_bytes = 64 << 20;
	p->last = &p->first;
	p->down_since = pool_now();
	p->pgs = xcalloc(conf->size, sizeof *p->pgs);
	p->turn = event_new(base, -1, 0, pool_turn, p);
	p->sweep = evtimer_new(base, pool_turn, p);
	if (p->turn == NULL || p->sweep == NULL)
		fatal("pg-%s: no memory for its events", conf->name);
	return (p);
}

struct pool *
pool_open(
    struct event_base *base, const struct pool_conf *conf, const char **wrong)
{
	char	     name[48];
	struct pgdsn dsn;
	struct pool *p;
	unsigned     i;

	if (conf->size < 1 || conf->size > 64) {
		*wrong = "a pool has 1 to 64 connections";
		return (NULL);
	}
	snprintf(name, sizeof name, "deskd-%s", conf->name);
	if (!pgdsn_open(&dsn, conf->dsn, name, wrong))
		return (NULL);
	p = pool_new(base, conf);
	p->dsn = dsn;
	for (i = 0; i < conf->size; i++)
		p->pgs[i] =
		    pg_open(base, &p->conf, &p->dsn, i + 1, &pool_owner, p);
	return (p);
}

bool
pool_ask(struct pool *p, uint64_t id, size_t stmt, const struct pg_param *v,
    pg_got *got)
{
	int64_t	       now = pool_now();
	size_t	       bytes;
	struct pg_ask *a;

	if (stmt >= p->conf.nstmts)
		bug("pg-%s has no statement %zu", p->conf.name, stmt);
	bytes = ask_bytes(v, p->conf.stmts[stmt].nparams);
	if (p->stats.waiting >= p->conf.max_waiting || pool_away(p, now) ||
	    (p->first != NULL && p->bytes + bytes > p->conf.max_bytes)) {
		p->stats.refused++;
		return (false);
	}
	a = ask_new(v, p->conf.stmts[stmt].nparams, bytes);
	a->id = id;
	a->stmt = stmt;
	a->got = got;
	a->due = now + p->conf.answer_ms;
	pool_push(p, a);
	event_active(p->turn, EV_TIMEOUT, 0);
	return (true);
}

unsigned
pool_free(const struct pool *p)
{
	unsigned idle = pool_count(p, pg_is_idle);

	return (
	    idle > p->stats.waiting ? idle - (unsigned)p->stats.waiting : 0);
}

bool
pool_up(const struct pool *p)
{
	return (p->down_since == 0);
}

const char *
pool_wrong(const struct pool *p)
{
	return (p->why);
}

struct pool_stats
pool_stats(const struct pool *p)
{
	struct pool_stats s = p->stats;

	s.connected = pool_count(p, pg_is_up);
	s.busy = pool_count(p, pg_is_busy);
	return (s);
}

void
pool_close(struct pool *p)
{
	unsigned i;

	for (i = 0; i < p->conf.size; i++)
		free(pg_close(p->pgs[i]));
	while (p->first != NULL)
		free(pool_shift(p));
	event_free(p->turn);
	event_free(p->sweep);
	pgdsn_free(&p->dsn);
	free(p->pgs);
	free(p);
}
