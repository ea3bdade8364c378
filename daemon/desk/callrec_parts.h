/*
 * A posted call record while it is read; for callrec_*.c alone.
 */
#ifndef DESK_CALLREC_PARTS_H
#define DESK_CALLREC_PARTS_H

#include <jansson.h>
#include <stdbool.h>
#include "callrec.h"

#define CALLREC_VALUE_MAX 1024

struct posting {
	struct event		  *e;
	const struct callrec_desk *desk;
	const char		 **member;
	const char		 **wrong;
};

/* Always false. */
bool posting_refuse(struct posting *, const char *member, const char *wrong);
/* Both of FreeSWITCH's forms. */
enum callrec_got posting_freeswitch(struct posting *, const json_t *);

#endif
