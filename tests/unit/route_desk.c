/*
 * Routing, by the C face: who is offered what and when, how offers end, and
 * what a repeated, late or unreadable apply changes (nothing).
 */
#include "desk.h"

static void
test_offer_accept_work(void **state)
{
	(void)state;
	wait_in(1, "sales", 1000);
	assert_string_equal(depths(), "sales:1+0@1000 ");
	presence("an", "ready", 100, "sales", "");
	assert_string_equal(offers("an"), "1 ");
	assert_string_equal(depths(), "sales:0+1@0 ");
	assert_string_equal(agents(), "an:ready:0/100+20 ");
	assert_int_equal(accept_it(1, "binh"), ROUTE_NOT);
	assert_int_equal(accept_it(1, "an"), ROUTE_DONE);
	assert_string_equal(offers("an"), "1! ");
	assert_int_equal(accept_it(1, "an"), ROUTE_DONE); /* again: the same */
	assert_int_equal(decline_it(1, "an"), ROUTE_NOT);
	put(1, 2, "sales", "work", 1000, ",\"agent\":\"an\"");
	assert_string_equal(offers("an"), "");
	assert_string_equal(agents(), "an:ready:20/100+0 ");
	assert_int_equal(accept_it(1, "an"), ROUTE_NOT);
	put(1, 3, "sales", "gone", 1000, "");
	assert_string_equal(agents(), "an:ready:0/100+0 ");
	assert_string_equal(depths(), "sales:0+0@0 ");
	UNTIL(strcmp(news, "wait agent offer accepted work gone ") == 0);
}

/* Redis's clock, by which agents are idle, has gone on. */
static void
next_ms(void)
{
	char seconds[64];
	long us;

	snprintf(seconds, sizeof seconds, "%s", redis_says("TIME"));
	us = strtol(strchr(seconds, ' '), NULL, 10) / 1000;
	UNTIL(strtol(strchr(redis_says("TIME"), ' '), NULL, 10) / 1000 != us);
}

/* What is due first goes first, to him who has been idle longest. */
static void
test_order(void **state)
{
	(void)state;
	wait_in(1, "sales", 3000);
	wait_in(2, "sales", 1000);
	wait_in(3, "sales", 2000);
	presence("an", "ready", 40, "sales", "");
	assert_string_equal(
	    redis_says("ZRANGE {desk}:offers 0 -1"), "2:an 3:an");
	assert_string_equal(depths(), "sales:1+2@3000 ");
	presence("binh", "ready", 100, "sales", "");
	assert_string_equal(offers("binh"), "1 ");
	next_ms(); /* chi has been idle for less long than binh */
	presence("chi", "ready", 100, "sales", "");
	wait_in(4, "sales", 1);
	assert_string_equal(offers("binh"), "1 4 ");
	wait_in(5, "sales", 1);
	assert_string_equal(offers("chi"), "5 ");
}

static void
test_skills_and_queues(void **state)
{
	(void)state;
	presence("an", "ready", 100, "sales shipping", "en");
	put(1, 1, "sales", "wait", 1, ",\"skills\":[\"en\",\"vip\"]");
	put(2, 1, "technical", "wait", 1, "");
	assert_string_equal(offers("an"), "");
	presence("binh", "ready", 100, "sales", "vip en");
	assert_string_equal(offers("binh"), "1 ");
	presence("an", "ready", 100, "technical", "en");
	assert_string_equal(offers("an"), "2 ");
	presence("chi", "away", 100, "sales", "");
	wait_in(3, "shipping", 1);
	assert_string_equal(
	    depths() != NULL ? redis_says("ZCARD {desk}:line:shipping") : "",
	    "1");
}

/* A head that fits nobody does not hold up those behind it. */
static void
test_long_line(void **state)
{
	int i;

	(void)state;
	for (i = 1; i <= 200; i++)
		put(i, 1, "sales", "wait", i, ",\"skills\":[\"rare\"]");
	wait_in(201, "sales", 1000);
	presence("an", "ready", 100, "sales", "");
	UNTIL(strcmp(offers("an"), "201 ") == 0);
	UNTIL(strcmp(redis_says("EXISTS {desk}:todo"), "0") == 0);
	assert_string_equal(depths(), "sales:200+1@1 ");
}

/* Who alone has a skill is found behind any number of others. */
static void
test_many_idle(void **state)
{
	char name[16];
	int  i;

	(void)state;
	put(1, 1, "sales", "wait", 1, ",\"skills\":[\"rare\"]");
	for (i = 0; i < 140; i++) {
		snprintf(name, sizeof name, "an%03d", i);
		presence(name, "ready", 100, "sales", "vi");
	}
	put(2, 1, "sales", "wait", 2, ",\"skills\":[\"rare\"]");
	assert_string_equal(depths(), "sales:2+0@1 ");
	presence("zoe", "ready", 60, "sales", "rare");
	UNTIL(strcmp(redis_says("EXISTS {desk}:todo"), "0") == 0);
	assert_string_equal(depths(), "sales:0+2@0 ");
	put(3, 1, "sales", "wait", 3, ",\"skills\":[\"rare\"]");
	assert_string_equal(depths(), "sales:0+3@0 ");
	assert_string_equal(redis_says("HGET {desk}:a:zoe pending"), "60");
	/* No room left, and nobody else to have it. */
	put(4, 1, "sales", "wait", 4, ",\"skills\":[\"rare\"]");
	assert_string_equal(depths(), "sales:1+3@4 ");
}

static void
test_capacity(void **state)
{
	(void)state;
	presence("an", "ready", 50, "sales", "");
	wait_in(1, "sales", 1);
	wait_in(2, "sales", 2);
	wait_in(3, "sales", 3);
	assert_string_equal(agents(), "an:ready:0/50+40 ");
	assert_string_equal(depths(), "sales:1+2@3 ");
	put(1, 2, "sales", "work", 1, ",\"agent\":\"an\"");
	assert_string_equal(agents(), "an:ready:20/50+20 ");
	put(1, 3, "sales", "gone", 1, ""); /* room again: offered at once */
	assert_string_equal(agents(), "an:ready:0/50+40 ");
	assert_string_equal(depths(), "sales:0+2@0 ");
	/* Given by hand beyond his capacity: counted, and nothing offered. */
	put(4, 1, "sales", "work", 1, ",\"agent\":\"an\"");
	put(5, 1, "sales", "work", 1, ",\"agent\":\"an\"");
	assert_string_equal(agents(), "an:ready:40/50+40 ");
	put(5, 2, "sales", "work", 1, ",\"agent\":\"binh\"");
	assert_string_equal(redis_says("HGET {desk}:a:an load"), "20");
	assert_string_equal(redis_says("HGET {desk}:a:binh load"), "20");
}

static void
test_decline(void **state)
{
	(void)state;
	presence("an", "ready", 100, "sales", "");
	wait_in(1, "sales", 7);
	assert_int_equal(decline_it(1, "binh"), ROUTE_NOT);
	assert_int_equal(decline_it(1, "an"), ROUTE_DONE);
	assert_int_equal(decline_it(1, "an"), ROUTE_NOT);
	assert_string_equal(offers("an"), ""); /* not to him again */
	assert_string_equal(depths(), "sales:1+0@7 ");
	presence("binh", "ready", 100, "sales", "");
	assert_string_equal(offers("binh"), "1 ");
	assert_int_equal(decline_it(1, "binh"), ROUTE_DONE);
	/* After five minutes it is, by the clock alone. */
	redis_says("ZADD {desk}:declines 1 1:an");
	tick();
	assert_string_equal(offers("an"), "1 ");
}

static void
test_release(void **state)
{
	(void)state;
	presence("an", "ready", 100, "sales", "");
	wait_in(1, "sales", 7);
	assert_int_equal(accept_it(1, "an"), ROUTE_DONE);
	ASK(route_release(route, 1, "an", 42, on_done));
	assert_int_equal(got.how, ROUTE_DONE);
	assert_string_equal(offers("an"), "");
	assert_string_equal(agents(), "an:ready:0/100+0 ");
	assert_string_equal(depths(), "sales:1+0@7 ");
	ASK(route_release(route, 1, "an", 42, on_done));
	assert_int_equal(got.how, ROUTE_NOT);
}

static void
test_lapse(void **state)
{
	(void)state;
	presence("an", "ready", 100, "sales", "");
	wait_in(1, "sales", 7);
	tick();
	assert_string_equal(offers("an"), "1 "); /* not yet */
	expire(1, "an");
	assert_int_equal(accept_it(1, "an"), ROUTE_NOT); /* too late */
	tick();
	assert_string_equal(offers("an"), "1 "); /* nobody else is there */
	expire(1, "an");
	tick();
	assert_string_equal(agents(), "an:away:0/100+0:offers not answered ");
	assert_string_equal(depths(), "sales:1+0@7 ");
	UNTIL(strcmp(news, "agent wait offer lapsed offer lapsed agent ") == 0);
	/* One that was held lapses by no fault of his. */
	presence("an", "ready", 100, "sales", "");
	assert_int_equal(accept_it(1, "an"), ROUTE_DONE);
	expire(1, "an");
	tick();
	assert_string_equal(redis_says("HGET {desk}:a:an lapses"), "0");
	assert_string_equal(offers("an"), "1 ");
}

/* Connections, and what is found out of them. */
static void
test_present(void **state)
{
	static const struct route_lease here = { "d1", 10000 },
					other = { "d2", 10000 };
	static const char *const an[] = { "an" };
	struct route_presence p = { "an", "ready", 100, "sales", "", "", "", 7,
		false, false };

	(void)state;
	ASK(route_agent(route, &p, 42, on_done));
	ASK(route_present_lease(route, &here, 1, "", 42, on_done));
	assert_int_equal(got.how, ROUTE_NOT); /* it must say who is with it */
	ASK(route_present(route, &here, 1, true, an, 1, 42, on_done));
	assert_int_equal(got.how, ROUTE_DONE);
	ASK(route_present_lease(route, &here, 1, "", 42, on_done));
	assert_int_equal(got.how, ROUTE_DONE);
	ASK(route_present(route, &here, 1, false, an, 1, 42, on_done));
	assert_int_equal(soon, 1); /* the grace */
	while (found[0] == '\0')
		tick();
	assert_string_equal(found, "an:lost:7 ");
	assert_string_equal(agents(), "an:away:0/100+0:connection lost ");
	/* Of the same presence: late word. */
	ASK(route_agent(route, &p, 42, on_done));
	assert_string_equal(agents(), "an:away:0/100+0:connection lost ");
	p = (struct route_presence){ "an", "away", 100, "sales", "", "",
		"connection lost", 8, true, false };
	ASK(route_agent(route, &p, 42, on_done));
	ASK(route_present(route, &other, 1, true, an, 1, 42, on_done));
	assert_string_equal(found, "an:lost:7 an:back:8 ");
	p = (struct route_presence){ "an", "ready", 100, "sales", "", "", "", 9,
		false, true };
	ASK(route_agent(route, &p, 42, on_done));
	assert_string_equal(agents(), "an:ready:0/100+0 ");
}

static void
test_pause(void **state)
{
	(void)state;
	presence("an", "ready", 100, "sales", "");
	ASK(route_pause(route, "sales", true, 42, on_done));
	wait_in(1, "sales", 7);
	assert_string_equal(depths(), "sales:1+0@7! ");
	ASK(route_pause(route, "sales", false, 42, on_done));
	assert_string_equal(depths(), "sales:0+1@0 ");
	ASK(route_pause(route, "sales", false, 42, on_done)); /* no news */
	UNTIL(strstr(news, "offer") != NULL);
	assert_string_equal(news, "agent queue wait queue offer ");
}

/* He leaves: what he was offered goes back, what he accepted stays. */
static void
test_agent_leaves(void **state)
{
	(void)state;
	presence("an", "ready", 100, "sales", "");
	wait_in(1, "sales", 7);
	wait_in(2, "sales", 8);
	assert_int_equal(accept_it(2, "an"), ROUTE_DONE);
	presence("an", "offline", 100, "sales", "");
	assert_string_equal(offers("an"), "2! ");
	assert_string_equal(depths(), "sales:1+1@7 ");
	presence("binh", "ready", 100, "sales", "");
	assert_string_equal(offers("binh"), "1 ");
}

static void
test_once_and_in_order(void **state)
{
	const char *twice;

	(void)state;
	twice = ticket_json(1, 5, "sales", "wait", 7, "");
	apply_row(900001, twice);
	apply_row(900001, twice);
	put(1, 4, "sales", "gone", 7, ""); /* older: only its notice */
	assert_string_equal(depths(), "sales:1+0@7 ");
	put(1, 5, "shipping", "wait", 7, ""); /* the same version */
	assert_string_equal(redis_says("ZCARD {desk}:line:shipping"), "0");
	put(1, 6, "shipping", "wait", 7, "");
	assert_string_equal(redis_says("ZCARD {desk}:line:sales"), "0");
	assert_string_equal(redis_says("ZCARD {desk}:line:shipping"), "1");
	/* One that waits on keeps its offer; one that moves on does not. */
	presence("an", "ready", 100, "shipping sales", "");
	assert_string_equal(offers("an"), "1 ");
	put(1, 7, "shipping", "wait", 9, "");
	assert_string_equal(offers("an"), "1 ");
	presence("an", "ready", 100, "shipping", "");
	put(1, 8, "sales", "wait", 9, "");
	assert_string_equal(offers("an"), "");
	UNTIL(strstr(news, "withdrawn") != NULL);
	assert_memory_equal(news, "wait gone wait ", 15); /* not twice */
}

/* Rows that cannot be read never hold up the next. */
static void
test_bad_rows(void **state)
{
	static const char *const bad[] = { "", "[", "7", "{\"ticket\":\"x\"}",
		"{\"ticket\":1}", "{\"ticket\":1,\"version\":2,\"queue\":null}",
		"{\"ticket\":1,\"version\":1,\"queue\":\"q\",\"place\":\"work\"}",
		("{\"ticket\":1,\"version\":1,\"queue\":\"q\","
		 "\"place\":\"wait\",\"skills\":7}") };
	size_t			 i;

	(void)state;
	for (i = 0; i < nitems(bad); i++)
		apply_row(910000 + (int64_t)i, bad[i]);
	wait_in(2, "sales", 7);
	assert_string_equal(depths(), "sales:1+0@7 ");
	/* A notice about no ticket, and a number above 2^31. */
	apply_row(920000, "{\"feed\":{\"kind\":\"config\"}}");
	apply_row(920001,
	    "{\"ticket\":5000000000000,\"version\":1,"
	    "\"queue\":\"sales\",\"place\":\"wait\",\"score\":1800000000000,"
	    "\"units\":5,\"skills\":[],\"agent\":null}");
	assert_string_equal(
	    redis_says("ZRANGE {desk}:line:sales 0 -1"), "2 5000000000000");
	UNTIL(strcmp(news, "wait config ") == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_offer_accept_work),
		TEST(test_order),
		TEST(test_skills_and_queues),
		TEST(test_long_line),
		TEST(test_many_idle),
		TEST(test_capacity),
		TEST(test_decline),
		TEST(test_release),
		TEST(test_lapse),
		TEST(test_present),
		TEST(test_pause),
		TEST(test_agent_leaves),
		TEST(test_once_and_in_order),
		TEST(test_bad_rows),
	};

	return (cmocka_run_group_tests(tests, setup, teardown));
}
