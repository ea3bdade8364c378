/*
 * The bytes of one part of a mail with its transfer encoding undone (RFC 2045
 * section 6): looked at where they lie when they need no decoding, else put
 * into a spill, never whole into ordinary memory.
 */
#ifndef DESK_MAILPART_H
#define DESK_MAILPART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/def.h"
#include "base/spill.h"
#include "digest.h"

struct _GMimeObject;

struct mail_bytes {
	const uint8_t *p;
	size_t	       n;
	struct spill   held; /* when they had to be decoded */
};

/*
 * The part's bytes; they may point into the mail.  False when the disk has no
 * room for them.  mailpart_done() afterwards, in both cases.
 */
bool mailpart_get(struct mail_bytes *, struct _GMimeObject *) MUSTCHECK;
void mailpart_done(struct mail_bytes *);

/*
 * Appends them to a spill and to a digest; false when there is no room.  A
 * part that is a message, or a multipart without parts, is written as it
 * stood in the mail.
 */
bool mailpart_put(
    struct spill *, struct digest *, struct _GMimeObject *) MUSTCHECK;

/* The first bytes, at most max; how many there are. */
size_t mailpart_peek(struct _GMimeObject *, uint8_t *, size_t max);

#endif
