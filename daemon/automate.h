/*
 * Automation by the clock: rules that wait for a time, and what was left to be
 * done by transactions that ended without it.  Decided and done in PostgreSQL
 * (sql/functions/automation*.sql); a daemon only asks: when the next is due as
 * PostgreSQL said, when it is told that something was left (NOTIFY desk_due,
 * "rules"), and, in case that was lost, every few seconds while there are rules.
 */
#ifndef AUTOMATE_H
#define AUTOMATE_H

#include "base/def.h"

struct automate;
struct daemon;

struct automate *automate_open(struct daemon *) MUSTCHECK;
/* At every tick. */
void automate_tick(struct automate *);
/* Something was left for rules to look at. */
void automate_heard(struct automate *);
/* Other rules may be in force. */
void automate_anew(struct automate *);
void automate_close(struct automate *);

#endif
