/*
 * The RESP server; see resp.h.
 *
 * A session keeps its slots on one list in the order of the questions.  The
 * first slot's answer goes straight to the connection; an answer that comes
 * before its turn is kept with its slot.  While a request may not begin its
 * bytes stay unread in the connection, which is held: that is the whole of
 * the back-pressure, and why nothing here queues requests.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/idmap.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "conn.h"
#include "control.h"
#include "resp.h"

#define STRANGER_MS 30000 /* to say who one is */
#define WHOLE_MS    60000 /* to finish a request once begun */

/* The largest request, and room to read on meanwhile. */
#define IN_MAX (1048576 + 2 * 65536)
/* The largest answer (a ticket's 500 events) and what else waits. */
#define OUT_MAX (16 * 1048576)
/* Unsent, or kept for their turn, beyond which no request is begun. */
#define UNSENT_MAX (256 * 1024)
#define KEPT_MAX   (1024 * 1024)
/* Unsent beyond which a subscriber is too slow. */
#define PUSH_MAX (1024 * 1024)

struct resp_server {
	struct resp_conf  conf;
	struct listener	 *listener;
	struct idmap	  slots;    /* open questions */
	struct idmap	  sessions; /* by resp_session_id() */
	unsigned	  count;
	bool		  closing; /* freed with its last session */
	struct resp_slot *spare;   /* the last one freed */
};

struct resp_session {
	struct resp_server *server;
	struct conn	   *conn;
	void		   *user;    /* the spine's; NULL once it was told */
	struct list	    slots;   /* not yet sent, as asked */
	size_t		    open;    /* of them, not yet answered */
	size_t		    kept;    /* bytes answered before their turn */
	uint64_t	    alone;   /* the slot that holds all others back */
	const char	   *ending;  /* why it closes when all is sent */
	struct control	    control; /* id, version, name */
	bool		    authed;
	bool		    held;    /* the connection is not read */
	bool		    partial; /* a request has begun to come */
	bool		    waits;   /* the next one is for all answers */
};

struct resp_slot {
	struct link	     link;
	struct resp_session *session;
	uint64_t	     id;
	char		    *bytes; /* answered: kept for its turn */
	size_t		     n;
	bool		     answered;
};

static struct resp_slot *
slot_add(struct resp_session *s)
{
	struct resp_slot *slot = s->server->spare;

	if (slot != NULL)
		s->server->spare = NULL;
	else
		slot = xmalloc(sizeof *slot);
	*slot = (struct resp_slot){ .session = s };
	list_append(&s->slots, &slot->link);
	return (slot);
}

static void
slot_free(struct resp_slot *slot)
{
	struct resp_server *server = slot->session->server;

	list_remove(&slot->session->slots, &slot->link);
	free(slot->bytes);
	if (server->spare == NULL)
		server->spare = slot;
	else
		free(slot);
}

static struct resp_slot *
slot_first(struct resp_session *s)
{
	if (s->slots.first == NULL)
		return (NULL);
	return (list_of(s->slots.first, struct resp_slot, link));
}

/* Sends what has come to its turn. */
static void
session_send(struct resp_session *s)
{
	struct resp_slot *slot;

	while ((slot = slot_first(s)) != NULL && slot->answered) {
		conn_write(s->conn, slot->bytes, slot->n);
		s->kept -= slot->n;
		slot_free(slot);
	}
}

static void
session_put(
    struct resp_session *s, struct resp_slot *slot, const char *p, size_t n)
{
	if (slot == slot_first(s)) {
		conn_write(s->conn, p, n);
		slot_free(slot);
		session_send(s);
		return;
	}
	slot->bytes = xmalloc(n);
	memcpy(slot->bytes, p, n);
	slot->n = n;
	slot->answered = true;
	s->kept += n;
}

/* A reason not to begin any request now. */
static bool
session_full(const struct resp_session *s)
{
	return (s->alone != 0 || (s->waits && s->open > 0) ||
	    s->slots.count >= RESP_SLOTS || s->kept > KEPT_MAX ||
	    conn_unsent(s->conn) > UNSENT_MAX);
}

static void
session_hold(struct resp_session *s, bool hold)
{
	if (s->held == hold)
		return;
	s->held = hold;
	conn_hold(s->conn, hold);
}

/* Something was answered or sent: close, or read on. */
static void
session_resume(struct resp_session *s)
{
	if (s->ending != NULL) {
		if (s->slots.count == 0)
			conn_close(s->conn, "%s", s->ending);
	} else if (s->held && !session_full(s)) {
		session_hold(s, false);
	}
}

/* Answers what is asked, then closes. */
static void
session_end(struct resp_session *s, const char *why)
{
	if (s->ending == NULL)
		s->ending = why;
	session_resume(s);
}

/* A request that is begun must become whole. */
static void
session_expect(struct resp_session *s, bool partial)
{
	if (s->partial == partial || !s->authed)
		return;
	s->partial = partial;
	conn_deadline(s->conn, partial ? WHOLE_MS : 0);
}

/* As if newly connected. */
static void
session_reset(struct resp_session *s)
{
	struct resp_server *server = s->server;

	server->conf.end(server->conf.arg, s, s->user);
	resp_session_set_authed(s, false);
	s->user = server->conf.begin(server->conf.arg, s);
	if (s->user == NULL)
		session_end(s, "turned away");
}

static void
session_answer_now(struct resp_session *s, const struct buf *b)
{
	session_put(s, slot_add(s), b->p, b->n);
}

/* Those of control.h.  False when it is none. */
static bool
session_control(struct resp_session *s, const struct resp_request *r)
{
	struct buf	  b;
	enum control_then then;

	buf_init(&b, OUT_MAX);
	then = control_answer(&b, &s->control, r);
	if (then != CONTROL_NOT_OURS)
		session_answer_now(s, &b);
	buf_free(&b);
	if (then == CONTROL_RESET)
		session_reset(s);
	if (then == CONTROL_QUIT)
		session_end(s, "quit");
	return (then != CONTROL_NOT_OURS);
}

/* False when it must wait for those before it. */
static bool
session_begin(struct resp_session *s, const struct resp_request *r)
{
	struct resp_server *server = s->server;
	struct resp_slot   *slot;
	bool		    together;

	if (r->argc == 0)
		return (true);
	s->waits = resp_is(r, 0, "RESET");
	if (s->waits && s->open > 0)
		return (false);
	if (session_control(s, r))
		return (true);
	together = s->authed && server->conf.side_by_side(r);
	s->waits = !together;
	if (s->waits && s->open > 0)
		return (false);
	slot = slot_add(s);
	slot->id = idmap_add(&server->slots, slot);
	s->open++;
	if (!together)
		s->alone = slot->id;
	server->conf.request(server->conf.arg, s, s->user, slot->id, r);
	return (true);
}

static void
session_refuse(struct resp_session *s, const char *wrong)
{
	struct buf b = { 0 }, text = { 0 };

	buf_printf(&text, "Protocol error: %s", wrong);
	resp_error(&b, "ERR", text.p);
	session_answer_now(s, &b);
	buf_free(&text);
	buf_free(&b);
	log_debug("%s protocol error: %s", conn_name(s->conn), wrong);
	session_end(s, "protocol error");
}

static size_t
session_input(void *owner, const uint8_t *bytes, size_t n)
{
	struct resp_session *s = owner;
	struct resp_request  r;
	const char	    *p = (const char *)bytes;
	size_t		     took = 0;
	ssize_t		     len;

	while (took < n && s->ending == NULL) {
		if (session_full(s))
			break;
		len = resp_request(&r, p + took, n - took,
		    s->authed ? &resp_known : &resp_stranger);
		if (len == 0) {
			session_expect(s, true);
			return (took);
		}
		if (len == -1) {
			session_refuse(s, r.wrong);
			break;
		}
		if (!session_begin(s, &r))
			break;
		took += (size_t)len;
	}
	session_expect(s, false);
	if (s->ending != NULL)
		return (n); /* what else it says is not heard */
	session_hold(s, took < n);
	return (took);
}

static void
session_sent(void *owner)
{
	session_resume(owner);
}

static void
session_late(void *owner)
{
	struct resp_session *s = owner;

	if (s->authed)
		conn_close(s->conn, "a request was not finished in time");
	else
		conn_close(s->conn, "did not say in time who it is");
}

static void
server_free(struct resp_server *server)
{
	idmap_free(&server->slots);
	idmap_free(&server->sessions);
	free(server->spare);
	free(server);
}

static void
session_gone(void *owner, const char *why)
{
	struct resp_session *s = owner;
	struct resp_server  *server = s->server;
	struct resp_slot    *slot;

	log_debug("%s gone: %s", conn_name(s->conn), why);
	idmap_drop(&server->sessions, s->control.id);
	while ((slot = slot_first(s)) != NULL) {
		if (slot->id != 0)
			idmap_drop(&server->slots, slot->id);
		slot_free(slot);
	}
	if (s->user != NULL)
		server->conf.end(server->conf.arg, s, s->user);
	free(s);
	if (--server->count == 0 && server->closing)
		server_free(server);
}

static const struct conn_kind resp_kind = {
	.name = "resp",
	.in_max = IN_MAX,
	.out_max = OUT_MAX,
	.first_ms = STRANGER_MS,
	.input = session_input,
	.sent = session_sent,
	.late = session_late,
	.gone = session_gone,
};

static void *
session_accept(void *arg, struct conn *conn)
{
	struct resp_server  *server = arg;
	struct resp_session *s;

	s = xmalloc(sizeof *s);
	*s = (struct resp_session){ .server = server, .conn = conn };
	s->control.version = 2;
	s->control.id = idmap_add(&server->sessions, s);
	conn_deadline(conn, STRANGER_MS);
	s->user = server->conf.begin(server->conf.arg, s);
	if (s->user == NULL) {
		idmap_drop(&server->sessions, s->control.id);
		free(s);
		return (NULL);
	}
	server->count++;
	return (s);
}

struct resp_server *
resp_listen(
    struct event_base *base, const struct resp_conf *conf, const char **wrong)
{
	struct resp_server *server;
	struct listen_conf  listen = {
		 .at = conf->at,
		 .tls = conf->tls,
		 .kind = &resp_kind,
		 .accept = session_accept,
		 .max = conf->max,
		 .max_peer = conf->max_peer,
		 .mode = conf->mode,
	};

	server = xcalloc(1, sizeof *server);
	server->conf = *conf;
	listen.arg = server;
	server->listener = listen_open(base, &listen, wrong);
	if (server->listener == NULL) {
		free(server);
		return (NULL);
	}
	return (server);
}

static void
session_stop(void *owner, void *arg)
{
	(void)arg;
	session_end(owner, "shutting down");
}

void
resp_stop(struct resp_server *server)
{
	listen_stop(server->listener);
	listen_each(server->listener, session_stop, NULL);
}

static void
session_abort(void *owner, void *arg)
{
	struct resp_session *s = owner;

	(void)arg;
	conn_abort(s->conn, "shutting down");
}

void
resp_close(struct resp_server *server)
{
	server->closing = true;
	listen_stop(server->listener);
	listen_each(server->listener, session_abort, NULL);
	listen_close(server->listener);
	server->listener = NULL;
	if (server->count == 0)
		server_free(server);
}

int
resp_port(const struct resp_server *server)
{
	return (listen_port(server->listener));
}

unsigned
resp_count(const struct resp_server *server)
{
	return (listen_count(server->listener));
}

bool
resp_answer(struct resp_server *server, uint64_t id, const char *p, size_t n)
{
	struct resp_slot    *slot;
	struct resp_session *s;

	if ((slot = idmap_drop(&server->slots, id)) == NULL)
		return (false);
	s = slot->session;
	s->open--;
	if (s->alone == id)
		s->alone = 0;
	session_put(s, slot, p, n);
	session_resume(s);
	return (true);
}

bool
resp_push(struct resp_server *server, uint64_t id, const char *p, size_t n)
{
	struct resp_session *s;

	if ((s = idmap_get(&server->sessions, id)) == NULL)
		return (false);
	if (conn_unsent(s->conn) + n > PUSH_MAX) {
		conn_abort(s->conn, "too slow to keep up");
		return (false);
	}
	conn_write(s->conn, p, n);
	return (true);
}

uint64_t
resp_session_id(const struct resp_session *s)
{
	return (s->control.id);
}

struct resp_server *
resp_session_server(const struct resp_session *s)
{
	return (s->server);
}

int
resp_session_version(const struct resp_session *s)
{
	return (s->control.version);
}

bool
resp_session_authed(const struct resp_session *s)
{
	return (s->authed);
}

bool
resp_session_tls(const struct resp_session *s)
{
	return (conn_is_tls(s->conn));
}

const char *
resp_session_peer(const struct resp_session *s)
{
	return (conn_peer(s->conn));
}

const char *
resp_session_name(const struct resp_session *s)
{
	return (conn_name(s->conn));
}

int64_t
resp_session_uid(const struct resp_session *s)
{
	return (conn_uid(s->conn));
}

void
resp_session_set_version(struct resp_session *s, int version)
{
	s->control.version = version;
}

void
resp_session_set_authed(struct resp_session *s, bool authed)
{
	s->authed = authed;
	s->partial = false;
	conn_deadline(s->conn, authed ? 0 : STRANGER_MS);
}

void
resp_session_close(struct resp_session *s, const char *why, ...)
{
	char	text[160];
	va_list ap;

	va_start(ap, why);
	vsnprintf(text, sizeof text, why, ap);
	va_end(ap);
	conn_close(s->conn, "%s", text);
}
