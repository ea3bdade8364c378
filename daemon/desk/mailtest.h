/*
 * Whether a mail is one that the desk sent itself to try a channel
 * (CHANNEL.TEST), an answer to it or its bounce: such mails are noted with the
 * test and open no case.
 *
 * The test is named by a signed token (token.h), in the mail's own
 * Message-ID, in the address it was sent to, or in what it answers.  That is a
 * claim only: whether the test is one of the last days, and of that sender,
 * is PostgreSQL's to say.
 */
#ifndef DESK_MAILTEST_H
#define DESK_MAILTEST_H

#include <stdbool.h>
#include <stdint.h>
#include "base/def.h"
#include "event.h"
#include "mail.h"

#define MAILTEST_SAID 301

struct mailtest {
	int64_t	    test;
	const char *as;			 /* "came", "answered" or "bounced" */
	const char *from;		 /* who sent it, normalised */
	char	    said[MAILTEST_SAID]; /* of a bounce or an answer */
};

/*
 * After event_finish().  False: it is an ordinary mail.  as and from are
 * constant, or live as long as the event.
 */
bool mailtest_read(
    struct mailtest *, const struct event *, const struct mail_env *) MUSTCHECK;

#endif
