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
/*
 * Puts the files that it names, as desk.upload_named() gave them, on the event;
 * one without words is previewed by the first's name.  False only when there
 * is no room.
 */
bool intake_files(struct event *, const json_t *) MUSTCHECK;
/* Notes which source block told it; false only when there is no room. */
bool intake_source(struct event *, const char *source) MUSTCHECK;
/* An empty event for n bytes of input. */
struct event *intake_new(size_t n) MUSTCHECK;
void	      intake_free(struct event *);

#endif
