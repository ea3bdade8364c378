/*
 * The fields of a mail's header that are read, and the words of which the
 * structured ones are made (RFC 5322 section 3.2, RFC 2045 section 5.1).
 */
#ifndef DESK_MAILFIELDS_H
#define DESK_MAILFIELDS_H

#include <stdbool.h>
#include <stddef.h>

struct _GMimeMessage;

enum mail_field {
	F_FROM,
	F_SUBJECT,
	F_MESSAGE_ID,
	F_IN_REPLY_TO,
	F_REFERENCES,
	F_REPLY_TO,
	F_TO,
	F_CC,
	F_DELIVERED_TO,
	F_ORIGINAL_TO,
	F_AUTO_SUBMITTED,
	F_PRECEDENCE,
	F_SUPPRESS,
	F_AUTOREPLY,
	F_AUTO_REPLY,
	F_AUTORESPOND,
	F_LOOP,
	F_LIST_ID,
	F_LIST_UNSUBSCRIBE,
	F_LIST_POST,
	F_FAILED_RECIPIENTS,
	FIELDS
};

/* Of each field the first, and how many there are. */
struct mail_fields {
	const char *raw[FIELDS]; /* folded, any bytes; the message's; or NULL */
	unsigned    count[FIELDS];
};

void mail_fields_find(struct mail_fields *, struct _GMimeMessage *);

/* Past blanks and comments, nested ones too. */
const char *mail_word_skip(const char *);
/* A token or quoted string from p on, unquoted; returns where it ends. */
const char *mail_word_next(const char *p, const char **s, size_t *n);
/* Whether the n bytes are that word, whatever the case. */
bool mail_word_is(const char *, size_t n, const char *word);
/* Whether a field's first word is one of these, "|" between. */
bool mail_word_first(const char *raw, const char *words);

#endif
