/*
 * What the tests of mail share: an envelope, and a parse that looks at what
 * must be true of every event.
 */
#ifndef TESTS_UNIT_MAIL_H
#define TESTS_UNIT_MAIL_H

#include "unit.h"
#include "base/def.h"
#include "base/utf8.h"
#include "desk/digest.h"
#include "desk/mail.h"

#define DON_HANG "\xc4\x90\xc6\xa1n h\xc3\xa0ng giao tr\xe1\xbb\x85"

static const uint8_t key[] = "a key of thirty-two bytes, or so";

static const char *const     rcpts[] = { "Hello@Shop.example" };
static const struct mail_env env = {
	.sender = "lan@customer.example",
	.rcpts = rcpts,
	.nrcpts = 1,
	.at = "2026-11-21T08:15:04Z",
	.authserv = "mx.shop.example",
	.key = key,
	.keylen = sizeof key,
};

static void
parse(struct event *e, const char *mail, size_t n, const struct mail_env *en)
{
	event_begin(e, mail_arena_cap(n));
	mail_parse(e, (const uint8_t *)mail, n, en);
	/* Whatever came: enough for a person to see it. */
	assert_string_equal(e->channel, "mail");
	assert_string_equal(e->kind, "message");
	assert_non_null(e->id);
	assert_true(e->id[0] != '\0');
	assert_non_null(e->at);
	assert_int_equal(strlen(e->raw), 64);
	assert_true(e->ncontacts >= 1);
	assert_non_null(e->contacts[0].address);
}

static __attribute__((unused)) void
parse_str(struct event *e, const char *mail)
{
	parse(e, mail, strlen(mail), &env);
}

#define HEAD                                   \
	"From: Lan <Lan@Customer.example>\n"   \
	"Message-ID: <one@customer.example>\n" \
	"Subject: hi\n"

#endif
