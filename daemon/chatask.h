/*
 * What the visitor's operations share: whose conversation it is, and who he
 * says he is.
 */
#ifndef CHATASK_H
#define CHATASK_H

#include <stdbool.h>

struct ask;

/* Whether it is the caller's own conversation; else the ask is answered. */
bool chatask_own(struct ask *);
/*
 * Adds to the arguments what SQL compares: name_folded, contacts in their
 * normal form, and of what the shop's server has signed "user" and "proven".
 * False, and the ask answered, when something of it is wrong.
 */
bool chatask_visitor(struct ask *);

#endif
