/*
 * One connection to PostgreSQL as two switches; see pg.h.
 *
 * An ask is DONE when ReadyForQuery has come with no transaction open, and
 * not before: in the extended protocol the rows and CommandComplete are sent
 * ahead of the commit, which happens at Sync and can still fail.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <event2/event.h>
#include <libpq-fe.h>

#include "base/buf.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "base/mem.h"
#include "pg.h"
#include "pgdsn.h"
#include "pgsession.h"
#include "sqlstate.h"

/* To be connected, and again until the last statement is prepared. */
#define CONNECT_MS 5000
/* To be connected, where there are other hosts to try. */
#define HOST_MS 2000
/* A deadlock or serialization failure is tried again so often. */
#define REPEATS	    3
#define VERSION_MIN 150000

enum pg_state { PG_DOWN, PG_CONNECTING, PG_PREPARING, PG_IDLE, PG_BUSY };

static const char *const state_names[] = {
	[PG_DOWN] = "down",
	[PG_CONNECTING] = "connecting",
	[PG_PREPARING] = "preparing",
	[PG_IDLE] = "idle",
	[PG_BUSY] = "busy",
};

struct pg {
	struct event_base	 *base;
	const struct pool_conf	 *conf;
	struct pgdsn		 *dsn; /* the pool's: all begin with one host */
	const struct pg_owner	 *owner;
	void			 *pool;
	enum pg_state		  state;
	PGconn			 *conn;
	PostgresPollingStatusType poll; /* what PQconnectPoll() waits for */
	struct event		 *io;
	short			  waiting; /* EV_READ | EV_WRITE */
	struct event		 *timer; /* a state's deadline, or the pause */
	struct pg_ask		 *ask;	 /* under way */
	PGresult		 *res;	 /* its first result, or its error */
	size_t			  prepared; /* results of the preparations */
	unsigned		  syncs;    /* awaited of them */
	struct pgsession	  session;
	bool			  listens;
	char			  name[40];
	char why[256]; /* it went down last; safe to show */
};

static void pg_enter(struct pg *, enum pg_state);
static void pg_ready(struct pg *, short what);

/* PostgreSQL's words as one safe line: of several hosts' the last. */
static void
pg_because(struct pg *c, const char *what, const char *text)
{
	const char *next = text;
	size_t	    n;

	while ((next = strstr(next, "\nconnection to server")) != NULL)
		text = ++next;
	n = strcspn(text, "\n");
	snprintf(c->why, sizeof c->why, "%s%s%s", what, n != 0 ? ": " : "",
	    n != 0 ? log_shown(text, n) : "");
}

static void
pg_notice(void *arg, const PGresult *res)
{
	struct pg  *c = arg;
	const char *text = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);

	if (text != NULL)
		log_debug(
		    "%s notice: %s", c->name, log_shown(text, strlen(text)));
}

static void
pg_io(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	pg_ready(arg, what);
}

static void
pg_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	pg_ready(arg, what);
}

/*
 * Waits for the socket, which may be another one than before while it is
 * connecting: hence always assigned anew there.
 */
static void
pg_wait(struct pg *c, short what)
{
	if (c->waiting == what && c->state > PG_PREPARING)
		return;
	event_del(c->io);
	event_assign(c->io, c->base, PQsocket(c->conn),
	    c->state == PG_CONNECTING ? what : what | EV_PERSIST, pg_io, c);
	event_add(c->io, NULL);
	c->waiting = what;
}

static void
pg_deadline(struct pg *c, int64_t ms)
{
	struct timeval tv = { .tv_sec = ms / 1000,
		.tv_usec = ms % 1000 * 1000 };

	evtimer_add(c->timer, &tv);
}

/* Frees what the connection had; the events first, as they name its socket. */
static void
pg_drop(struct pg *c)
{
	event_del(c->io);
	event_del(c->timer);
	c->waiting = 0;
	PQclear(c->res);
	c->res = NULL;
	PQfinish(c->conn);
	c->conn = NULL;
}

/* The one way down, from any state; why is told by pg_because() before. */
static void
pg_lost(struct pg *c)
{
	struct pg_ask  *ask = c->ask;
	struct pg_reply lost;

	(void)sqlstate_judge(NULL, &lost);
	c->ask = NULL;
	pg_drop(c);
	pg_enter(c, PG_DOWN);
	c->owner->down(c->pool, c->why);
	if (ask != NULL)
		c->owner->ended(c->pool, ask, &lost);
}

static void
pg_lost_because(struct pg *c, const char *what)
{
	pg_because(c, what, c->conn != NULL ? PQerrorMessage(c->conn) : "");
	pg_lost(c);
}

/* For tests: the ask is with PostgreSQL and its end is not known. */
static void
pg_sent(const struct pg *c)
{
	char name[64];

	snprintf(
	    name, sizeof name, "sent-%s", c->conf->stmts[c->ask->stmt].name);
	failpoint_at(name);
}

/* Sends what libpq holds; while some is left, reads too, as it asks for. */
static bool
pg_flush(struct pg *c)
{
	int left = PQflush(c->conn);

	if (left < 0) {
		pg_lost_because(c, "sending");
		return (false);
	}
	if (failpoint_armed && left == 0 && c->state == PG_BUSY)
		pg_sent(c);
	pg_wait(c, left != 0 ? EV_READ | EV_WRITE : EV_READ);
	return (true);
}

/*
 * Reads what has come.  A TLS record holds up to 16 KiB, libpq reads 8 KiB at
 * least: what OpenSSL keeps back of a record makes no socket readable, so it
 * is fetched here.
 */
static bool
pg_consume(struct pg *c)
{
	int i, n = PQsslInUse(c->conn) ? 3 : 1;

	for (i = 0; i < n; i++)
		if (PQconsumeInput(c->conn) == 0) {
			pg_lost_because(c, "reading");
			return (false);
		}
	return (true);
}

/* Connecting -------------------------------------------------------------- */

static void
pg_connect(struct pg *c)
{
	c->conn = PQconnectStartParams((const char *const *)c->dsn->keys,
	    (const char *const *)c->dsn->values, 0);
	if (c->conn == NULL || PQstatus(c->conn) == CONNECTION_BAD) {
		pg_lost_because(c, "connecting");
		return;
	}
	PQsetNoticeReceiver(c->conn, pg_notice, c);
	c->poll = PGRES_POLLING_WRITING;
	pg_wait(c, EV_WRITE);
	pg_deadline(c, c->dsn->hosts > 1 ? HOST_MS : CONNECT_MS);
}

static void
pg_connect_on(struct pg *c)
{
	switch (c->poll = PQconnectPoll(c->conn)) {
	case PGRES_POLLING_OK:
		pgdsn_begin_with(c->dsn, c->conn, false);
		pg_enter(c, PG_PREPARING);
		break;
	case PGRES_POLLING_READING:
		pg_wait(c, EV_READ);
		break;
	case PGRES_POLLING_WRITING:
		pg_wait(c, EV_WRITE);
		break;
	default:
		pg_lost_because(c, "connecting");
		break;
	}
}

/* Preparing --------------------------------------------------------------- */

static bool
pg_send_preparations(struct pg *c)
{
	char		      ms[24];
	const char	     *value = ms;
	const struct pg_stmt *s = c->conf->stmts;
	size_t		      i;

	snprintf(ms, sizeof ms, "%dms", c->conf->statement_ms);
	if (PQsetnonblocking(c->conn, 1) != 0 ||
	    !PQenterPipelineMode(c->conn) ||
	    !PQsendQueryParams(
		c->conn, pgsession_sql, 1, NULL, &value, NULL, NULL, 0))
		return (false);
	for (i = 0; i < c->conf->nstmts; i++)
		if (!PQsendPrepare(c->conn, s[i].name, s[i].sql, 0, NULL))
			return (false);
	/* Refused by a standby: a transaction of its own. */
	c->syncs = 1 + c->listens;
	return (PQpipelineSync(c->conn) == 1 &&
	    (!c->listens ||
		(PQsendQueryParams(
		     c->conn, c->conf->listen, 0, NULL, NULL, NULL, NULL, 0) &&
		    PQpipelineSync(c->conn) == 1)));
}

/*
 * In one round trip: the session's settings and every statement of the pool,
 * so that SQL that does not fit the schema is found now and not at noon.
 */
static void
pg_prepare(struct pg *c)
{
	c->prepared = 0;
	if (PQserverVersion(c->conn) < VERSION_MIN) {
		pg_because(c, "this is PostgreSQL before 15", "");
		pg_lost(c);
	} else if (!pg_send_preparations(c)) {
		pg_lost_because(c, "preparing");
	} else {
		(void)pg_flush(c);
	}
}

/* One result of the preparations; false when the connection went down. */
static bool
pg_prepared(struct pg *c, const PGresult *res)
{
	size_t at = c->prepared++;
	char   what[96];

	if (at == 0 && pgsession_read(&c->session, res)) {
		pgsession_warn(&c->session, c->name);
		return (true);
	}
	if (PQresultStatus(res) == PGRES_COMMAND_OK || at > c->conf->nstmts)
		return (true);
	snprintf(what, sizeof what, "preparing %s",
	    at == 0 ? "the session" : c->conf->stmts[at - 1].name);
	pg_because(c, what, PQresultErrorMessage(res));
	pg_lost(c);
	return (false);
}

static void
pg_prepare_on(struct pg *c)
{
	PGresult *res;
	bool	  sync, ok = true;

	while (ok && !PQisBusy(c->conn)) {
		if ((res = PQgetResult(c->conn)) == NULL)
			continue; /* the end of one statement's results */
		sync = PQresultStatus(res) == PGRES_PIPELINE_SYNC;
		ok = sync || pg_prepared(c, res);
		PQclear(res);
		if (!sync || --c->syncs > 0)
			continue;
		if (!PQexitPipelineMode(c->conn)) {
			pg_lost_because(c, "preparing");
			return;
		}
		if (c->conf->records != NULL && c->session.records[0] != '\0')
			c->conf->records(c->session.records);
		pg_enter(c, PG_IDLE);
		return;
	}
}

/* Asking ------------------------------------------------------------------ */

static void
pg_send(struct pg *c)
{
	const struct pg_ask *a = c->ask;

	if (!PQsendQueryPrepared(c->conn, c->conf->stmts[a->stmt].name,
		a->nparams, a->values, a->lengths, a->formats, 0)) {
		pg_lost_because(c, "asking");
		return;
	}
	pg_deadline(c, c->conf->answer_ms);
	(void)pg_flush(c);
}

/* Keeps the first result, unless an error comes after it (at the commit). */
static void
pg_keep(struct pg *c, PGresult *res)
{
	if (c->res == NULL || PQresultStatus(res) == PGRES_FATAL_ERROR) {
		PQclear(c->res);
		c->res = res;
	} else {
		PQclear(res);
	}
}

/* A standby takes it never; its primary, or what it becomes, is elsewhere. */
static bool
pg_on_standby(const struct pg *c, const struct pg_reply *r)
{
	const char *hot = PQparameterStatus(c->conn, "in_hot_standby");

	return (strcmp(r->sqlstate, "25006") == 0 && hot != NULL &&
	    strcmp(hot, "on") == 0);
}

/* ReadyForQuery has come: what the result means, and the next state. */
static void
pg_end(struct pg *c)
{
	bool		  good;
	struct pg_reply	  r;
	struct pg_ask	 *ask = c->ask;
	PGresult	 *res = c->res;
	enum sqlstate_act act;

	good = PQstatus(c->conn) == CONNECTION_OK &&
	    PQtransactionStatus(c->conn) == PQTRANS_IDLE;
	act = sqlstate_judge(good ? res : NULL, &r);
	c->res = NULL;
	if (act == ACT_REPEAT && ask->repeats < REPEATS) {
		ask->repeats++;
		PQclear(res);
		pg_send(c);
		return;
	}
	c->ask = NULL;
	if (act == ACT_REDIAL || pg_on_standby(c, &r)) {
		pg_because(c, "PostgreSQL says", r.message);
		pg_lost(c);
	} else {
		pg_enter(c, PG_IDLE);
	}
	c->owner->ended(c->pool, ask, &r);
	PQclear(res);
}

static void
pg_answer_on(struct pg *c)
{
	PGresult *res;

	while (!PQisBusy(c->conn)) {
		if ((res = PQgetResult(c->conn)) == NULL) {
			pg_end(c);
			return;
		}
		pg_keep(c, res);
		if (PQresultStatus(c->res) != PGRES_TUPLES_OK &&
		    PQresultStatus(c->res) != PGRES_COMMAND_OK &&
		    PQresultStatus(c->res) != PGRES_FATAL_ERROR) {
			pg_because(c, "a statement that is no query", "");
			pg_lost(c); /* COPY: it would never end */
			return;
		}
	}
}

/* What came on the channel that it listens to, with answers or between. */
static void
pg_hear(struct pg *c)
{
	PGnotify *news;

	while (c->state >= PG_IDLE && (news = PQnotifies(c->conn)) != NULL) {
		if (c->listens)
			c->conf->heard(news->extra);
		PQfreemem(news);
	}
}

/* What we do on arriving in a state. */
static void
pg_enter(struct pg *c, enum pg_state next)
{
	enum pg_state before = c->state;

	log_debug(
	    "%s: %s -> %s", c->name, state_names[c->state], state_names[next]);
	c->state = next;
	switch (next) {
	case PG_DOWN:
		pg_deadline(c, c->owner->delay(c->pool));
		break;
	case PG_CONNECTING:
		pg_connect(c);
		break;
	case PG_PREPARING:
		pg_deadline(c, CONNECT_MS);
		pg_prepare(c);
		break;
	case PG_IDLE:
		event_del(c->timer);
		pg_wait(c, EV_READ);
		c->owner->idle(c->pool, before == PG_PREPARING);
		break;
	case PG_BUSY:
		pg_send(c);
		break;
	}
}

/* What a ready socket, or the clock (EV_TIMEOUT), means in a state. */
static void
pg_ready(struct pg *c, short what)
{
	switch (c->state) {
	case PG_DOWN:
		pg_enter(c, PG_CONNECTING);
		break;
	case PG_CONNECTING:
		if (what & EV_TIMEOUT) {
			pgdsn_begin_with(c->dsn, c->conn, true);
			pg_because(c, "no connection in time", "");
			pg_lost(c);
		} else {
			pg_connect_on(c);
		}
		break;
	case PG_PREPARING:
		if (what & EV_TIMEOUT) {
			pg_because(c, "not prepared in time", "");
			pg_lost(c);
		} else if (pg_consume(c) && pg_flush(c)) {
			pg_prepare_on(c);
		}
		break;
	case PG_IDLE:
		if (pg_consume(c) && PQstatus(c->conn) != CONNECTION_OK)
			pg_lost_because(c, "idle");
		break;
	case PG_BUSY:
		if (what & EV_TIMEOUT) {
			pg_because(c, "no answer in time", "");
			pg_lost(c);
		} else if (pg_consume(c) && pg_flush(c)) {
			pg_answer_on(c);
		}
		break;
	}
	pg_hear(c);
}

/* For the pool ------------------------------------------------------------ */

struct pg *
pg_open(struct event_base *base, const struct pool_conf *conf,
    struct pgdsn *dsn, unsigned number, const struct pg_owner *owner,
    void *pool)
{
	struct pg *c = xcalloc(1, sizeof *c);

	c->base = base;
	c->conf = conf;
	c->dsn = dsn;
	c->owner = owner;
	c->pool = pool;
	c->listens = conf->listen != NULL && number == 1;
	snprintf(c->name, sizeof c->name, "pg-%s-%u", conf->name, number);
	c->io = event_new(base, -1, EV_READ, pg_io, c);
	c->timer = evtimer_new(base, pg_timer, c);
	if (c->io == NULL || c->timer == NULL)
		fatal("%s: no memory for its events", c->name);
	pg_deadline(c, owner->delay(pool));
	return (c);
}

void
pg_run(struct pg *c, struct pg_ask *ask)
{
	if (c->state != PG_IDLE)
		bug("%s asked while %s", c->name, state_names[c->state]);
	c->ask = ask;
	pg_enter(c, PG_BUSY);
}

bool
pg_is_idle(const struct pg *c)
{
	return (c->state == PG_IDLE);
}

bool
pg_is_up(const struct pg *c)
{
	return (c->state >= PG_IDLE);
}

bool
pg_is_busy(const struct pg *c)
{
	return (c->state == PG_BUSY);
}

void
pg_hurry(struct pg *c)
{
	if (c->state == PG_DOWN)
		pg_deadline(c, c->owner->delay(c->pool));
}

struct pg_ask *
pg_close(struct pg *c)
{
	struct pg_ask *ask = c->ask;

	pg_drop(c);
	event_free(c->io);
	event_free(c->timer);
	free(c);
	return (ask);
}
