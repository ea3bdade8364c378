/*
 * What a daemon does by the clock: looks after offers, takes over outbox rows
 * that others left, indexes, rebuilds the lines when Redis was lost, reads a
 * changed configuration.  Any number of daemons do all of it side by side;
 * each step is safe to be done twice.
 */
#ifndef CHORES_H
#define CHORES_H

#include <stdbool.h>
#include "base/def.h"

struct chores;
struct daemon;

struct chores *chores_open(struct daemon *) MUSTCHECK;
/* Redis said that it does not hold the desk (see route.h). */
void chores_lost(void *chores);
/* Routing has something to do after so many ms; -1: not by the clock. */
void chores_due(struct chores *, int64_t ms);
/* PostgreSQL told that something of that kind comes due soon (dues.h). */
void chores_heard(struct chores *, const char *name);
void chores_close(struct chores *);

#endif
