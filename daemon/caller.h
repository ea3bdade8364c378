/*
 * Who asks: what the access checks found out about a connection, and what
 * every SQL function is told (see ARCHITECTURE.md).
 */
#ifndef CALLER_H
#define CALLER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "proto/operation.h"

struct caller {
	enum role   role;
	char	    who[72];	      /* login, or "key:NAME", or "" */
	int	    agent;	      /* the agent's id; 0: no agent */
	char	    from[46];	      /* the peer's address */
	const char *via;	      /* "http", "resp", "control" */
	char	    conversation[37]; /* a visitor's; else "" */
	int64_t	    ticket;	      /* his conversation's newest; 0: none */
	char	    csrf[48];	      /* a session's; else "" */
	char	    token[65];	      /* SHA-256 (hex) of the session or key */
	bool	    cookie;	 /* came with a cookie: writes need the csrf */
	bool	    must_change; /* his password, before anything else */
};

/* Nobody in particular, from that address. */
void caller_public(struct caller *, const char *via, const char *from);
/*
 * Takes over what the database said of a session or key:
 * {"who","agent","role"[,"csrf"][,"must_change"]}.  False when that is no caller.
 */
bool caller_take(struct caller *, const json_t *);
/* The JSON that SQL functions take. */
void caller_write(struct buf *, const struct caller *);

#endif
