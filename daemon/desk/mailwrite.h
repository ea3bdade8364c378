/*
 * The small pieces that a mail is written of: encoded words (RFC 2047),
 * parameters (RFC 2231), quoted-printable and base64 (RFC 2045).  Whatever
 * text is given, what is written is ASCII in lines that end in CRLF and have
 * at most 78 characters; no text can begin a header or end one.  No line
 * begins with a dot or with "From ".
 *
 * Texts are UTF-8; what is none becomes '?'.
 */
#ifndef DESK_MAILWRITE_H
#define DESK_MAILWRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/def.h"

/* "user@domain" in plain ASCII that can stand between < and >. */
bool mailwrite_address_good(const char *) MUSTCHECK;
/* The same of a Message-ID without its brackets. */
bool mailwrite_id_good(const char *) MUSTCHECK;

/* "Name: text", folded: an unstructured header such as Subject. */
void mailwrite_text(struct buf *, const char *header, const char *text);
/* A mailbox: "name <address>"; name NULL or "": the address alone. */
void mailwrite_mailbox(struct buf *, const char *name, const char *address);
/* ";CRLF blank name=value", in as many lines as it takes. */
void mailwrite_param(struct buf *, const char *name, const char *value);

/* Text with lines that end in LF, as quoted-printable, ending in CRLF. */
void mailwrite_quoted(struct buf *, const char *, size_t n);

/* Bytes as base64, piece by piece: start with zeroes. */
struct mailwrite_b64 {
	uint8_t	 left[3];
	unsigned nleft;
	unsigned column;
};
void mailwrite_base64(
    struct mailwrite_b64 *, struct buf *, const void *, size_t n);
void mailwrite_base64_end(struct mailwrite_b64 *, struct buf *);

#endif
