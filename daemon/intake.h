/*
 * Events that come as an operation's argument, a chat message or a posted
 * call record: from bytes to ingest, and from its outcome to the asker.
 * Mail has its own way in: mailin.h.
 */
#ifndef INTAKE_H
#define INTAKE_H

#include "ask.h"

struct event;

/*
 * Classifies, folds and hands the event over; the ask is answered when it is
 * committed.  Takes the event (malloc'd by intake_new()).
 */
void intake_file(struct ask *, struct event *);
/* An empty event for n bytes of input. */
struct event *intake_new(size_t n) MUSTCHECK;
void	      intake_free(struct event *);

#endif
