/*
 * What Redis must be told.  Every transaction that changes a ticket's place
 * or makes news returns outbox rows; they are applied in Redis at once, and
 * settled (deleted) with a later call to PostgreSQL.  A row is safe to apply
 * twice, so that whatever is lost here - this process, Redis, the reply -
 * is simply swept up by any daemon after 5 s.
 */
#ifndef OUTBOX_H
#define OUTBOX_H

#include <stddef.h>
#include <stdint.h>
#include "base/def.h"

struct daemon;
struct outbox;

struct outbox *outbox_open(struct daemon *) MUSTCHECK;
/* One row: its id and the text of its `apply'. */
void outbox_take(struct outbox *, int64_t id, const char *apply, size_t n);
/* outbox_mine()'s array of rows, as JSON. */
void outbox_take_json(struct outbox *, const char *, size_t n);
/* Sends what was taken to Redis; once a turn of the loop. */
void outbox_turn(struct outbox *);
/*
 * Rows applied and not yet settled: moves at most max ids out, to travel
 * with a transaction; outbox_unsettle() brings them back when it failed.
 */
size_t outbox_settled(struct outbox *, int64_t *ids, size_t max);
void   outbox_unsettle(struct outbox *, const int64_t *ids, size_t n);
/* Settles by a statement of its own: for when no event comes along. */
void   outbox_settle_now(struct outbox *);
size_t outbox_pending(const struct outbox *);
void   outbox_close(struct outbox *);

#endif
