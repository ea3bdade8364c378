/*
 * The server of the TCP protocol: RESP over TCP, TLS or a unix socket.  It
 * frames requests, keeps answers in the order of the questions and protects
 * the daemon from its peers; what a request means is the spine's.
 *
 * Every request gets a slot, an id.  The spine answers slots in any order,
 * at once or later; what is answered leaves when everything asked before it
 * has left.  A request for which side_by_side() says no is not begun before
 * all earlier ones are answered, and holds later ones back until it is.
 * COMMAND, PING, ECHO, QUIT, CLIENT, SELECT, RESET and INFO are answered
 * here (control.h); everything else, HELLO and AUTH too, goes to request().
 *
 * Limits: 1 KiB a request before resp_session_set_authed(), 1 MiB after; 256
 * slots a connection, then reading pauses; an unauthenticated peer is closed
 * 30 s after it came; an authenticated one may sit idle for ever, but a
 * request once begun must be whole within 60 s.
 */
#ifndef EDGE_RESP_H
#define EDGE_RESP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/def.h"
#include "proto/resp.h"

struct event_base;
struct resp_server;
struct resp_session;
struct tls;

#define RESP_SLOTS 256

struct resp_conf {
	const char *at;	  /* as listen_conf's: "127.0.0.1:6390", "unix:/p" */
	struct tls *tls;  /* TLS from the first byte, or NULL */
	unsigned    mode; /* of a unix socket */
	unsigned    max;  /* connections at once; 0: conn's own default */
	unsigned    max_peer; /* of one address; 0: any */
	/*
	 * A peer has come: returns what the spine keeps for it (`user'), or
	 * NULL to turn it away.  It is called again, after end(), on RESET.
	 */
	void *(*begin)(void *arg, struct resp_session *);
	/* It has gone, or reset: free user.  Its open slots are dead. */
	void (*end)(void *arg, struct resp_session *, void *user);
	/*
	 * The request's bytes are good during the call only.  The slot may be
	 * answered within the call or at any time after.
	 */
	void (*request)(void *arg, struct resp_session *, void *user,
	    uint64_t slot, const struct resp_request *);
	/* May run while earlier ones of the same kind are under way. */
	bool (*side_by_side)(const struct resp_request *);
	void *arg;
};

/* NULL and *wrong when it cannot listen. */
struct resp_server *resp_listen(struct event_base *, const struct resp_conf *,
    const char **wrong) MUSTCHECK;
/*
 * Drain: takes no new peer and no new request; each session closes when what
 * it asked is answered.  Done when resp_count() is 0.
 */
void resp_stop(struct resp_server *);
/*
 * Ends what is left and frees the server once the last session is told
 * (conn_reap()); the caller forgets the pointer at once.
 */
void resp_close(struct resp_server *);
int  resp_port(const struct resp_server *);
/* Connections; also those that only have their last answers to read. */
unsigned resp_count(const struct resp_server *);

/*
 * Answers a slot, once, with the bytes of one whole reply.  False when the
 * peer has gone: ordinary.
 */
bool resp_answer(struct resp_server *, uint64_t slot, const char *, size_t n);
/*
 * Sends a push (FEED.SUBSCRIBE) to the session of that id, between answers.
 * False when it has gone.  A peer that does not read is closed as too slow.
 */
bool resp_push(struct resp_server *, uint64_t session, const char *, size_t n);

/* A session, between begin() and end(). */
uint64_t	    resp_session_id(const struct resp_session *);
struct resp_server *resp_session_server(const struct resp_session *);
int		    resp_session_version(const struct resp_session *);
bool		    resp_session_authed(const struct resp_session *);
bool		    resp_session_tls(const struct resp_session *);
/* "127.0.0.1", "::1" or "unix"; what the log calls it: "resp-1f". */
const char *resp_session_peer(const struct resp_session *);
const char *resp_session_name(const struct resp_session *);
/* The user id at the other end of a unix socket, or -1. */
int64_t resp_session_uid(const struct resp_session *);
void	resp_session_set_version(struct resp_session *, int version);
/* True: the larger limits, and no deadline.  False: a stranger again. */
void resp_session_set_authed(struct resp_session *, bool);
/* Sends what is answered, then closes; end() follows, later. */
void resp_session_close(struct resp_session *, const char *why, ...)
    PRINTFLIKE(2, 3);

#endif
