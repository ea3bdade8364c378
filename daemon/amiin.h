/*
 * Calls of the Asterisks that desk.conf names (source … form = "ami"): one
 * link each, their events made records and filed like posted ones.
 *
 * Asterisk tells things once and waits for nobody, so that what cannot be
 * filed now is kept here and tried again: at most AMIIN_KEPT records a source,
 * past which the oldest is dropped, counted and logged.  A call whose end was
 * missed, by us or because the exchange went down, is ended when the exchange
 * no longer names it.
 */
#ifndef AMIIN_H
#define AMIIN_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "base/def.h"

#define AMIIN_KEPT 4096

struct amiin;
struct daemon;

struct amiin *amiin_open(struct daemon *) MUSTCHECK;
/* The configuration has come into force: links as it says, others closed. */
void amiin_configure(struct amiin *);
/* Once a second. */
void   amiin_second(struct amiin *);
size_t amiin_waiting(const struct amiin *); /* records not yet committed */
/*
 * Whether the link of the source of that name is up; *wrong, when it is not,
 * says why (it is safe to show).
 */
bool amiin_up(const struct amiin *, const char *source, const char **wrong);
/* Gauges, for /metrics. */
void amiin_stats(const struct amiin *, struct buf *);
void amiin_close(struct amiin *);

#endif
