/*
 * Who of the people is here.
 *
 * An agent is here while he has a connection that hears of offers, at any
 * daemon: an event stream of the web client's, or a session of the TCP
 * protocol, logged in as he, that has subscribed to the feed.  Comings and
 * leavings are told to Redis together, a few times a second.  What Redis finds
 * out of agents (present.lua) is put on record in PostgreSQL here, and its
 * answer told to Redis.
 */
#ifndef PRESENCE_H
#define PRESENCE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "route/route.h"

struct caller;
struct daemon;
struct presence;

struct presence *presence_open(struct daemon *) MUSTCHECK;
/* The grace, from the applied configuration. */
void presence_configure(struct presence *, const char *config, size_t n);
/* A connection that hears of offers begins, or has ended; of whoever it is. */
void presence_come(struct presence *, const struct caller *);
void presence_leave(struct presence *, const struct caller *);
/* Something was found out. */
void presence_note(struct presence *, const struct route_note *);
/* What is due by the clock; a few times a second. */
void presence_tick(struct presence *);
void presence_close(struct presence *);

/*
 * Tells Redis of an agent: queues, skills, capacity and whether he takes
 * offers, as PostgreSQL gave them: {"agent","state","version","capacity",
 * "queues":[…],"skills":[…][,"limits"][,"reason"][,"gone"]}.  said: he says it
 * just now, or somebody in his name.  False: not told, got() will not be called.
 */
bool presence_tell(struct daemon *, const json_t *, bool said, uint64_t id,
    route_done *) MUSTCHECK;

#endif
