/*
 * Telling Redis of an agent: queues, skills, capacity and whether he takes
 * offers, as PostgreSQL gave them.
 */
#ifndef PRESENCE_H
#define PRESENCE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "route/route.h"

struct daemon;

/*
 * {"agent","state","capacity","queues":[…],"skills":[…][,"reason"]}.  False:
 * not told, got() will not be called.
 */
bool presence_tell(
    struct daemon *, const json_t *, uint64_t id, route_done *) MUSTCHECK;

#endif
