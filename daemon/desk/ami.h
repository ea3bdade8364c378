/*
 * Messages of the Asterisk Manager Interface, as Asterisk 16 to 22 send them
 * (docs.asterisk.org, "AMI Actions" and "AMI Events"): a first line that
 * names the interface, then messages of lines "Name: value", each message
 * ended by an empty line.  Lines end in CRLF; LF alone is put up with.
 */
#ifndef DESK_AMI_H
#define DESK_AMI_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "base/def.h"

#define AMI_MESSAGE_MAX 16384 /* bytes with the empty line */
#define AMI_FIELDS	128   /* more are left out */
#define AMI_BANNER_MAX	128

#define AMI_MORE 0
#define AMI_BAD	 -1

/* A message cut into lines; names and values end in NUL and are UTF-8. */
struct ami_message {
	struct {
		const char *name;
		const char *value;
	} fields[AMI_FIELDS];
	size_t n;
	char   text[AMI_MESSAGE_MAX + 1];
};

/*
 * Bytes that the first line takes; AMI_MORE while it is not whole; AMI_BAD:
 * this is no Asterisk.
 */
ssize_t ami_banner(const char *, size_t) MUSTCHECK;
/*
 * Bytes that the message takes, AMI_MORE, or AMI_BAD when it is longer than
 * AMI_MESSAGE_MAX: ami_skip() then finds its end.  Lines without a colon are
 * left out.
 */
ssize_t ami_parse(struct ami_message *, const char *, size_t) MUSTCHECK;
/*
 * Bytes of a message that is too long; *over when its end was among them.
 * Of what is left (at most 3 bytes) the end may be a part.
 */
size_t ami_skip(const char *, size_t, bool *over);
/* The first field of that name, any letter case; "" when there is none. */
const char *ami_get(const struct ami_message *, const char *name);
/* Whether the field has that value. */
bool ami_is(const struct ami_message *, const char *name, const char *value);

/* Whether a text may stand in an action's line: without controls. */
bool ami_sayable(const char *);

#endif
