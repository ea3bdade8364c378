/*
 * Requests and answers over loopback: in order, refused, cut, late.
 */
#include "edge/answer.h"
#include "web.h"

/* ---- one request and more */

static void
test_get(void **state)
{
	static const char *const want[] = { "\r\nDate: ", " GMT\r\n",
		"\r\nContent-Type: text/plain\r\n",
		"\r\nX-Content-Type-Options: nosniff\r\n",
		"\r\nCache-Control: no-store\r\n",
		"\r\nReferrer-Policy: no-referrer\r\n",
		"\r\nContent-Security-Policy: default-src 'none';",
		"frame-ancestors 'none'\r\n" };
	size_t			 i;

	(void)state;
	dial(&one);
	send_text(
	    &one, "GET /a%20b?c=d" H "X-One: 1\r\nx-ONE: 2\r\nX-Two:\r\n\r\n");
	UNTIL(heard(&one, " 0:"));
	for (i = 0; i < nitems(want); i++)
		if (strstr(one.got, want[i]) == NULL)
			fail_msg("no %s in %s", want[i], one.got);
	/* Not in plain: nobody would believe it. */
	assert_null(strstr(one.got, "Strict-Transport"));
	assert_null(strstr(one.got, "Connection: close"));
	assert_int_equal(reply(&one), 200);
	assert_string_equal(said, "GET /a%20b ?c=d x=1 twice=1 0:");
	/* Kept alive. */
	send_text(&one, "DELETE http://t/d?q" H "\r\n");
	assert_int_equal(reply(&one), 200);
	assert_string_equal(said, "DELETE /d ?q x=- twice=0 0:");
	assert_int_equal(left, 0);
	hang_up(&one);
}

static void
test_head_and_close(void **state)
{
	(void)state;
	dial(&one);
	send_text(&one, "HEAD /x" H "Connection: close\r\n\r\n");
	UNTIL(heard_end(&one));
	assert_non_null(strstr(one.got, "Content-Length: 23\r\n"));
	assert_non_null(strstr(one.got, "Connection: close\r\n"));
	assert_string_equal(one.got + one.n - 4, "\r\n\r\n");
	hang_up(&one);

	dial(&one);
	send_text(&one, "GET /x HTTP/1.0\r\n\r\nGET /y HTTP/1.0\r\n\r\n");
	UNTIL(heard_end(&one));
	assert_non_null(strstr(one.got, "GET /x"));
	assert_null(strstr(one.got, "GET /y"));
	assert_int_equal(asked, 2);
	hang_up(&one);
}

static void
test_pipelined_in_order(void **state)
{
	(void)state;
	dial(&one);
	send_text(&one,
	    "GET /later" H "\r\n"
	    "POST /two" H "Content-Length: 3\r\n\r\nabc"
	    "GET /later" H "\r\n"
	    "GET /four" H "\r\n");
	UNTIL(nlater == 1);
	turn();
	assert_int_equal(asked, 1);
	say(later[0], "first");
	assert_int_equal(reply(&one), 200);
	assert_string_equal(said, "first");
	assert_int_equal(reply(&one), 200);
	assert_string_equal(said, "POST /two ? x=- twice=0 3:abc");
	UNTIL(nlater == 2);
	assert_int_equal(asked, 3);
	/* The answered id finds nobody. */
	assert_false(http_answer(
	    server, later[0], &(struct http_answer){ .status = 200 }));
	say(later[1], "third");
	assert_int_equal(reply(&one), 200);
	assert_string_equal(said, "third");
	assert_int_equal(reply(&one), 200);
	hang_up(&one);
}

static void
test_cut_anywhere(void **state)
{
	static const char *const whole[] = {
		"POST /p?q" H "X-One: v\r\nContent-Length: 5\r\n\r\nhello",
		"POST /p?q" H "X-One: v\r\nTransfer-Encoding: chunked\r\n\r\n"
		"2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nA: b\r\n\r\n",
	};
	size_t i, cut, n;

	(void)state;
	dial(&one);
	for (i = 0; i < nitems(whole); i++) {
		n = strlen(whole[i]);
		for (cut = 1; cut < n; cut++) {
			send_n(&one, whole[i], cut);
			turn();
			turn();
			send_n(&one, whole[i] + cut, n - cut);
			assert_int_equal(reply(&one), 200);
			assert_string_equal(
			    said, "POST /p ?q x=v twice=0 5:hello");
			assert_int_equal(one.n, 0);
		}
		/* And byte by byte. */
		for (cut = 0; cut < n; cut++) {
			send_n(&one, whole[i] + cut, 1);
			turn();
		}
		assert_int_equal(reply(&one), 200);
	}
	hang_up(&one);
}

static void
test_refused_and_closed(void **state)
{
	static const struct {
		const char *bytes;
		int	    status;
	} odd[] = {
		{ "GET /" H " folded\r\n\r\n", 400 },
		{ "GET / HTTP/1.1\r\n\r\n", 400 },
		{ "GET / HTTP/2.0\r\nHost: t\r\n\r\n", 505 },
		{ "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505 },
		{ "CONNECT t:1" H "\r\n", 501 },
		{ "POST /" H
		  "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
		    400 },
		{ "POST /" H "Content-Length: 3\r\n"
		  "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		    400 },
		{ "POST /" H "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
		    501 },
		{ "POST /" H "Transfer-Encoding: chunked\r\n\r\n-1\r\n", 400 },
		{ "POST /small" H "Content-Length: 11\r\n\r\nhello world",
		    413 },
		{ "POST /none" H "Content-Length: 1\r\n\r\nx", 413 },
		{ "POST /none" H "Transfer-Encoding: chunked\r\n\r\n"
		  "1\r\nx\r\n0\r\n\r\n",
		    413 },
		{ "POST /small" H "Transfer-Encoding: chunked\r\n\r\n"
		  "6\r\n123456\r\n5\r\n12345\r\n0\r\n\r\n",
		    413 },
		{ "POST /" H "Expect: tea\r\n\r\n", 417 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < nitems(odd); i++) {
		dial(&one);
		send_text(&one, odd[i].bytes);
		/* Nobody may get this one answered as his own. */
		send_text(&one, "GET /smuggled" H "\r\n");
		if (reply(&one) != odd[i].status)
			fail_msg("%s: %s", odd[i].bytes, said);
		assert_non_null(strstr(said, "\"code\":\""));
		UNTIL(heard_end(&one));
		assert_int_equal(one.n, 0);
		assert_int_equal(asked, 0);
		hang_up(&one);
	}
	assert_int_equal(left, 0);
}

static void
send_all(struct client *c, const char *p, size_t n)
{
	ssize_t sent;

	while (n > 0) {
		if ((sent = write(c->fd, p, n)) > 0) {
			p += sent;
			n -= (size_t)sent;
		}
		turn();
	}
}

static void
test_expect(void **state)
{
	(void)state;
	dial(&one);
	send_text(&one,
	    "POST /e" H "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
	UNTIL(heard(&one, "\r\n\r\n"));
	assert_string_equal(one.got, "HTTP/1.1 100 Continue\r\n\r\n");
	one.n = 0;
	send_text(&one, "ok");
	assert_int_equal(reply(&one), 200);
	/* Not when the body is there; not when it would be refused. */
	send_text(&one,
	    "POST /e" H "Expect: 100-continue\r\nContent-Length: 2\r\n\r\nok");
	assert_int_equal(reply(&one), 200);
	send_text(&one,
	    "POST /small" H
	    "Expect: 100-continue\r\nContent-Length: 99\r\n\r\n");
	assert_int_equal(reply(&one), 413);
	UNTIL(heard_end(&one));
	hang_up(&one);
}

/* Halves of bodies fill the server's room for them, not the machine's. */
static void
test_many_bodies(void **state)
{
	static const char head[] =
	    "POST /later" H "Content-Length: 70000\r\n\r\n";
	static char	     body[70000];
	static struct client other;
	struct client	    *in = &one, *out = &other;
	int		     status = 0;

	(void)state;
	memset(body, 'b', sizeof body);
	dial(in);
	dial(out);
	send_text(in, head);
	send_text(out, head);
	send_all(in, body, sizeof body - 1);
	send_all(out, body, sizeof body - 1);
	/* Whoever comes last to his second half. */
	UNTIL((status = answer(out, said, sizeof said)) != 0 ||
	    (status = answer(in, said, sizeof said)) != 0);
	assert_int_equal(status, 503);
	assert_non_null(strstr(said, "\"TRYAGAIN\""));
	UNTIL(heard_end(out) || heard_end(in));
	if (in->end) {
		in = &other;
		out = &one;
	}
	close(out->fd);
	/* The other's is taken, and then there is room again. */
	send_text(in, "b");
	UNTIL(nlater == 1);
	say(later[0], "whole");
	assert_int_equal(reply(in), 200);
	send_text(in, head);
	send_all(in, body, sizeof body);
	UNTIL(nlater == 2);
	say(later[1], "whole");
	assert_int_equal(reply(in), 200);
	hang_up(in);
}

static void
test_big_body(void **state)
{
	static char body[100000];

	(void)state;
	memset(body, 'b', sizeof body);
	dial(&one);
	send_text(&one, "POST /later" H "Content-Length: 100000\r\n\r\n");
	send_all(&one, body, sizeof body);
	UNTIL(nlater == 1);
	say(later[0], "got it");
	assert_int_equal(reply(&one), 200);
	hang_up(&one);
}

static void
test_problem_and_bad_header(void **state)
{
	(void)state;
	dial(&one);
	send_text(&one, "GET /problem" H "\r\n");
	UNTIL(heard(&one, "}\n"));
	assert_non_null(strstr(one.got, "\r\nRetry-After: 7\r\n"));
	assert_non_null(
	    strstr(one.got, "\r\nContent-Type: application/problem+json\r\n"));
	assert_int_equal(reply(&one), 503);
	assert_string_equal(said,
	    "{\"type\":\"about:blank\",\"title\":\"Service Unavailable\","
	    "\"status\":503,\"detail\":\"Say \\\"again\\\".\","
	    "\"code\":\"TRYAGAIN\",\"member\":\"queue\"}\n");
	/* CR LF in a header of ours must not become a header of theirs. */
	send_text(&one, "GET /split" H "\r\n");
	UNTIL(heard_end(&one));
	assert_int_equal(strncmp(one.got, "HTTP/1.1 500 ", 13), 0);
	assert_null(strstr(one.got, "X-Evil"));
	hang_up(&one);
}

static void
test_asker_leaves(void **state)
{
	(void)state;
	dial(&one);
	send_text(&one, "GET /later" H "\r\n");
	UNTIL(nlater == 1);
	close(one.fd);
	UNTIL(left == 1);
	assert_int_equal(gone_id, later[0]);
	assert_false(http_answer(
	    server, later[0], &(struct http_answer){ .status = 200 }));
	UNTIL(http_count(server) == 0);
	assert_int_equal(left, 1);
}

/* A peer who asks and asks and never reads is held, then served in order. */
static void
test_greedy(void **state)
{
	static const char ask[] = "GET /much" H "\r\n";
	unsigned	  i, most;
	int		  quiet;

	(void)state;
	dial(&one);
	for (i = 0; i < 500; i++) {
		if (write(one.fd, ask, sizeof ask - 1) != sizeof ask - 1)
			break;
		turn();
	}
	/* Until nothing more happens. */
	for (quiet = 0, most = asked; quiet < 50; quiet++) {
		turn();
		if (asked != most)
			quiet = 0;
		most = asked;
	}
	assert_true(asked < i);
	for (most = 0; most < i; most++)
		assert_int_equal(reply(&one), 200);
	assert_int_equal(asked, i);
	hang_up(&one);
}

static void
test_answer_head(void **state)
{
	static const char *const odd[] = { "NoColon", ": x", "A b: c",
		"A: b\nC: d", "A: b\r\nC: d", "A: \x01", "" };
	static const char *const own[] = { "cache-control: max-age=5", NULL };
	const char		*headers[2] = { NULL, NULL };
	struct http_answer	 a = { .status = 204, .headers = own };
	struct answer_how	 how = { .tls = true };
	struct buf		 b = { 0 };
	size_t			 i;

	(void)state;
	assert_true(answer_head(&b, &a, &how));
	assert_non_null(strstr(b.p, "\r\nStrict-Transport-Security: max-age="));
	assert_non_null(strstr(b.p, "\r\ncache-control: max-age=5\r\n"));
	assert_null(strstr(b.p, "no-store"));
	assert_null(strstr(b.p, "Content-Length"));
	buf_reset(&b);
	a.headers = headers;
	for (i = 0; i < nitems(odd); i++) {
		headers[0] = odd[i];
		assert_false(answer_head(&b, &a, &how));
		assert_int_equal(b.n, 0);
	}
	buf_free(&b);
}

/* ---- deadlines, hurried */

static void
test_deadlines(void **state)
{
	(void)state;
	http_close(server);
	conn_reap();
	start(1000);
	/* Half a head. */
	dial(&one);
	send_text(&one, "GET / HTTP/1.1\r\nHost");
	assert_int_equal(reply(&one), 408);
	UNTIL(heard_end(&one));
	hang_up(&one);
	/* Half a body. */
	dial(&one);
	send_text(&one, "POST /" H "Content-Length: 9\r\n\r\nabc");
	assert_int_equal(reply(&one), 408);
	UNTIL(heard_end(&one));
	hang_up(&one);
	/* Nothing at all: no words for one who said none. */
	dial(&one);
	UNTIL(heard_end(&one));
	assert_int_equal(one.n, 0);
	hang_up(&one);
	/* Idle after an answer. */
	dial(&one);
	send_text(&one, "GET /" H "\r\n");
	UNTIL(heard_end(&one));
	assert_int_equal(reply(&one), 200);
	assert_int_equal(one.n, 0);
	hang_up(&one);
	/* We are the slow one. */
	assert_int_equal(left, 0);
	dial(&one);
	send_text(&one, "GET /later" H "\r\n");
	assert_int_equal(reply(&one), 503);
	assert_int_equal(left, 1);
	assert_int_equal(gone_id, later[0]);
	assert_false(http_answer(
	    server, later[0], &(struct http_answer){ .status = 200 }));
	hang_up(&one);
	assert_int_equal(left, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_get),
		TEST(test_head_and_close),
		TEST(test_pipelined_in_order),
		TEST(test_cut_anywhere),
		TEST(test_refused_and_closed),
		TEST(test_expect),
		TEST(test_big_body),
		TEST(test_many_bodies),
		TEST(test_problem_and_bad_header),
		TEST(test_asker_leaves),
		TEST(test_greedy),
		cmocka_unit_test(test_answer_head),
		TEST(test_deadlines),
	};
	int rc;

	clock_tick();
	base = event_base_new();
	rc = cmocka_run_group_tests_name("http", tests, NULL, NULL);
	event_base_free(base);
	return (rc);
}
