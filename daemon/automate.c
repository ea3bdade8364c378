/*
 * Rules on times, and what is left of rules on events; see automate.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "automate.h"
#include "base/clock.h"
#include "base/failpoint.h"
#include "base/idmap.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon.h"
#include "outbox.h"
#include "stats.h"
#include "stmts.h"
#include "store/pgparam.h"
#include "store/pool.h"

#define LOOK_ROWS  500
#define RUN_ROWS   50 /* in one transaction: some 3 ms each */
#define SWEEP_ROWS 10000
#define LEFT_MS	   5000 /* whose word was lost is no later */
#define SWEEP_MS   3600000
#define NEVER	   INT64_MAX

enum errand { LOOK, RUN, SWEEP, ERRANDS };

struct automate {
	struct daemon *d;
	bool	       busy[ERRANDS];
	int64_t	       at[ERRANDS]; /* when each is to be done next, or NEVER */
};

static struct idmap errands; /* struct automate, one id an errand */

static void
automate_ask(
    struct automate *a, enum errand which, size_t stmt, int rows, pg_got *got)
{
	struct pg_param param[1];
	char		num[12];
	uint64_t	id;

	if (a->busy[which] || a->at[which] > clock_now() ||
	    !pool_up(a->d->pg_ops))
		return;
	snprintf(num, sizeof num, "%d", rows);
	param[0] = pgparam_str(num);
	id = idmap_add(&errands, a);
	a->busy[which] = pool_ask(a->d->pg_ops, id, stmt, param, got);
	if (a->busy[which])
		a->at[which] =
		    NEVER; /* unless somebody asks for it meanwhile */
	else
		idmap_drop(&errands, id);
}

/* It is done again after so many ms, or sooner if somebody asked for that. */
static void
errand_again(struct automate *a, enum errand which, int64_t ms)
{
	if (a->at[which] > clock_now() + ms)
		a->at[which] = clock_now() + ms;
}

static struct automate *
errand_done(uint64_t id, enum errand which, const struct pg_reply *r)
{
	struct automate *a = idmap_drop(&errands, id);

	if (r->how == PG_NEVER)
		log_error("automation: %s",
		    log_shown(r->message, strlen(r->message)));
	if (a == NULL)
		return (NULL);
	a->busy[which] = false;
	if (r->how == PG_DONE)
		return (a);
	errand_again(a, which, LEFT_MS);
	return (NULL);
}

static void automate_run(struct automate *);

/* What is left later is told; while there is no rule nothing is. */
static void
ran(uint64_t id, const struct pg_reply *r)
{
	struct automate *a = errand_done(id, RUN, r);
	long		 n;

	if (a == NULL)
		return;
	n = strtol(PQgetvalue(r->res, 0, 0), NULL, 10);
	if (n > 0)
		FAILPOINT("rules ran");
	outbox_take_json(a->d->outbox, PQgetvalue(r->res, 0, 1),
	    (size_t)PQgetlength(r->res, 0, 1));
	if (n > 0) {
		errand_again(a, RUN, 0);
		automate_run(a);
	} else if (PQgetvalue(r->res, 0, 2)[0] == 't') {
		errand_again(a, RUN, LEFT_MS);
	}
}

/* Until nothing is left, or only what others have in hand. */
static void
automate_run(struct automate *a)
{
	automate_ask(a, RUN, ST_RULES_RUN, RUN_ROWS, ran);
}

/* It says in how many ms to look again; never while there is no such rule. */
static void
looked(uint64_t id, const struct pg_reply *r)
{
	struct automate *a = errand_done(id, LOOK, r);

	if (a == NULL || PQgetisnull(r->res, 0, 0))
		return;
	FAILPOINT("rules noted");
	errand_again(a, RUN, 0);
	errand_again(a, LOOK, strtoll(PQgetvalue(r->res, 0, 0), NULL, 10));
}

static void
swept(uint64_t id, const struct pg_reply *r)
{
	struct automate *a = errand_done(id, SWEEP, r);

	if (a != NULL)
		errand_again(a, SWEEP, SWEEP_MS);
}

void
automate_tick(struct automate *a)
{
	automate_ask(a, LOOK, ST_RULES_LOOK, LOOK_ROWS, looked);
	automate_run(a);
	automate_ask(a, SWEEP, ST_RULES_SWEEP, SWEEP_ROWS, swept);
}

void
automate_anew(struct automate *a)
{
	a->at[LOOK] = 0;
	a->at[RUN] = 0;
}

void
automate_heard(struct automate *a)
{
	stats_add(COUNT_HEARD, 1);
	a->at[RUN] = 0;
}

struct automate *
automate_open(struct daemon *d)
{
	struct automate *a;

	a = xcalloc(1, sizeof *a);
	a->d = d;
	return (a);
}

void
automate_close(struct automate *a)
{
	idmap_free(&errands);
	free(a);
}
