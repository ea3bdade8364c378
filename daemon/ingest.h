/*
 * The one path of all events into the history: whatever arrived while the
 * last batch was under way goes to PostgreSQL as one call of desk.ingest()
 * (group commit: one event when idle, up to batch_max under load), and every
 * sender hears of his event only after that commit.
 *
 * Nothing is kept here for PostgreSQL to come back: while it is away each
 * sender is told to come again, which all of them can.
 */
#ifndef INGEST_H
#define INGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/def.h"

struct daemon;
struct event;
struct ingest;

enum ingest_how {
	INGEST_DONE,  /* committed; or it had been, before */
	INGEST_LATER, /* not done, or nobody knows: come again */
	INGEST_FULL,  /* the same, and the disk is full (SMTP: 452) */
	INGEST_NEVER  /* PostgreSQL refuses this very event */
};

struct ingest_outcome {
	enum ingest_how how;
	const char     *answer; /* INGEST_DONE: JSON, as the contract says */
	size_t		n;
	bool		duplicate;
};

/* The loop tells the sender; never from within ingest_take(). */
typedef void ingest_done(
    void *arg, uint64_t ref, const struct ingest_outcome *);

struct ingest *ingest_open(struct daemon *) MUSTCHECK;
/*
 * Takes the event with its source and its attachments, which belong to
 * ingest from now on, also when it returns false: then too much waits already
 * and done() will not be called.
 */
bool ingest_take(struct ingest *, struct event *, ingest_done *, void *arg,
    uint64_t ref) MUSTCHECK;
/* Whether there is room for n more bytes: ask before reading a mail. */
bool ingest_has_room(const struct ingest *, size_t n);
/* Begins what can begin; once a turn of the loop. */
void   ingest_turn(struct ingest *);
size_t ingest_waiting(const struct ingest *); /* events not yet answered */
void   ingest_close(struct ingest *);

#endif
