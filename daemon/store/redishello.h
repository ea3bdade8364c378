/*
 * What is said on a new connection before anybody's asks, and what the
 * answers mean: is this the Redis that we look for, and if not, which is?
 */
#ifndef STORE_REDISHELLO_H
#define STORE_REDISHELLO_H

#include <stdbool.h>
#include <stddef.h>
#include "redisnodes.h"

struct redisReply;

enum redishello_what {
	HELLO_MAY,   /* whatever it answers */
	HELLO_MUST,  /* no error */
	HELLO_ROLE,  /* that it is a master */
	HELLO_KEY,   /* no error: it serves the key */
	HELLO_SOUGHT /* of a Sentinel: where the master is */
};

struct redishello {
	enum redishello_what what;
	int		     argc;
	const char	    *argv[3]; /* of the caller's, and constants */
};

/* Lines that redishello_say() writes at most. */
#define REDISHELLO_LINES 6

/*
 * The lines for that server, or for a Sentinel.  name: what CLIENT LIST shows;
 * key: one of those that will be asked for (of a Cluster).
 */
size_t redishello_say(struct redishello *, const struct redisnodes *,
    bool sentinel, const char *name, const char *key);

enum redishello_means {
	HELLO_GOOD,
	HELLO_ELSEWHERE, /* redisnodes_next() knows */
	HELLO_BAD	 /* why: a sentence; may hold what the peer sent */
};

enum redishello_means redishello_hear(enum redishello_what,
    const struct redisReply *, struct redisnodes *, char *why, size_t size);

#endif
