/*
 * How a peer of the TCP protocol says who he is: AUTH and HELLO, read from
 * their words and answered.
 */
#ifndef GREETING_H
#define GREETING_H

#include <stdbool.h>
#include "base/buf.h"
#include "proto/resp.h"

struct resp_session;

struct greeting {
	bool  hello;   /* the answer is HELLO's map */
	int   version; /* the protocol's that is wished for; 0: any */
	char  user[65];
	char *secret; /* NULL: none was shown */
};

/* Whether the request is one; the others are the front's own. */
bool greeting_is(const struct resp_request *);
/* False: malformed; greeting_free() all the same. */
bool greeting_read(struct greeting *, const struct resp_request *);
void greeting_answer(
    struct buf *, const struct greeting *, const struct resp_session *);
void greeting_free(struct greeting *);

#endif
