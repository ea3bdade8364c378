/*
 * REPORT's answer as it is printed; appends to the buffer.
 */
#ifndef CTL_REPORTTABLE_H
#define CTL_REPORTTABLE_H

#include <jansson.h>
#include "base/buf.h"

#define REPORT_COLUMNS 32 /* at most, the first included */

/* Aligned as a terminal shows it, with the total and the time below. */
void report_table(struct buf *, const json_t *);
/* RFC 4180, with a line of names; without the total. */
void report_csv(struct buf *, const json_t *);
/* A text as one field, which no spreadsheet takes for a formula. */
void report_field(struct buf *, const char *);

#endif
