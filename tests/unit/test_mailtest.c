/*
 * Which mails are our own tests, and what is said of them (desk/mailtest.h);
 * the tokens that they are known by.
 */
#include "mail.h"
#include "desk/mailtest.h"
#include "desk/token.h"

static char known[100], ticket[100];

static void
addresses(void)
{
	char token[TOKEN_MAX];

	assert_true(token_test_make(token, sizeof token, key, sizeof key, 42));
	snprintf(known, sizeof known, "hello+%s@shop.example", token);
	assert_true(token_make(token, sizeof token, key, sizeof key, 42));
	snprintf(ticket, sizeof ticket, "hello+%s@shop.example", token);
}

static void
test_tokens_are_apart(void **state)
{
	char upper[100], token[TOKEN_MAX];

	(void)state;
	addresses();
	assert_int_equal(token_test_check(known, key, sizeof key), 42);
	assert_int_equal(token_check(known, key, sizeof key), 0);
	assert_int_equal(token_check(ticket, key, sizeof key), 42);
	assert_int_equal(token_test_check(ticket, key, sizeof key), 0);
	/* The letter alone does not make one of the other. */
	snprintf(upper, sizeof upper, "%s", ticket);
	*(strchr(upper, '+') + 1) = 'x';
	assert_int_equal(token_test_check(upper, key, sizeof key), 0);
	snprintf(upper, sizeof upper, "%s", known);
	*(strchr(upper, '+') + 1) = 'X';
	assert_int_equal(token_test_check(upper, key, sizeof key), 42);
	assert_int_equal(token_test_check(known, key, 0), 0);
	assert_int_equal(token_test_check("", key, sizeof key), 0);
	assert_int_equal(token_sent_check(known, key, sizeof key), 0);
	assert_int_equal(token_sent_check(ticket, key, sizeof key), 0);
	assert_false(token_test_make(token, sizeof token, key, sizeof key, 0));
}

/* What a mail with these headers is; to: RCPT TO. */
static bool
read_one(struct mailtest *t, const char *to, const char *headers)
{
	const char *const rcpt[] = { to };
	struct mail_env	  en = env;
	struct event	  e;
	char		  text[2000];
	bool		  is;

	en.rcpts = rcpt;
	snprintf(text, sizeof text,
	    "From: Lan <Lan@Customer.example>\nSubject: hi\n%s\n"
	    "D\xe1\xba\xa1 th\xc6\xb0\n",
	    headers);
	parse(&e, text, strlen(text), &en);
	assert_true(event_finish(&e, NULL));
	is = mailtest_read(t, &e, &en);
	if (is)
		assert_string_equal(t->from, "lan@customer.example");
	t->from = NULL;
	event_drop(&e);
	return (is);
}

static void
test_what_it_is(void **state)
{
	struct mailtest t;
	char		headers[600];

	(void)state;
	addresses();
	assert_false(read_one(
	    &t, "hello@shop.example", "Message-ID: <one@customer.example>\n"));
	assert_false(
	    read_one(&t, ticket, "Message-ID: <one@customer.example>\n"));
	snprintf(headers, sizeof headers, "Message-ID: <%s>\n", known);
	assert_true(read_one(&t, "hello@shop.example", headers));
	assert_int_equal(t.test, 42);
	assert_string_equal(t.as, "came");
	assert_string_equal(t.said, "");
	/* Answered, by address and by the mail itself. */
	assert_true(read_one(&t, known, "Message-ID: <a@customer.example>\n"));
	assert_string_equal(t.as, "answered");
	assert_string_equal(t.said, "D\xe1\xba\xa1 th\xc6\xb0");
	snprintf(headers, sizeof headers,
	    "Message-ID: <a@customer.example>\nIn-Reply-To: <%s>\n", known);
	assert_true(read_one(&t, "hello@shop.example", headers));
	assert_string_equal(t.as, "answered");
	/* A talk that once began with a test is a talk. */
	snprintf(headers, sizeof headers,
	    "Message-ID: <a@customer.example>\nIn-Reply-To: <b@shop.example>\n"
	    "References: <%s> <b@shop.example>\n",
	    known);
	assert_false(read_one(&t, "hello@shop.example", headers));
	/* But a robot's word about it is about it. */
	snprintf(headers, sizeof headers,
	    "Message-ID: <a@customer.example>\nAuto-Submitted: auto-replied\n"
	    "References: <%s> <b@shop.example>\n",
	    known);
	assert_true(read_one(&t, "hello@shop.example", headers));
	assert_string_equal(t.as, "bounced");
}

/* Long words are cut between characters. */
static void
test_said_is_short(void **state)
{
	struct mailtest	  t;
	struct event	  e;
	char		  text[4000], *c;
	int		  i;
	const char *const rcpt[] = { known };
	struct mail_env	  en = env;

	(void)state;
	addresses();
	en.rcpts = rcpt;
	c = text +
	    sprintf(text,
		"From: a@b.example\nMessage-ID: <x@b.example>\n"
		"Content-Type: multipart/report; boundary=b;\n"
		" report-type=delivery-status\n\n--b\n"
		"Content-Type: message/delivery-status\n\n"
		"Reporting-MTA: dns; b.example\n\n"
		"Final-Recipient: rfc822; c@d.example\nAction: failed\n"
		"Status: 5.1.1\nDiagnostic-Code: smtp; x");
	for (i = 0; i < 200; i++)
		c += sprintf(c, "\xe1\xba\xa1");
	sprintf(c, "\n\n--b--\n");
	parse(&e, text, strlen(text), &en);
	assert_true(event_finish(&e, NULL));
	assert_true(mailtest_read(&t, &e, &en));
	assert_string_equal(t.as, "bounced");
	assert_true(strlen(t.said) > 200 && strlen(t.said) < MAILTEST_SAID);
	assert_true(utf8_valid(t.said, strlen(t.said)));
	event_drop(&e);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tokens_are_apart),
		cmocka_unit_test(test_what_it_is),
		cmocka_unit_test(test_said_is_short),
	};

	mail_init();
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
