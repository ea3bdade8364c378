/*
 * The head of an HTTP answer as text: the status line, what stands on every
 * answer for the browser's and the peer's safety, and what the caller adds.
 */
#ifndef EDGE_ANSWER_H
#define EDGE_ANSWER_H

#include <stdbool.h>
#include "base/buf.h"
#include "http.h"

struct answer_how {
	bool tls;    /* HSTS may be said */
	bool close;  /* the connection ends with this answer */
	bool stream; /* no length: it ends when the connection does */
};

/*
 * Adds the head, its empty line too.  False, and nothing added, when one of
 * the answer's headers is none or has a control character inside.
 */
bool answer_head(struct buf *, const struct http_answer *,
    const struct answer_how *) MUSTCHECK;
/* Adds the body of a refusal (RFC 9457). */
void answer_problem(struct buf *, const struct http_problem *);

#endif
