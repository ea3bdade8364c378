/*
 * What Redis must be told; see outbox.h.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/failpoint.h"
#include "base/idmap.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon.h"
#include "outbox.h"
#include "route/route.h"
#include "stats.h"
#include "stmts.h"
#include "store/pgparam.h"
#include "store/pool.h"

#define ROWS_AT_ONCE 128  /* in one call of Redis: short enough for others */
#define ROWS_MAX     4096 /* taken and not sent; more are left to the sweep */
#define SETTLE_MAX   1024 /* in one statement */

struct row {
	int64_t id;
	char   *apply;
	size_t	n;
};

struct outbox {
	struct daemon *d;
	struct row     rows[ROWS_MAX];
	size_t	       nrows;
	int64_t	      *settled;
	size_t	       nsettled, room;
	bool	       settling;
};

/* Rows on their way to Redis, or ids on their way to PostgreSQL. */
struct parcel {
	struct outbox *o;
	size_t	       n;
	int64_t	       ids[];
};

static struct idmap parcels;

struct outbox *
outbox_open(struct daemon *d)
{
	struct outbox *o;

	o = xcalloc(1, sizeof *o);
	o->d = d;
	return (o);
}

void
outbox_take(struct outbox *o, int64_t id, const char *apply, size_t n)
{
	/* Past the cap Redis is slow or away: the sweep brings it later. */
	if (o->nrows == ROWS_MAX)
		return;
	o->rows[o->nrows++] = (struct row){ id, xstrndup(apply, n), n };
}

void
outbox_take_json(struct outbox *o, const char *text, size_t n)
{
	json_t *rows, *row;
	size_t	i;
	char   *apply;

	if (n <= 2)
		return;
	rows = json_loadb(text, n, 0, NULL);
	json_array_foreach (rows, i, row) {
		apply = json_dumps(json_object_get(row, "apply"), JSON_COMPACT);
		if (apply != NULL)
			outbox_take(o,
			    json_integer_value(json_object_get(row, "outbox")),
			    apply, strlen(apply));
		free(apply);
	}
	json_decref(rows);
}

static struct parcel *
parcel_new(struct outbox *o, size_t n)
{
	struct parcel *p;

	p = xcalloc(1, sizeof *p + n * sizeof p->ids[0]);
	p->o = o;
	p->n = n;
	return (p);
}

void
outbox_unsettle(struct outbox *o, const int64_t *ids, size_t n)
{
	while (o->nsettled + n > o->room) {
		o->room = o->room != 0 ? o->room * 2 : 256;
		o->settled =
		    xreallocarray(o->settled, o->room, sizeof *o->settled);
	}
	if (n != 0)
		memcpy(o->settled + o->nsettled, ids, n * sizeof *ids);
	o->nsettled += n;
}

static void
outbox_applied(uint64_t id, enum route_how how)
{
	struct parcel *p = idmap_drop(&parcels, id);

	if (p == NULL)
		return;
	if (how == ROUTE_DONE) {
		FAILPOINT("applied");
		stats_add(COUNT_OUTBOX, p->n);
		outbox_unsettle(p->o, p->ids, p->n);
	}
	free(p);
}

static void
outbox_send(struct outbox *o, size_t from, size_t n)
{
	struct route_row rows[ROWS_AT_ONCE];
	struct parcel	*p = parcel_new(o, n);
	uint64_t	 id;
	size_t		 i;

	for (i = 0; i < n; i++) {
		rows[i] = (struct route_row){ o->rows[from + i].id,
			o->rows[from + i].apply, o->rows[from + i].n };
		p->ids[i] = o->rows[from + i].id;
	}
	id = idmap_add(&parcels, p);
	if (!route_apply(o->d->route, rows, n, id, outbox_applied))
		free(idmap_drop(&parcels, id));
}

void
outbox_turn(struct outbox *o)
{
	size_t at, n, i;

	if (o->nrows != 0 && FAILPOINT_SKIP("answered"))
		return;
	for (at = 0; at < o->nrows; at += n) {
		n = o->nrows - at < ROWS_AT_ONCE ? o->nrows - at : ROWS_AT_ONCE;
		outbox_send(o, at, n);
	}
	for (i = 0; i < o->nrows; i++)
		free(o->rows[i].apply);
	o->nrows = 0;
}

size_t
outbox_settled(struct outbox *o, int64_t *ids, size_t max)
{
	size_t n = o->nsettled < max ? o->nsettled : max;

	o->nsettled -= n;
	if (n != 0)
		memcpy(ids, o->settled + o->nsettled, n * sizeof *ids);
	return (n);
}

static void
outbox_settle_got(uint64_t id, const struct pg_reply *r)
{
	struct parcel *p = idmap_drop(&parcels, id);

	if (p == NULL)
		return;
	p->o->settling = false;
	if (r->how != PG_DONE)
		outbox_unsettle(p->o, p->ids, p->n);
	free(p);
}

void
outbox_settle_now(struct outbox *o)
{
	struct pg_param param;
	struct parcel  *p;
	struct buf	b;
	uint64_t	id;

	if (o->nsettled == 0 || o->settling)
		return;
	p = parcel_new(o, o->nsettled < SETTLE_MAX ? o->nsettled : SETTLE_MAX);
	p->n = outbox_settled(o, p->ids, p->n);
	buf_init(&b, 0);
	pgparam_int8_array(&b, p->ids, p->n);
	param = pgparam_buf(&b);
	id = idmap_add(&parcels, p);
	o->settling = true;
	if (!pool_ask(o->d->pg_ops, id, ST_SETTLE, &param, outbox_settle_got)) {
		idmap_drop(&parcels, id);
		o->settling = false;
		outbox_unsettle(o, p->ids, p->n);
		free(p);
	}
	buf_free(&b);
}

size_t
outbox_pending(const struct outbox *o)
{
	return (o->nrows + o->nsettled);
}

static void
parcel_drop(uint64_t id, void *p, void *arg)
{
	(void)arg;
	idmap_drop(&parcels, id);
	free(p);
}

void
outbox_close(struct outbox *o)
{
	size_t i;

	for (i = 0; i < o->nrows; i++)
		free(o->rows[i].apply);
	idmap_each(&parcels, parcel_drop, NULL);
	idmap_free(&parcels);
	free(o->settled);
	free(o);
}
