/*
 * Putting the waiting lines back together; see rebuild.h.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/idmap.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon.h"
#include "presence.h"
#include "rebuild.h"
#include "route/route.h"
#include "stats.h"
#include "stmts.h"
#include "store/pgparam.h"
#include "store/pool.h"

#define PAGE   256 /* Redis is at one for some ms, and for nobody else */
#define FLIGHT 2   /* pages that Redis has, while the next is asked for */

struct rebuild {
	struct daemon *d;
	uint64_t       id;	  /* of the run under way; 0: none */
	char	       after[64]; /* where the next page begins */
	int64_t	       began;
	size_t	       tickets;
	unsigned       told;  /* pages that Redis has not answered */
	bool	       asked; /* PostgreSQL reads one */
	bool	       last;  /* the last was read */
};

static struct idmap runs;

struct rebuild *
rebuild_open(struct daemon *d)
{
	struct rebuild *r;

	r = xcalloc(1, sizeof *r);
	r->d = d;
	return (r);
}

/* The end of a run, good or not; the next lost() begins another. */
static void
rebuild_stop(struct rebuild *r)
{
	idmap_drop(&runs, r->id);
	r->id = 0;
}

static void
rebuild_fail(struct rebuild *r, const char *why)
{
	log_warn("lines not rebuilt: %s", why);
	route_rebuild_stop(r->d->route);
	rebuild_stop(r);
}

static void
rebuild_ended(uint64_t id, enum route_how how)
{
	struct rebuild *r = idmap_get(&runs, id);

	if (r == NULL)
		return;
	if (how != ROUTE_DONE) {
		rebuild_fail(r, "redis was lost again");
		return;
	}
	stats_add(COUNT_REBUILDS, 1);
	log_info("lines rebuilt: %zu tickets (%lld ms)", r->tickets,
	    (long long)(clock_now() - r->began));
	rebuild_stop(r);
	rebuild_people(r);
}

static void rebuild_go_on(struct rebuild *);

static void
rebuild_paged(uint64_t id, enum route_how how)
{
	struct rebuild *r = idmap_get(&runs, id);

	if (r == NULL)
		return;
	r->told--;
	if (how != ROUTE_DONE)
		rebuild_fail(r, "redis was lost again");
	else
		rebuild_go_on(r);
}

static void
rebuild_page_got(uint64_t id, const struct pg_reply *reply)
{
	struct rebuild	*r = idmap_get(&runs, id);
	struct route_row rows[PAGE];
	int		 i, n;

	if (r == NULL)
		return;
	r->asked = false;
	if (reply->how != PG_DONE) {
		rebuild_fail(r, "the records cannot be read");
		return;
	}
	n = PQntuples(reply->res);
	for (i = 0; i < n && i < PAGE; i++)
		rows[i] = (struct route_row){ 0, PQgetvalue(reply->res, i, 1),
			(size_t)PQgetlength(reply->res, i, 1) };
	if (n > 0)
		snprintf(r->after, sizeof r->after, "%s",
		    PQgetvalue(reply->res, n - 1, 0));
	r->tickets += (size_t)n;
	r->last = n < PAGE;
	r->told++;
	if (!route_rebuild_page(
		r->d->route, rows, (size_t)n, r->id, rebuild_paged))
		rebuild_fail(r, "redis is away");
	else
		rebuild_go_on(r);
}

/* The next page, while Redis is at those before; after the last the end. */
static void
rebuild_go_on(struct rebuild *r)
{
	struct pg_param p[2];
	char		rows[16];

	if (r->last) {
		if (r->told == 0 &&
		    !route_rebuild_end(r->d->route, r->id, rebuild_ended))
			rebuild_fail(r, "redis is away");
		return;
	}
	if (r->asked || r->told >= FLIGHT)
		return;
	snprintf(rows, sizeof rows, "%d", PAGE);
	p[0] = pgparam_str(r->after);
	p[1] = pgparam_str(rows);
	r->asked =
	    pool_ask(r->d->pg_ops, r->id, ST_LINE_PAGE, p, rebuild_page_got);
	if (!r->asked)
		rebuild_fail(r, "the records cannot be reached");
}

static bool policies_tell(struct rebuild *, const json_t *);

/* First, so that every ticket comes to its lane at once. */
static void
rebuild_policies_got(uint64_t id, const struct pg_reply *reply)
{
	struct rebuild *r = idmap_get(&runs, id);
	json_t	       *j;
	bool		good;

	if (r == NULL)
		return;
	if (reply->how != PG_DONE) {
		rebuild_fail(r, "the records cannot be read");
		return;
	}
	j = json_loads(PQgetvalue(reply->res, 0, 0), JSON_DECODE_ANY, NULL);
	good = policies_tell(r, j);
	json_decref(j);
	if (!good)
		rebuild_fail(r, "redis is away");
	else
		rebuild_go_on(r);
}

static void
rebuild_begun(uint64_t id, enum route_how how)
{
	struct rebuild *r = idmap_get(&runs, id);

	if (r == NULL)
		return;
	if (how != ROUTE_DONE) {
		/* another daemon is at it, or it is needed no more */
		rebuild_stop(r);
		return;
	}
	FAILPOINT("rebuild");
	if (!pool_ask(
		r->d->pg_ops, r->id, ST_POLICIES, NULL, rebuild_policies_got))
		rebuild_fail(r, "the records cannot be reached");
}

void
rebuild_begin(struct rebuild *r)
{
	if (r->id != 0 || !pool_up(r->d->pg_ops))
		return;
	r->id = idmap_add(&runs, r);
	r->after[0] = '\0';
	r->tickets = 0;
	r->told = 0;
	r->asked = r->last = false;
	r->began = clock_now();
	if (!route_rebuild_begin(r->d->route, r->id, rebuild_begun))
		rebuild_stop(r);
}

static void
told(uint64_t id, enum route_how how)
{
	(void)id;
	(void)how;
}

/* Rows of no outbox; they are freed. */
static bool
rows_tell(struct rebuild *r, char **text, size_t n)
{
	struct route_row rows[PAGE];
	size_t		 i;
	bool		 good;

	for (i = 0; i < n; i++)
		rows[i] = (struct route_row){ 0, text[i], strlen(text[i]) };
	good = n == 0 || route_apply(r->d->route, rows, n, 0, told);
	while (n > 0)
		free(text[--n]);
	return (good);
}

/* Who is on the phone. */
static bool
calls_tell(struct rebuild *r, const json_t *calls)
{
	const json_t *row;
	size_t	      i, n = 0;
	char	     *text[PAGE];
	bool	      good = true;

	json_array_foreach (calls, i, row) {
		if (n == PAGE) {
			good &= rows_tell(r, text, n);
			n = 0;
		}
		if ((text[n] = json_dumps(row, JSON_COMPACT)) != NULL)
			n++;
	}
	return (rows_tell(r, text, n) && good);
}

/* How queues want it. */
static bool
policies_tell(struct rebuild *r, const json_t *policies)
{
	size_t	      i, n = json_array_size(policies);
	char	    **text = xcalloc(n + 1, sizeof *text);
	const json_t *row;
	bool	      good;

	json_array_foreach (policies, i, row)
		if ((text[i] = json_dumps(row, JSON_COMPACT)) == NULL)
			text[i] = xstrdup("");
	good = n == 0 ||
	    route_policy(r->d->route, (const char *const *)text, n, 0, told);
	while (n > 0)
		free(text[--n]);
	free(text);
	return (good);
}

static void
people_got(uint64_t id, const struct pg_reply *reply)
{
	struct rebuild *r = idmap_drop(&runs, id);
	json_t	       *j, *row;
	size_t		i;
	bool		all = true;

	if (r == NULL || reply->how != PG_DONE)
		return;
	j = json_loads(PQgetvalue(reply->res, 0, 0), JSON_DECODE_ANY, NULL);
	all &= policies_tell(r, json_object_get(j, "policies"));
	/* First: whoever comes back ready is offered nothing of these. */
	json_array_foreach (json_object_get(j, "queues"), i, row)
		all &= route_pause(r->d->route,
		    json_string_value(json_object_get(row, "queue")),
		    json_is_true(json_object_get(row, "paused")), 0, told);
	json_array_foreach (json_object_get(j, "agents"), i, row)
		all &= presence_tell(r->d, row, false, 0, told);
	all &= calls_tell(r, json_object_get(j, "calls"));
	json_decref(j);
	if (!all)
		r->d->people = true; /* once more, when Redis is back */
}

void
rebuild_people(struct rebuild *r)
{
	uint64_t id = idmap_add(&runs, r);

	if (!pool_ask(r->d->pg_ops, id, ST_AGENTS_PAGE, NULL, people_got)) {
		idmap_drop(&runs, id);
		r->d->people = true;
	}
}

void
rebuild_close(struct rebuild *r)
{
	idmap_free(&runs);
	free(r);
}
