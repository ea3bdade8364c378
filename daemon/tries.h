/*
 * What strangers try, counted by address, a minute at a time, in tables of a
 * fixed size: some addresses share a place.  All pages that a link alone opens
 * count together, so that nobody has as many tries as there are pages.
 */
#ifndef TRIES_H
#define TRIES_H

#include <stdbool.h>

enum tries {
	TRIES_LINK, /* a link that opens nothing: 30 a minute */
	TRIES_FORM, /* a public form sent: 10 a minute */
	TRIES_KINDS
};

/* Whether that address is to wait for the minute's end. */
bool tries_past(enum tries, const char *from);
void tries_add(enum tries, const char *from);

#endif
