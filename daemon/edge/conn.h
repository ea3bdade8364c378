/*
 * One connection of a peer: a bufferevent (plain or TLS) with a cap on what
 * it may have waiting in either direction and a deadline for whatever it is
 * expected to do next.  A protocol (SMTP, HTTP, RESP) is a struct conn_kind;
 * what it keeps for a connection is its owner pointer.
 *
 * Callbacks come from the loop, never from inside a call made here.  After
 * conn_close() the owner is told gone() once, at the end of the loop's turn,
 * and the conn is freed after that: the owner must not touch it again.
 */
#ifndef EDGE_CONN_H
#define EDGE_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/def.h"

struct conn;
struct event_base;
struct listener;
struct tls;

struct conn_kind {
	const char *name;     /* "smtp": log prefix and metrics label */
	size_t	    in_max;   /* bytes unread before reading pauses */
	size_t	    out_max;  /* bytes unsent before the peer is too slow */
	int64_t	    first_ms; /* the deadline until the owner sets another */
	/*
	 * Bytes have come: returns how many were taken (0: wait for more).
	 * Called again while it takes some and some are left.  When in_max
	 * bytes stand unread and none is taken the peer is closed.
	 */
	size_t (*input)(void *owner, const uint8_t *, size_t);
	/* Everything written has been sent (flow control); may be NULL. */
	void (*sent)(void *owner);
	/*
	 * The deadline passed.  The owner says so to the peer and calls
	 * conn_close(), or sets another; NULL: closed with "timeout".
	 */
	void (*late)(void *owner);
	/* The one end of it: free the owner here. */
	void (*gone)(void *owner, const char *why);
};

/* Takes a new connection; returns its owner, or NULL to refuse it. */
typedef void *conn_accept(void *arg, struct conn *);

struct listen_conf {
	const char *at;	 /* "127.0.0.1:2525", "[::1]:80", "unix:/p" */
	struct tls *tls; /* TLS from the first byte, or NULL */
	const struct conn_kind *kind;
	conn_accept	       *accept;
	void		       *arg;
	unsigned		max;	  /* connections at once; 0: 10,240 */
	unsigned		max_peer; /* of one address; 0: no limit */
	unsigned		mode;	  /* unix sockets: file mode */
	const char *busy; /* said, in plain, to one too many; or NULL */
};

/* An address and port as they are written; false and *wrong when not. */
bool listen_possible(const char *at, const char **wrong) MUSTCHECK;
/* NULL and *wrong when it cannot listen.  TCP_NODELAY is set on all. */
struct listener *listen_open(struct event_base *, const struct listen_conf *,
    const char **wrong) MUSTCHECK;
/* Takes no more; connections that stand go on. */
void	 listen_stop(struct listener *);
void	 listen_close(struct listener *);
unsigned listen_count(const struct listener *); /* connections now */
/* The port really listened on (for ":0"), or 0. */
int listen_port(const struct listener *);
/* Calls fn for each connection's owner. */
void listen_each(struct listener *, void (*fn)(void *owner, void *), void *);

/* Nothing is sent past out_max: the peer is closed as too slow. */
void   conn_write(struct conn *, const void *, size_t);
size_t conn_unsent(const struct conn *);
/* From now on, ms until late(); 0: no deadline. */
void conn_deadline(struct conn *, int64_t ms);
/*
 * Stops (true) or goes on with reading: back-pressure on this peer.  While
 * it is stopped nobody notices that the peer has left.  What stood unread is
 * asked about again when it goes on.
 */
void conn_hold(struct conn *, bool);
/*
 * Sends what is written (5 s at most), then closes.  Idempotent; why goes to
 * the log.  A peer that shuts his own end is gone: "peer left".
 */
void conn_close(struct conn *, const char *why, ...) PRINTFLIKE(2, 3);
/* Drops what is unsent and closes. */
void conn_abort(struct conn *, const char *why, ...) PRINTFLIKE(2, 3);
bool conn_closing(const struct conn *);
/*
 * STARTTLS: sends what is written, discards whatever came in before the
 * handshake (RFC 3207 section 4.2) and goes on in TLS.
 */
void conn_starttls(struct conn *, struct tls *);
bool conn_is_tls(const struct conn *);
/* "127.0.0.1", "::1", or "unix"; and whom the log calls it by: "smtp-1f". */
const char *conn_peer(const struct conn *);
const char *conn_name(const struct conn *);
uint64_t    conn_id(const struct conn *); /* unique in this process */
/* On a unix socket: the peer's user id (SO_PEERCRED); else -1. */
int64_t conn_uid(const struct conn *);
/* Runs at the end of each turn of the loop: tells gone() and frees. */
void conn_reap(void);

#endif
