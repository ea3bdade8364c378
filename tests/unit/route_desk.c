/*
 * Routing in a Redis of its own, by the C face: who is offered what and when,
 * what a repeated or late apply changes (nothing), and that a Redis that lost
 * everything is rebuilt.
 */
#include "servers.h"
#include "base/def.h"
#include "route/route.h"
#include "store/redis.h"

static struct redis *link_main, *link_feed;
static struct route *route;
static unsigned	     losses;

/* The last answer, and how many there were. */
static struct {
	unsigned       n;
	enum route_how how;
	char	       text[2048]; /* of a list */
	bool	       gap;
	char	       last[48];
} got;

/* The news that the follower heard: kinds, blank between. */
static char news[8192];

static bool
link_ask(void *link, uint64_t id, int argc, const char *const *argv,
    const size_t *lens, route_reply *reply)
{
	return (redis_ask(link, id, argc, argv, lens, reply));
}

static void
main_up(void *arg)
{
	(void)arg;
	route_load(route);
}

static void
on_news(void *arg, const struct route_entry *e, size_t n)
{
	size_t i, at;

	(void)arg;
	for (i = 0; i < n; i++) {
		at = strlen(news);
		snprintf(news + at, sizeof news - at, "%s ", e[i].kind);
		assert_int_equal(e[i].len, strlen(e[i].json));
	}
}

static void
feed_up(void *arg)
{
	(void)arg;
	route_feed_follow(route, on_news, NULL);
}

static void
on_lost(void *arg)
{
	(void)arg;
	losses++;
}

static void
on_done(uint64_t id, enum route_how how)
{
	assert_int_equal(id, 42);
	got.n++;
	got.how = how;
}

static void
on_depths(
    uint64_t id, enum route_how how, const struct route_depth *d, size_t n)
{
	size_t i, at = 0;

	on_done(id, how);
	got.text[0] = '\0';
	for (i = 0; i < n; i++)
		at += (size_t)snprintf(got.text + at, sizeof got.text - at,
		    "%s:%d+%d@%lld%s ", d[i].queue, (int)d[i].waiting,
		    (int)d[i].offered, (long long)d[i].oldest,
		    d[i].paused ? "!" : "");
}

static void
on_agents(uint64_t id, enum route_how how, const struct route_who *w, size_t n)
{
	size_t i, at = 0;

	on_done(id, how);
	got.text[0] = '\0';
	for (i = 0; i < n; i++)
		at += (size_t)snprintf(got.text + at, sizeof got.text - at,
		    "%s:%s:%d/%d+%d%s%s ", w[i].name, w[i].state,
		    (int)w[i].load, (int)w[i].capacity, (int)w[i].pending,
		    w[i].reason[0] ? ":" : "", w[i].reason);
}

static void
on_offers(
    uint64_t id, enum route_how how, const struct route_offer *o, size_t n)
{
	size_t i, at = 0;

	on_done(id, how);
	got.text[0] = '\0';
	for (i = 0; i < n; i++)
		at += (size_t)snprintf(got.text + at, sizeof got.text - at,
		    "%d%s ", (int)o[i].ticket, o[i].held ? "!" : "");
}

static void
on_feed(uint64_t id, enum route_how how, bool gap, const struct route_entry *e,
    size_t n, const char *last)
{
	size_t i, at = 0;

	on_done(id, how);
	got.text[0] = '\0';
	got.gap = gap;
	snprintf(got.last, sizeof got.last, "%s", last);
	for (i = 0; i < n; i++)
		at += (size_t)snprintf(got.text + at, sizeof got.text - at,
		    "%s:%d ", e[i].kind, (int)e[i].ticket);
}

/* Asks, waits for the answer and gives what it was. */
#define ASK(call)                                \
	do {                                     \
		unsigned before = got.n;         \
		assert_true(call);               \
		assert_int_equal(got.n, before); \
		UNTIL(got.n == before + 1);      \
	} while (0)

static enum route_how
accept_it(int64_t ticket, const char *agent)
{
	ASK(route_accept(route, ticket, agent, 42, on_done));
	return (got.how);
}

static enum route_how
decline_it(int64_t ticket, const char *agent)
{
	ASK(route_decline(route, ticket, agent, 42, on_done));
	return (got.how);
}

static const char *
depths(void)
{
	ASK(route_depths(route, 42, on_depths));
	return (got.text);
}

static const char *
agents(void)
{
	ASK(route_agents(route, 42, on_agents));
	return (got.text);
}

static const char *
offers(const char *agent)
{
	ASK(route_offers(route, agent, 42, on_offers));
	return (got.text);
}

static void
presence(const char *name, const char *state, int capacity, const char *queues,
    const char *skills)
{
	struct route_presence p = { .name = name,
		.state = state,
		.capacity = capacity,
		.queues = queues,
		.skills = skills,
		.reason = "" };

	ASK(route_agent(route, &p, 42, on_done));
	assert_int_equal(got.how, ROUTE_DONE);
}

static const char *
ticket_json(int id, int version, const char *queue, const char *where,
    int score, const char *more)
{
	static char json[512];

	snprintf(json, sizeof json,
	    "{\"ticket\":%d,\"version\":%d,"
	    "\"queue\":\"%s\",\"place\":\"%s\",\"score\":%d,\"units\":20,"
	    "\"skills\":[],\"offer\":30%s,\"feed\":{\"kind\":\"%s\","
	    "\"ticket\":%d}}",
	    id, version, queue, where, score, more, where, id);
	return (json);
}

static void
apply_row(int64_t outbox, const char *json)
{
	struct route_row row = { outbox, json, strlen(json) };

	ASK(route_apply(route, &row, 1, 42, on_done));
	assert_int_equal(got.how, ROUTE_DONE);
}

static void
put(int id, int version, const char *queue, const char *where, int score,
    const char *more)
{
	static int64_t outbox;

	apply_row(
	    ++outbox, ticket_json(id, version, queue, where, score, more));
}

static void
wait_in(int id, const char *queue, int score)
{
	put(id, 1, queue, "wait", score, "");
}

static bool
rebuilt(const char *const *rows, size_t n)
{
	struct route_row row;
	size_t		 i;

	ASK(route_rebuild_begin(route, 42, on_done));
	if (got.how != ROUTE_DONE)
		return (false);
	for (i = 0; i < n; i++) {
		row = (struct route_row){ 0, rows[i], strlen(rows[i]) };
		ASK(route_rebuild_page(route, &row, 1, 42, on_done));
		if (got.how != ROUTE_DONE)
			return (false);
	}
	ASK(route_rebuild_end(route, 42, on_done));
	return (got.how == ROUTE_DONE);
}

/* A desk with nothing on it, rebuilt from an empty PostgreSQL. */
static int
fresh(void **state)
{
	(void)state;
	memset(&got, 0, sizeof got);
	news[0] = '\0';
	redis_says("FLUSHALL");
	ASK(route_depths(route, 42, on_depths));
	assert_true(rebuilt(NULL, 0));
	ASK(route_depths(route, 42, on_depths));
	assert_true(route_ready(route));
	UNTIL(strstr(news, "rebuilt") != NULL);
	news[0] = '\0';
	losses = 0;
	return (0);
}

/* Makes an offer's or a decline's time run out. */
static void
expire(int ticket, const char *agent)
{
	char command[100];

	snprintf(command, sizeof command, "ZADD {desk}:offers 1 %d:%s", ticket,
	    agent);
	redis_says(command);
}

static void
tick(void)
{
	route_tick(route);
	(void)depths(); /* answered after the tick was */
}

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
	presence("chi", "ready", 100, "sales", "");
	redis_says("ZADD {desk}:idle:sales 5 binh 6 chi");
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
	redis_says("HSET {desk}:t:1 declined.an 1");
	redis_says("DEL {desk}:redrain");
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
test_feed(void **state)
{
	char first[48], last[48];

	(void)state;
	ASK(route_feed_read(route, "$", 1, 42, on_feed));
	assert_string_equal(got.text, "");
	snprintf(first, sizeof first, "%s", got.last);
	wait_in(1, "sales", 7);
	wait_in(2, "sales", 7);
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

static int
setup(void **state)
{
	static struct redis_conf conf = { .name = "main", .up = main_up };
	static struct redis_conf feed = {
		.name = "feed", .up = feed_up, .answer_ms = 10000
	};
	static struct route_conf rc = { .prefix = "{desk}", .lost = on_lost };
	const char		*wrong;

	(void)state;
	dir_open();
	redis_start();
	loop_open();
	conf.url = feed.url = redis_url_text;
	link_main = redis_open(base, &conf, &wrong);
	link_feed = redis_open(base, &feed, &wrong);
	rc.link = (struct route_link){ link_main, link_ask };
	rc.feed = (struct route_link){ link_feed, link_ask };
	route = route_open(&rc);
	UNTIL(losses != 0 && redis_up(link_feed));
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	route_close(route);
	redis_close(link_main);
	redis_close(link_feed);
	loop_close();
	redisFree(redis_test);
	redis_kill(SIGKILL);
	dir_close();
	return (0);
}

#define TEST(name) cmocka_unit_test_setup(name, fresh)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_offer_accept_work),
		TEST(test_order),
		TEST(test_skills_and_queues),
		TEST(test_long_line),
		TEST(test_capacity),
		TEST(test_decline),
		TEST(test_release),
		TEST(test_lapse),
		TEST(test_pause),
		TEST(test_agent_leaves),
		TEST(test_once_and_in_order),
		TEST(test_bad_rows),
		TEST(test_rebuild),
		TEST(test_rebuild_twice),
		TEST(test_stale_redis),
		TEST(test_library_lost),
		TEST(test_redis_killed),
		TEST(test_feed),
		TEST(test_feed_ascends),
	};

	return (cmocka_run_group_tests(tests, setup, teardown));
}
