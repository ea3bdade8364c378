/*
 * One link to Redis: asks go in, answers come out of the loop.  It connects
 * again by itself (100 ms to 5 s between tries; 1 s where there are others to
 * ask: Sentinels, nodes of a Cluster), authenticates and selects the database
 * before anybody's asks, and is up only with the master, or with the node that
 * serves the key.  With another one it is up again like with one that was
 * restarted: what it remembers may be old.  RESP2: hiredis 0.14 in Debian 12 knows
 * no other, and no TLS.
 *
 * An ask that is not answered in time means a link that is dead or a server
 * that hangs: the link is dropped and everything asked on it ends with an
 * error.  Whether it was carried out is then unknown, so that only what may
 * be repeated should be asked.
 */
#ifndef STORE_REDIS_H
#define STORE_REDIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/def.h"

struct event_base;
struct redis;
struct redisReply;

/*
 * err is NULL when the reply is good.  It is set when Redis answered with an
 * error (the reply is there and err is its text) and when no answer came
 * (reply NULL).  It may hold what a peer sent: log_shown() it.  Both are gone
 * when the callback returns.  Called from the loop, never inside the ask.
 */
typedef void redis_got(uint64_t id, const struct redisReply *, const char *err);

/* Everything it points to must outlive the link. */
struct redis_conf {
	const char *name; /* log prefix and CLIENT SETNAME */
	const char *url;  /* as redisurl_read() (base/redisurl.h) wants it */
	const char *key;  /* of those in one slot that a Cluster is asked for */
	size_t	    max_waiting; /* asks under way; 0: 10,000 */
	size_t	    max_bytes;	 /* their arguments; 0: 16 MiB */
	int64_t	    answer_ms;	 /* 0: 5,000; more for blocking XREAD */
	/* The link stands (again): nothing was asked on it before. */
	void (*up)(void *arg);
	void *arg;
};

/*
 * Starts connecting; may block, to resolve host names (once: see
 * pool_open()).  NULL when the URL is wrong or the name unknown; *wrong is a
 * sentence, without the password, good until the next call.
 */
struct redis *redis_open(struct event_base *, const struct redis_conf *,
    const char **wrong) MUSTCHECK;
/*
 * Asks; the arguments are copied.  False when the link is down or too much is
 * under way: got is not called.
 */
bool   redis_ask(struct redis *, uint64_t id, int argc, const char *const *argv,
      const size_t *lens, redis_got *) MUSTCHECK;
bool   redis_up(const struct redis *);
size_t redis_waiting(const struct redis *); /* asks under way */
/* Why the link last went down, safe to show; "" when it never did. */
const char *redis_wrong(const struct redis *);
/*
 * Ends it at once; asks under way are forgotten untold.  Not from inside a
 * callback of its own.
 */
void redis_close(struct redis *);

#endif
