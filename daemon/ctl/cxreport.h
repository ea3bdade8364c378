/*
 * Reports of customer experience in deskctl: which operation answers each, and
 * its answer as CSV.
 */
#ifndef CTL_CXREPORT_H
#define CTL_CXREPORT_H

#include <jansson.h>
#include "base/buf.h"

#define CXREPORT_WORDS 2

/*
 * The words of the operation that `deskctl report NAME' asks, as deskctl
 * takes them; NULL when it is no such report.
 */
const char *const *cxreport_words(const char *name);
/*
 * What the answer lists, as RFC 4180 has it, with a line of names; what is
 * within a member is named MEMBER.NAME.  An answer that lists nothing is one
 * record.
 */
void cxreport_csv(struct buf *, const json_t *);

#endif
