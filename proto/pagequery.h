/*
 * What the address of a page for customers says (/case/, /survey/, /feedback/):
 * its language, what the page thanks for, a score that a mail's button stands
 * for.  Members that are not known, or not in their form, say nothing; of two
 * of a name the last counts.
 */
#ifndef PROTO_PAGEQUERY_H
#define PROTO_PAGEQUERY_H

#include <stdbool.h>

struct pagequery {
	bool english;  /* asked for, else what the browser accepts first */
	bool asked;    /* for a language: "lang=vi", "lang=en" */
	char said[8];  /* letters, or "" */
	char score[3]; /* one or two digits, or "" */
};

/* query: what follows '?', encoded; accepts: Accept-Language, or NULL. */
void pagequery_read(struct pagequery *, const char *query, const char *accepts);

#endif
