/*
 * Telephone numbers as people and exchanges write them, brought to one form:
 * E.164 (ITU-T) with a plus sign, at most 15 digits; short codes and service
 * numbers (113, 1800…, 1900…) as they are dialled.  Vietnam's mobile numbers
 * of before September 2018 (11 digits) are read as their successors and say
 * so, since an old address book is full of them.
 */
#ifndef DESK_PHONE_H
#define DESK_PHONE_H

#include <stdbool.h>
#include <stddef.h>

#define PHONE_HOME "84"

enum phone_got {
	PHONE_OK,
	PHONE_WITHHELD, /* "anonymous", empty …: there is no number */
	PHONE_WRONG	/* not a number: letters, or too many digits */
};

struct phone {
	char number[24];    /* "+84901234567", or "19001234" */
	char extension[12]; /* digits, or "" */
	bool renumbered;    /* was an 11-digit mobile of before 2018 */
	bool local;	    /* short code, service number or extension */
};

/*
 * country: calling code that numbers without one are of; NULL: PHONE_HOME.
 * The caller keeps the original where it differs.
 */
enum phone_got phone_read(
    struct phone *, const char *, size_t n, const char *country);

#endif
