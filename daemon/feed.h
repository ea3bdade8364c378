/*
 * The live feed of one daemon: follows the desk's stream in Redis once and
 * fans it out to whoever listens here - agents' browsers, services, chat
 * visitors.  A listener that was away names the last offset it saw and gets
 * what it missed first, each notice once and in order; or, when that is no
 * longer kept, a `reset': load everything anew.
 */
#ifndef FEED_H
#define FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "caller.h"

struct daemon;
struct feed;
struct route_entry;

/* What a listener is told; false ends it (the peer has gone, or is slow). */
struct feed_sink {
	bool (*notice)(void *arg, uint64_t ref, const struct route_entry *);
	/* What was missed is gone; goes on from there. */
	bool (*reset)(void *arg, uint64_t ref, const char *offset);
	/* Everything kept is told; what follows is live. */
	bool (*ready)(void *arg, uint64_t ref, const char *offset);
	void	*arg;
	uint64_t ref;
	/* What is worth telling only now, and has no offset; may be NULL. */
	bool (*brief)(void *arg, uint64_t ref, const struct route_entry *);
};

struct feed *feed_open(struct daemon *) MUSTCHECK;
/*
 * Adds a listener from that offset ("$": from now).  He is told only what
 * his caller may see.  Returns its id; the sink is never called from inside.
 */
uint64_t feed_listen(struct feed *, const struct caller *, const char *offset,
    const struct feed_sink *) MUSTCHECK;
void	 feed_leave(struct feed *, uint64_t id);
/* Whether the caller may see the notice. */
bool feed_may_see(
    const struct feed *, const struct caller *, const struct route_entry *);
/* Whether that can be said already: an agent's rights are configured. */
bool feed_knows(const struct feed *, const struct caller *);
/* Tells the visitors of a conversation who listen here something brief. */
void feed_whisper(
    struct feed *, const char *conversation, const struct route_entry *);
/* To be called from the feed link's up(). */
void feed_follow(struct feed *);
/*
 * Which agent serves which queue, and which queues only members see: from
 * the applied configuration.
 */
void feed_configure(struct feed *, const char *config, size_t n);
/* Reads again what could not be read; a few times a second. */
void   feed_retry(struct feed *);
size_t feed_count(const struct feed *);
void   feed_close(struct feed *);

#endif
