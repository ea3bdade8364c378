/*
 * What PostgreSQL itself allows: desk.ingest() called by a bare libpq client
 * with the events of sample.h, written as deskd writes them, a batch under
 * way on every connection.
 *
 *	bench_bare DSN CONNECTIONS BATCH SECONDS
 *
 * The batches are written before the clock starts; only the digits that make
 * their events new change from call to call.
 */
#include <err.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "desk/event.h"
#include "desk/rules.h"
#include "sample.h"
#include "spread.h"

#define BATCHES	  64
#define MARK	  UINT64_C(77700000000000) /* SAMPLE_DIGITS of them */
#define PEERS_MAX 32

struct text {
	char   *p;
	size_t	n;
	size_t *marks; /* where digits stand, and whose they are */
	size_t *owners;
	size_t	nmarks;
};

struct peer {
	PGconn	  *pg;
	struct buf settled; /* outbox rows of the last batch, as int8[] */
	int64_t	   begun;
};

static struct text   texts[BATCHES];
static struct rules *rules;
static uint64_t	     next;
static size_t	     batch;

static void
event_add(struct buf *b, uint64_t n)
{
	const char  *member = "", *wrong = "";
	struct event e;
	struct buf   json;
	char	     now[32];

	buf_init(&json, 0);
	sample_event(&json, n, MARK + n % batch);
	event_begin(&e, 1 << 20);
	if (!event_from_json(&e, json.p, json.n, "84", &member, &wrong))
		errx(1, "%s %s", member, wrong);
	clock_rfc3339(now, sizeof now, clock_wall());
	e.at = now;
	if (!event_finish(&e, rules))
		errx(1, "an event is too large");
	event_write(b, &e);
	event_drop(&e);
	buf_free(&json);
}

/* A batch, and where the digits in it are. */
static void
text_make(struct text *t, uint64_t n)
{
	struct buf b;
	char	   mark[SAMPLE_DIGITS + 1], *at;
	size_t	   i;

	buf_init(&b, 0);
	for (i = 0; i < batch; i++) {
		buf_char(&b, i == 0 ? '[' : ',');
		event_add(&b, n + i);
	}
	buf_char(&b, ']');
	buf_char(&b, '\0');
	t->p = buf_take(&b, &t->n);
	t->marks = xcalloc(batch * 16, sizeof *t->marks);
	t->owners = xcalloc(batch * 16, sizeof *t->owners);
	for (i = 0; i < batch; i++) {
		snprintf(mark, sizeof mark, "%" PRIu64, MARK + (n + i) % batch);
		for (at = t->p; (at = strstr(at, mark)) != NULL; at++) {
			if (t->nmarks == batch * 16)
				errx(1, "too many marks");
			t->marks[t->nmarks] = (size_t)(at - t->p);
			t->owners[t->nmarks++] = i;
		}
	}
}

static void
text_mark(struct text *t)
{
	char   digits[32];
	size_t i;

	for (i = 0; i < t->nmarks; i++) {
		snprintf(digits, sizeof digits, "%0*" PRIu64, SAMPLE_DIGITS,
		    next + t->owners[i]);
		memcpy(t->p + t->marks[i], digits, SAMPLE_DIGITS);
	}
	next += batch;
}

static void
rules_get(PGconn *pg)
{
	PGresult *r = PQexec(
	    pg, "SELECT body FROM desk.config ORDER BY version DESC LIMIT 1");
	char wrong[300] = "";

	if (PQntuples(r) != 1)
		errx(1, "no configuration: %s", PQerrorMessage(pg));
	rules = rules_load(PQgetvalue(r, 0, 0), (size_t)PQgetlength(r, 0, 0),
	    wrong, sizeof wrong);
	if (rules == NULL)
		errx(1, "%s", wrong);
	PQclear(r);
}

static void
peer_open(struct peer *p, const char *dsn)
{
	PGresult *r;

	p->pg = PQconnectdb(dsn);
	if (PQstatus(p->pg) != CONNECTION_OK)
		errx(1, "%s", PQerrorMessage(p->pg));
	r = PQprepare(p->pg, "ingest",
	    "SELECT ord, answer::text, outbox, apply::text"
	    " FROM desk.ingest($1::jsonb, $2::bytea[], $3::bigint[])"
	    " ORDER BY ord",
	    3, NULL);
	if (PQresultStatus(r) != PGRES_COMMAND_OK)
		errx(1, "%s", PQerrorMessage(p->pg));
	PQclear(r);
	buf_init(&p->settled, 0);
	buf_str(&p->settled, "{}");
}

static void
peer_ask(struct peer *p, const char *events)
{
	const char *values[3] = { events, "{}", p->settled.p };

	buf_char(&p->settled, '\0');
	p->begun = clock_micros();
	if (!PQsendQueryPrepared(p->pg, "ingest", 3, values, NULL, NULL, 0) ||
	    PQflush(p->pg) == -1)
		errx(1, "%s", PQerrorMessage(p->pg));
}

/* How many events are filed; the next batch settles their rows. */
static size_t
peer_take(struct peer *p)
{
	PGresult *r;
	size_t	  n = 0;
	int	  i;

	while ((r = PQgetResult(p->pg)) != NULL) {
		if (PQresultStatus(r) != PGRES_TUPLES_OK)
			errx(1, "%s", PQerrorMessage(p->pg));
		buf_reset(&p->settled);
		buf_char(&p->settled, '{');
		for (i = 0; i < PQntuples(r); i++) {
			if (PQgetisnull(r, i, 2))
				errx(1, "an event was there before");
			buf_printf(&p->settled, "%s%s", n++ == 0 ? "" : ",",
			    PQgetvalue(r, i, 2));
		}
		buf_char(&p->settled, '}');
		PQclear(r);
	}
	return (n);
}

static void
run(struct peer *peers, nfds_t n, double seconds)
{
	static struct spread spread;
	struct pollfd	     fds[PEERS_MAX];
	int64_t		     from, to, now;
	uint64_t	     done = 0, calls = 0;
	nfds_t		     i, busy = n;
	size_t		     filed;

	from = clock_micros() + (int64_t)(seconds * 0.2e6);
	to = from + (int64_t)(seconds * 1e6);
	for (i = 0; i < n; i++) {
		text_mark(&texts[calls % BATCHES]);
		peer_ask(&peers[i], texts[calls++ % BATCHES].p);
		fds[i] = (struct pollfd){ PQsocket(peers[i].pg), POLLIN, 0 };
	}
	while (busy > 0) {
		if (poll(fds, n, 60000) <= 0)
			errx(1, "PostgreSQL does not answer");
		for (i = 0; i < n; i++) {
			if (fds[i].revents == 0)
				continue;
			if (!PQconsumeInput(peers[i].pg))
				errx(1, "%s", PQerrorMessage(peers[i].pg));
			if (PQisBusy(peers[i].pg))
				continue;
			filed = peer_take(&peers[i]);
			now = clock_micros();
			if (now >= from && now < to) {
				done += filed;
				spread_add(&spread, now - peers[i].begun);
			}
			if (now < to) {
				text_mark(&texts[calls % BATCHES]);
				peer_ask(&peers[i], texts[calls++ % BATCHES].p);
			} else {
				fds[i].fd = -1;
				fds[i].revents = 0;
				busy--;
			}
		}
	}
	/* Nothing is left for a daemon to sweep. */
	for (i = 0; i < n; i++) {
		peer_ask(&peers[i], "[]");
		peer_take(&peers[i]);
		PQfinish(peers[i].pg);
		buf_free(&peers[i].settled);
	}
	printf("{\"done\":%" PRIu64
	       ",\"rate\":%.1f,\"p50\":%.3f,\"p99\":%.3f}\n",
	    done, (double)done / seconds,
	    (double)spread_part(&spread, 0.5) / 1e3,
	    (double)spread_part(&spread, 0.99) / 1e3);
}

int
main(int argc, char **argv)
{
	struct peer peers[PEERS_MAX];
	size_t	    i, n;

	if (argc != 5 || (n = (size_t)atoi(argv[2])) < 1 || n > PEERS_MAX ||
	    (batch = (size_t)atoi(argv[3])) < 1 || batch > 1024)
		errx(2, "usage: bench_bare DSN CONNECTIONS BATCH SECONDS");
	for (i = 0; i < n; i++)
		peer_open(&peers[i], argv[1]);
	rules_get(peers[0].pg);
	for (i = 0; i < BATCHES; i++)
		text_make(&texts[i], i * batch);
	next = sample_run();
	run(peers, n, atof(argv[4]));
	for (i = 0; i < BATCHES; i++) {
		free(texts[i].p);
		free(texts[i].marks);
		free(texts[i].owners);
	}
	rules_free(rules);
	return (0);
}
