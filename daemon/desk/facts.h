/*
 * What an event tells that the desk acts on, as the object `facts' (see
 * ARCHITECTURE.md): read member by member from what a service sent, so that
 * nothing unknown or of another type gets there.
 */
#ifndef DESK_FACTS_H
#define DESK_FACTS_H

#include <stdbool.h>
#include <jansson.h>
#include "base/def.h"
#include "base/mem.h"

#define FACTS_STATUS_MAX 40

/*
 * An order: {"no","status","promised_at","shipped_at","delivered_at",
 * "carrier","tracking","amount","currency","payment"}; times in RFC 3339,
 * amount a whole number or a decimal as text, not negative.  Puts all but
 * "no" into facts as "order".  False: *member ("order.amount", constant) and
 * *wrong (a sentence, constant) say what is the matter.
 */
bool facts_order(json_t *facts, const json_t *order, const char **member,
    const char **wrong) MUSTCHECK;

/*
 * A rating: {"value":4,"of":5}, or 4 for that; value from 0 to of, of from 2
 * to 100.  Puts {"value","of"} into facts as "rating".
 */
bool facts_rating(json_t *facts, const json_t *rating, const char **member,
    const char **wrong) MUSTCHECK;

#endif
