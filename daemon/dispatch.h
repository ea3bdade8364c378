/*
 * From an ask to whoever carries it out: the one place where roles are
 * enforced, and where a refusal by role is written to the audit.
 */
#ifndef DISPATCH_H
#define DISPATCH_H

#include "ask.h"

/* Takes the ask; it is answered later, from the loop. */
void dispatch_ask(struct ask *);
/* Calls the operation's SQL function with the ask's caller and arguments. */
void dispatch_sql(struct ask *);
/* The same on the search pool (own statement_timeout). */
void dispatch_search(struct ask *);
/*
 * The same, but what the function gives is handed to got() first (the
 * answer's JSON text); got() ends the ask.
 */
void dispatch_sql_then(
    struct ask *, void (*got)(struct ask *, const char *json, size_t n));

#endif
