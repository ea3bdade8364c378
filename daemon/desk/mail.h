/*
 * The bytes of one mail (RFC 5322 and MIME) as a struct event.
 *
 * It never fails: what cannot be parsed becomes an event whose quarantine
 * says why, which still has an id, a sender and the digest of its source, so
 * that a person sees it (the design's promise 4).
 */
#ifndef DESK_MAIL_H
#define DESK_MAIL_H

#include <stddef.h>
#include <stdint.h>
#include "event.h"

#define MAIL_DEPTH_MAX	 100	 /* parts within parts; Postfix, Dovecot */
#define MAIL_PARTS_MAX	 1000	 /* Dovecot takes 10,000 */
#define MAIL_HEADERS_MAX 1048576 /* bytes, all parts' headers together */

/* What the mail's carrier knows and its bytes do not say. */
struct mail_env {
	const char	  *sender; /* MAIL FROM without <>; "" for <> */
	const char *const *rcpts;  /* RCPT TO, without <> */
	size_t		   nrcpts;
	const char	  *at;	     /* RFC 3339, when it came */
	const char	  *authserv; /* authserv-id we trust, or NULL */
	const uint8_t	  *key;	     /* of reply tokens, see token.h */
	size_t		   keylen;
	size_t		   max_depth; /* 0: MAIL_DEPTH_MAX */
	size_t		   max_parts; /* 0: MAIL_PARTS_MAX */
	/*
	 * Bytes at the mail's head that we wrote ourselves: they differ from
	 * try to try, so that no id may depend on them.
	 */
	size_t added;
	/*
	 * SHA-256 of the bytes in hexadecimal, where the carrier has something
	 * faster than GLib to make it with; or NULL.
	 */
	const char *digest;
};

/* Once, before the first mail_parse() and before there are threads. */
void mail_init(void);

/* A cap for event_begin() that a good mail of n bytes never meets. */
size_t mail_arena_cap(size_t n);

/*
 * Reads a mail into an event that event_begin() has made empty.  May run in
 * several threads at once, each with an event of its own; the event keeps no
 * pointer into bytes or env.  Sets channel "mail", kind "message", id, at,
 * contacts (From, else the envelope's sender, else "unknown@invalid"), name,
 * to, subject, text, html, thread, refs, token, auth, automatic, attachments
 * (also inline ones, by cid), raw, meta and quarantine.
 *
 * id is "<Message-ID>/<32 digits over the decoded parts>", so that another
 * body under a used Message-ID is another mail; without a Message-ID it is
 * the digest of the bytes below what its carriers put on top.  auth: see mailauth.h.  meta has "reply_to",
 * "date", "bounce" ("failed 5.1.1"…), "from_count" where it is not 1, and
 * "flags" (what looks like a trick: "several-from", "address-in-name",
 * "several-subject", "utf7", "text-cut" …); facts has "automatic", "list",
 * "bulk", "forwarded", "bounce", "auth" and "unread" (see ARCHITECTURE.md).
 *
 * no_room is set when the disk had no room for its parts (base/spill.h): then
 * nothing else of it counts, and it is to be sent again.
 */
void mail_parse(
    struct event *, const uint8_t *bytes, size_t n, const struct mail_env *);

#endif
