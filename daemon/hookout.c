/*
 * Web hooks to other services; see hookout.h.
 */
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/idmap.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon.h"
#include "edge/hmac.h"
#include "hookout.h"
#include "outbox.h"
#include "settings.h"
#include "statefile.h"
#include "stats.h"
#include "stmts.h"
#include "store/pgparam.h"
#include "store/pool.h"

#define FLYING_MAX  32	  /* of this daemon; 4 of each hook of all daemons */
#define POST_MS	    15000 /* for the whole; its lease is a minute */
#define ANSWER_MAX  65536
#define EVERY_WORK  250
#define EVERY_IDLE  5000 /* while there are no hooks */
#define EVERY_SWEEP 60000
#define EVERY_STATS 15000
#define SWEEP_ROWS  1000
#define SECRETS_MAX 4
#define KEY_MAX	    256

/* One try of one notice. */
struct flight {
	struct hookout *o;
	uint64_t	courier;
	json_int_t	id, hook, attempt;
	char	       *name;
};

struct hookout {
	struct daemon *d;
	struct idmap   flights;
	size_t	       flying;
	json_t	      *results; /* PostgreSQL is to be told of these */
	json_t	      *telling; /* … is being told, or NULL */
	json_t	      *stats;	/* desk.hook_stats(), or NULL */
	bool	       working, sweeping, counting;
	int64_t	       config; /* version at the last count */
	int64_t	       next_work, next_sweep, next_stats;
};

static struct idmap errands; /* struct hookout, one id an errand */

struct hookout *
hookout_open(struct daemon *d)
{
	struct hookout *o;

	o = xcalloc(1, sizeof *o);
	o->d = d;
	o->results = json_array();
	o->config = -1;
	return (o);
}

/* ---- signing and posting */

/* The keys in the file, one a line: two while they change. */
static size_t
keys_read(
    struct webhook_key *keys, uint8_t bytes[SECRETS_MAX][KEY_MAX], char *text)
{
	char  *line, *rest = text;
	long   len;
	size_t n = 0;

	while (
	    n < SECRETS_MAX && (line = strtok_r(rest, "\r\n", &rest)) != NULL) {
		len = webhook_key_read(bytes[n], KEY_MAX, line);
		if (len <= 0)
			return (0);
		keys[n] = (struct webhook_key){ bytes[n], (size_t)len };
		n++;
	}
	return (n);
}

static bool
sign(const struct daemon *d, const char *file, const struct webhook *w,
    char *out, size_t size, const char **wrong)
{
	struct webhook_key keys[SECRETS_MAX];
	uint8_t		   bytes[SECRETS_MAX][KEY_MAX];
	char		   text[2048];
	size_t		   n = 0;
	bool		   good = false;

	*wrong = "its secret_file cannot be read";
	if (statefile_read(d, file, text, sizeof text) != 0) {
		*wrong = "its secret_file holds no key";
		n = keys_read(keys, bytes, text);
		good = n != 0 && webhook_signature(out, size, w, keys, n);
	}
	OPENSSL_cleanse(text, sizeof text);
	OPENSSL_cleanse(bytes, sizeof bytes);
	return (good);
}

static const char *
row_text(const json_t *row, const char *member)
{
	const char *s = json_string_value(json_object_get(row, member));

	return (s != NULL ? s : "");
}

uint64_t
hookout_post(struct daemon *d, const json_t *row, courier_got *got, void *arg,
    uint64_t ref, const char **wrong)
{
	const char	   *body = row_text(row, "body");
	const char	   *ca = row_text(row, "ca");
	char		    at[24], words[300], path[512], line[3][400];
	const char	   *headers[4];
	struct webhook	    w;
	struct courier_post post;
	uint64_t	    id;

	snprintf(at, sizeof at, "%lld", (long long)time(NULL));
	w = (struct webhook){ .id = row_text(row, "uid"),
		.timestamp = at,
		.body = body,
		.n = strlen(body) };
	if (!sign(d, row_text(row, "secret_file"), &w, words, sizeof words,
		wrong))
		return (0);
	snprintf(line[0], sizeof line[0], "webhook-id: %s", w.id);
	snprintf(line[1], sizeof line[1], "webhook-timestamp: %s", at);
	snprintf(line[2], sizeof line[2], "webhook-signature: %s", words);
	headers[0] = "Content-Type: application/json";
	headers[1] = line[0];
	headers[2] = line[1];
	headers[3] = line[2];
	snprintf(path, sizeof path, "%s/%s", d->settings->state_dir, ca);
	post = (struct courier_post){ .method = "POST",
		.url = row_text(row, "url"),
		.headers = headers,
		.nheaders = nitems(headers),
		.body = body,
		.n = w.n,
		.guard = true,
		.allowed = row_text(row, "allow"),
		.ca = *ca != '\0' ? path : NULL,
		.timeout_ms = POST_MS,
		.max_answer = ANSWER_MAX };
	*wrong = "there is no room for it just now";
	id = courier_post(d->courier, &post, got, arg, ref);
	return (id);
}

/* ---- what came of it */

static void hookout_work(struct hookout *);

/* Takes note of a try's end; PostgreSQL hears of it with the next claim. */
static void
flight_end(struct flight *f, uint64_t ref, const char *how, long status,
    const char *words, long retry)
{
	struct hookout *o = f->o;
	json_t	       *said = json_string(words);
	bool		done = strcmp(how, "done") == 0;

	stats_add(done ? COUNT_HOOK_DONE : COUNT_HOOK_LATER, 1);
	if (!done)
		log_info("hook %s not told: %s", f->name,
		    log_shown(words, strlen(words)));
	json_array_append_new(o->results,
	    json_pack("{s:I,s:I,s:I,s:s,s:i,s:o,s:i}", "id", f->id, "hook",
		f->hook, "attempt", f->attempt, "how", how, "status",
		(int)status, "said", said != NULL ? said : json_string(""),
		"retry", (int)retry));
	idmap_drop(&o->flights, ref);
	free(f->name);
	free(f);
}

static void
answered(void *arg, uint64_t ref, const struct courier_result *r)
{
	struct hookout *o = arg;
	struct flight  *f = idmap_get(&o->flights, ref);
	const char     *how = "later";

	if (f == NULL)
		return;
	FAILPOINT("hook answered");
	/* Whatever else it says may be mended; 410 says that it will not. */
	if (r->how == COURIER_DONE)
		how = "done";
	else if (r->status == 410)
		how = "gone";
	flight_end(f, ref, how, r->status, r->words, r->retry);
	hookout_work(o);
}

/* ---- claiming */

static void
flight_begin(struct hookout *o, const json_t *row)
{
	struct flight *f;
	const char    *wrong;
	uint64_t       ref;

	f = xcalloc(1, sizeof *f);
	f->o = o;
	f->id = json_integer_value(json_object_get(row, "id"));
	f->hook = json_integer_value(json_object_get(row, "hook"));
	f->attempt = json_integer_value(json_object_get(row, "attempt"));
	f->name = xstrdup(row_text(row, "name"));
	ref = idmap_add(&o->flights, f);
	o->flying++;
	FAILPOINT("hook claimed");
	f->courier = hookout_post(o->d, row, answered, o, ref, &wrong);
	if (f->courier == 0)
		flight_end(f, ref, "later", 0, wrong, 0);
}

static bool
errand(struct hookout *o, size_t stmt, const struct pg_param *p, pg_got *got)
{
	uint64_t id;

	if (!pool_up(o->d->pg_ops))
		return (false);
	id = idmap_add(&errands, o);
	if (pool_ask(o->d->pg_ops, id, stmt, p, got))
		return (true);
	idmap_drop(&errands, id);
	return (false);
}

/* What PostgreSQL was not told is told again; twice does no harm. */
static void
untold(struct hookout *o)
{
	json_array_extend(o->telling, o->results);
	json_decref(o->results);
	o->results = o->telling;
	o->telling = NULL;
}

static void
worked(uint64_t id, const struct pg_reply *r)
{
	struct hookout *o = idmap_drop(&errands, id);
	json_t	       *rows, *row;
	size_t		i;

	if (o == NULL)
		return;
	o->working = false;
	if (r->how == PG_LATER) {
		untold(o);
		return;
	}
	o->flying -= json_array_size(o->telling);
	json_decref(o->telling);
	o->telling = NULL;
	if (r->how == PG_NEVER) {
		log_error("hooks not served: %s",
		    log_shown(r->message, strlen(r->message)));
		return;
	}
	outbox_take_json(o->d->outbox, PQgetvalue(r->res, 0, 1),
	    (size_t)PQgetlength(r->res, 0, 1));
	rows = json_loads(PQgetvalue(r->res, 0, 0), 0, NULL);
	json_array_foreach (rows, i, row)
		flight_begin(o, row);
	json_decref(rows);
	if (json_array_size(o->results) > 0)
		hookout_work(o);
}

static void
hookout_work(struct hookout *o)
{
	struct pg_param p[3];
	size_t		room;
	char	       *text, num[24];

	room = o->d->draining
	    ? 0
	    : FLYING_MAX - o->flying + json_array_size(o->results);
	if (o->working || (room == 0 && json_array_size(o->results) == 0))
		return;
	o->telling = o->results;
	o->results = json_array();
	text = json_dumps(o->telling, JSON_COMPACT);
	snprintf(num, sizeof num, "%zu", room);
	p[0] = pgparam_str(o->d->name);
	p[1] = pgparam_str(text != NULL ? text : "[]");
	p[2] = pgparam_str(num);
	o->working = errand(o, ST_HOOK_WORK, p, worked);
	free(text);
	if (!o->working)
		untold(o);
}

/* ---- by the clock */

static void
swept(uint64_t id, const struct pg_reply *r)
{
	struct hookout *o = idmap_drop(&errands, id);

	if (o == NULL)
		return;
	o->sweeping = false;
	if (r->how == PG_NEVER)
		log_error("hooks not swept: %s",
		    log_shown(r->message, strlen(r->message)));
	else if (r->how == PG_DONE &&
	    strtol(PQgetvalue(r->res, 0, 0), NULL, 10) >= SWEEP_ROWS)
		o->next_sweep = 0;
}

static void
counted(uint64_t id, const struct pg_reply *r)
{
	struct hookout *o = idmap_drop(&errands, id);

	if (o == NULL)
		return;
	o->counting = false;
	if (r->how != PG_DONE)
		return;
	json_decref(o->stats);
	o->stats = json_loads(PQgetvalue(r->res, 0, 0), 0, NULL);
	o->next_work = 0;
}

static long
stat_of(const struct hookout *o, const char *member)
{
	return ((long)json_integer_value(json_object_get(o->stats, member)));
}

void
hookout_tick(struct hookout *o)
{
	int64_t		now = clock_now();
	struct pg_param p[1];
	char		num[24];

	if (now >= o->next_work || json_array_size(o->results) > 0) {
		o->next_work = now +
		    (o->stats != NULL && stat_of(o, "hooks") == 0 ? EVERY_IDLE
								  : EVERY_WORK);
		hookout_work(o);
	}
	if (now >= o->next_sweep && !o->sweeping) {
		o->next_sweep = now + EVERY_SWEEP;
		snprintf(num, sizeof num, "%d", SWEEP_ROWS);
		p[0] = pgparam_str(num);
		o->sweeping = errand(o, ST_HOOK_SWEEP, p, swept);
	}
	if ((now >= o->next_stats || o->config != o->d->config) &&
	    !o->counting) {
		o->next_stats = now + EVERY_STATS;
		o->counting = errand(o, ST_HOOK_STATS, NULL, counted);
		if (o->counting)
			o->config = o->d->config;
	}
}

size_t
hookout_flying(const struct hookout *o)
{
	return (o->flying + o->working);
}

void
hookout_gauges(const struct hookout *o, struct buf *b)
{
	stats_gauge(b, "hook_notices_waiting",
	    "Notices that web hooks have not taken yet.",
	    (double)stat_of(o, "waiting"));
	stats_gauge(b, "hook_oldest_seconds",
	    "How long the oldest of them has waited.",
	    (double)stat_of(o, "oldest"));
	stats_gauge(b, "hooks_failing", "Web hooks whose last try failed.",
	    (double)stat_of(o, "failing"));
	stats_gauge(b, "hooks_gone", "Web hooks that were disabled (410).",
	    (double)stat_of(o, "gone"));
}

static void
flight_drop(uint64_t ref, void *p, void *arg)
{
	struct hookout *o = arg;
	struct flight  *f = p;

	courier_stop(o->d->courier, f->courier);
	idmap_drop(&o->flights, ref);
	free(f->name);
	free(f);
}

void
hookout_close(struct hookout *o)
{
	idmap_each(&o->flights, flight_drop, o);
	idmap_free(&o->flights);
	idmap_free(&errands);
	json_decref(o->results);
	json_decref(o->telling);
	json_decref(o->stats);
	free(o);
}
