/*
 * Where Redis is, as one reads it from the settings, and as Redis itself says
 * that something is elsewhere.
 */
#ifndef BASE_REDISURL_H
#define BASE_REDISURL_H

#include <stdbool.h>
#include <stddef.h>
#include "def.h"

/* More Sentinels or first nodes of a Cluster than anybody names. */
#define REDISURL_NODES 16

enum redisurl_kind {
	REDISURL_ONE,	   /* that server and no other */
	REDISURL_SENTINEL, /* the nodes are Sentinels, who know the master */
	REDISURL_CLUSTER   /* the nodes are some of a Cluster's */
};

struct redisnode {
	char host[256]; /* no [] around IPv6 */
	int  port;
};

struct redisurl {
	enum redisurl_kind kind;
	struct redisnode   node[REDISURL_NODES];
	size_t		   nnodes;    /* 0 for a unix socket */
	char		   path[108]; /* of a unix socket, or "" */
	char		   name[128]; /* what the Sentinels call the master */
	char		   user[128]; /* "": the default user */
	char		   pass[512]; /* "": none */
	int		   db;
};

/*
 * Reads "host:port", "[v6]:port", "unix:/path",
 * "redis://[user][:password@]host[:port][/db]",
 * "sentinel://[user][:password@]host[:port],.../name[/db]" or
 * "cluster://[user][:password@]host[:port],...".  False and *wrong, a constant
 * sentence, when it is none of these.
 */
bool redisurl_read(
    struct redisurl *, const char *, const char **wrong) MUSTCHECK;

/*
 * Reads "MOVED slot host:port" (Redis Cluster specification, "MOVED
 * Redirection"), where an IPv6 host has no [] and the host is "" when it is
 * the one who says so.  False when the error is no such.
 */
bool redisurl_moved(struct redisnode *, const char *error) MUSTCHECK;

#endif
