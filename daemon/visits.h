/*
 * Visitors with a page of the shop open at this daemon: how many streams each
 * conversation has, who came and left (told to Redis together, a few times a
 * second, so that ten thousand of them cost no more than a few writes), and
 * where those who wait stand in line.  Who left every daemon, and stays away
 * for the widget's grace, is noted in PostgreSQL as gone; when he comes back,
 * as back.
 */
#ifndef VISITS_H
#define VISITS_H

#include <stddef.h>
#include <stdint.h>
#include "base/def.h"

struct caller;
struct daemon;
struct visits;

struct visits *visits_open(struct daemon *) MUSTCHECK;
/* A stream of the visitor's has begun, or ended. */
void visits_come(struct visits *, const struct caller *);
void visits_leave(struct visits *, const char *conversation);
/* The feed told something of a conversation: its place may be another. */
void visits_heed(struct visits *, const char *conversation, int64_t ticket);
/* What is due by the clock; a few times a second. */
void   visits_tick(struct visits *);
size_t visits_count(const struct visits *); /* told to Redis */
void   visits_close(struct visits *);

#endif
