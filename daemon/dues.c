/*
 * What is done when it comes due; see dues.h.
 */
#include <event2/event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/idmap.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon.h"
#include "dues.h"
#include "edge/hmac.h"
#include "outbox.h"
#include "stats.h"
#include "stmts.h"
#include "store/pgparam.h"
#include "store/pool.h"

/*
 * Milliseconds from one look to the next.  LONGEST is what desk.due_in() says
 * at most, and what its triggers tell of: whoever missed their word (a
 * connection was down, the database stood by) is late by no more.
 */
#define LONGEST	 5000
#define SHORTEST 500  /* of looks that found less than they could */
#define RETRY	 1000 /* PostgreSQL is away */
#define SPREAD	 200  /* by chance */

static const struct {
	const char *name;
	size_t	    stmt;
	long	    rows; /* at most, at a time */
	const char *wrong;
	/* Its third column is what Redis must be told; the failpoint there. */
	const char *tells;
} kinds[] = {
	{ "wake", ST_WAKE, 200, "cases not woken", NULL },
	{ "leaving", ST_LEAVING, 200, "work of who is gone not put back",
	    NULL },
	{ "alarm", ST_ALARM, 100, "clocks not told of", NULL },
	/* No shorter than LONGEST: nobody is told of it. */
	{ "patience", ST_PATIENCE, 100, "patience not looked after", NULL },
	{ "drain", ST_DRAIN, 20, "drained queues not told of", NULL },
	/* Some 5 ms each, and their cases are locked meanwhile. */
	{ "incident", ST_INCIDENT, 20, "an incident's cases not answered",
	    "incident answered" },
	{ "promise", ST_PROMISE, 100, "promises not told of", "promise told" },
	/* Some 3 ms each, and their cases are locked meanwhile. */
	{ "survey", ST_SURVEY, 50, "nobody asked how it was", "survey sent" },
	{ "class", ST_CLASS, 20, "courses of answers not taken up",
	    "class done" },
	/* A case, an event and a mail each. */
	{ "followup", ST_FOLLOWUP, 50, "follow-ups not sent", "followup sent" },
	{ "action", ST_ACTION, 100, "actions not told of", "action told" },
	{ "statement", ST_STATEMENT, 100, "statements not looked after",
	    "statement told" },
	/* Some 3 ms each, and their cases are locked meanwhile. */
	{ "late", ST_LATE, 50, "nobody told that his order is late",
	    "late told" },
	{ "report", ST_REPORTS_DUE, 10, "reports not written", NULL },
	/* Each in its own transaction: who counts keeps nobody from judging. */
	{ "worth", ST_WORTH, 200, "what customers are worth not counted",
	    NULL },
	{ "friction", ST_FRICTION, 200, "trouble not counted", NULL },
	{ "improve", ST_IMPROVE, 20, "nothing judged", "improvement told" },
	{ "run", ST_CX_RUN, 1, "a month or week not measured", NULL },
	/* Some 1 ms each, and they are locked meanwhile. */
	{ "retention", ST_RETENTION, 200, "who comes back not counted", NULL },
};

struct due {
	struct dues  *all;
	size_t	      kind;
	struct event *timer; /* not while a look is under way */
	bool	      busy;
	bool	      heard; /* of something, meanwhile */
	int64_t	      next;  /* when the timer ends, steady ms */
	int64_t	      last;  /* when it was looked last */
};

struct dues {
	struct daemon *d;
	struct due     of[nitems(kinds)];
};

static struct idmap looks; /* struct due, one id a look under way */

static int64_t
dues_spread(void)
{
	unsigned char b;

	return (random_bytes(&b, 1) ? b * SPREAD / 256 : 0);
}

/* Looks again after so many ms. */
static void
due_after(struct due *one, int64_t ms)
{
	one->next = clock_now() + ms;
	event_add(one->timer, &(struct timeval){ ms / 1000, ms % 1000 * 1000 });
}

/* How long to wait after a look that took n, when the next is due in ms. */
static int64_t
due_wait(const struct due *one, long n, int64_t ms)
{
	if (n >= kinds[one->kind].rows)
		return (0);
	if (one->heard || ms < SHORTEST)
		ms = SHORTEST;
	else if (ms > LONGEST)
		ms = LONGEST;
	return (ms + dues_spread());
}

/* What a look has done is told at once. */
static void
due_tell(const struct due *one, const struct pg_reply *r)
{
	if (kinds[one->kind].tells == NULL)
		return;
	if (strcmp(PQgetvalue(r->res, 0, 0), "0") != 0)
		FAILPOINT(kinds[one->kind].tells);
	outbox_take_json(one->all->d->outbox, PQgetvalue(r->res, 0, 2),
	    (size_t)PQgetlength(r->res, 0, 2));
}

static void
due_looked(uint64_t id, const struct pg_reply *r)
{
	struct due *one = idmap_drop(&looks, id);
	int64_t	    ms = RETRY;

	if (r->how == PG_NEVER)
		log_error("%s: %s",
		    one != NULL ? kinds[one->kind].wrong : "not looked",
		    log_shown(r->message, strlen(r->message)));
	if (one == NULL)
		return;
	one->busy = false;
	if (r->how == PG_DONE) {
		due_tell(one, r);
		ms = due_wait(one, strtol(PQgetvalue(r->res, 0, 0), NULL, 10),
		    strtoll(PQgetvalue(r->res, 0, 1), NULL, 10));
	}
	one->heard = false;
	due_after(one, ms);
}

static void
due_look(evutil_socket_t fd, short what, void *arg)
{
	struct due     *one = arg;
	struct pool    *pg = one->all->d->pg_ops;
	struct pg_param p[1];
	char		rows[24];
	uint64_t	id;

	(void)fd;
	(void)what;
	snprintf(rows, sizeof rows, "%ld", kinds[one->kind].rows);
	p[0] = pgparam_str(rows);
	id = idmap_add(&looks, one);
	one->last = clock_now();
	one->busy = pool_up(pg) &&
	    pool_ask(pg, id, kinds[one->kind].stmt, p, due_looked);
	if (one->busy) {
		stats_add(COUNT_LOOKS, 1);
		return;
	}
	idmap_drop(&looks, id);
	due_after(one, RETRY);
}

/* Sooner than the timer, but not at once again. */
static void
due_sooner(struct due *one)
{
	int64_t now = clock_now(), ms = dues_spread();

	if (ms < one->last + SHORTEST - now)
		ms = one->last + SHORTEST - now;
	if (now + ms < one->next)
		due_after(one, ms);
}

void
dues_heard(struct dues *all, const char *name)
{
	size_t i;

	for (i = 0; i < nitems(kinds); i++) {
		if (strcmp(kinds[i].name, name) != 0)
			continue;
		stats_add(COUNT_HEARD, 1);
		if (all->of[i].busy)
			all->of[i].heard = true;
		else
			due_sooner(&all->of[i]);
	}
}

struct dues *
dues_open(struct daemon *d)
{
	struct dues *all = xcalloc(1, sizeof *all);
	struct due  *one;
	size_t	     i;

	all->d = d;
	for (i = 0; i < nitems(kinds); i++) {
		one = &all->of[i];
		one->all = all;
		one->kind = i;
		one->timer = evtimer_new(d->base, due_look, one);
		due_after(one, dues_spread());
	}
	return (all);
}

void
dues_close(struct dues *all)
{
	size_t i;

	for (i = 0; i < nitems(kinds); i++)
		event_free(all->of[i].timer);
	idmap_free(&looks);
	free(all);
}
