/*
 * How many cases each queue has; see loads.h.
 */
#include <jansson.h>
#include <stdlib.h>

#include "ask.h"
#include "base/clock.h"
#include "base/idmap.h"
#include "base/mem.h"
#include "daemon.h"
#include "loads.h"
#include "opdo.h"
#include "stmts.h"
#include "store/pool.h"

/* Counted anew when somebody asks and it is older, in milliseconds. */
#define LOADS_FRESH 1000

/* Who waits for the count under way. */
struct waiter {
	struct waiter *next;
	uint64_t       ask;
	void (*then)(struct ask *);
};

struct loads {
	struct daemon *d;
	json_t	      *known; /* NULL: not yet */
	int64_t	       at;    /* when it was asked for */
	bool	       asking;
	int64_t	       asked;
	struct waiter *waiters;
};

static struct idmap errands; /* struct loads */

struct loads *
loads_open(struct daemon *d)
{
	struct loads *l = xcalloc(1, sizeof *l);

	l->d = d;
	return (l);
}

static void
loads_give(struct loads *l, struct ask *a, void (*then)(struct ask *))
{
	json_object_set(a->args, "loads", l->known);
	then(a);
}

static void
loads_got(uint64_t id, const struct pg_reply *r)
{
	struct loads  *l = idmap_drop(&errands, id);
	struct waiter *w, *next;
	struct ask    *a;

	if (l == NULL)
		return;
	l->asking = false;
	if (r->how == PG_DONE && !PQgetisnull(r->res, 0, 0)) {
		json_decref(l->known);
		l->known = json_loads(PQgetvalue(r->res, 0, 0), 0, NULL);
		l->at = l->asked;
	}
	/* Whoever asks from now on waits for the next. */
	w = l->waiters;
	l->waiters = NULL;
	for (; w != NULL; w = next) {
		next = w->next;
		if ((a = ask_find(w->ask)) == NULL)
			;
		else if (r->how == PG_DONE && l->known != NULL)
			loads_give(l, a, w->then);
		else
			ask_refuse_pg(a, r);
		free(w);
	}
}

static bool
loads_count(struct loads *l)
{
	uint64_t id;

	if (l->asking)
		return (true);
	id = idmap_add(&errands, l);
	l->asked = clock_now();
	l->asking = pool_ask(l->d->pg_ops, id, ST_LOADS, NULL, loads_got);
	if (!l->asking)
		idmap_drop(&errands, id);
	return (l->asking);
}

void
loads_want(
    struct loads *l, struct ask *a, int64_t oldest, void (*then)(struct ask *))
{
	struct waiter *w;
	int64_t	       age = clock_now() - l->at;
	bool	       counting = true;

	if (l->known == NULL || age >= LOADS_FRESH)
		counting = loads_count(l);
	if (l->known != NULL && age < oldest) {
		loads_give(l, a, then);
	} else if (counting) {
		w = xcalloc(1, sizeof *w);
		*w = (struct waiter){ l->waiters, a->id, then };
		l->waiters = w;
	} else {
		opdo_later(a, ASK_TRYAGAIN,
		    "The desk's records cannot be reached now. Try again.");
	}
}

void
loads_offer(struct loads *l, struct ask *a, int64_t oldest)
{
	int64_t age = clock_now() - l->at;

	if (l->known == NULL || age >= LOADS_FRESH)
		(void)loads_count(l);
	if (l->known != NULL && age < oldest)
		json_object_set(a->args, "loads", l->known);
}

void
loads_close(struct loads *l)
{
	struct waiter *w, *next;

	for (w = l->waiters; w != NULL; w = next) {
		next = w->next;
		free(w);
	}
	json_decref(l->known);
	idmap_free(&errands);
	free(l);
}
