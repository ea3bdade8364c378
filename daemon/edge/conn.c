/*
 * One connection of a peer; see conn.h.
 *
 * Its life: open (an owner, a bufferevent), closing (told to close; at the
 * end of the turn the owner hears gone()), flushing (no owner; what is
 * written goes out), draining (our end is shut; what the peer still sends is
 * read and dropped, because closing a socket with unread bytes makes the
 * kernel take back the last words we sent), then freed.  Each wait has a
 * deadline of its own.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <openssl/err.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "conn.h"
#include "listen.h"
#include "tls.h"

#define HANDSHAKE_MS 10000 /* a TLS handshake, from hello to finished */
#define STALL_MS     30000 /* bytes stand unsent and none goes out */
#define FLUSH_MS     5000  /* to take our last words */
#define DRAIN_MS     2000  /* to hang up after them */
#define DRAIN_MAX    (8 * 1024 * 1024)

enum conn_state { CONN_OPEN, CONN_CLOSING, CONN_FLUSHING, CONN_DRAINING };

struct conn {
	struct bufferevent     *bev; /* NULL once draining */
	struct event_base      *base;
	SSL		       *ssl;
	struct tls	       *upgrade; /* STARTTLS waits for the flush */
	const struct conn_kind *kind;
	void		       *owner;
	char		       *why;
	struct seat		seat;
	struct link		turn; /* on conn_turn: conn_reap() has work */
	struct event		timer;
	struct event		drain;
	int64_t			fires; /* when timer is set for; 0: it is not */
	int64_t			due;   /* the deadline; 0: none */
	int64_t			wait;  /* owner's deadline after a handshake */
	int64_t			uid;
	uint64_t		id;
	size_t			drained;
	int			fd;
	enum conn_state		state;
	bool			held;
	bool			deaf; /* the peer has shut his end */
	bool			dead; /* nothing can be sent any more */
	bool			handshake;
	char			peer[46];
	char			name[30];
};

/* Those with something to do at the end of this turn. */
static struct list conn_turn;
static uint64_t	   conn_last;

static void
conn_attend(struct conn *c)
{
	if (c->turn.on == NULL)
		list_append(&conn_turn, &c->turn);
}

/*
 * The timer itself is moved only when it would come too late; when it comes
 * too early it is set again.  So a busy connection's new deadline costs an
 * assignment, not a place in the heap.
 */
static void
conn_arm(struct conn *c, int64_t ms)
{
	struct timeval tv = { .tv_sec = ms / 1000,
		.tv_usec = (ms % 1000) * 1000 };

	c->due = ms > 0 ? clock_now() + ms : 0;
	if (ms <= 0 || (c->fires != 0 && c->fires <= c->due))
		return;
	c->fires = c->due;
	evtimer_add(&c->timer, &tv);
}

void
conn_deadline(struct conn *c, int64_t ms)
{
	if (c->state != CONN_OPEN)
		return;
	/* A handshake has its own; this one begins when that is done. */
	if (c->handshake)
		c->wait = ms;
	else
		conn_arm(c, ms);
}

/* ---- closing */

static void PRINTFLIKE(3, 0)
    conn_end(struct conn *c, bool drop, const char *why, va_list ap)
{
	char words[160];

	if (drop)
		c->dead = true;
	if (c->state != CONN_OPEN)
		return;
	vsnprintf(words, sizeof words, why, ap);
	log_debug("%s %s closing: %s", c->name, c->peer, words);
	c->why = xstrdup(words);
	c->state = CONN_CLOSING;
	c->upgrade = NULL;
	/* Also: at its high watermark libevent would ask for ever. */
	if (c->bev != NULL)
		bufferevent_disable(c->bev, EV_READ);
	conn_attend(c);
}

void
conn_close(struct conn *c, const char *why, ...)
{
	va_list ap;

	va_start(ap, why);
	conn_end(c, false, why, ap);
	va_end(ap);
}

void
conn_abort(struct conn *c, const char *why, ...)
{
	va_list ap;

	va_start(ap, why);
	conn_end(c, true, why, ap);
	va_end(ap);
}

/*
 * The events go at once: the bufferevent itself may live until a deferred
 * callback of its own has run, and the descriptor may be another's by then.
 */
static void
conn_undress(struct conn *c)
{
	if (c->bev == NULL)
		return;
	bufferevent_disable(c->bev, EV_READ | EV_WRITE);
	bufferevent_free(c->bev);
	SSL_free(c->ssl);
	c->bev = NULL;
	c->ssl = NULL;
}

static void
conn_free(struct conn *c)
{
	if (c->turn.on != NULL)
		list_remove(c->turn.on, &c->turn);
	conn_undress(c);
	evtimer_del(&c->timer);
	event_del(&c->drain);
	close(c->fd);
	listen_left(&c->seat);
	free(c->why);
	free(c);
}

/* Reads and drops what comes after our goodbye, until his or the deadline. */
static void
conn_drain(evutil_socket_t fd, short what, void *arg)
{
	static char  sink[16384];
	struct conn *c = arg;
	ssize_t	     n;

	(void)what;
	while ((n = read(fd, sink, sizeof sink)) > 0)
		if ((c->drained += (size_t)n) > DRAIN_MAX)
			break;
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	c->dead = true;
	conn_attend(c);
}

static void
conn_start_drain(struct conn *c)
{
	c->state = CONN_DRAINING;
	if (c->ssl != NULL) {
		SSL_shutdown(c->ssl);
		ERR_clear_error();
	}
	conn_undress(c);
	if (shutdown(c->fd, SHUT_WR) == -1 || c->deaf) {
		conn_free(c);
		return;
	}
	event_assign(
	    &c->drain, c->base, c->fd, EV_READ | EV_PERSIST, conn_drain, c);
	event_add(&c->drain, NULL);
	conn_arm(c, DRAIN_MS);
}

static void
conn_start_flush(struct conn *c)
{
	c->state = CONN_FLUSHING;
	c->kind->gone(c->owner, c->why);
	c->owner = NULL;
	if (c->dead || c->handshake) {
		conn_free(c);
		return;
	}
	if (conn_unsent(c) == 0) {
		conn_start_drain(c);
		return;
	}
	conn_arm(c, FLUSH_MS);
}

/* ---- what the loop tells us */

static void
conn_readable(struct bufferevent *bev, void *arg)
{
	struct conn	*c = arg;
	struct evbuffer *in = bufferevent_get_input(bev);
	size_t		 n, took;

	clock_tick();
	while (c->state == CONN_OPEN && !c->held && c->upgrade == NULL &&
	    (n = evbuffer_get_length(in)) > 0) {
		took = c->kind->input(c->owner, evbuffer_pullup(in, -1), n);
		evbuffer_drain(in, took);
		if (took != 0)
			continue;
		if (n >= c->kind->in_max && c->state == CONN_OPEN && !c->held)
			conn_abort(c, "too much unread (%zu bytes)", n);
		break;
	}
}

static void
conn_written(struct bufferevent *bev, void *arg)
{
	struct conn *c = arg;

	(void)bev;
	clock_tick();
	if (c->state == CONN_FLUSHING || c->upgrade != NULL)
		conn_attend(c);
	else if (c->state == CONN_OPEN && c->kind->sent != NULL)
		c->kind->sent(c->owner);
}

static void
conn_tls_failed(struct conn *c)
{
	unsigned long e = bufferevent_get_openssl_error(c->bev);
	const char   *why = ERR_reason_error_string(e);

	ERR_clear_error();
	conn_abort(c, "TLS %s: %s", c->handshake ? "handshake" : "error",
	    why != NULL ? why : "cut off");
}

static void
conn_happened(struct bufferevent *bev, short what, void *arg)
{
	struct conn *c = arg;
	int	     err = EVUTIL_SOCKET_ERROR();

	(void)bev;
	clock_tick();
	if (what & BEV_EVENT_CONNECTED) {
		c->handshake = false;
		conn_arm(c, c->wait);
		return;
	}
	if (what & BEV_EVENT_EOF)
		c->deaf = true;
	if (what & (BEV_EVENT_ERROR | BEV_EVENT_TIMEOUT))
		c->dead = true;
	if (c->state == CONN_FLUSHING)
		conn_attend(c);
	else if (what & BEV_EVENT_TIMEOUT)
		conn_abort(c, "too slow (%zu bytes unsent)", conn_unsent(c));
	else if (c->ssl != NULL && (what & BEV_EVENT_ERROR))
		conn_tls_failed(c);
	else if (what & BEV_EVENT_ERROR)
		conn_abort(c, "%s", evutil_socket_error_to_string(err));
	else
		conn_close(c, "peer left");
}

static void
conn_timed(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;
	int64_t	     left;

	(void)fd, (void)what;
	clock_tick();
	c->fires = 0;
	if (c->due == 0)
		return;
	if ((left = c->due - clock_now()) > 0) {
		conn_arm(c, left);
		return;
	}
	c->due = 0;
	if (c->state != CONN_OPEN) {
		c->dead = true;
		conn_attend(c);
	} else if (c->handshake)
		conn_abort(c, "TLS handshake timeout");
	else if (c->kind->late != NULL)
		c->kind->late(c->owner);
	else
		conn_close(c, "timeout");
}

/* ---- opening */

/* A fresh bufferevent on the socket, in TLS if a session is given. */
static bool
conn_dress(struct conn *c, SSL *ssl)
{
	static const struct timeval stall = { STALL_MS / 1000, 0 };

	if (ssl != NULL)
		c->bev = bufferevent_openssl_socket_new(
		    c->base, c->fd, ssl, BUFFEREVENT_SSL_ACCEPTING, 0);
	else
		c->bev = bufferevent_socket_new(c->base, c->fd, 0);
	if (c->bev == NULL) {
		SSL_free(ssl);
		return (false);
	}
	c->ssl = ssl;
	c->handshake = ssl != NULL;
	if (ssl != NULL)
		bufferevent_openssl_set_allow_dirty_shutdown(c->bev, 1);
	bufferevent_setcb(
	    c->bev, conn_readable, conn_written, conn_happened, c);
	bufferevent_setwatermark(c->bev, EV_READ, 0, c->kind->in_max);
	/* All stalls last equally long: a queue, not a heap. */
	bufferevent_set_timeouts(
	    c->bev, NULL, event_base_init_common_timeout(c->base, &stall));
	bufferevent_enable(c->bev, EV_READ | EV_WRITE);
	return (true);
}

bool
conn_open(const struct conn_birth *b)
{
	struct conn *c = xcalloc(1, sizeof *c);
	SSL	    *ssl = NULL;

	*c = (struct conn){ .base = b->base,
		.kind = b->kind,
		.fd = b->fd,
		.uid = b->uid,
		.wait = b->kind->first_ms,
		.id = ++conn_last };
	snprintf(c->peer, sizeof c->peer, "%s", b->peer);
	snprintf(c->name, sizeof c->name, "%.12s-%llx", b->kind->name,
	    (unsigned long long)c->id);
	evtimer_assign(&c->timer, b->base, conn_timed, c);
	event_assign(&c->drain, b->base, c->fd, EV_READ, conn_drain, c);
	c->seat = b->seat;
	list_append(listen_seats(c->seat.listener), &c->seat.link);

	if ((b->tls != NULL && (ssl = tls_session(b->tls)) == NULL) ||
	    !conn_dress(c, ssl)) {
		conn_free(c);
		return (false);
	}
	conn_arm(c, c->handshake ? HANDSHAKE_MS : c->wait);
	if ((c->owner = b->accept(b->arg, c)) == NULL) {
		conn_free(c);
		return (false);
	}
	return (true);
}

struct conn *
conn_of(struct seat *seat)
{
	return (list_of(seat, struct conn, seat));
}

void *
conn_owner(struct conn *c)
{
	return (c->state == CONN_OPEN ? c->owner : NULL);
}

void
conn_drop(struct conn *c)
{
	conn_abort(c, "shutting down");
	c->dead = true;
	conn_attend(c);
}

/* ---- what an owner may ask */

void
conn_write(struct conn *c, const void *p, size_t n)
{
	if (c->state != CONN_OPEN || n == 0)
		return;
	if (n > c->kind->out_max || conn_unsent(c) > c->kind->out_max - n) {
		conn_abort(c, "too slow (%zu bytes unsent)", conn_unsent(c));
		return;
	}
	if (bufferevent_write(c->bev, p, n) == -1)
		conn_abort(c, "no memory for %zu bytes", n);
}

size_t
conn_unsent(const struct conn *c)
{
	if (c->bev == NULL)
		return (0);
	return (evbuffer_get_length(bufferevent_get_output(c->bev)));
}

void
conn_hold(struct conn *c, bool hold)
{
	if (c->state != CONN_OPEN || c->upgrade != NULL)
		return;
	c->held = hold;
	if (hold) {
		bufferevent_disable(c->bev, EV_READ);
		return;
	}
	bufferevent_enable(c->bev, EV_READ);
	/* Nothing new may come: what stands there is asked about again. */
	conn_attend(c);
}

bool
conn_closing(const struct conn *c)
{
	return (c->state != CONN_OPEN);
}

void
conn_starttls(struct conn *c, struct tls *tls)
{
	if (c->state != CONN_OPEN || c->ssl != NULL)
		return;
	bufferevent_disable(c->bev, EV_READ);
	c->upgrade = tls;
	if (conn_unsent(c) == 0)
		conn_attend(c);
}

/*
 * Whatever came in before the handshake dies with the plain bufferevent:
 * nobody may put words in before the TLS of somebody else.
 */
static void
conn_start_tls(struct conn *c)
{
	SSL *ssl = tls_session(c->upgrade);

	c->upgrade = NULL;
	conn_undress(c);
	c->held = false;
	if (ssl == NULL || !conn_dress(c, ssl)) {
		conn_abort(c, "no memory for TLS");
		return;
	}
	c->wait = c->kind->first_ms;
	conn_arm(c, HANDSHAKE_MS);
}

bool
conn_is_tls(const struct conn *c)
{
	return (c->ssl != NULL && !c->handshake);
}

const char *
conn_peer(const struct conn *c)
{
	return (c->peer);
}

const char *
conn_name(const struct conn *c)
{
	return (c->name);
}

uint64_t
conn_id(const struct conn *c)
{
	return (c->id);
}

int64_t
conn_uid(const struct conn *c)
{
	return (c->uid);
}

/* What this connection waited for the end of the turn for. */
static void
conn_settle(struct conn *c)
{
	switch (c->state) {
	case CONN_OPEN:
		if (c->upgrade == NULL)
			conn_readable(c->bev, c);
		else if (conn_unsent(c) == 0)
			conn_start_tls(c);
		break;
	case CONN_CLOSING:
		conn_start_flush(c);
		break;
	case CONN_FLUSHING:
		if (c->dead)
			conn_free(c);
		else if (conn_unsent(c) == 0)
			conn_start_drain(c);
		break;
	case CONN_DRAINING:
		if (c->dead)
			conn_free(c);
		break;
	}
}

void
conn_reap(void)
{
	struct link *l;

	while ((l = list_shift(&conn_turn)) != NULL)
		conn_settle(list_of(l, struct conn, turn));
}
