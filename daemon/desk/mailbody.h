/*
 * The parts of a mail: what is text becomes the event's text and html, what
 * is not an attachment; nothing is left out.
 */
#ifndef DESK_MAILBODY_H
#define DESK_MAILBODY_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "digest.h"
#include "event.h"
#include "mailbounce.h"

struct _GMimeMessage;

#define MAIL_UNREAD_MAX 16 /* parts that are told of */

/* A part that was cut or cannot be read here, and why, in plain words. */
struct mail_unread {
	const char *part;
	const char *why;
};

struct mail_body {
	const char *wrong;     /* why it must be quarantined, or NULL */
	unsigned    odd;       /* MAILTEXT_… of its texts */
	bool	    report;    /* a multipart/report (RFC 6522) */
	bool	    forwarded; /* another mail is attached */
	const char *about; /* "bounce", "receipt", "feedback-report"; or NULL */
	struct mail_bounce bounce;
	const char *attached_id; /* Message-ID of the first mail attached */
	const char *returned_id; /* Message-ID of the mail it is about */
	struct mail_unread unread[MAIL_UNREAD_MAX];
	size_t		   nunread;
	char		   digest[DIGEST_HEX]; /* over the decoded parts */
};

/*
 * Sets text, html and attachments of the event, in its arena.  A part
 * deeper than max_depth, or more than max_parts, or a full arena, makes
 * *wrong; what was read until then stays.
 */
void mail_body_read(struct mail_body *, struct event *, struct _GMimeMessage *,
    size_t max_depth, size_t max_parts);

#endif
