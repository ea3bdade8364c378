/*
 * What a daemon does by the clock; see chores.h.
 */
#include <event2/event.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "amiin.h"
#include "automate.h"
#include "base/hex.h"
#include "base/idmap.h"
#include "base/log.h"
#include "base/mem.h"
#include "chores.h"
#include "daemon.h"
#include "dues.h"
#include "feed.h"
#include "hookout.h"
#include "inforce.h"
#include "outbound.h"
#include "outbox.h"
#include "pace.h"
#include "people.h"
#include "presence.h"
#include "rebuild.h"
#include "route/route.h"
#include "service.h"
#include "settings.h"
#include "stats.h"
#include "stmts.h"
#include "store/pgparam.h"
#include "store/pool.h"
#include "stream.h"
#include "visits.h"

#define SWEEP_ROWS 256
#define INDEX_ROWS 500
#define CLOSE_ROWS 200
#define FOLD_PARTS 5000
#define STEP_ROWS  500

/* Seconds between a chore's runs; the quick ones come with every tick. */
#define EVERY_SWEEP	 1
#define EVERY_CHECK	 4
#define EVERY_REPORT	 5
#define EVERY_JOURNEY	 1
#define EVERY_MEMORY	 10
#define EVERY_CONFIG	 30
#define EVERY_CLOSE	 30
#define EVERY_PARTITIONS 3600

enum chore {
	SWEEP,
	INDEX,
	CONFIG,
	PARTITIONS,
	BLOBS,
	CLOSE,
	DRAFTS,
	REPORT,
	JOURNEY,
	CHORES
};

struct chores {
	struct daemon	*d;
	struct rebuild	*rebuild;
	struct people	*people;
	struct dues	*dues;
	struct automate *automate;
	struct event	*tick;
	struct event	*due;	       /* routing has something to do */
	bool		 busy[CHORES]; /* its statement is under way */
	int64_t		 seconds;
	int64_t		 last_second;
};

static struct idmap errands; /* struct chores, one id an errand */

static bool
chore_ask(
    struct chores *c, enum chore which, size_t stmt, int64_t n, pg_got *got)
{
	struct pg_param p[1];
	char		num[24];
	uint64_t	id;

	if (c->busy[which] || !pool_up(c->d->pg_ops))
		return (false);
	snprintf(num, sizeof num, "%lld", (long long)n);
	p[0] = pgparam_str(num);
	id = idmap_add(&errands, c);
	c->busy[which] = pool_ask(c->d->pg_ops, id, stmt, p, got);
	if (!c->busy[which])
		idmap_drop(&errands, id);
	return (c->busy[which]);
}

static struct chores *
chore_done(uint64_t id, enum chore which)
{
	struct chores *c = idmap_drop(&errands, id);

	if (c != NULL)
		c->busy[which] = false;
	return (c);
}

static void chore_sweep(struct chores *);

static void
swept(uint64_t id, const struct pg_reply *r)
{
	struct chores *c = chore_done(id, SWEEP);
	int	       i, n;

	if (c == NULL || r->how != PG_DONE)
		return;
	n = PQntuples(r->res);
	for (i = 0; i < n; i++)
		outbox_take(c->d->outbox,
		    strtoll(PQgetvalue(r->res, i, 0), NULL, 10),
		    PQgetvalue(r->res, i, 1),
		    (size_t)PQgetlength(r->res, i, 1));
	if (n > 0) {
		stats_add(COUNT_SWEPT, (uint64_t)n);
		log_info("outbox swept: %d rows", n);
	}
	if (n == SWEEP_ROWS)
		chore_sweep(c);
}

/* Only while Redis takes them: the rows lie safe where they are. */
static void
chore_sweep(struct chores *c)
{
	if (route_ready(c->d->route))
		chore_ask(c, SWEEP, ST_SWEEP, SWEEP_ROWS, swept);
}

static void chore_index(struct chores *);

static void
indexed(uint64_t id, const struct pg_reply *r)
{
	struct chores *c = chore_done(id, INDEX);
	long	       n;

	if (c == NULL || r->how != PG_DONE)
		return;
	n = strtol(PQgetvalue(r->res, 0, 0), NULL, 10);
	stats_add(COUNT_INDEXED, (uint64_t)n);
	if (n == INDEX_ROWS)
		chore_index(c);
}

static void
chore_index(struct chores *c)
{
	chore_ask(c, INDEX, ST_INDEX, INDEX_ROWS, indexed);
}

static void
config_got(uint64_t id, const struct pg_reply *r)
{
	struct chores *c = chore_done(id, CONFIG);
	json_t	      *j;
	char	      *text;

	if (c == NULL || r->how != PG_DONE)
		return;
	if (hex_get(c->d->token_key, sizeof c->d->token_key,
		PQgetvalue(r->res, 0, 1), (size_t)PQgetlength(r->res, 0, 1)) !=
	    (ssize_t)sizeof c->d->token_key) {
		log_error("configuration not taken: no key for reply tokens");
		return;
	}
	if (PQgetisnull(r->res, 0, 0))
		return;
	j = json_loads(PQgetvalue(r->res, 0, 0), JSON_DECODE_ANY, NULL);
	text = json_dumps(json_object_get(j, "config"), JSON_COMPACT);
	if (text != NULL)
		inforce_take(c->d,
		    json_integer_value(json_object_get(j, "version")), text,
		    strlen(text));
	free(text);
	json_decref(j);
	automate_anew(c->automate);
}

static void
chore_config(struct chores *c)
{
	if (chore_ask(c, CONFIG, ST_CONFIG, 0, config_got))
		c->d->changed = false;
}

static void
partitions_got(uint64_t id, const struct pg_reply *r)
{
	chore_done(id, PARTITIONS);
	if (r->how == PG_NEVER)
		log_error("partitions not made: %s",
		    log_shown(r->message, strlen(r->message)));
}

static void
blobs_got(uint64_t id, const struct pg_reply *r)
{
	chore_done(id, BLOBS);
	if (r->how == PG_NEVER)
		log_error("blobs not swept: %s",
		    log_shown(r->message, strlen(r->message)));
}

static void chore_close(struct chores *);

static void
closed(uint64_t id, const struct pg_reply *r)
{
	struct chores *c = chore_done(id, CLOSE);
	long	       n;

	if (r->how == PG_NEVER)
		log_error("cases not closed: %s",
		    log_shown(r->message, strlen(r->message)));
	if (c == NULL || r->how != PG_DONE)
		return;
	n = strtol(PQgetvalue(r->res, 0, 0), NULL, 10);
	if (n > 0)
		log_info("%ld resolved cases closed", n);
	if (n == CLOSE_ROWS)
		chore_close(c);
}

static void
chore_close(struct chores *c)
{
	chore_ask(c, CLOSE, ST_CLOSE, CLOSE_ROWS, closed);
}

static void chore_report(struct chores *);

static void
folded(uint64_t id, const struct pg_reply *r)
{
	struct chores *c = chore_done(id, REPORT);

	if (r->how == PG_NEVER)
		log_error("reports not folded: %s",
		    log_shown(r->message, strlen(r->message)));
	if (c != NULL && r->how == PG_DONE &&
	    PQgetvalue(r->res, 0, 0)[0] == 't')
		chore_report(c);
}

/* What was counted comes into the hours, and cases from before on record. */
static void
chore_report(struct chores *c)
{
	chore_ask(c, REPORT, ST_REPORT, FOLD_PARTS, folded);
}

static void chore_journey(struct chores *);

static void
journeys_followed(uint64_t id, const struct pg_reply *r)
{
	struct chores *c = chore_done(id, JOURNEY);

	if (r->how == PG_NEVER)
		log_error("journeys not followed: %s",
		    log_shown(r->message, strlen(r->message)));
	if (c != NULL && r->how == PG_DONE &&
	    PQgetvalue(r->res, 0, 0)[0] == 't')
		chore_journey(c);
}

/* What customers did becomes steps of their journeys. */
static void
chore_journey(struct chores *c)
{
	chore_ask(c, JOURNEY, ST_JOURNEY, STEP_ROWS, journeys_followed);
}

static void
drafts_swept(uint64_t id, const struct pg_reply *r)
{
	chore_done(id, DRAFTS);
	if (r->how == PG_NEVER)
		log_error("ended drafts not swept: %s",
		    log_shown(r->message, strlen(r->message)));
}

static void
chores_second(struct chores *c)
{
	int64_t s = c->seconds++;

	route_tick(c->d->route);
	people_second(c->people);
	amiin_second(c->d->amiin);
	if (s % EVERY_SWEEP == 0)
		chore_sweep(c);
	if (s % EVERY_REPORT == 0)
		chore_report(c);
	if (s % EVERY_JOURNEY == 0)
		chore_journey(c);
	if (s % EVERY_CHECK == 0) {
		stream_check(c->d, NULL);
		service_check(NULL);
	}
	if (s % EVERY_MEMORY == 0)
		mem_return();
	if (s % EVERY_CONFIG == 0 || c->d->rules == NULL)
		c->d->changed = true;
	if (s % EVERY_CLOSE == 0)
		chore_close(c);
	if (s % EVERY_PARTITIONS == 0) {
		chore_ask(c, PARTITIONS, ST_PARTITIONS, 0, partitions_got);
		chore_ask(c, BLOBS, ST_BLOB_SWEEP, 0, blobs_got);
		chore_ask(c, DRAFTS, ST_DRAFT_SWEEP, 0, drafts_swept);
	}
}

static void
chores_tick(evutil_socket_t fd, short what, void *arg)
{
	struct chores *c = arg;
	struct timeval tv;
	int64_t	       ms = c->d->settings->offer_ticks;

	(void)fd;
	(void)what;
	outbox_settle_now(c->d->outbox);
	outbound_tick(c->d->outbound);
	hookout_tick(c->d->hookout);
	feed_retry(c->d->feed);
	pace_tick(c->d->pace);
	visits_tick(c->d->visits);
	presence_tick(c->d->presence);
	chore_index(c);
	automate_tick(c->automate);
	if (c->d->people && route_ready(c->d->route)) {
		c->d->people = false;
		rebuild_people(c->rebuild);
	}
	if (c->d->changed) {
		access_forget(c->d->access);
		chore_config(c);
	}
	c->last_second += ms;
	if (c->last_second >= 1000) {
		c->last_second = 0;
		chores_second(c);
	}
	tv = (struct timeval){ ms / 1000, ms % 1000 * 1000 };
	event_add(c->tick, &tv);
}

static void
chores_now(evutil_socket_t fd, short what, void *arg)
{
	struct chores *c = arg;

	(void)fd;
	(void)what;
	route_tick(c->d->route);
}

struct chores *
chores_open(struct daemon *d)
{
	struct chores *c;

	c = xcalloc(1, sizeof *c);
	c->d = d;
	c->last_second = 1000; /* the first tick is a second's, too */
	c->rebuild = rebuild_open(d);
	c->people = people_open(d);
	c->dues = dues_open(d);
	c->automate = automate_open(d);
	c->tick = evtimer_new(d->base, chores_tick, c);
	c->due = evtimer_new(d->base, chores_now, c);
	event_add(c->tick, &(struct timeval){ 0, 10000 });
	return (c);
}

void
chores_due(struct chores *c, int64_t ms)
{
	if (ms < 0)
		event_del(c->due);
	else
		event_add(
		    c->due, &(struct timeval){ ms / 1000, ms % 1000 * 1000 });
}

void
chores_heard(struct chores *c, const char *name)
{
	if (strcmp(name, "rules") == 0)
		automate_heard(c->automate);
	else
		dues_heard(c->dues, name);
}

void
chores_lost(void *arg)
{
	struct chores *c = arg;

	rebuild_begin(c->rebuild);
}

void
chores_close(struct chores *c)
{
	event_free(c->tick);
	event_free(c->due);
	rebuild_close(c->rebuild);
	people_close(c->people);
	dues_close(c->dues);
	automate_close(c->automate);
	idmap_free(&errands);
	free(c);
}
