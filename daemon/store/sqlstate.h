/*
 * What an answer of PostgreSQL means for whoever asked; errors by SQLSTATE,
 * in one table.
 */
#ifndef STORE_SQLSTATE_H
#define STORE_SQLSTATE_H

#include "pool.h"

/* What the connection does about it. */
enum sqlstate_act {
	ACT_KEEP,   /* nothing: it can take the next ask */
	ACT_REPEAT, /* send the ask again at once, a few times */
	ACT_REDIAL  /* it is of no use any more: connect anew */
};

/*
 * Writes the reply that a result makes; its texts live as long as the result.
 * NULL: the connection was lost and nobody knows.
 */
enum sqlstate_act sqlstate_judge(const PGresult *, struct pg_reply *);

#endif
