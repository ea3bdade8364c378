/*
 * How many cases each queue has, for the lists' totals and counts: counted for
 * all who ask together and not for each of them, and told for as long as the
 * asker bears.
 */
#ifndef LOADS_H
#define LOADS_H

#include <stdint.h>
#include "base/def.h"

struct ask;
struct daemon;
struct loads;

struct loads *loads_open(struct daemon *) MUSTCHECK;
/*
 * Adds "loads" (desk.ticket_loads()) to the ask's arguments, no older than so
 * many milliseconds, and goes on with `then`: at once when they are known, else
 * when PostgreSQL has counted; or refuses the ask when it cannot be reached.
 */
void loads_want(
    struct loads *, struct ask *, int64_t oldest, void (*then)(struct ask *));
/*
 * The same for an ask that can do without: adds them when they are known, else
 * has them counted for those who come after.
 */
void loads_offer(struct loads *, struct ask *, int64_t oldest);
void loads_close(struct loads *);

#endif
