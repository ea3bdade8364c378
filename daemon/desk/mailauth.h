/*
 * What our own mail server found out about a mail's sender: its
 * Authentication-Results (RFC 8601) and Received-SPF (RFC 7208 section 9.1).
 */
#ifndef DESK_MAILAUTH_H
#define DESK_MAILAUTH_H

#include <stddef.h>
#include "event.h"

struct _GMimeMessage;

struct mail_auth {
	enum event_auth verdict; /* DMARC's */
	char dmarc[16];		 /* "pass", "fail", "none" …; "": not told */
	char spf[16];
	char dkim[16];	/* "pass" when any signature is good */
	char from[256]; /* the domain that DMARC looked at, or "" */
};

/*
 * Reads what is to be believed (RFC 8601 section 5): of the fields that stand
 * above our server's Received, or below it before the next one, the topmost
 * Authentication-Results, if it bears our authserv-id (NULL: nothing is
 * believed); and a Received-SPF above our server's Received.  Our server's is
 * the first Received "by" that name, or else the first that we did not add
 * ourselves (the first `added' bytes).  All else a sender can write.
 */
void mail_auth_read(struct mail_auth *, struct _GMimeMessage *,
    const char *authserv, size_t added);

#endif
