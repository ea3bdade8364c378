/*
 * TICKET.EXPLAIN in words.
 */
#ifndef CTL_EXPLAIN_H
#define CTL_EXPLAIN_H

#include <jansson.h>
#include "base/buf.h"

/* Lines, each with a newline. */
void explain_put(struct buf *, const json_t *answer);

#endif
