/*
 * Mail about a mail: bounces (RFC 3464, and what older servers write without
 * it), receipts (RFC 8098) and complaints (RFC 5965).
 */
#ifndef DESK_MAILBOUNCE_H
#define DESK_MAILBOUNCE_H

#include <stdbool.h>
#include <stddef.h>
#include "base/mem.h"

struct event;
struct mail_env;
struct mail_fields;

/* Strings are the event's; NULL where nothing was told. */
struct mail_bounce {
	/* "failed", "delayed", "delivered", "relayed", "expanded" */
	const char *action;
	const char *status;	/* "5.1.1" (RFC 3463) */
	const char *recipient;	/* as the report writes it */
	const char *message_id; /* of the mail it is about, without <> */
	const char *diagnostic; /* one line */
};

/*
 * The fields of a message/delivery-status: of several recipients the first
 * that failed, else the first that is delayed, else the first.  False when
 * there is none.
 */
bool mail_bounce_read(
    struct mail_bounce *, struct arena *, const char *, size_t n);

/*
 * A field of lines such as a header's, unfolded and cleaned, at most 500
 * bytes; NULL when it is not there.
 */
const char *mail_bounce_field(
    struct arena *, const char *, size_t n, const char *name);

/* The Message-ID that such lines name, without <>; or NULL. */
const char *mail_bounce_id(
    struct arena *, const char *, size_t n, const char *name);

/*
 * The same of a mail's text alone, in the clear cases: it comes from a mail
 * system, and says what qmail, Exim, sendmail or Exchange say.
 */
bool mail_bounce_guess(struct mail_bounce *, struct event *,
    const struct mail_fields *, const struct mail_env *);

#endif
