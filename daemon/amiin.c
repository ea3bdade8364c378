/*
 * Calls from Asterisk; see amiin.h.
 */
#include <event2/dns.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amiin.h"
#include "base/clock.h"
#include "base/idmap.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon.h"
#include "desk/amicall.h"
#include "desk/event.h"
#include "desk/rules.h"
#include "edge/amilink.h"
#include "ingest.h"
#include "intake.h"
#include "statefile.h"
#include "stats.h"
#include "stmts.h"
#include "store/pgparam.h"
#include "store/pool.h"

#define UNDER_WAY   64 /* records of one source in ingest at once */
#define RECONCILE_S 60
#define SETTLED_MS  10000 /* what is younger may only not be listed yet */

struct pbx {
	struct link	link;
	uint64_t	id;
	struct amiin   *in;
	char	       *name, *host, *user, *secret;
	struct amilink *ami;
	struct amicall *calls;
	struct list	kept;	   /* records to be filed */
	size_t		under_way; /* of them, in ingest */
	uint64_t	dropped;
	int		seconds; /* since the last reconciliation */
	bool		asking;	 /* one is under way */
};

/* One record, in the generic form, until it is committed. */
struct kept {
	struct link link;
	uint64_t    id;
	struct pbx *pbx;
	bool	    filing;
	size_t	    n;
	char	    json[];
};

struct amiin {
	struct daemon	  *d;
	struct evdns_base *dns;
	struct list	   pbxs;
};

static struct idmap pbx_ids, kept_ids;

struct amiin *
amiin_open(struct daemon *d)
{
	struct amiin *in;

	in = xcalloc(1, sizeof *in);
	in->d = d;
	in->dns = evdns_base_new(d->base,
	    EVDNS_BASE_INITIALIZE_NAMESERVERS |
		EVDNS_BASE_DISABLE_WHEN_INACTIVE);
	return (in);
}

/* Records ------------------------------------------------------------------ */

static void
kept_free(struct kept *k)
{
	list_remove(&k->pbx->kept, &k->link);
	if (k->filing)
		k->pbx->under_way--;
	idmap_drop(&kept_ids, k->id);
	free(k);
}

static void
text_put(json_t *j, const char *name, const char *s)
{
	if (s != NULL && *s != '\0')
		json_object_set_new(j, name, json_string(s));
}

static void
seconds_put(json_t *j, const char *name, long long v)
{
	if (v >= 0 && v <= 31 * 86400)
		json_object_set_new(j, name, json_integer(v));
}

static char *
record_text(const struct callrec *r)
{
	json_t *j = json_object();
	char   *text;

	text_put(j, "call", r->call);
	text_put(j, "leg", r->leg);
	text_put(j, "state", r->state);
	json_object_set_new(
	    j, "from", json_string(r->from != NULL ? r->from : ""));
	text_put(j, "name", r->name);
	text_put(j, "to", r->to);
	text_put(j, "at", r->at);
	text_put(j, "direction", r->direction);
	text_put(j, "agent", r->agent);
	text_put(j, "by", r->by);
	text_put(j, "recording", r->recording);
	text_put(j, "disposition", r->disposition);
	seconds_put(j, "duration", r->duration);
	seconds_put(j, "wait", r->wait);
	seconds_put(j, "hold", r->hold);
	if (r->part)
		json_object_set_new(j, "part", json_true());
	if (r->attended)
		json_object_set_new(j, "attended", json_true());
	text = json_dumps(j, JSON_COMPACT);
	json_decref(j);
	return (text);
}

static void
pbx_overflow(struct pbx *p)
{
	struct kept *oldest = list_of(p->kept.first, struct kept, link);

	if (p->dropped++ % 1000 == 0)
		log_error("asterisk %s: the desk's records are away for too "
			  "long: call records are dropped (import cdr brings "
			  "them back)",
		    p->name);
	kept_free(oldest);
}

static void pbx_file(struct pbx *);

static void
pbx_keep(struct pbx *p, const struct callrec *r)
{
	char	    *text = record_text(r);
	struct kept *k;
	size_t	     n;

	if (text == NULL)
		return;
	n = strlen(text);
	if (p->kept.count == AMIIN_KEPT)
		pbx_overflow(p);
	k = xcalloc(1, sizeof *k + n + 1);
	memcpy(k->json, text, n);
	k->n = n;
	k->pbx = p;
	k->id = idmap_add(&kept_ids, k);
	list_append(&p->kept, &k->link);
	free(text);
	pbx_file(p);
}

static void
kept_filed(void *arg, uint64_t ref, const struct ingest_outcome *o)
{
	struct kept *k = idmap_get(&kept_ids, ref);
	struct pbx  *p;

	(void)arg;
	if (k == NULL)
		return;
	p = k->pbx;
	if (o->how == INGEST_LATER || o->how == INGEST_FULL) {
		k->filing = false; /* again with the next second */
		p->under_way--;
		return;
	}
	if (o->how == INGEST_NEVER)
		log_error("asterisk %s: a call's record is refused", p->name);
	kept_free(k);
	pbx_file(p);
}

/* Also says where the record comes from: calls_gone() asks by that. */
static struct event *
kept_event(struct kept *k)
{
	const struct company	 *c = rules_company(k->pbx->in->d->rules);
	const struct callrec_desk desk = { c->country, c->lang, 7 * 60 };
	const char		 *member, *wrong;
	struct event		 *e = intake_new(k->n);

	if (callrec_read(e, CALLREC_GENERIC, k->json, k->n, &desk, &member,
		&wrong) != CALLREC_EVENT) {
		log_warn("asterisk %s: a call's record is left out: %s: %s",
		    k->pbx->name, member, wrong);
		intake_free(e);
		return (NULL);
	}
	if (!intake_source(e, k->pbx->name) ||
	    !event_finish(e, k->pbx->in->d->rules)) {
		intake_free(e);
		return (NULL);
	}
	return (e);
}

/* False: no more for now. */
static bool
kept_file(struct kept *k)
{
	struct pbx   *p = k->pbx;
	struct event *e;

	if ((e = kept_event(k)) == NULL) {
		kept_free(k);
		return (true);
	}
	k->filing = ingest_take(p->in->d->ingest, e, kept_filed, NULL, k->id);
	free(e);
	if (k->filing)
		p->under_way++;
	return (k->filing);
}

static void
pbx_file(struct pbx *p)
{
	if (p->in->d->rules == NULL)
		return;
	LIST_EACH (l, &p->kept) {
		struct kept *k = list_of(l, struct kept, link);

		if (p->under_way >= UNDER_WAY)
			return;
		if (!k->filing && !kept_file(k))
			return;
	}
}

/* Calls whose end nobody told -------------------------------------------- */

static void
gone_got(uint64_t id, const struct pg_reply *r)
{
	struct pbx    *p = idmap_get(&pbx_ids, id);
	struct callrec rec;
	char	       at[32];
	bool	       out;
	int	       i, n;

	if (p == NULL)
		return;
	p->asking = false;
	if (r->how != PG_DONE)
		return;
	clock_rfc3339(at, sizeof at, clock_wall());
	n = PQntuples(r->res);
	for (i = 0; i < n; i++) {
		out = strcmp(PQgetvalue(r->res, i, 1), "out") == 0;
		rec = (struct callrec){ .call = PQgetvalue(r->res, i, 0),
			.leg = "gone",
			.at = at,
			.direction = out ? "out" : "in",
			.state = *PQgetvalue(r->res, i, 3) == 't' ? "ended"
								  : "missed",
			.from = out ? "" : PQgetvalue(r->res, i, 2),
			.to = out ? PQgetvalue(r->res, i, 2) : NULL,
			.duration = -1,
			.wait = -1,
			.hold = -1 };
		pbx_keep(p, &rec);
	}
	if (n > 0)
		log_info("asterisk %s: %d calls ended unseen", p->name, n);
}

static void
id_add(void *arg, const char *id)
{
	json_array_append_new(arg, json_string(id));
}

/* Only while nothing of what is known here is still on its way. */
static void
pbx_reconcile(struct pbx *p)
{
	struct pg_param params[3];
	json_t	       *ids;
	char	       *text, before[32];

	if (p->asking || p->kept.count != 0 || !amilink_up(p->ami) ||
	    !pool_up(p->in->d->pg_ops))
		return;
	p->seconds = 0;
	ids = json_array();
	amicall_each(p->calls, id_add, ids);
	text = json_dumps(ids, JSON_COMPACT);
	clock_rfc3339(before, sizeof before, clock_wall() - SETTLED_MS);
	params[0] = pgparam_str(p->name);
	params[1] = pgparam_str(text);
	params[2] = pgparam_str(before);
	p->asking =
	    pool_ask(p->in->d->pg_ops, p->id, ST_CALLS_GONE, params, gone_got);
	free(text);
	json_decref(ids);
}

/* Links -------------------------------------------------------------------- */

static void
pbx_told(void *arg, const struct callrec *r)
{
	pbx_keep(arg, r);
}

static void
pbx_event(void *arg, const struct ami_message *m)
{
	struct pbx *p = arg;

	/* Who leaves takes in nothing new; another daemon hears it too. */
	if (!p->in->d->draining)
		amicall_event(p->calls, m, clock_wall());
}

static void
pbx_up(void *arg)
{
	struct pbx *p = arg;

	amicall_list(p->calls);
	/* Ten seconds after: the list has come, and what it ended is filed. */
	p->seconds = RECONCILE_S - SETTLED_MS / 1000;
}

static void
pbx_close(struct pbx *p)
{
	LIST_EACH (l, &p->kept)
		kept_free(list_of(l, struct kept, link));
	list_remove(&p->in->pbxs, &p->link);
	idmap_drop(&pbx_ids, p->id);
	if (p->ami != NULL)
		amilink_close(p->ami);
	amicall_free(p->calls);
	free(p->name);
	free(p->host);
	free(p->user);
	free(p->secret);
	free(p);
}

static void
pbx_open(struct amiin *in, const struct source *s, const char *secret)
{
	/* Asterisk's own times; rules may be gone before these are. */
	static const struct callrec_desk desk = { NULL, NULL, 7 * 60 };
	struct pbx			*p;
	const char			*wrong = "";

	p = xcalloc(1, sizeof *p);
	p->in = in;
	p->name = xstrdup(s->name);
	p->host = xstrdup(s->host);
	p->user = xstrdup(s->user);
	p->secret = xstrdup(secret);
	p->id = idmap_add(&pbx_ids, p);
	list_append(&in->pbxs, &p->link);
	p->calls = amicall_new(&desk, pbx_told, p);
	p->ami = amilink_open(in->d->base, in->dns,
	    &(struct amilink_conf){ .name = p->name,
		.host = p->host,
		.user = p->user,
		.secret = p->secret,
		.event = pbx_event,
		.up = pbx_up,
		.arg = p },
	    &wrong);
	if (p->ami == NULL) {
		log_error("asterisk %s: %s", p->name, wrong);
		pbx_close(p);
	}
}

/* The same link, with the same secret; a secret that changed is a new one. */
static bool
pbx_is(const struct pbx *p, const struct source *s, const char *secret)
{
	return (strcmp(p->name, s->name) == 0 &&
	    strcmp(p->host, s->host) == 0 && strcmp(p->user, s->user) == 0 &&
	    strcmp(p->secret, secret) == 0);
}

static struct pbx *
pbx_named(const struct amiin *in, const char *name)
{
	LIST_EACH (l, &in->pbxs) {
		struct pbx *p = list_of(l, struct pbx, link);

		if (strcmp(p->name, name) == 0)
			return (p);
	}
	return (NULL);
}

void
amiin_configure(struct amiin *in)
{
	const struct rules  *rules = in->d->rules;
	const struct source *s;
	struct pbx	    *p;
	char		     secret[256];
	size_t		     i;

	LIST_EACH (l, &in->pbxs) {
		p = list_of(l, struct pbx, link);
		s = rules_source(rules, p->name);
		if (s == NULL || s->form != SOURCE_AMI)
			pbx_close(p);
	}
	for (i = 0; (s = rules_source_at(rules, i)) != NULL; i++) {
		if (s->form != SOURCE_AMI ||
		    statefile_read(
			in->d, s->secret_file, secret, sizeof secret) == 0)
			continue;
		p = pbx_named(in, s->name);
		if (p != NULL && pbx_is(p, s, secret))
			continue;
		if (p != NULL)
			pbx_close(p);
		pbx_open(in, s, secret);
	}
	explicit_bzero(secret, sizeof secret);
}

void
amiin_second(struct amiin *in)
{
	LIST_EACH (l, &in->pbxs) {
		struct pbx *p = list_of(l, struct pbx, link);

		amicall_tick(p->calls, clock_wall());
		pbx_file(p);
		if (++p->seconds >= RECONCILE_S)
			pbx_reconcile(p);
	}
}

size_t
amiin_waiting(const struct amiin *in)
{
	size_t n = 0;

	LIST_EACH (l, &in->pbxs)
		n += list_of(l, struct pbx, link)->kept.count;
	return (n);
}

bool
amiin_up(const struct amiin *in, const char *source, const char **wrong)
{
	*wrong = "its secret_file or host is not right: the log says which";
	LIST_EACH (l, &in->pbxs) {
		const struct pbx *p = list_of(l, struct pbx, link);

		if (strcmp(p->name, source) != 0 || p->ami == NULL)
			continue;
		*wrong = amilink_wrong(p->ami);
		return (amilink_up(p->ami));
	}
	return (false);
}

void
amiin_stats(const struct amiin *in, struct buf *b)
{
	uint64_t dropped = 0;
	size_t	 up = 0;

	LIST_EACH (l, &in->pbxs) {
		struct pbx *p = list_of(l, struct pbx, link);

		up += amilink_up(p->ami);
		dropped += p->dropped;
	}
	stats_gauge(b, "asterisks", "Asterisks named in desk.conf.",
	    (double)in->pbxs.count);
	stats_gauge(b, "asterisks_up",
	    "Asterisks to which this daemon is logged in.", (double)up);
	stats_gauge(b, "call_records_waiting",
	    "Call records from Asterisk that are not filed yet.",
	    (double)amiin_waiting(in));
	stats_gauge(b, "call_records_dropped",
	    "Call records from Asterisk that were dropped unfiled.",
	    (double)dropped);
}

void
amiin_close(struct amiin *in)
{
	LIST_EACH (l, &in->pbxs)
		pbx_close(list_of(l, struct pbx, link));
	idmap_free(&pbx_ids);
	idmap_free(&kept_ids);
	evdns_base_free(in->dns, 0);
	free(in);
}
