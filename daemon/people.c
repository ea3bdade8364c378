/*
 * What is done for customers by the clock; see people.h.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/idmap.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon.h"
#include "people.h"
#include "route/route.h"
#include "stmts.h"
#include "store/pgparam.h"
#include "store/pool.h"

#define CHORE_ROWS "200"

struct people {
	struct daemon *d;
	bool	       busy;  /* an errand is under way */
	bool	       bytes; /* of somebody who was erased are left */
	/* Whose notices are taken out of the feed, one after another. */
	json_t *feed;
	size_t	whose;
	char	after[48]; /* how far the feed was gone through */
};

static struct idmap errands; /* struct people, one id an errand */

static void people_next(struct people *);

static bool
people_ask(struct people *p, size_t stmt, const char *arg, pg_got *got)
{
	struct pg_param param[1] = { pgparam_str(arg) };
	uint64_t	id = idmap_add(&errands, p);

	p->busy = pool_up(p->d->pg_ops) &&
	    pool_ask(p->d->pg_ops, id, stmt, param, got);
	if (!p->busy)
		idmap_drop(&errands, id);
	return (p->busy);
}

static struct people *
errand_done(uint64_t id)
{
	struct people *p = idmap_drop(&errands, id);

	if (p != NULL)
		p->busy = false;
	return (p);
}

static void
feed_forget(struct people *p)
{
	json_decref(p->feed);
	p->feed = NULL;
	p->whose = 0;
}

static void
chores_got(uint64_t id, const struct pg_reply *r)
{
	struct people *p = errand_done(id);
	json_t	      *j;

	if (p == NULL)
		return;
	if (r->how != PG_DONE) {
		if (r->how == PG_NEVER)
			log_error("customers' chores: %s",
			    log_shown(r->message, strlen(r->message)));
		return;
	}
	j = json_loads(PQgetvalue(r->res, 0, 0), 0, NULL);
	p->bytes = json_is_true(json_object_get(j, "bytes"));
	feed_forget(p);
	p->feed = json_incref(json_object_get(j, "feed"));
	snprintf(p->after, sizeof p->after, "0");
	json_decref(j);
	people_next(p);
}

static void
bytes_got(uint64_t id, const struct pg_reply *r)
{
	struct people *p = errand_done(id);

	if (p == NULL)
		return;
	if (r->how == PG_NEVER)
		log_error("bytes not taken away: %s",
		    log_shown(r->message, strlen(r->message)));
	people_next(p);
}

static void
feed_settled(uint64_t id, const struct pg_reply *r)
{
	struct people *p = errand_done(id);

	(void)r; /* what is not settled is done once more */
	if (p != NULL)
		people_next(p);
}

/* A piece of the feed was gone through; last is "" at its end. */
static void
feed_got(uint64_t id, enum route_how how, const char *last)
{
	struct people *p = errand_done(id);
	json_t	      *one;
	char	       num[24];

	if (p == NULL)
		return;
	if (how != ROUTE_DONE) {
		feed_forget(p);
		return;
	}
	snprintf(p->after, sizeof p->after, "%s", last);
	if (last[0] != '\0') {
		people_next(p);
		return;
	}
	one = json_array_get(p->feed, p->whose++);
	snprintf(num, sizeof num, "%lld",
	    (long long)json_integer_value(json_object_get(one, "customer")));
	log_info("customer %s: erased from the live feed", num);
	snprintf(p->after, sizeof p->after, "0");
	if (!people_ask(p, ST_ERASE_FEED_DONE, num, feed_settled))
		feed_forget(p);
}

static bool
feed_go_on(struct people *p)
{
	json_t *ids = json_object_get(json_array_get(p->feed, p->whose), "ids");
	int64_t *list;
	uint64_t id;
	size_t	 i, n = json_array_size(ids);

	if (n == 0 || !route_ready(p->d->route))
		return (false);
	list = xcalloc(n, sizeof *list);
	for (i = 0; i < n; i++)
		list[i] = json_integer_value(json_array_get(ids, i));
	id = idmap_add(&errands, p);
	p->busy = route_forget(p->d->route, p->after, list, n, id, feed_got);
	if (!p->busy)
		idmap_drop(&errands, id);
	free(list);
	return (p->busy);
}

/*
 * One thing after the other; what is left, and what cannot be done now, waits
 * for the next second: nothing here is urgent, and the search index and agents
 * share these connections.
 */
static void
people_next(struct people *p)
{
	if (p->bytes) {
		p->bytes = false;
		if (people_ask(p, ST_BLOB_LEAVE, CHORE_ROWS, bytes_got))
			return;
	}
	if (feed_go_on(p))
		return;
	feed_forget(p);
}

void
people_second(struct people *p)
{
	if (!p->busy)
		people_ask(p, ST_PEOPLE, CHORE_ROWS, chores_got);
}

struct people *
people_open(struct daemon *d)
{
	struct people *p;

	p = xcalloc(1, sizeof *p);
	p->d = d;
	return (p);
}

void
people_close(struct people *p)
{
	feed_forget(p);
	idmap_free(&errands);
	free(p);
}
