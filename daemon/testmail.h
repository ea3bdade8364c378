/*
 * The mails of CHANNEL.TEST: one is written, brought to the relay, and, when
 * it goes to an address of ours, waited for.  It is known by a signed token
 * (desk/token.h) in its Message-ID and its envelope's sender, so that it, its
 * bounce and its answers open no case (mailin.c); it says that nobody wrote
 * it (RFC 3834), so that no machine answers.
 *
 * It is tried once and never repeated.  The answer to whoever asked is due
 * within TESTMAIL_S seconds, or smtp_patience when that is less.
 */
#ifndef TESTMAIL_H
#define TESTMAIL_H

#include <jansson.h>

struct ask;

#define TESTMAIL_S   25 /* deskctl waits for 30 */
#define TESTMAIL_MAX 2	/* at once: the courier has four threads */

/* row: what desk.channel_test() gave.  Answers the ask, now or later. */
void testmail_begin(struct ask *, const json_t *row);
void testmail_close(void);

#endif
