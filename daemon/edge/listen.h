/*
 * What a listener and the connections it took know of each other.  Users of
 * either include conn.h; this is for conn.c and listen.c alone.
 */
#ifndef EDGE_LISTEN_H
#define EDGE_LISTEN_H

#include <stdbool.h>
#include <stdint.h>
#include "base/list.h"
#include "conn.h"

struct listen_peer;

/* The listener's part of a connection. */
struct seat {
	struct link	    link; /* on the listener's list */
	struct listener	   *listener;
	struct listen_peer *peer; /* who counts against max_peer, or NULL */
};

/* A connection as accept() gave it; conn_open() owns fd and seat from here. */
struct conn_birth {
	struct event_base      *base;
	const struct conn_kind *kind;
	struct tls	       *tls;
	conn_accept	       *accept;
	void		       *arg;
	const char	       *peer;
	int64_t			uid;
	struct seat		seat;
	int			fd;
};

/* False when the owner refuses it, or there is no memory for it. */
bool conn_open(const struct conn_birth *) MUSTCHECK;
/* The one whose seat it is, and its owner (NULL once it is closing). */
struct conn *conn_of(struct seat *);
void	    *conn_owner(struct conn *);
/* Aborts it in whatever state it is; gone() and memory by conn_reap(). */
void conn_drop(struct conn *);

struct list *listen_seats(struct listener *);
/* The connection is freed: its place is free. */
void listen_left(struct seat *);

#endif
