/*
 * Reports of customer experience as deskctl prints them: which operation
 * answers each, and its answer as tables or as CSV; appends to the buffer.
 */
#ifndef CTL_CXREPORT_H
#define CTL_CXREPORT_H

#include <stddef.h>
#include <jansson.h>
#include "base/buf.h"

#define CXREPORT_WORDS 2

/*
 * The words of the operation that `deskctl report NAME' asks, as deskctl
 * takes them; NULL when it is no such report.
 */
const char *const *cxreport_words(const char *name);
/*
 * CX.REPORT's paper: a table for each section, aligned as a terminal shows
 * them.  width: what a line may have, 0 for as much as it takes.
 */
void cxreport_paper(struct buf *, const json_t *, size_t width);
/*
 * What the answer lists, as RFC 4180 has it, with a line of names; what is
 * within a member is named MEMBER.NAME.  An answer that lists nothing is one
 * record.
 */
void cxreport_csv(struct buf *, const json_t *);

#endif
