/*
 * Addresses by which a person is known, brought to the one form in which
 * they are compared.
 */
#ifndef DESK_CONTACT_H
#define DESK_CONTACT_H

#include <stdbool.h>
#include <stddef.h>
#include "base/def.h"
#include "base/mem.h"

struct contact;

#define CONTACT_KIND_MAX    32
#define CONTACT_ADDRESS_MAX 320 /* RFC 3696 errata 1690: 64 + 1 + 255 */

enum contact_got {
	CONTACT_OK,
	CONTACT_WITHHELD, /* a telephone number that was not shown */
	CONTACT_WRONG,	  /* *wrong says what is the matter */
	CONTACT_FULL	  /* the arena is */
};

/*
 * Kinds "email" and "phone" are normalised, of others the blanks around are
 * dropped.  country: see phone_read().  *wrong is constant.
 */
enum contact_got contact_read(struct arena *, struct contact *,
    const char *kind, const char *address, const char *country,
    const char **wrong) MUSTCHECK;

/* Letters, digits, - and _ in lower case, a letter first. */
bool contact_kind_valid(const char *);

/*
 * The mail address in lower case, or NULL: it is none (a Mailbox of RFC 5321
 * 4.1.2, UTF-8 of RFC 6531 with it, no address literal), or the arena is full.
 * A local part is quoted only where it must be, and escaped only there, so
 * that two ways to write one address compare alike.
 */
const char *contact_email(struct arena *, const char *) MUSTCHECK;

#endif
