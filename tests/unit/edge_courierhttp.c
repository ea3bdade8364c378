/*
 * The courier's HTTP requests, to a server that answers whatever it is told
 * to; and where a guarded request may go.
 */
#include "courier.h"
#include "edge/courier_guard.h"

static const struct courier_post plain_post;

/* The relay speaks it too: its greeting is the answer. */
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
		.allowed = more->allowed,
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
	/* What one post alone is allowed. */
	manners.greeting = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
	memset(&heard, 0, sizeof heard);
	snprintf(to, sizeof to, "http://127.0.0.1:%d/", sink.port);
	assert_int_not_equal(post(to,
				 &(struct courier_post){ .guard = true,
				     .allowed = "10.0.0.1 127.0.0.0/8" }),
	    0);
	UNTIL(heard.got == 1);
	assert_int_equal(heard.how, COURIER_DONE);
	memset(&heard, 0, sizeof heard);
	assert_int_not_equal(
	    post(to,
		&(struct courier_post){ .guard = true, .allowed = "10.0.0.1" }),
	    0);
	UNTIL(heard.got == 1);
	assert_int_equal(heard.how, COURIER_NEVER);
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
	/* (The end of another test's request may come before it.) */
	UNTIL(sink_heard("POST /hook?x=1 HTTP/1.1\r\n"));
	UNTIL(sink_heard("webhook-id: 5\r\n"));
	UNTIL(sink_heard("Content-Length: 7\r\n"));
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
		cmocka_unit_test_setup(test_http_outcomes, renew),
		cmocka_unit_test_setup(test_http_guard, renew),
		cmocka_unit_test_setup(test_http_request, renew),
		cmocka_unit_test_setup(test_http_stop, renew),
		cmocka_unit_test(test_guard),
	};

	return (cmocka_run_group_tests(tests, open_all, close_all));
}
