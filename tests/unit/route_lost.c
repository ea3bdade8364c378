/*
 * What Redis loses: it is rebuilt whenever it was emptied, restarted or
 * remembers too much, and the feed goes on in order.
 */
#include "desk.h"

static void
test_rebuild(void **state)
{
	static const char *const rows[] = {
		"{\"ticket\":1,\"version\":3,\"queue\":\"sales\",\"place\":"
		"\"wait\",\"score\":5,\"units\":20,\"skills\":[],\"offer\":30}",
		"{\"ticket\":2,\"version\":3,\"queue\":\"sales\",\"place\":"
		"\"work\",\"score\":5,\"units\":20,\"skills\":[],\"offer\":30,"
		"\"agent\":\"an\"}",
		"{\"ticket\":3,\"version\":3,\"queue\":\"sales\",\"place\":"
		"\"wait\",\"score\":5,\"units\":20,\"skills\":[],\"offer\":30}",
	};
	struct route_row row;

	(void)state;
	redis_says("FLUSHALL");
	losses = 0;
	UNTIL((route_tick(route), loop_once(), losses != 0));
	presence("an", "ready", 100, "sales", "");
	assert_false(route_ready(route));
	put(4, 1, "sales", "wait", 6, "");     /* before it begins */
	assert_string_equal(offers("an"), ""); /* nothing is offered yet */
	ASK(route_rebuild_begin(route, 42, on_done));
	assert_int_equal(got.how, ROUTE_DONE);
	put(3, 4, "sales", "gone", 5, ""); /* arrives meanwhile: newer */
	row = (struct route_row){ 0, rows[0], strlen(rows[0]) };
	ASK(route_rebuild_page(route, &row, 1, 42, on_done));
	row = (struct route_row){ 0, rows[1], strlen(rows[1]) };
	ASK(route_rebuild_page(route, &row, 1, 42, on_done));
	row = (struct route_row){ 0, rows[2], strlen(rows[2]) };
	ASK(route_rebuild_page(route, &row, 1, 42, on_done));
	assert_int_equal(got.how, ROUTE_DONE);
	assert_string_equal(offers("an"), "");
	ASK(route_rebuild_end(route, 42, on_done));
	assert_int_equal(got.how, ROUTE_DONE);
	assert_string_equal(offers("an"), "1 ");
	assert_string_equal(agents(), "an:ready:20/100+20 ");
	assert_true(route_ready(route));
	ASK(route_rebuild_begin(route, 42, on_done)); /* no need */
	assert_int_equal(got.how, ROUTE_NOT);
	UNTIL(strstr(news, "rebuilt") != NULL);
}

/* FLUSHALL during a rebuild, and another daemon's rebuild. */
static void
test_rebuild_twice(void **state)
{
	(void)state;
	redis_says("FLUSHALL");
	ASK(route_rebuild_begin(route, 42, on_done));
	assert_int_equal(got.how, ROUTE_DONE);
	redis_says("FLUSHALL");
	ASK(route_rebuild_page(route, NULL, 0, 42, on_done));
	assert_int_equal(got.how, ROUTE_NOT);
	redis_says("SET {desk}:rebuild another PX 60000");
	ASK(route_rebuild_begin(route, 42, on_done));
	assert_int_equal(got.how, ROUTE_NOT);
	ASK(route_rebuild_end(route, 42, on_done));
	assert_int_equal(got.how, ROUTE_NOT);
	redis_says("DEL {desk}:rebuild");
	assert_true(rebuilt(NULL, 0));
}

/*
 * A Redis that comes back with what it remembered: as good as lost.  What it
 * remembered counts for nothing, even when its versions were higher.
 */
static void
test_stale_redis(void **state)
{
	static const char *const rows[] = {
		"{\"ticket\":1,\"version\":3,\"queue\":\"sales\",\"place\":"
		"\"wait\",\"score\":5,\"units\":20,\"skills\":[],\"offer\":30}",
	};

	(void)state;
	put(1, 9, "shipping", "wait", 1, "");
	put(2, 9, "shipping", "wait", 1, "");
	put(3, 9, "shipping", "work", 1, ",\"agent\":\"an\"");
	presence("an", "ready", 30, "shipping", "");
	redis_says("SET {desk}:epoch another-process");
	losses = 0;
	route_load(route);
	UNTIL(losses != 0);
	assert_true(rebuilt(rows, 1));
	presence("an", "ready", 30, "shipping", "");
	assert_string_equal(redis_says("ZCARD {desk}:line:shipping"), "0");
	assert_string_equal(redis_says("ZRANGE {desk}:line:sales 0 -1"), "1");
	assert_string_equal(agents(), "an:ready:0/30+0 ");
}

/*
 * Other records than those that the lines were built from: they may lack what
 * Redis knows, whose versions would be the higher ones.
 */
static void
test_other_records(void **state)
{
	static const char *const rows[] = {
		"{\"ticket\":1,\"version\":3,\"queue\":\"sales\",\"place\":"
		"\"wait\",\"score\":5,\"units\":20,\"skills\":[],\"offer\":30}",
	};

	(void)state;
	losses = 0;
	route_records(route, "7.00000001");
	UNTIL((route_tick(route), loop_once(), losses != 0));
	assert_true(rebuilt(NULL, 0));
	assert_non_null(strstr(redis_says("GET {desk}:epoch"), "/7.00000001"));
	put(1, 9, "shipping", "wait", 1, "");
	losses = 0;
	route_records(route, "7.00000001"); /* told with each connection */
	route_load(route);
	UNTIL(route_ready(route));
	assert_int_equal(losses, 0);

	route_records(route, "7.00000002");
	UNTIL((route_tick(route), loop_once(), losses != 0));
	assert_true(rebuilt(rows, 1));
	assert_string_equal(redis_says("ZCARD {desk}:line:shipping"), "0");
	assert_string_equal(redis_says("ZRANGE {desk}:line:sales 0 -1"), "1");
}

/* Others while it is rebuilt: pages of both may be in it, so once more. */
static void
test_other_records_meanwhile(void **state)
{
	(void)state;
	redis_says("FLUSHALL");
	ASK(route_rebuild_begin(route, 42, on_done));
	assert_int_equal(got.how, ROUTE_DONE);
	route_records(route, "7.00000003");
	ASK(route_rebuild_page(route, NULL, 0, 42, on_done));
	losses = 0;
	ASK(route_rebuild_end(route, 42, on_done));
	assert_int_equal(got.how, ROUTE_DONE);
	UNTIL((route_tick(route), loop_once(), losses != 0));
	assert_true(rebuilt(NULL, 0));
	assert_non_null(strstr(redis_says("GET {desk}:epoch"), "/7.00000003"));
}

static void
test_library_lost(void **state)
{
	(void)state;
	redis_says("FUNCTION FLUSH");
	wait_in(1, "sales", 7);
	assert_string_equal(depths(), "sales:1+0@7 ");
	assert_int_equal(losses, 0);
}

static void
test_redis_killed(void **state)
{
	unsigned n;

	(void)state;
	redis_kill(SIGKILL);
	UNTIL(!redis_up(link_main) && !redis_up(link_feed));
	n = got.n;
	assert_false(route_depths(route, 42, on_depths));
	losses = 0;
	redis_start();
	UNTIL(losses != 0);
	assert_int_equal(got.n, n);
	assert_true(rebuilt(NULL, 0));
	news[0] = '\0';
	wait_in(1, "sales", 7);
	UNTIL(strstr(news, "wait") != NULL);
}

static void
on_forgot(uint64_t id, enum route_how how, const char *last)
{
	on_done(id, how);
	snprintf(got.last, sizeof got.last, "%s", last);
}

/* Notices of customers are taken out, piece by piece, and nothing else. */
static void
test_forget(void **state)
{
	static const int64_t gone[] = { 7, 5000000000000 };
	char		     row[200];
	unsigned	     i, pieces = 0;
	int		     others;

	(void)state;
	/* What setup told: one or two, as the clock was (feed_resume()). */
	others = atoi(redis_says("XLEN {desk}:feed"));
	for (i = 0; i < 4100; i++) {
		snprintf(row, sizeof row,
		    "{\"feed\":{\"kind\":\"note\",\"customer\":%s,"
		    "\"text\":\"\\\"customer\\\":7,\"}}",
		    i % 4 == 0	     ? "7"
			: i % 4 == 1 ? "77"
			: i % 4 == 2 ? "5000000000000"
				     : "5");
		apply_row(930000 + (int64_t)i, row);
	}
	apply_row(940000, "{\"feed\":{\"kind\":\"config\"}}");
	snprintf(got.last, sizeof got.last, "0");
	do {
		char after[48];

		snprintf(after, sizeof after, "%s", got.last);
		ASK(route_forget(
		    route, after, gone, nitems(gone), 42, on_forgot));
		assert_int_equal(got.how, ROUTE_DONE);
		pieces++;
	} while (got.last[0] != '\0');
	assert_int_equal(pieces, 3);
	/* Of the 4,100 a half, what setup told, and the configuration's. */
	others += 2050 + 1;
	assert_int_equal(atoi(redis_says("XLEN {desk}:feed")), others);
	ASK(route_forget(route, "0", gone, nitems(gone), 42, on_forgot));
	assert_int_equal(atoi(redis_says("XLEN {desk}:feed")), others);
}

static void
test_feed(void **state)
{
	char first[48], last[48];

	(void)state;
	ASK(route_feed_read(route, "$", 1, 42, on_feed));
	assert_string_equal(got.text, "");
	snprintf(first, sizeof first, "%s", got.last);
	wait_in(1, "sales", 7);
	wait_in(2, "sales", 7);
	ASK(route_feed_newest(route, first, 100, 42, on_feed));
	assert_string_equal(got.text, "wait:1 wait:2 ");
	snprintf(last, sizeof last, "%s", got.last);
	ASK(route_feed_newest(route, "0", 1, 42, on_feed));
	assert_string_equal(got.text, "wait:2 ");
	assert_string_equal(got.last, last);
	assert_false(got.gap);
	ASK(route_feed_newest(route, last, 100, 42, on_feed));
	assert_string_equal(got.text, "");
	assert_string_equal(got.last, last);
	ASK(route_feed_read(route, first, 1, 42, on_feed));
	assert_string_equal(got.text, "wait:1 ");
	assert_false(got.gap);
	snprintf(first, sizeof first, "%s", got.last);
	ASK(route_feed_read(route, first, 100, 42, on_feed));
	assert_string_equal(got.text, "wait:2 ");
	assert_false(got.gap);
	snprintf(last, sizeof last, "%s", got.last);
	ASK(route_feed_read(route, last, 100, 42, on_feed));
	assert_string_equal(got.text, "");
	assert_string_equal(got.last, last);
	ASK(route_feed_read(route, "$", 100, 42, on_feed));
	assert_string_equal(got.last, last);
	redis_says("XTRIM {desk}:feed MAXLEN 1");
	ASK(route_feed_read(route, "1-1", 100, 42, on_feed));
	assert_true(got.gap);
	assert_string_equal(got.text, "wait:2 ");
	ASK(route_feed_read(route, last, 100, 42, on_feed));
	assert_false(got.gap);
	ASK(route_feed_read(route, "99999999999999-0", 100, 42, on_feed));
	assert_true(got.gap);
	redis_says("DEL {desk}:feed");
	ASK(route_feed_read(route, last, 100, 42, on_feed));
	assert_true(got.gap);
	UNTIL(strcmp(news, "wait wait ") == 0);
}

/* A clock that went back, and Redis emptied: ids still ascend. */
static void
test_feed_ascends(void **state)
{
	(void)state;
	redis_says("XADD {desk}:feed 99999999999999-5 k far t 0 q x j {}");
	UNTIL(strcmp(news, "far ") == 0);
	redis_says("FLUSHALL");
	assert_true(rebuilt(NULL, 0));
	UNTIL(strcmp(news, "far lost rebuilt ") == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rebuild),
		TEST(test_rebuild_twice),
		TEST(test_stale_redis),
		TEST(test_other_records),
		TEST(test_other_records_meanwhile),
		TEST(test_library_lost),
		TEST(test_redis_killed),
		TEST(test_feed),
		TEST(test_forget),
		TEST(test_feed_ascends),
	};

	return (cmocka_run_group_tests(tests, setup, teardown));
}
