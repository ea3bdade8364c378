/*
 * The courier: mail to a relay that behaves in every way a relay can, and
 * HTTP requests to a server of the same kind; and where a guarded request may
 * go.
 */
#include <signal.h>

#include "loop.h"
#include "smtp_sink.h"

#include "base/def.h"
#include "edge/courier.h"
#include "edge/courier_guard.h"

static struct courier *courier;
static char	       url[64];

static struct {
	unsigned	 ready, got;
	uint64_t	 ref;
	enum courier_how how;
	long		 status, retry;
	char		 words[400], body[400];
} heard;
static bool	go_on;
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

static void
on_got(void *arg, uint64_t ref, const struct courier_result *r)
{
	assert_ptr_equal(arg, &heard);
	heard.got++;
	heard.ref = ref;
	heard.how = r->how;
	heard.status = r->status;
	heard.retry = r->retry;
	snprintf(heard.words, sizeof heard.words, "%s", r->words);
	snprintf(heard.body, sizeof heard.body, "%s", r->body);
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
static const struct courier_post plain_post;

static void
begin(void)
{
	memset(&manners, 0, sizeof manners);
	memset(&heard, 0, sizeof heard);
	pthread_mutex_lock(&sink.lock);
	sink.n = 0;
	sink.heard[0] = '\0';
	sink.connects = sink.mails = 0;
	pthread_mutex_unlock(&sink.lock);
	go_on = true;
}

static int
open_all(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	base = event_base_new();
	clock_tick();
	courier = courier_open(base, "");
	sink_open();
	snprintf(url, sizeof url, "smtp://127.0.0.1:%d", sink.port);
	return (0);
}

static int
close_all(void **state)
{
	(void)state;
	courier_close(courier);
	sink_close();
	event_base_free(base);
	return (0);
}

/* Each test with a courier of its own: no connection of another's. */
static int
renew(void **state)
{
	(void)state;
	courier_close(courier);
	courier = courier_open(base, "127.0.0.0/8");
	begin();
	return (0);
}

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
	int i;

	(void)state;
	go_on = false;
	send_with(&plain);
	UNTIL(heard.ready == 1 && sink_heard("..dot"));
	for (i = 0; i < 50; i++) {
		turn();
		usleep(1000);
	}
	assert_int_equal(heard.got, 0);
	assert_false(sink_heard("\r\n.\r\n"));
	courier_go_on(courier, sent);
	UNTIL(heard.got == 1);
	assert_int_equal(heard.how, COURIER_DONE);
	assert_int_equal(sink_count(&sink.mails), 1);
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

/* ---- HTTP: the same sink speaks it, when its greeting is an answer. */

static uint64_t
post(const char *to, const struct courier_post *more)
{
	struct courier_post p = { .method = "POST",
		.url = to,
		.headers = more->headers,
		.nheaders = more->nheaders,
		.body = "{\"a\":1}",
		.n = 7,
		.guard = more->guard,
		.timeout_ms = more->timeout_ms != 0 ? more->timeout_ms : 20000,
		.max_answer = more->max_answer };

	return (courier_post(courier, &p, on_got, &heard, 9));
}

static void
test_http_outcomes(void **state)
{
	static const struct {
		const char	*answer;
		enum courier_how how;
		long		 status, retry;
		const char	*body;
	} rows[] = {
		{ "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
		    COURIER_DONE, 200, 0, "ok" },
		{ "HTTP/1.1 204 No\r\n\r\n", COURIER_DONE, 204, 0, "" },
		{ "HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\n"
		  "Content-Length: 0\r\n\r\n",
		    COURIER_NEVER, 302, 0, "" },
		{ "HTTP/1.1 404 No\r\nContent-Length: 3\r\n\r\nwho",
		    COURIER_NEVER, 404, 0, "who" },
		{ "HTTP/1.1 429 Slow\r\nRetry-After: 30\r\n"
		  "Content-Length: 0\r\n\r\n",
		    COURIER_LATER, 429, 30, "" },
		{ "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",
		    COURIER_LATER, 503, 0, "" },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n123456789",
		    COURIER_DONE, 200, 0, "12345678" },
		{ "what is this", COURIER_UNKNOWN, 0, 0, "" },
	};
	char   to[64];
	size_t i;

	for (i = 0; i < nitems(rows); i++) {
		renew(state);
		manners.greeting = rows[i].answer;
		snprintf(to, sizeof to, "http://127.0.0.1:%d/hook", sink.port);
		assert_int_not_equal(post(to,
					 &(struct courier_post){ .guard = true,
					     .max_answer = 8,
					     .timeout_ms = 3000 }),
		    0);
		UNTIL(heard.got == 1);
		assert_int_equal(heard.how, rows[i].how);
		assert_int_equal(heard.status, rows[i].status);
		assert_int_equal(heard.retry, rows[i].retry);
		assert_string_equal(heard.body, rows[i].body);
		assert_int_equal(heard.ref, 9);
		assert_int_equal(sink_count(&sink.connects), 1);
	}
}

static void
test_http_guard(void **state)
{
	static const char *const bad[] = { "127.0.0.1", "localhost", "0x7f.1",
		"2130706433", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0" };
	char			 to[100];
	size_t			 i;

	(void)state;
	courier_close(courier);
	courier = courier_open(base, "192.0.2.1");
	for (i = 0; i < nitems(bad); i++) {
		memset(&heard, 0, sizeof heard);
		snprintf(to, sizeof to, "http://%s:%d/", bad[i], sink.port);
		assert_int_not_equal(
		    post(to, &(struct courier_post){ .guard = true }), 0);
		UNTIL(heard.got == 1);
		assert_int_equal(heard.how, COURIER_NEVER);
		assert_string_equal(heard.words, "this address is not public");
	}
	assert_int_equal(sink_count(&sink.connects), 0);
	/* Other protocols, passwords in the address. */
	memset(&heard, 0, sizeof heard);
	assert_int_not_equal(
	    post("file:///etc/passwd", &(struct courier_post){ 0 }), 0);
	UNTIL(heard.got == 1);
	assert_int_equal(heard.how, COURIER_NEVER);
}

static void
test_http_request(void **state)
{
	static const char *const headers[] = { "Content-Type: application/json",
		"webhook-id: 5" };
	static const char *const bad[] = { "X: a\r\nY: b" };
	char			 to[64];

	(void)state;
	manners.greeting = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
	snprintf(to, sizeof to, "http://127.0.0.1:%d/hook?x=1", sink.port);
	assert_int_equal(
	    post(to, &(struct courier_post){ .headers = bad, .nheaders = 1 }),
	    0);
	assert_int_not_equal(
	    post(to,
		&(struct courier_post){ .headers = headers, .nheaders = 2 }),
	    0);
	UNTIL(heard.got == 1);
	UNTIL(sink_heard("\r\n\r\n"));
	assert_true(sink_heard("POST /hook?x=1 HTTP/1.1\r\n"));
	assert_true(sink_heard("webhook-id: 5\r\n"));
	assert_true(sink_heard("Content-Length: 7\r\n"));
	assert_false(sink_heard("Expect"));
}

static void
test_http_stop(void **state)
{
	char	 to[64];
	uint64_t id;

	(void)state;
	manners.greeting = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
	snprintf(to, sizeof to, "http://127.0.0.1:%d/", sink.port);
	id = post(to, &plain_post);
	UNTIL(sink_count(&sink.connects) == 1);
	courier_stop(courier, id);
	assert_int_equal(courier_busy(courier), 0);
	/* One that is still under way when all is closed. */
	assert_int_not_equal(post(to, &plain_post), 0);
	UNTIL(sink_count(&sink.connects) == 2);
	assert_int_equal(heard.got, 0);
}

static void
test_guard(void **state)
{
	static const struct {
		const char *a, *allowed;
		bool	    may;
	} rows[] = {
		{ "8.8.8.8", "", true },
		{ "127.0.0.1", "", false },
		{ "127.0.0.1", "127.0.0.1", true },
		{ "127.0.0.1", "10.0.0.0/8 127.0.0.0/8", true },
		{ "127.0.0.1", "127.0.0.2 ::1", false },
		{ "10.255.255.255", "", false },
		{ "11.0.0.0", "", true },
		{ "100.63.255.255", "", true },
		{ "100.64.0.0", "", false },
		{ "100.127.255.255", "", false },
		{ "100.128.0.0", "", true },
		{ "169.254.169.254", "", false },
		{ "172.15.255.255", "", true },
		{ "172.16.0.0", "", false },
		{ "172.31.255.255", "", false },
		{ "172.32.0.0", "", true },
		{ "192.168.1.1", "", false },
		{ "192.168.1.1", "192.168.1.0/24", true },
		{ "192.168.2.1", "192.168.1.0/24", false },
		{ "0.1.2.3", "", false },
		{ "224.0.0.1", "", false },
		{ "239.1.1.1", "", false },
		{ "255.255.255.255", "", false },
		{ "198.19.0.1", "", false },
		{ "2606:4700::1", "", true },
		{ "::", "", false },
		{ "::1", "", false },
		{ "::1", "::1", true },
		{ "::ffff:8.8.8.8", "", false },
		{ "::ffff:127.0.0.1", "", false },
		{ "::127.0.0.1", "", false },
		{ "64:ff9b::7f00:1", "", false },
		{ "fc00::1", "", false },
		{ "fdff::1", "", false },
		{ "fd12::1", "fd00::/8", true },
		{ "fe80::1", "", false },
		{ "ff02::1", "", false },
		{ "2001:db8::1", "", false },
		{ "2001::1", "", false },
		{ "2002:7f00:1::", "", false },
	};
	struct sockaddr_in  v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	size_t		    i;
	bool		    is6, may;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		is6 = inet_pton(AF_INET, rows[i].a, &v4.sin_addr) != 1;
		if (is6)
			assert_int_equal(
			    inet_pton(AF_INET6, rows[i].a, &v6.sin6_addr), 1);
		may = courier_may_go(
		    is6 ? (struct sockaddr *)&v6 : (struct sockaddr *)&v4,
		    rows[i].allowed);
		if (may != rows[i].may)
			fail_msg("%s", rows[i].a);
	}
	assert_true(courier_list_ok(" 10.0.0.0/8\t::1 fd00::/8 "));
	assert_false(courier_list_ok("10.0.0.0/33"));
	assert_false(courier_list_ok("10.0.0.0/-1"));
	assert_false(courier_list_ok("10.0.0.0/"));
	assert_false(courier_list_ok("shop.example"));
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
		cmocka_unit_test_setup(test_http_outcomes, renew),
		cmocka_unit_test_setup(test_http_guard, renew),
		cmocka_unit_test_setup(test_http_request, renew),
		cmocka_unit_test_setup(test_http_stop, renew),
		cmocka_unit_test(test_guard),
	};

	return (cmocka_run_group_tests(tests, open_all, close_all));
}
