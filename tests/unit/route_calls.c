/*
 * Whoever talks on the telephone is busy: from the answer to the end, in
 * whatever order Redis hears of it, and not for ever when the end is lost.
 */
#include "desk.h"

/* A call's row: seconds 0 says that it counts no more. */
static void
call_row(int64_t outbox, int call, int version, const char *agent, int seconds)
{
	char json[300];

	snprintf(json, sizeof json,
	    "{\"call\":{\"call\":%d,\"version\":%d,\"agent\":\"%s\","
	    "\"units\":100,\"seconds\":%d,\"feed\":{\"kind\":\"call\","
	    "\"queue\":\"sales\",\"call\":\"c%d\"}}}",
	    call, version, agent, seconds, call);
	apply_row(outbox, json);
}

static void
check_load(const char *an, const char *binh)
{
	assert_string_equal(redis_says("HGET {desk}:a:an load"), an);
	assert_string_equal(redis_says("HGET {desk}:a:binh load"), binh);
}

static void
test_busy(void **state)
{
	(void)state;
	presence("an", "ready", 100, "sales", "");
	call_row(0, 1, 1, "an", 60);
	assert_string_equal(agents(), "an:ready:100/100+0 ");
	wait_in(1, "sales", 1);
	assert_string_equal(depths(), "sales:1+0@1 "); /* not while he talks */
	call_row(0, 1, 2, "an", 0);
	assert_string_equal(agents(), "an:ready:0/100+20 ");
	assert_string_equal(offers("an"), "1 "); /* at once */
	UNTIL(strstr(news, "call wait call offer ") != NULL);
}

/* The end overtakes the answer; a row is told twice. */
static void
test_order(void **state)
{
	(void)state;
	presence("an", "ready", 100, "", "");
	call_row(101, 1, 3, "an", 0);
	call_row(102, 1, 2, "an", 60);
	assert_string_equal(agents(), "an:ready:0/100+0 ");
	call_row(103, 2, 1, "an", 60);
	call_row(103, 2, 1, "an", 60);
	assert_string_equal(agents(), "an:ready:100/100+0 ");
	UNTIL(strstr(news, "call call call ") != NULL);
	assert_null(strstr(news, "call call call call"));
}

/* Handed on: one is free, the other is not.  Two calls of one agent. */
static void
test_handed_on(void **state)
{
	(void)state;
	presence("an", "ready", 100, "sales", "");
	presence("binh", "ready", 100, "", ""); /* of no queue */
	call_row(0, 1, 1, "an", 60);
	call_row(0, 1, 2, "binh", 60);
	check_load("0", "100");
	call_row(0, 2, 1, "binh", 60);
	check_load("0", "200");
	call_row(0, 1, 3, "binh", 0);
	check_load("0", "100");
}

/* What he was offered goes back, and is not held against him. */
static void
test_offered(void **state)
{
	(void)state;
	presence("an", "ready", 100, "sales", "");
	wait_in(1, "sales", 1);
	assert_string_equal(offers("an"), "1 ");
	presence("binh", "ready", 100, "sales", "");
	call_row(0, 1, 1, "an", 60);
	assert_string_equal(offers("an"), "");
	assert_string_equal(offers("binh"), "1 ");
	check_load("100", "0");
	UNTIL(strstr(news, "withdrawn") != NULL);
}

/* Nobody says that it ended. */
static void
test_lost_end(void **state)
{
	(void)state;
	presence("an", "ready", 100, "sales", "");
	call_row(0, 7, 1, "an", 14400);
	assert_string_equal(agents(), "an:ready:100/100+0 ");
	tick();
	assert_string_equal(agents(), "an:ready:100/100+0 ");
	redis_says("ZADD {desk}:calls 1 7");
	tick();
	assert_string_equal(agents(), "an:ready:0/100+0 ");
	call_row(0, 7, 1, "an", 14400); /* what it was is no news */
	assert_string_equal(agents(), "an:ready:0/100+0 ");
	assert_string_equal(redis_says("EXISTS {desk}:calls"), "0");
}

/* Redis emptied: the calls that go on are told again, with their version. */
static void
test_rebuilt(void **state)
{
	(void)state;
	presence("an", "ready", 100, "sales", "");
	call_row(0, 1, 5, "an", 60);
	redis_says("FLUSHALL");
	assert_true(rebuilt(NULL, 0));
	presence("an", "ready", 100, "sales", "");
	assert_string_equal(agents(), "an:ready:0/100+0 ");
	call_row(0, 1, 5, "an", 60);
	assert_string_equal(agents(), "an:ready:100/100+0 ");
	/* An epoch lost, the rest still there. */
	redis_says("DEL {desk}:epoch");
	assert_true(rebuilt(NULL, 0));
	assert_string_equal(agents(), "an:ready:0/100+0 ");
	call_row(0, 1, 5, "an", 60);
	assert_string_equal(agents(), "an:ready:100/100+0 ");
}

static void
test_nonsense(void **state)
{
	static const char *const rows[] = { "{\"call\":7}", "{\"call\":{}}",
		"{\"call\":{\"call\":\"x\",\"version\":1}}",
		"{\"call\":{\"call\":1,\"version\":null}}" };
	size_t			 i;

	(void)state;
	presence("an", "ready", 100, "sales", "");
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		apply_row(0, rows[i]);
	assert_string_equal(agents(), "an:ready:0/100+0 ");
	assert_string_equal(redis_says("EXISTS {desk}:calls"), "0");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_busy),
		TEST(test_order),
		TEST(test_handed_on),
		TEST(test_offered),
		TEST(test_lost_end),
		TEST(test_rebuilt),
		TEST(test_nonsense),
	};

	return (cmocka_run_group_tests(tests, setup, teardown));
}
