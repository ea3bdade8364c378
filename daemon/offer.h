/*
 * What a queue assigns by itself (op_offer.c).
 */
#ifndef OFFER_H
#define OFFER_H

#include <stdint.h>

struct daemon;

/*
 * Routing holds a ticket for an agent: PostgreSQL makes it his, or it goes
 * back to its line.
 */
void offer_assign_now(struct daemon *, int64_t ticket, const char *agent);

#endif
