/*
 * Putting the waiting lines back together from PostgreSQL after Redis was
 * emptied or restarted: pages of open tickets under a lease that one daemon
 * holds, then who is here and which queues are paused.  Applies that arrive
 * meanwhile are not lost: tickets carry versions.
 */
#ifndef REBUILD_H
#define REBUILD_H

#include <stdbool.h>
#include "base/def.h"

struct daemon;
struct rebuild;

struct rebuild *rebuild_open(struct daemon *) MUSTCHECK;
/* Begins, unless one is under way here. */
void rebuild_begin(struct rebuild *);
/* Tells Redis of every agent and paused queue as PostgreSQL has them. */
void rebuild_people(struct rebuild *);
void rebuild_close(struct rebuild *);

#endif
