/*
 * Messages on their way to customers; see outbound.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/idmap.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon.h"
#include "mailout.h"
#include "outbound.h"
#include "outbox.h"
#include "settings.h"
#include "socialout.h"
#include "stats.h"
#include "stmts.h"
#include "store/pgparam.h"
#include "store/pool.h"

#define FLYING_EACH 16 /* of a channel in hand at once */
#define EVERY_CLAIM 1000
#define EVERY_LAPSE 5000
#define EVERY_RENEW 30000 /* of a lease of two minutes */
#define EVERY_STATS 15000

static const struct sender *const senders[] = { &mailout_sender,
	&socialout_sender };

#define FLYING_MAX (FLYING_EACH * nitems(senders))

enum stage {
	BEGUN,	 /* with its sender */
	ASKING,	 /* may the end go? */
	LET_GO,	 /* it may have arrived */
	SETTLING /* PostgreSQL is to be told */
};

/* One try of one message. */
struct shipment {
	struct outbound	    *o;
	const struct sender *sender;
	size_t		     of; /* its place in senders[] */
	json_t		    *message;
	int64_t		     id;
	int		     attempt;
	enum stage	     stage;
	bool		     asked; /* a statement is under way */
	enum courier_how     how;
	long		     status, retry;
	char		    *words;
};

struct outbound {
	struct daemon *d;
	struct idmap   shipments;
	size_t	       flying;
	/* Of each channel: one whose peer is slow holds up no other. */
	size_t	flying_of[nitems(senders)];
	bool	claiming, lapsing, counting;
	bool	more; /* the last claim found as many as it asked for */
	int64_t next_claim, next_lapse, next_renew, next_stats;
	json_t *stats; /* desk.outbound_stats(), or NULL */
};

/* Shipments are named to PostgreSQL by their refs: whose those are. */
static struct outbound *the_outbound;

static struct idmap errands; /* struct outbound, one id an errand */

static bool
ask(struct outbound *o, uint64_t id, size_t stmt, const struct pg_param *p,
    pg_got *got)
{
	return (
	    pool_up(o->d->pg_ops) && pool_ask(o->d->pg_ops, id, stmt, p, got));
}

/* Asks for something that is no one message's; the id finds us again. */
static bool
errand(struct outbound *o, size_t stmt, const struct pg_param *p, pg_got *got)
{
	uint64_t id = idmap_add(&errands, o);

	if (ask(o, id, stmt, p, got))
		return (true);
	idmap_drop(&errands, id);
	return (false);
}

struct outbound *
outbound_open(struct daemon *d)
{
	struct outbound *o;

	o = xcalloc(1, sizeof *o);
	o->d = d;
	mailout_open(d);
	the_outbound = o;
	return (o);
}

static void
shipment_free(uint64_t ref, struct shipment *s)
{
	idmap_drop(&s->o->shipments, ref);
	s->o->flying--;
	s->o->flying_of[s->of]--;
	json_decref(s->message);
	free(s->words);
	free(s);
}

static struct shipment *
shipment_of(struct outbound *o, uint64_t ref)
{
	return (idmap_get(&o->shipments, ref));
}

/* ---- to PostgreSQL */

static void shipment_commit(struct shipment *, uint64_t ref);
static void shipment_settle(struct shipment *, uint64_t ref);

static void
settled(uint64_t ref, const struct pg_reply *r)
{
	struct outbound *o = the_outbound;
	struct shipment *s;

	if (o == NULL || (s = shipment_of(o, ref)) == NULL)
		return;
	s->asked = false;
	if (r->how == PG_LATER)
		return; /* the tick asks again */
	if (r->how == PG_NEVER)
		log_error("outbound %lld not settled: %s", (long long)s->id,
		    log_shown(r->message, strlen(r->message)));
	else {
		FAILPOINT("out settled");
		outbox_take_json(o->d->outbox, PQgetvalue(r->res, 0, 1),
		    (size_t)PQgetlength(r->res, 0, 1));
	}
	shipment_free(ref, s);
	/* There is room, and there may be a next one of the same case. */
	o->next_claim = 0;
}

static void
shipment_settle(struct shipment *s, uint64_t ref)
{
	static const char *const words[] = { [COURIER_DONE] = "done",
		[COURIER_LATER] = "later",
		[COURIER_NEVER] = "never",
		[COURIER_UNKNOWN] = "unknown" };
	char			 num[4][24];
	struct pg_param		 p[7];

	s->stage = SETTLING;
	snprintf(num[0], sizeof num[0], "%lld", (long long)s->id);
	snprintf(num[1], sizeof num[1], "%d", s->attempt);
	snprintf(num[2], sizeof num[2], "%ld", s->status);
	snprintf(num[3], sizeof num[3], "%ld", s->retry);
	p[0] = pgparam_str(num[0]);
	p[1] = pgparam_str(s->o->d->name);
	p[2] = pgparam_str(num[1]);
	p[3] = pgparam_str(words[s->how]);
	p[4] = pgparam_str(s->status != 0 ? num[2] : NULL);
	p[5] = pgparam_str(s->words);
	p[6] = pgparam_str(s->retry != 0 ? num[3] : NULL);
	s->asked = ask(s->o, ref, ST_OUT_SETTLE, p, settled);
}

static void
shipment_end(struct shipment *s, uint64_t ref, enum courier_how how,
    long status, const char *words, long retry)
{
	static const enum count counts[] = { [COURIER_DONE] = COUNT_SENT,
		[COURIER_LATER] = COUNT_SEND_LATER,
		[COURIER_NEVER] = COUNT_SEND_NEVER,
		[COURIER_UNKNOWN] = COUNT_SEND_UNKNOWN };

	stats_add(counts[how], 1);
	log_info("outbound %lld %s: %ld %s", (long long)s->id,
	    how == COURIER_DONE ? "sent" : "not sent", status,
	    log_shown(words, strlen(words)));
	s->how = how;
	s->status = status;
	s->retry = retry;
	s->words = xstrdup(words);
	/* What PostgreSQL is asked meanwhile is answered first. */
	if (s->asked)
		s->stage = SETTLING;
	else
		shipment_settle(s, ref);
}

static void
shipment_send(struct shipment *s, uint64_t ref)
{
	const char *wrong = NULL;

	if (s->sender->send(s->o->d, s->message, ref, &wrong))
		return;
	if (wrong != NULL)
		shipment_end(s, ref, COURIER_NEVER, 0, wrong, 0);
	else
		shipment_end(
		    s, ref, COURIER_LATER, 0, "there is no room just now", 0);
}

static void
committed(uint64_t ref, const struct pg_reply *r)
{
	struct outbound *o = the_outbound;
	struct shipment *s;

	if (o == NULL || (s = shipment_of(o, ref)) == NULL)
		return;
	s->asked = false;
	if (s->stage == SETTLING) {
		shipment_settle(s, ref); /* it has ended by itself */
		return;
	}
	if (r->how == PG_DONE && PQgetvalue(r->res, 0, 0)[0] == 't') {
		FAILPOINT("out committed");
		s->stage = LET_GO;
		if (s->sender->pauses)
			s->sender->go_on(o->d, ref);
		else
			shipment_send(s, ref);
		FAILPOINT("out let go");
		return;
	}
	if (s->sender->pauses)
		s->sender->stop(o->d, ref);
	if (r->how == PG_DONE) {
		/* Somebody else has it: this try has no say any more. */
		log_warn("outbound %lld lost its lease", (long long)s->id);
		shipment_free(ref, s);
		return;
	}
	shipment_end(s, ref, COURIER_LATER, 0, "PostgreSQL did not answer", 0);
}

static void
shipment_commit(struct shipment *s, uint64_t ref)
{
	char		num[2][24];
	struct pg_param p[3];

	snprintf(num[0], sizeof num[0], "%lld", (long long)s->id);
	snprintf(num[1], sizeof num[1], "%d", s->attempt);
	p[0] = pgparam_str(num[0]);
	p[1] = pgparam_str(s->o->d->name);
	p[2] = pgparam_str(num[1]);
	s->stage = ASKING;
	s->asked = ask(s->o, ref, ST_OUT_COMMIT, p, committed);
	if (s->asked)
		return;
	if (s->sender->pauses)
		s->sender->stop(s->o->d, ref);
	shipment_end(s, ref, COURIER_LATER, 0, "PostgreSQL is away", 0);
}

/* ---- for senders */

void
outbound_ready(struct outbound *o, uint64_t ref)
{
	struct shipment *s = shipment_of(o, ref);

	if (s == NULL || s->stage != BEGUN)
		return;
	FAILPOINT("out ready");
	shipment_commit(s, ref);
}

void
outbound_ended(struct outbound *o, uint64_t ref, const struct courier_result *r)
{
	struct shipment *s = shipment_of(o, ref);

	if (s == NULL || s->stage == SETTLING)
		return;
	FAILPOINT("out answered");
	shipment_end(s, ref, r->how, r->status, r->words, r->retry);
}

/* ---- claiming */

static size_t
sender_of(const char *channel)
{
	size_t i;

	for (i = 0; i < nitems(senders); i++)
		if (strcmp(senders[i]->channel, channel) == 0)
			return (i);
	bug("outbound: a message of no channel of ours");
}

static void
shipment_begin(struct outbound *o, const char *text, size_t n)
{
	struct shipment *s;
	uint64_t	 ref;
	json_t		*j = json_loadb(text, n, 0, NULL);
	const char *channel = json_string_value(json_object_get(j, "channel"));

	s = xcalloc(1, sizeof *s);
	s->o = o;
	s->message = j;
	s->id = json_integer_value(json_object_get(j, "id"));
	s->attempt = (int)json_integer_value(json_object_get(j, "attempts"));
	s->of = sender_of(channel != NULL ? channel : "");
	s->sender = senders[s->of];
	ref = idmap_add(&o->shipments, s);
	o->flying++;
	o->flying_of[s->of]++;
	FAILPOINT("out claimed");
	if (!s->sender->pauses)
		shipment_commit(s, ref);
	else
		shipment_send(s, ref);
}

static void
claimed(uint64_t id, const struct pg_reply *r)
{
	struct outbound *o = idmap_drop(&errands, id);
	int		 i, n;

	if (o == NULL)
		return;
	o->claiming = false;
	if (r->how != PG_DONE) {
		if (r->how == PG_NEVER)
			log_error("outbound not claimed: %s",
			    log_shown(r->message, strlen(r->message)));
		return;
	}
	n = PQntuples(r->res);
	o->more = n > 0;
	for (i = 0; i < n; i++)
		shipment_begin(o, PQgetvalue(r->res, i, 1),
		    (size_t)PQgetlength(r->res, i, 1));
	if (o->d->draining)
		outbound_drain(o);
}

/*
 * The channels that can be sent on and have room, as '{mail,social}', and how
 * many messages the fullest of them takes; 0: none.
 */
static size_t
channels(struct outbound *o, char *out, size_t size)
{
	size_t i, n = 0, room = FLYING_EACH;

	for (i = 0; i < nitems(senders); i++) {
		if (o->flying_of[i] >= FLYING_EACH || !senders[i]->able(o->d))
			continue;
		if (FLYING_EACH - o->flying_of[i] < room)
			room = FLYING_EACH - o->flying_of[i];
		n += (size_t)snprintf(out + n, size - n, "%c%s",
		    n == 0 ? '{' : ',', senders[i]->channel);
	}
	snprintf(out + n, size - n, "}");
	return (n != 0 ? room : 0);
}

static void
outbound_claim(struct outbound *o)
{
	char		list[100], num[24];
	struct pg_param p[3];
	size_t		room;

	if (o->claiming || o->d->draining ||
	    (room = channels(o, list, sizeof list)) == 0)
		return;
	snprintf(num, sizeof num, "%zu", room);
	p[0] = pgparam_str(o->d->name);
	p[1] = pgparam_str(list);
	p[2] = pgparam_str(num);
	o->claiming = errand(o, ST_OUT_CLAIM, p, claimed);
}

static void
lapsed(uint64_t id, const struct pg_reply *r)
{
	struct outbound *o = idmap_drop(&errands, id);

	if (o == NULL)
		return;
	o->lapsing = false;
	if (r->how == PG_DONE)
		outbox_take_json(o->d->outbox, PQgetvalue(r->res, 0, 1),
		    (size_t)PQgetlength(r->res, 0, 1));
}

static void
counted(uint64_t id, const struct pg_reply *r)
{
	struct outbound *o = idmap_drop(&errands, id);

	if (o == NULL)
		return;
	o->counting = false;
	if (r->how != PG_DONE)
		return;
	json_decref(o->stats);
	o->stats = json_loads(PQgetvalue(r->res, 0, 0), 0, NULL);
}

static void
forgotten(uint64_t id, const struct pg_reply *r)
{
	(void)r;
	idmap_drop(&errands, id);
}

struct wanted {
	int64_t	   ids[FLYING_MAX];
	size_t	   n;
	enum stage least, most;
};

static void
collect(uint64_t ref, void *p, void *arg)
{
	struct shipment *s = p;
	struct wanted	*w = arg;

	(void)ref;
	if (s->stage >= w->least && s->stage <= w->most && w->n < FLYING_MAX)
		w->ids[w->n++] = s->id;
}

/* Tells PostgreSQL about all that are from one stage to another. */
static void
tell_all(struct outbound *o, size_t stmt, enum stage least, enum stage most)
{
	struct wanted	w = { .least = least, .most = most };
	struct pg_param p[2];
	struct buf	b;

	idmap_each(&o->shipments, collect, &w);
	if (w.n == 0)
		return;
	buf_init(&b, 0);
	pgparam_int8_array(&b, w.ids, w.n);
	p[0] = pgparam_buf(&b);
	p[1] = pgparam_str(o->d->name);
	if (!errand(o, stmt, p, forgotten))
		log_debug("outbound: PostgreSQL takes nothing just now");
	buf_free(&b);
}

/* What PostgreSQL did not hear is said again. */
static void
owed(uint64_t ref, void *p, void *arg)
{
	struct shipment *s = p;

	(void)arg;
	if (s->stage == SETTLING && !s->asked)
		shipment_settle(s, ref);
}

void
outbound_tick(struct outbound *o)
{
	int64_t		now = clock_now();
	struct pg_param p[1];

	if (now >= o->next_claim || o->more) {
		o->next_claim = now + EVERY_CLAIM;
		o->more = false;
		idmap_each(&o->shipments, owed, NULL);
		outbound_claim(o);
	}
	if (now >= o->next_lapse && !o->lapsing) {
		o->next_lapse = now + EVERY_LAPSE;
		p[0] = pgparam_str("64");
		o->lapsing = errand(o, ST_OUT_LAPSE, p, lapsed);
	}
	if (now >= o->next_renew) {
		o->next_renew = now + EVERY_RENEW;
		tell_all(o, ST_OUT_RENEW, BEGUN, SETTLING);
	}
	if (now >= o->next_stats && !o->counting) {
		o->next_stats = now + EVERY_STATS;
		o->counting = errand(o, ST_OUT_STATS, NULL, counted);
	}
}

static void
give_back(uint64_t ref, void *p, void *arg)
{
	struct shipment *s = p;

	if (s->stage != BEGUN)
		return;
	if (s->sender->pauses)
		s->sender->stop(((struct outbound *)arg)->d, ref);
	shipment_free(ref, s);
}

void
outbound_drain(struct outbound *o)
{
	tell_all(o, ST_OUT_RELEASE, BEGUN, BEGUN);
	idmap_each(&o->shipments, give_back, o);
}

size_t
outbound_flying(const struct outbound *o)
{
	return (o->flying + o->claiming);
}

void
outbound_gauges(const struct outbound *o, struct buf *b)
{
	static const char *const states[] = { "queued", "deferred", "sending",
		"committing" };
	const json_t		*n = json_object_get(o->stats, "states");
	size_t			 i;

	buf_str(b,
	    "# HELP deskd_outbound Messages on their way, by state.\n"
	    "# TYPE deskd_outbound gauge\n");
	for (i = 0; i < nitems(states); i++)
		buf_printf(b, "deskd_outbound{state=\"%s\"} %lld\n", states[i],
		    (long long)json_integer_value(
			json_object_get(n, states[i])));
	stats_gauge(b, "outbound_oldest_seconds",
	    "Age of the oldest message that is not sent.",
	    (double)json_integer_value(json_object_get(o->stats, "oldest")));
}

static void
drop(uint64_t ref, void *p, void *arg)
{
	struct shipment *s = p;

	(void)arg;
	s->sender->stop(s->o->d, ref);
	shipment_free(ref, s);
}

void
outbound_close(struct outbound *o)
{
	idmap_each(&o->shipments, drop, NULL);
	idmap_free(&o->shipments);
	idmap_free(&errands);
	mailout_close();
	socialout_close();
	the_outbound = NULL;
	json_decref(o->stats);
	free(o);
}
