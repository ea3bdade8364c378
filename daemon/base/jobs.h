/*
 * A few threads for work that would hold up the loop (password hashing, the
 * parsing of large mail).  The loop asks; a thread runs the work on memory
 * that nobody else touches until the loop is told, in its own thread, that
 * it is done.
 */
#ifndef BASE_JOBS_H
#define BASE_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include "def.h"

struct jobs;

/* max: jobs that may wait; past it jobs_ask() refuses. */
struct jobs *jobs_open(unsigned threads, size_t max);
/* Readable when something is done; the owner then calls jobs_reap(). */
int jobs_fd(const struct jobs *);
/*
 * Queues work(arg) for a thread; done(arg) runs in jobs_reap() after it.
 * False, and nothing done, when too many wait.
 */
bool jobs_ask(struct jobs *, void (*work)(void *), void (*done)(void *),
    void *arg) MUSTCHECK;
void jobs_reap(struct jobs *);
/*
 * Waits for the running work; then every done() runs, also of what was never
 * worked on, so that each frees its own.
 */
void jobs_close(struct jobs *);

#endif
