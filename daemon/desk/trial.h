/*
 * A text tried against rules, as if a customer had written it: which queue it
 * would go to, and why; nothing is filed.
 */
#ifndef DESK_TRIAL_H
#define DESK_TRIAL_H

#include <jansson.h>
#include "base/def.h"

#define TRIAL_TEXT 65536 /* bytes */

struct rules;

/* UTF-8 without U+0000; all but the channel may be NULL. */
struct trial {
	const char *channel; /* one that rules name */
	const char *to;	     /* the address contacted */
	const char *subject;
	const char *text;
	const char *segment; /* the customer's */
};

/*
 * A new object {"queue","priority","skills","why","lang","order","rules"}:
 * skills are a list, lang and order stand there when they were found, rules
 * is the list of rules_each().  What a mail quotes does not count, as ever.
 * NULL: it is too large.
 */
json_t *trial_run(const struct rules *, const struct trial *) MUSTCHECK;

#endif
