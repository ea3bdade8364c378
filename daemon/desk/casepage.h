/*
 * The customer's page of his case, as HTML that needs no script: pure, from
 * what desk.case_see() says.  Whatever stands in it, the markup is ours
 * (htmlout.h).
 */
#ifndef DESK_CASEPAGE_H
#define DESK_CASEPAGE_H

#include <jansson.h>
#include <stdbool.h>
#include "base/buf.h"
#include "casewords.h"

struct casepage {
	const json_t *seen;  /* CASE.SEE's answer; NULL: cannot be had */
	const char   *token; /* for links to attachments */
	const char   *id;    /* of the message that the form will send */
	bool	      english;
	/* Beside the form: a word on what was sent, or why it was not. */
	enum caseword said; /* CW_SENT …; CASEWORDS: nothing */
	bool	      failed;
	bool	    files; /* there were files, which are to be chosen again */
	const char *typed; /* what stands in the form, or NULL */
};

/* The whole page; with seen NULL and a text, that text in its form. */
void casepage_write(struct buf *, const struct casepage *);
/* A page that only says something: CW_GONE, CW_AWAY or CW_OFTEN. */
void casepage_notice(struct buf *, enum caseword, bool english);

#endif
