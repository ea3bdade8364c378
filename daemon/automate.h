/*
 * Automation by the clock: rules that wait for a time, and what was left to be
 * done by transactions that ended without it.  Decided and done in PostgreSQL
 * (sql/functions/automation*.sql); a daemon only asks, when the next is due as
 * PostgreSQL said, and every few seconds for what was left.
 */
#ifndef AUTOMATE_H
#define AUTOMATE_H

#include "base/def.h"

struct automate;
struct daemon;

struct automate *automate_open(struct daemon *) MUSTCHECK;
/* At every tick. */
void automate_tick(struct automate *);
/* Other rules may be in force. */
void automate_anew(struct automate *);
void automate_close(struct automate *);

#endif
