/*
 * Where Redis is, as one reads it from the settings.
 */
#ifndef STORE_REDISURL_H
#define STORE_REDISURL_H

#include <stdbool.h>
#include "base/def.h"

struct redisurl {
	char host[256]; /* "" for a unix socket; no [] around IPv6 */
	int  port;
	char path[108]; /* of a unix socket, or "" */
	char user[128]; /* "": the default user */
	char pass[512]; /* "": none */
	int  db;
};

/*
 * Reads "host:port", "[v6]:port", "unix:/path" or
 * "redis://[user][:password@]host[:port][/db]".  False and *wrong, a constant
 * sentence, when it is none of these.
 */
bool redisurl_read(
    struct redisurl *, const char *, const char **wrong) MUSTCHECK;

#endif
