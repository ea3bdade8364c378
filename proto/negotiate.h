/*
 * What a request says of the form that its answer may have: which content
 * codings its sender takes, and which representation he has already.  Pure.
 */
#ifndef PROTO_NEGOTIATE_H
#define PROTO_NEGOTIATE_H

#include <stdbool.h>
#include "base/def.h"

/* In the order in which we choose when the sender likes several alike. */
enum coding { CODING_BR, CODING_GZIP, CODING_PLAIN };

#define CODINGS (CODING_PLAIN + 1)

/* Weights in thousandths; -1: not named. */
struct codings {
	int of[CODINGS];
	int others; /* of "*" */
};

/* As a request without the field has it. */
void codings_none(struct codings *);
/*
 * Adds what an Accept-Encoding field says (RFC 9110 section 12.5.3); of a
 * coding named twice the first counts.  A member that is none is read over.
 */
void codings_read(struct codings *, const char *field);
/*
 * Which of those that there are (bits of enum coding; plain is always there)
 * is to be sent.  Plain also when nothing that there is would be taken: a
 * file in the wrong form is of more use than none.
 */
enum coding codings_best(const struct codings *, unsigned there) MUSTCHECK;

/*
 * Whether an If-None-Match field (RFC 9110 section 13.1.2) names the tag,
 * weakly compared, or is "*".  tag: with its quotes.  What follows a member
 * that is no tag is not believed.
 */
bool etag_listed(const char *field, const char *tag) MUSTCHECK;

#endif
