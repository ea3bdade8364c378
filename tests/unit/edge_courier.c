/*
 * The courier's mail, to a relay that behaves in every way a relay can.
 */
#include "courier.h"

static bool	go_on = true;
static uint64_t sent;

static void
on_ready(void *arg, uint64_t ref)
{
	assert_ptr_equal(arg, &heard);
	heard.ready++;
	heard.ref = ref;
	if (go_on)
		courier_go_on(courier, sent);
}

static const char letter[] = "Subject: x\r\n\r\n.dot\r\n..\r\nend\r\n";

static uint64_t
send_with(const struct courier_mail *more)
{
	static const char *const rcpts[] = { "lan@customer.example" };
	struct courier_mail	 m = { .url = url,
		     .helo = "desk.shop.example",
		     .from = "sales@shop.example",
		     .rcpts = rcpts,
		     .nrcpts = 1,
		     .bytes = (const uint8_t *)letter,
		     .n = sizeof letter - 1,
		     .timeout_ms = 20000 };

	if (more->from != NULL)
		m.from = more->from;
	if (more->rcpts != NULL) {
		m.rcpts = more->rcpts;
		m.nrcpts = more->nrcpts;
	}
	if (more->timeout_ms != 0)
		m.timeout_ms = more->timeout_ms;
	if (more->bytes != NULL) {
		m.bytes = more->bytes;
		m.n = more->n;
	}
	m.user = more->user;
	m.password = more->password;
	m.starttls = more->starttls;
	sent = courier_mail(courier, &m, on_ready, on_got, &heard, 7);
	return (sent);
}

static const struct courier_mail plain;

static void
test_one_mail(void **state)
{
	(void)state;
	assert_int_not_equal(send_with(&plain), 0);
	assert_int_equal(courier_busy(courier), 1);
	UNTIL(heard.got == 1);
	assert_int_equal(heard.ready, 1);
	assert_int_equal(heard.ref, 7);
	assert_int_equal(heard.how, COURIER_DONE);
	assert_int_equal(heard.status, 250);
	assert_string_equal(heard.words, "250 2.0.0 Ok: kept");
	assert_true(sink_heard("EHLO desk.shop.example\r\n"));
	assert_true(sink_heard("MAIL FROM:<sales@shop.example>\r\n"));
	assert_true(sink_heard("RCPT TO:<lan@customer.example>\r\n"));
	/* Dots are doubled, nothing else is touched. */
	assert_true(
	    sink_heard("Subject: x\r\n\r\n..dot\r\n...\r\nend\r\n.\r\n"));
	assert_int_equal(courier_busy(courier), 0);
}

/* Nothing is a mail before the caller lets it go. */
static void
test_it_waits_for_the_word(void **state)
{
	uint64_t first;

	(void)state;
	go_on = false;
	send_with(&plain);
	first = sent;
	UNTIL(heard.ready == 1 && sink_heard("..dot"));
	assert_false(sink_heard("\r\n.\r\n"));
	/* Another one comes and goes meanwhile. */
	go_on = true;
	send_with(&plain);
	UNTIL(heard.got == 1);
	assert_int_equal(sink_count(&sink.mails), 1);
	assert_int_equal(courier_busy(courier), 1);
	courier_go_on(courier, first);
	UNTIL(heard.got == 2);
	assert_int_equal(heard.how, COURIER_DONE);
	assert_int_equal(sink_count(&sink.mails), 2);
}

/* Stopped, the relay gets no end, so that it keeps nothing of it. */
static void
test_stopped(void **state)
{
	(void)state;
	go_on = false;
	send_with(&plain);
	UNTIL(heard.ready == 1);
	courier_stop(courier, sent);
	courier_stop(courier, sent);
	courier_go_on(courier, sent);
	UNTIL(courier_busy(courier) == 0);
	assert_int_equal(heard.got, 0);
	go_on = true;
	send_with(&plain);
	UNTIL(heard.got == 1);
	assert_int_equal(sink_count(&sink.mails), 1);
}

static void
test_many_over_few(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < 40; i++) {
		go_on = true;
		assert_int_not_equal(send_with(&plain), 0);
		UNTIL(heard.got == i + 1);
		assert_int_equal(heard.how, COURIER_DONE);
	}
	assert_int_equal(sink_count(&sink.mails), 40);
	assert_in_range(sink_count(&sink.connects), 1, 4);
}

static uint64_t ids[64];

static void
on_ready_any(void *arg, uint64_t ref)
{
	(void)arg;
	heard.ready++;
	courier_go_on(courier, ids[ref]);
}

static void
test_many_at_once(void **state)
{
	static const char *const rcpts[] = { "lan@customer.example" };
	struct courier_mail	 m = { .url = url,
		     .helo = "desk",
		     .from = "",
		     .rcpts = rcpts,
		     .nrcpts = 1,
		     .bytes = (const uint8_t *)letter,
		     .n = sizeof letter - 1,
		     .timeout_ms = 20000 };
	unsigned		 i;

	(void)state;
	for (i = 0; i < 64; i++) {
		ids[i] =
		    courier_mail(courier, &m, on_ready_any, on_got, &heard, i);
		assert_int_not_equal(ids[i], 0);
	}
	assert_int_equal(
	    courier_mail(courier, &m, on_ready_any, on_got, &heard, 0), 0);
	UNTIL(heard.got == 64);
	assert_int_equal(sink_count(&sink.mails), 64);
	assert_in_range(sink_count(&sink.connects), 1, 4);
	assert_true(sink_heard("MAIL FROM:<>\r\n"));
}

/* The relay hung up between two mails: nobody is told of that. */
static void
test_used_connection_gone(void **state)
{
	unsigned i;

	(void)state;
	manners.once = true;
	for (i = 1; i <= 8; i++) {
		send_with(&plain);
		UNTIL(heard.got == i);
		assert_int_equal(heard.how, COURIER_DONE);
	}
	assert_int_equal(sink_count(&sink.mails), 8);
}

static void
test_outcomes(void **state)
{
	static const struct {
		struct sink_manners manners;
		enum courier_how    how;
		long		    status;
		const char	   *words;
	} rows[] = {
		{ { .greeting = "554 5.3.2 no service" }, COURIER_LATER, 554,
		    "554 5.3.2 no service" },
		{ { .greeting = "421 busy" }, COURIER_LATER, 421, "421 busy" },
		{ { .mail = "451 4.3.0 later" }, COURIER_LATER, 451,
		    "451 4.3.0 later" },
		{ { .mail = "530 5.7.0 log in" }, COURIER_LATER, 530,
		    "530 5.7.0 log in" },
		{ { .mail = "552 5.3.4 too big" }, COURIER_NEVER, 552,
		    "552 5.3.4 too big" },
		{ { .rcpt = "450 4.2.1 grey" }, COURIER_LATER, 450,
		    "450 4.2.1 grey" },
		{ { .rcpt = "550-5.1.1 there is\r\n550 5.1.1 nobody" },
		    COURIER_NEVER, 550, "550-5.1.1 there is 550 5.1.1 nobody" },
		{ { .data = "554 5.5.1 no" }, COURIER_NEVER, 554,
		    "554 5.5.1 no" },
		{ { .end = "451 4.3.0 disk full" }, COURIER_LATER, 451,
		    "451 4.3.0 disk full" },
		{ { .end = "554 5.7.1 spam" }, COURIER_NEVER, 554,
		    "554 5.7.1 spam" },
		{ { .vanish_mail = true }, COURIER_LATER, 0, NULL },
		{ { .vanish_end = true }, COURIER_UNKNOWN, 0, NULL },
		{ { .end = "rubbish" }, COURIER_UNKNOWN, 0, NULL },
	};
	size_t i;

	for (i = 0; i < nitems(rows); i++) {
		renew(state);
		manners = rows[i].manners;
		send_with(&(struct courier_mail){ .timeout_ms = 3000 });
		UNTIL(heard.got == 1);
		assert_int_equal(heard.how, rows[i].how);
		assert_int_equal(heard.status, rows[i].status);
		assert_true(heard.words[0] != '\0');
		if (rows[i].words != NULL)
			assert_string_equal(heard.words, rows[i].words);
	}
}

/* Patience ends; what was let go by then nobody knows of. */
static void
test_hangs(void **state)
{
	(void)state;
	manners.hang_mail = true;
	send_with(&(struct courier_mail){ .timeout_ms = 1000 });
	UNTIL(heard.got == 1);
	assert_int_equal(heard.how, COURIER_LATER);
	renew(state);
	manners.hang_end = true;
	send_with(&(struct courier_mail){ .timeout_ms = 1000 });
	UNTIL(heard.got == 1);
	assert_int_equal(heard.ready, 1);
	assert_int_equal(heard.how, COURIER_UNKNOWN);
}

static void
test_nobody_there(void **state)
{
	char real[64];

	(void)state;
	memcpy(real, url, sizeof url);
	snprintf(url, sizeof url, "smtp://127.0.0.1:1");
	send_with(&plain);
	UNTIL(heard.got == 1);
	memcpy(url, real, sizeof url);
	assert_int_equal(heard.how, COURIER_LATER);
	assert_int_equal(heard.status, 0);
	assert_int_equal(heard.ready, 0);
}

static void
test_login(void **state)
{
	(void)state;
	send_with(
	    &(struct courier_mail){ .user = "nam", .password = "secret" });
	UNTIL(heard.got == 1);
	assert_int_equal(heard.how, COURIER_DONE);
	renew(state);
	send_with(&(struct courier_mail){ .user = "nam", .password = "other" });
	UNTIL(heard.got == 1);
	assert_int_equal(heard.how, COURIER_LATER);
	assert_int_equal(heard.status, 535);
	assert_false(sink_heard("MAIL"));
}

/* Asked for and not offered: nothing is sent, no password either. */
static void
test_no_tls_no_mail(void **state)
{
	(void)state;
	send_with(&(struct courier_mail){
	    .starttls = true, .user = "nam", .password = "secret" });
	UNTIL(heard.got == 1);
	assert_int_equal(heard.how, COURIER_LATER);
	assert_int_equal(heard.status, 0);
	assert_non_null(strstr(heard.words, "STARTTLS"));
	assert_false(sink_heard("AUTH"));
	assert_false(sink_heard("MAIL"));
}

static void
test_nothing_to_inject(void **state)
{
	static const char *const bad[] = { "a@b\r\nRCPT TO:<c@d>", "a@b> c", "",
		"a b@c", "a@b\x7f" };
	size_t			 i;

	(void)state;
	for (i = 0; i < nitems(bad); i++) {
		assert_int_equal(send_with(&(struct courier_mail){
				     .rcpts = &bad[i], .nrcpts = 1 }),
		    0);
		if (bad[i][0] != '\0')
			assert_int_equal(
			    send_with(&(struct courier_mail){ .from = bad[i] }),
			    0);
	}
	assert_int_equal(courier_busy(courier), 0);
}

static void
test_large(void **state)
{
	size_t	 n = 600000, i;
	uint8_t *bytes = malloc(n);

	(void)state;
	for (i = 0; i < n; i++)
		bytes[i] = "abcdefgh..\r\n"[i % 12];
	send_with(&(struct courier_mail){ .bytes = bytes, .n = n });
	UNTIL(heard.got == 1);
	assert_int_equal(heard.how, COURIER_DONE);
	assert_true(sink_heard("SIZE=600000\r\n"));
	assert_in_range(sink.n, n, n + 1000);
	free(bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_one_mail, renew),
		cmocka_unit_test_setup(test_it_waits_for_the_word, renew),
		cmocka_unit_test_setup(test_stopped, renew),
		cmocka_unit_test_setup(test_many_over_few, renew),
		cmocka_unit_test_setup(test_many_at_once, renew),
		cmocka_unit_test_setup(test_used_connection_gone, renew),
		cmocka_unit_test_setup(test_outcomes, renew),
		cmocka_unit_test_setup(test_hangs, renew),
		cmocka_unit_test_setup(test_nobody_there, renew),
		cmocka_unit_test_setup(test_login, renew),
		cmocka_unit_test_setup(test_no_tls_no_mail, renew),
		cmocka_unit_test_setup(test_nothing_to_inject, renew),
		cmocka_unit_test_setup(test_large, renew),
	};

	return (cmocka_run_group_tests(tests, open_all, close_all));
}
