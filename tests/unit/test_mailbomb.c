/*
 * Mails that are broken, or sent to bring a reader down: each is an event
 * that a person can see, however little memory there is.
 */
#include <pthread.h>
#include "mail.h"

static void
expect_quarantine(const char *mail, size_t n, const char *why)
{
	struct event e;
	char	     hex[DIGEST_HEX];

	parse(&e, mail, n, &env);
	assert_non_null(e.quarantine);
	assert_non_null(strstr(e.quarantine, why));
	digest_hex(hex, mail, n);
	assert_string_equal(e.id, hex);
	assert_string_equal(e.contacts[0].address, "lan@customer.example");
	assert_int_equal(e.token, 0);
	assert_int_equal(e.nthread, 0);
	assert_int_equal(e.nrefs, 0);
	event_drop(&e);
}

static void
test_quarantine(void **state)
{
	struct mail_env en = env;
	struct event	e;

	(void)state;
	expect_quarantine("", 0, "no mail");
	expect_quarantine("hello", 5, "no mail");
	expect_quarantine("Subject: x\n\ny", 13, "no usable From");
	expect_quarantine("From: nobody\n\ny", 15, "no usable From");
	expect_quarantine("From: <>\n\ny", 11, "no usable From");
	en.sender = "";
	parse(&e, "hello", 5, &en);
	assert_string_equal(e.contacts[0].address, "unknown@invalid");
	event_drop(&e);
}

/* The same header line n times, then an end. */
static void
bomb(struct buf *b, const char *head, const char *bit, int n, const char *end)
{
	int i;

	buf_init(b, 0);
	buf_str(b, head);
	for (i = 0; i < n; i++)
		buf_printf(b, "%s", bit);
	buf_str(b, end);
}

static void
test_bombs(void **state)
{
	static const struct {
		const char *head;
		const char *bit;
		int	    n;
		const char *why;
	} rows[] = {
		{ HEAD "To: ", "a:", 100000, "nested too deeply" },
		{ HEAD "To:\n", " a:\n", 100000, "nested too deeply" },
		{ HEAD "cC : ", "a:", 100000, "nested too deeply" },
		{ HEAD "Content-Type: message/rfc822\n\nTo: ", "a:", 100000,
		    "nested too deeply" },
		{ HEAD "Content-Type: multipart/mixed; boundary=b\n\n--b\n"
		       "Content-Type: message/rfc822\n\nTo: ",
		    "a:", 100000, "nested too deeply" },
		{ HEAD, "A: b\n", 20000, "too many headers" },
		{ HEAD "A: b", " cccccccccccccccccccccccccccccccccccccc", 50000,
		    "headers are too large" },
		{ HEAD "Content-Type: multipart/mixed; boundary=b\n\n",
		    "--b\n\n", 5000, "too many parts" },
		{ HEAD "Content-Type: multipart/mixed; boundary*0=b\n\n",
		    "--b\n\n", 5000, "too many parts" },
		{ HEAD "Content-Type: multipart/mixed;\n boundary=\n \"b\"\n\n",
		    "--b \t\n\n", 5000, "too many parts" },
		{ HEAD "Content-Type: multipart/mixed; boundary=b\n\n",
		    "--b\nA:\nA:\nA:\nA:\nA:\nA:\nA:\nA:\nA:\nA:\nA:\nA:\n\n",
		    900, "too many headers" },
		{ HEAD "Content-Type: multipart/mixed; boundary=b\n\n",
		    "before any part\n", 70000, "outside its parts" },
		{ HEAD "Content-Type: multipart/mixed\n\n", "no boundary\n",
		    90000, "outside its parts" },
		{ HEAD "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n"
		       "--b--\n",
		    "behind the last\n", 70000, "outside its parts" },
		{ HEAD "Content-Type: text/plain", "; a=b", 5000,
		    "too many parameters" },
	};
	struct buf b;
	size_t	   i;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		bomb(&b, rows[i].head, rows[i].bit, rows[i].n, "\n\nx");
		expect_quarantine(b.p, b.n, rows[i].why);
		buf_free(&b);
	}
}

static void
nested(struct buf *b, int depth)
{
	int i;

	buf_init(b, 0);
	buf_str(b, HEAD);
	for (i = 0; i < depth; i++)
		buf_printf(b,
		    "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i,
		    i);
	buf_str(b, "\ndeep\n");
}

static void
test_depth(void **state)
{
	struct event e;
	struct buf   b;

	(void)state;
	nested(&b, MAIL_DEPTH_MAX - 1);
	parse_str(&e, b.p);
	assert_null(e.quarantine);
	assert_string_equal(e.text, "deep");
	event_drop(&e);
	buf_free(&b);
	nested(&b, MAIL_DEPTH_MAX);
	expect_quarantine(b.p, b.n, "nested too deeply");
	buf_free(&b);
	nested(&b, 900);
	expect_quarantine(b.p, b.n, "nested too deeply");
	buf_free(&b);
	bomb(&b, HEAD, "Content-Type: message/rfc822\n\n", 900, "\nx\n");
	expect_quarantine(b.p, b.n, "nested too deeply");
	buf_free(&b);
}

/* Large, and nothing wrong with it. */
static void
test_large(void **state)
{
	struct event e;
	struct buf   b;

	(void)state;
	bomb(&b, HEAD "\n",
	    "h\xc3\xb3"
	    "a \xc4\x91\xc6\xa1n. ",
	    200000, "");
	parse_str(&e, b.p);
	assert_null(e.quarantine);
	assert_true(strlen(e.text) <= EVENT_TEXT_MAX);
	assert_true(strlen(e.text) > EVENT_TEXT_MAX - 10);
	assert_true(utf8_valid(e.text, strlen(e.text)));
	assert_string_equal(e.meta, "{\"flags\":[\"text-cut\"]}");
	event_drop(&e);
	buf_free(&b);
	bomb(&b, HEAD "Content-Type: application/x\n\n", "0123456789\n", 300000,
	    "");
	parse_str(&e, b.p);
	assert_null(e.quarantine);
	assert_int_equal(e.nattachments, 1);
	event_drop(&e);
	buf_free(&b);
}

/* However little memory an event may take, it can be seen. */
static void
test_arena_full(void **state)
{
	static const char mail[] = HEAD
	    "To: a@b.example\nReferences: <a@b> <c@d>\n"
	    "Content-Type: multipart/mixed; boundary=b\n\n"
	    "--b\n\nsome text\n--b\nContent-Type: a/b; name=c\n\nbytes\n--b--";
	struct event e;
	size_t	     cap;
	bool	     full = false, good = false;

	(void)state;
	for (cap = 0; cap < 6000; cap += 16) {
		event_begin(&e, cap);
		mail_parse(&e, (const uint8_t *)mail, sizeof mail - 1, &env);
		assert_true(e.id != NULL && e.id[0] != '\0');
		assert_int_equal(e.ncontacts, 1);
		assert_non_null(e.contacts[0].address);
		if (e.quarantine != NULL)
			full = true;
		else
			good = true;
		assert_true(e.quarantine == NULL || !good);
		event_drop(&e);
	}
	assert_true(full && good);
}

/* Cut at every place it is still an event. */
static void
test_cut_anywhere(void **state)
{
	static const char mail[] =
	    "From: =?utf-8?Q?=C4=90?= <a@b.example>\r\n"
	    "To: x: c@d.example;\r\nMessage-ID: <m@b.example>\r\n"
	    "Content-Type: multipart/mixed; boundary=\"b b\"\r\n\r\n"
	    "--b b\r\nContent-Type: text/html; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
	    "<a href=3D\"https://x/\">=C4=91</a>\r\n"
	    "--b b\r\nContent-Type: a/b\r\n"
	    "Content-Disposition: attachment; filename*=utf-8''%C4%91\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b b--\r\n";
	struct event e;
	size_t	     n;

	(void)state;
	for (n = 0; n < sizeof mail; n++) {
		parse(&e, mail, n, &env);
		event_drop(&e);
	}
}

static void *
parse_many(void *arg)
{
	static int   wrong;
	struct event e;
	int	     i;

	(void)arg;
	for (i = 0; i < 200; i++) {
		parse_str(&e,
		    HEAD "Content-Type: text/plain; charset=viscii\n\n"
			 "\xd0\xbdn h\xe0ng giao tr\xad\n");
		if (strcmp(e.text, DON_HANG) != 0)
			return (&wrong);
		event_drop(&e);
	}
	return (NULL);
}

static void
test_threads(void **state)
{
	pthread_t t[4];
	void	 *wrong;
	size_t	  i;

	(void)state;
	for (i = 0; i < nitems(t); i++)
		assert_int_equal(
		    pthread_create(&t[i], NULL, parse_many, NULL), 0);
	for (i = 0; i < nitems(t); i++) {
		assert_int_equal(pthread_join(t[i], &wrong), 0);
		assert_null(wrong);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quarantine),
		cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_arena_full),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_threads),
	};

	mail_init();
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
