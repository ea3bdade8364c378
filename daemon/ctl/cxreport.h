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
#define CXREPORT_LISTS 4

struct cxreport {
	const char *name; /* of `deskctl report NAME' */
	/* The operation that answers it, as deskctl takes it: cx scores. */
	const char *words[CXREPORT_WORDS];
	/* The members of the answer that are its lines, NULL after the last. */
	const char *lists[CXREPORT_LISTS];
};

/* The report of that name; NULL when there is none. */
const struct cxreport *cxreport_find(const char *name);
/*
 * CX.REPORT's paper: a table for each section, aligned as a terminal shows
 * them.  width: what a line may have, 0 for as much as it takes.
 */
void cxreport_paper(struct buf *, const json_t *, size_t width);
/*
 * What was measured of one of CX.RUNS' runs, and what each of these is of:
 * "month" or "week"; NULL: it is no run.
 */
const json_t *cxreport_parts(const json_t *run, const char **unit);
/*
 * The report's lines, as RFC 4180 has it, with a line of names; what is within
 * a member is named MEMBER.NAME.  Where it has several lists, the first column
 * (list) says of which a line is.  Nothing where nothing is listed: members
 * are known by lines alone.  Of runs a line is what was measured of one month
 * or week.
 */
void cxreport_csv(struct buf *, const json_t *answer, const struct cxreport *);

#endif
