/*
 * One connection to PostgreSQL as a conversation of five states: down,
 * connecting, preparing, idle, busy.  What it does on arriving in a state is
 * in pg_enter(), what an event means there in pg_ready(); every state stands
 * once in each.  Its owner is a pool, which hands it asks and is told of
 * their ends.
 */
#ifndef STORE_PG_H
#define STORE_PG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/def.h"
#include "pool.h"

struct event_base;
struct pg;
struct pgdsn;

/* One ask and its parameters, in one piece of memory. */
struct pg_ask {
	struct pg_ask *next; /* in the pool's line */
	uint64_t       id;
	pg_got	      *got;
	size_t	       stmt;
	int	       nparams;
	size_t	       bytes; /* of parameters */
	int64_t	       due;   /* steady ms: given up if still in line */
	unsigned       repeats;
	const char   **values;
	int	      *lengths;
	int	      *formats;
};

/* What a connection tells its pool; always from the loop. */
struct pg_owner {
	/* It is idle, just connected or again: it may be given an ask. */
	void (*idle)(void *pool, bool fresh);
	/* It is connected no more, or could not be; why is safe to show. */
	void (*down)(void *pool, const char *why);
	/* An ask ended; pg is in its next state already. */
	void (*ended)(void *pool, struct pg_ask *, const struct pg_reply *);
	/* Milliseconds to wait before a try to connect (back-off). */
	int64_t (*delay)(void *pool);
};

/* A connection that is down and will try at once. */
struct pg *pg_open(struct event_base *, const struct pool_conf *,
    struct pgdsn *, unsigned number, const struct pg_owner *,
    void *pool) MUSTCHECK;
/* Sends the ask; pg must be idle.  Its end is told by ended(), later. */
void pg_run(struct pg *, struct pg_ask *);
bool pg_is_idle(const struct pg *);
bool pg_is_up(const struct pg *); /* idle or busy */
bool pg_is_busy(const struct pg *);
/* When it waits to try again: try now (another one has succeeded). */
void pg_hurry(struct pg *);
/* Ends it at once; returns the ask that was under way, or NULL. */
struct pg_ask *pg_close(struct pg *);

#endif
