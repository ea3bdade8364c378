/*
 * Streams of Server-Sent Events, and draining.
 */
#include "edge/sse.h"
#include "web.h"

/* ---- streams */

static void
test_stream(void **state)
{
	struct buf b = { 0 };

	(void)state;
	http_close(server);
	conn_reap();
	start(1000);
	dial(&one);
	send_text(&one, "GET /stream" H "Last-Event-ID: 7-0\r\n\r\n");
	UNTIL(nlater == 1);
	sse_encode(&b, "8-0", "notice", "{}", 2);
	assert_true(http_stream_send(server, later[0], b.p, b.n));
	UNTIL(heard(&one, "id: 8-0\nevent: notice\ndata: {}\n\n"));
	assert_non_null(strstr(one.got, "Content-Type: text/event-stream"));
	assert_null(strstr(one.got, "Content-Length"));
	/* A sign of life, more than once. */
	one.n = 0;
	UNTIL(heard(&one, ": still here\n\n: still here\n\n"));
	/* What he says is of no interest, and does no harm. */
	send_text(&one, "GET / nonsense\n");
	http_stream_end(server, later[0]);
	UNTIL(heard_end(&one));
	assert_false(http_stream_send(server, later[0], b.p, b.n));
	hang_up(&one);
	assert_int_equal(left, 0);
	assert_int_equal(asked, 1);
	/* One who leaves is told of. */
	dial(&one);
	send_text(&one, "GET /stream" H "\r\n");
	UNTIL(nlater == 2);
	close(one.fd);
	UNTIL(left == 1);
	assert_int_equal(gone_id, later[1]);
	buf_free(&b);
}

static void
test_stream_too_slow(void **state)
{
	static char news[30000];
	unsigned    i;

	(void)state;
	dial(&one);
	send_text(&one, "GET /stream" H "\r\n");
	UNTIL(nlater == 1);
	for (i = 0; i < 2000; i++) {
		if (!http_stream_send(server, later[0], news, sizeof news))
			break;
		turn();
	}
	assert_true(i < 2000);
	/* Told at the end of the turn, not from inside the call. */
	assert_int_equal(left, 0);
	UNTIL(left == 1);
	UNTIL(http_count(server) == 0);
	close(one.fd);
}

static void
test_sse_text(void **state)
{
	static const struct {
		const char *id, *event, *data, *text;
	} t[] = {
		{ NULL, NULL, "x", "data: x\n\n" },
		{ "1", "e", "", "id: 1\nevent: e\ndata: \n\n" },
		{ "1", NULL, "a\nb\rc\r\nd",
		    "id: 1\ndata: a\ndata: b\n"
		    "data: c\ndata: d\n\n" },
		{ NULL, NULL, "a\n\nid: 9\n",
		    "data: a\ndata: \ndata: id: 9\ndata: \n\n" },
		{ "1\nevent: x", "a\rb", "x", "data: x\n\n" },
	};
	struct buf b = { 0 };
	size_t	   i;

	(void)state;
	for (i = 0; i < nitems(t); i++) {
		buf_reset(&b);
		sse_encode(
		    &b, t[i].id, t[i].event, t[i].data, strlen(t[i].data));
		assert_string_equal(b.p, t[i].text);
	}
	buf_free(&b);
}

/* ---- drain */

static void
test_stop(void **state)
{
	static struct client idle, busy, live;

	(void)state;
	dial(&idle);
	dial(&busy);
	dial(&live);
	send_text(&idle, "GET /" H "\r\n");
	assert_int_equal(reply(&idle), 200);
	send_text(&busy, "GET /later" H "\r\n");
	UNTIL(nlater == 1);
	send_text(&live, "GET /stream" H "\r\n");
	UNTIL(nlater == 2);
	http_stop(server);
	UNTIL(heard_end(&idle));
	UNTIL(heard_end(&live));
	assert_non_null(strstr(live.got, "\r\n\r\nretry: 1000\n\n"));
	assert_int_equal(left, 1);
	assert_int_equal(gone_id, later[1]);
	say(later[0], "last");
	UNTIL(heard_end(&busy));
	assert_non_null(strstr(busy.got, "Connection: close\r\n"));
	assert_non_null(strstr(busy.got, "\r\n\r\nlast"));
	close(idle.fd);
	close(busy.fd);
	close(live.fd);
	UNTIL(http_count(server) == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_stream),
		TEST(test_stream_too_slow),
		cmocka_unit_test(test_sse_text),
		TEST(test_stop),
	};
	int rc;

	clock_tick();
	base = event_base_new();
	rc = cmocka_run_group_tests_name("stream", tests, NULL, NULL);
	event_base_free(base);
	return (rc);
}
