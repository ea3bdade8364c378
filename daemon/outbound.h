/*
 * Messages on their way to customers: this daemon claims rows of
 * desk.outbound under a lease, hands each to the sender of its channel, and
 * settles it with what came of it.  sql/functions/outbound.sql has the states.
 *
 * A sender is asked to send, and answers later, from the loop, with
 * outbound_ended().  Mail says outbound_ready() before its last bytes: they
 * go when PostgreSQL has on record that they do.  What cannot stop there (an
 * HTTP request) is put on record before it is begun.
 *
 * Nothing is sent twice by itself: where this process ends, and whatever is
 * lost of what it asked PostgreSQL, a row is either still to be sent or known
 * to be let go.
 */
#ifndef OUTBOUND_H
#define OUTBOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>
#include "base/buf.h"
#include "base/def.h"
#include "edge/courier.h"

struct daemon;
struct outbound;

struct sender {
	const char *channel;
	bool	    pauses; /* says outbound_ready() before its end */
	/* Whether this daemon can send on the channel at all, as it is set. */
	bool (*able)(struct daemon *);
	/*
	 * Begins; the message (desk.outbound_message()) lives until the end.
	 * False: it cannot be sent, *wrong says why, or, NULL, there is no
	 * room just now.  Else outbound_ended() comes, later.
	 */
	bool (*send)(struct daemon *, const json_t *message, uint64_t ref,
	    const char **wrong);
	void (*go_on)(struct daemon *, uint64_t ref); /* pauses only */
	void (*stop)(struct daemon *, uint64_t ref);  /* ended() not told */
};

struct outbound *outbound_open(struct daemon *) MUSTCHECK;
/* Looks for work and for what is owed to PostgreSQL; with the chores' tick. */
void outbound_tick(struct outbound *);

/* For senders.  A ref that has gone is ordinary. */
void outbound_ready(struct outbound *, uint64_t ref);
void outbound_ended(
    struct outbound *, uint64_t ref, const struct courier_result *);

/* The daemon is going: what is not let go is given back. */
void outbound_drain(struct outbound *);
/* Messages in hand, those that wait to be settled among them. */
size_t outbound_flying(const struct outbound *);
/* Gauges for /metrics. */
void outbound_gauges(const struct outbound *, struct buf *);
void outbound_close(struct outbound *);

#endif
