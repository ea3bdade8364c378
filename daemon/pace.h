/*
 * How fast each queue's line moves, how long it is and whether it is open now:
 * for what visitors are told.  Asked of PostgreSQL and Redis every few seconds,
 * not for each visitor.
 */
#ifndef PACE_H
#define PACE_H

#include <jansson.h>
#include <stdint.h>
#include "base/def.h"

struct daemon;
struct paces;

struct paces *pace_open(struct daemon *) MUSTCHECK;
/* Asks anew when it is time. */
void pace_tick(struct paces *);
/*
 * What is told of a queue's line (NULL: the one that visitors come to) to who
 * has so many before him; -1: he would stand last.  {"open", "there": somebody
 * of the queue is, "place", "wait": seconds, where that is known, 3600: that or
 * longer, "opens": when, while it is closed, "turned": message or callback, when
 * who comes now is not held}.  Who would be brought to another queue is told of
 * that.  A queue that is not known (yet) is open, somebody is there, and nobody
 * waits.
 */
json_t *pace_line(
    const struct daemon *, const char *queue, int64_t ahead) MUSTCHECK;
/* The same of who comes last to this very queue. */
json_t *pace_wait(const struct daemon *, const char *queue) MUSTCHECK;
void	pace_close(struct paces *);

#endif
