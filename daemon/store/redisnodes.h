/*
 * The addresses at which a link looks for its Redis: those that the settings
 * name, one after the other, and before them the one that it was just told
 * of, by a Sentinel or by another node of the Cluster.
 */
#ifndef STORE_REDISNODES_H
#define STORE_REDISNODES_H

#include <stdbool.h>
#include <stddef.h>
#include "base/def.h"
#include "base/redisurl.h"

/* Addresses over all hosts. */
#define REDISNODES 64

struct redisaddr {
	char addr[64]; /* numeric */
	int  port;
};

struct redisnodes {
	struct redisurl	 url;
	struct redisaddr all[REDISNODES];
	size_t		 of[REDISNODES]; /* the node of the URL's it is of */
	size_t		 n, next;
	struct redisaddr told, now;
	bool		 is_told;
};

/*
 * Reads the URL and resolves its hosts; may block, and does so nowhere else.
 * Of several hosts those that are not known are left out, with a warning.
 * False, and *wrong a sentence, without the password, good until the next
 * call, when it is no URL or no host is known.
 */
bool redisnodes_open(
    struct redisnodes *, const char *url, const char **wrong) MUSTCHECK;
/* Where to connect to now: what was told, once; else the next of all. */
const struct redisaddr *redisnodes_next(struct redisnodes *);
/* The next try begins with the node that was connected to last. */
void redisnodes_stay(struct redisnodes *);
/*
 * The Redis is said to be there; an empty host is the one that we are
 * connected to.  False when it is a name that the URL has not: names are not
 * resolved here, as that would block.
 */
bool redisnodes_tell(struct redisnodes *, const char *host, int port) MUSTCHECK;

#endif
