/*
 * What is done when it comes due: cases that wake, work of who is gone that
 * goes back to its line, clocks that warn or are broken, patience that is over,
 * what is to be said to all cases of an incident, whom surveys ask.  Each look
 * says when the next is worth it, and a timer waits for that; what comes due
 * sooner than anybody would look again is told by PostgreSQL (NOTIFY desk_due,
 * see sql/functions/due.sql).  Any number of daemons do it side by side, each a
 * little later than it could, by chance, so that they do not all come at once.
 */
#ifndef DUES_H
#define DUES_H

#include "base/def.h"

/* What the operations' first connection listens by. */
#define DUES_LISTEN "LISTEN desk_due"

struct daemon;
struct dues;

struct dues *dues_open(struct daemon *) MUSTCHECK;
/* Something comes due soon: which ("wake", "leaving", "alarm",
 * "incident", "survey"). */
void dues_heard(struct dues *, const char *name);
void dues_close(struct dues *);

#endif
