/*
 * What queues want, by the C face: who is given what without being asked, who
 * asks himself, what waiting changes and when that is told, wrapping up, and
 * why a ticket is where it is.
 */
#include <jansson.h>
#include <stdlib.h>

#include "desk.h"

static void
policy(const char *json)
{
	ASK(route_policy(route, &json, 1, 42, on_done));
	assert_int_equal(got.how, ROUTE_DONE);
}

static int64_t next_ticket;

static void
on_next(uint64_t id, enum route_how how, int64_t ticket)
{
	next_ticket = ticket;
	on_done(id, how);
}

static enum route_how
next_of(const char *agent)
{
	ASK(route_next(route, agent, 42, on_next));
	return (got.how);
}

static enum route_how
wrapped(const char *agent)
{
	ASK(route_wrapped(route, agent, 42, on_done));
	return (got.how);
}

static json_t *explained;

static void
on_explain(uint64_t id, enum route_how how, const char *json)
{
	json_decref(explained);
	explained = json_loads(json, 0, NULL);
	on_done(id, how);
}

static const char *
explained_text(const char *name)
{
	const char *s = json_string_value(json_object_get(explained, name));

	return (s != NULL ? s : "");
}

/* Held at once, told once; what is not his in PostgreSQL comes back. */
static void
test_assign(void **state)
{
	(void)state;
	policy("{\"queue\":\"sales\",\"mode\":\"assign\"}");
	presence("an", "ready", 100, "sales", "");
	put(1, 1, "sales", "wait", 1, ",\"channel\":\"chat\"");
	put(2, 1, "sales", "wait", 2, ",\"channel\":\"chat\"");
	assert_string_equal(given, "1:an "); /* one at a time */
	assert_string_equal(offers("an"), "1! ");
	assert_in_range(soon, 1, 10000);
	put(1, 2, "sales", "work", 1, ",\"channel\":\"chat\",\"agent\":\"an\"");
	assert_string_equal(given, "1:an 2:an ");
	expire(2, "an"); /* the daemon that was told died */
	tick();
	assert_string_equal(given, "1:an 2:an 2:an ");
	ASK(route_release(route, 2, "an", 42, on_done));
	assert_string_equal(offers("an"), "");
	assert_string_equal(given, "1:an 2:an 2:an ");
}

static void
test_next(void **state)
{
	(void)state;
	policy("{\"queue\":\"sales\",\"mode\":\"pull\"}");
	presence("an", "ready", 20, "sales", "");
	assert_int_equal(next_of("an"), ROUTE_NOT);
	wait_in(1, "sales", 2);
	wait_in(2, "sales", 1);
	assert_string_equal(depths(), "sales:2+0@1 ");
	assert_int_equal(next_of("an"), ROUTE_DONE);
	assert_int_equal(next_ticket, 2);
	assert_string_equal(offers("an"), "2! ");
	/* The answer was lost, and he asks again: the same. */
	assert_int_equal(next_of("an"), ROUTE_DONE);
	assert_int_equal(next_ticket, 2);
	put(2, 2, "sales", "work", 1, ",\"agent\":\"an\"");
	/* He is full, and asks all the same. */
	assert_int_equal(next_of("an"), ROUTE_DONE);
	assert_int_equal(next_ticket, 1);
	assert_int_equal(next_of("binh"), ROUTE_NOT);
}

/* Whoever knows the rare skill less well will do, later who serves elsewhere. */
static void
test_stages(void **state)
{
	(void)state;
	policy("{\"queue\":\"sales\",\"steps\":[{\"after\":60,\"levels\":2},"
	       "{\"after\":90,\"queue\":\"technical\"}]}");
	presence("an", "ready", 100, "sales", "rare:1");
	presence("binh", "ready", 100, "technical", "rare:3");
	put(1, 1, "sales", "wait", 1, ",\"skills\":[\"rare:3\"]");
	assert_in_range(soon, 1000, 60000);
	assert_string_equal(depths(), "sales:1+0@1 ");
	tick();
	assert_string_equal(depths(), "sales:1+0@1 ");
	put(1, 2, "sales", "wait", 1, ",\"skills\":[\"rare:3\"],\"since\":1");
	assert_string_equal(offers("an"), "1 ");
	assert_int_equal(decline_it(1, "an"), ROUTE_DONE);
	assert_string_equal(offers("binh"), "1 ");
}

/* The agent of before, for as long as he is there. */
static void
test_same_agent(void **state)
{
	(void)state;
	policy("{\"queue\":\"sales\",\"same\":120}");
	presence("an", "ready", 20, "sales", "");
	presence("binh", "ready", 100, "sales", "");
	put(1, 1, "sales", "work", 1, ",\"agent\":\"an\"");
	put(2, 1, "sales", "wait", 1, ",\"prefer\":\"an\"");
	assert_string_equal(depths(), "sales:1+0@1 "); /* he has no room */
	put(1, 2, "sales", "gone", 1, "");
	assert_string_equal(offers("an"), "2 ");
	put(3, 1, "sales", "wait", 1, ",\"prefer\":\"an\"");
	assert_string_equal(offers("binh"), "");
	presence("an", "away", 20, "sales", "");
	assert_string_equal(offers("an"), "");
	UNTIL(strcmp(offers("binh"), "2 3 ") == 0);
}

static int64_t wraps_until;

static void
on_wraps(uint64_t id, enum route_how how, const struct route_who *w, size_t n)
{
	wraps_until = n != 0 ? w[0].wrap : 0;
	on_done(id, how);
}

static bool
wraps(void)
{
	ASK(route_agents(route, 42, on_wraps));
	return (wraps_until != 0);
}

static void
test_wrap_up(void **state)
{
	static const char chat[] = ",\"channel\":\"chat\",\"agent\":\"an\"";

	(void)state;
	policy("{\"queue\":\"sales\",\"wrap\":{\"chat\":60}}");
	presence("an", "ready", 20, "sales shipping", "");
	put(1, 1, "sales", "work", 1, chat);
	put(1, 2, "sales", "gone", 1, chat);
	put(2, 1, "shipping", "wait", 1, ""); /* wherever it comes from */
	assert_string_equal(agents(), "an:ready:20/20+0 ");
	assert_true(wraps());
	assert_int_equal(wrapped("an"), ROUTE_DONE);
	assert_string_equal(agents(), "an:ready:0/20+20 ");
	assert_false(wraps());
	assert_int_equal(wrapped("an"), ROUTE_NOT);
	put(2, 2, "shipping", "gone", 1, "");
	/* By the clock alone; another channel has none. */
	put(3, 1, "sales", "work", 1, chat);
	put(3, 2, "sales", "gone", 1, chat);
	assert_true(wraps());
	redis_says("ZADD {desk}:wraps 1 an|w:3");
	tick();
	assert_string_equal(agents(), "an:ready:0/20+0 ");
	put(4, 1, "sales", "work", 1, ",\"channel\":\"mail\",\"agent\":\"an\"");
	put(4, 2, "sales", "gone", 1, "");
	assert_string_equal(agents(), "an:ready:0/20+0 ");
}

/* One offer at a time in each channel, and so many cases. */
static void
test_limits(void **state)
{
	struct route_presence p = { .name = "an",
		.state = "ready",
		.capacity = 100,
		.queues = "sales:1:0",
		.skills = "",
		.limits = "chat:2",
		.reason = "" };

	(void)state;
	ASK(route_agent(route, &p, 42, on_done));
	put(1, 1, "sales", "wait", 1, ",\"channel\":\"chat\"");
	put(2, 1, "sales", "wait", 2, ",\"channel\":\"chat\"");
	put(3, 1, "sales", "wait", 3, ",\"channel\":\"mail\"");
	put(4, 1, "sales", "wait", 4, ",\"channel\":\"chat\"");
	assert_string_equal(offers("an"), "1 3 ");
	put(1, 2, "sales", "work", 1, ",\"channel\":\"chat\",\"agent\":\"an\"");
	assert_string_equal(offers("an"), "3 2 ");
	put(2, 2, "sales", "work", 2, ",\"channel\":\"chat\",\"agent\":\"an\"");
	assert_string_equal(offers("an"), "3 ");
	assert_string_equal(depths(), "sales:1+1@4 ");
}

static void
test_explain(void **state)
{
	json_t *rows;

	(void)state;
	ASK(route_explain(route, 1, 42, on_explain));
	assert_int_equal(got.how, ROUTE_NOT);
	policy(
	    "{\"queue\":\"sales\",\"steps\":[{\"after\":60,\"anyone\":true}]}");
	presence("an", "away", 100, "sales", "");
	presence("binh", "ready", 100, "sales", "vi:1");
	presence("chi", "ready", 100, "shipping", "vi:5");
	put(1, 1, "sales", "wait", 1, ",\"skills\":[\"vi:2\"]");
	ASK(route_explain(route, 1, 42, on_explain));
	assert_int_equal(got.how, ROUTE_DONE);
	assert_string_equal(explained_text("stage"), "exact");
	assert_int_equal(
	    json_number_value(json_object_get(explained, "ahead")), 0);
	assert_string_equal(json_string_value(json_object_get(
				json_object_get(explained, "next"), "stage")),
	    "anyone");
	rows = json_object_get(explained, "agents");
	assert_int_equal(json_array_size(rows), 2);
	assert_string_equal(
	    json_string_value(json_object_get(json_array_get(rows, 0), "why")),
	    "away");
	assert_string_equal(
	    json_string_value(json_object_get(json_array_get(rows, 1), "why")),
	    "level");
	/* It is offered: to whom, and what for. */
	presence("dung", "ready", 100, "sales", "vi:2");
	ASK(route_explain(route, 1, 42, on_explain));
	assert_string_equal(json_string_value(json_object_get(
				json_object_get(explained, "offer"), "agent")),
	    "dung");
	assert_string_equal(json_string_value(json_object_get(
				json_object_get(explained, "why"), "strategy")),
	    "longest_idle");
	json_decref(explained);
	explained = NULL;
}

/* Nonsense changes nothing, and nothing is held up by it. */
static void
test_nonsense(void **state)
{
	static const char *const all[] = { "", "[", "7", "{}", "{\"queue\":7}",
		"{\"queue\":\"a b\"}",
		"{\"queue\":\"sales\",\"steps\":7,\"order\":{},\"wrap\":[1],"
		"\"same\":\"x\",\"strategy\":null}",
		"{\"queue\":\"sales\",\"steps\":[7,null,{\"after\":\"x\","
		"\"levels\":-3},{\"queue\":\"a:b\"}],\"order\":[{},7]}" };

	(void)state;
	ASK(route_policy(route, all, nitems(all), 42, on_done));
	assert_int_equal(got.how, ROUTE_DONE);
	presence("an", "ready", 100, "sales", "vi:9999999999999999");
	wait_in(1, "sales", 1);
	assert_string_equal(offers("an"), "1 ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_assign),
		TEST(test_next),
		TEST(test_stages),
		TEST(test_same_agent),
		TEST(test_wrap_up),
		TEST(test_limits),
		TEST(test_explain),
		TEST(test_nonsense),
	};

	return (cmocka_run_group_tests(tests, setup, teardown));
}
