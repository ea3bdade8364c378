/*
 * A Redis of one's own, in which the desk's library decides by a clock that is
 * set: the text that deskd loads, but for the time (clock.lua).
 *
 * It listens on a socket in a directory that only we may enter and that is gone
 * as soon as we are connected: nothing is left behind, whatever ends us, and
 * the server ends with us (the kernel kills it), also after a kill -9.
 */
#ifndef SIM_SERVER_H
#define SIM_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/def.h"

struct redisReply;
struct server;

/* NULL, and a sentence in wrong, when it does not come up. */
struct server *server_start(char *wrong, size_t) MUSTCHECK;
void	       server_stop(struct server *);

/* Empty, and ready at that time; false: see server_wrong(). */
bool server_empty(struct server *, int64_t now) MUSTCHECK;
/*
 * One function of the library at that time: argv is its name and its
 * arguments.  said: what it answered; news: what the feed has had since the
 * last call.  freeReplyObject() both.
 */
bool	    server_call(struct server *, int64_t now, int argc,
	   const char *const *argv, struct redisReply **said,
	   struct redisReply **news) MUSTCHECK;
const char *server_wrong(const struct server *);

#endif
