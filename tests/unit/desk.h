/*
 * A Redis of its own with a route before it, as the spine has it: what the
 * tests of routing ask with, and what they look at.
 */
#ifndef TESTS_UNIT_DESK_H
#define TESTS_UNIT_DESK_H

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

static UNUSED bool
link_ask(void *link, uint64_t id, int argc, const char *const *argv,
    const size_t *lens, route_reply *reply)
{
	return (redis_ask(link, id, argc, argv, lens, reply));
}

static UNUSED void
main_up(void *arg)
{
	(void)arg;
	route_load(route);
}

static UNUSED void
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

static UNUSED void
feed_up(void *arg)
{
	(void)arg;
	route_feed_follow(route, on_news, NULL, NULL);
}

/* What queues assign by themselves: "ticket:agent ". */
static char given[256];
/* When the last step said that routing is due. */
static int64_t soon;

static UNUSED void
on_assign(void *arg, int64_t ticket, const char *agent)
{
	size_t at = strlen(given);

	(void)arg;
	snprintf(given + at, sizeof given - at, "%d:%s ", (int)ticket, agent);
}

/* What was found out of agents: "agent:what:version ". */
static char found[256];

static UNUSED void
on_note(void *arg, const struct route_note *n)
{
	size_t at = strlen(found);

	(void)arg;
	snprintf(found + at, sizeof found - at, "%s:%s:%d ", n->agent, n->what,
	    (int)n->version);
}

static UNUSED void
on_due(void *arg, int64_t ms)
{
	(void)arg;
	soon = ms;
}

static UNUSED void
on_lost(void *arg)
{
	(void)arg;
	losses++;
}

static UNUSED void
on_done(uint64_t id, enum route_how how)
{
	assert_int_equal(id, 42);
	got.n++;
	got.how = how;
}

static UNUSED void
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

static UNUSED void
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

static UNUSED void
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

static UNUSED void
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

static UNUSED enum route_how
accept_it(int64_t ticket, const char *agent)
{
	ASK(route_accept(route, ticket, agent, 42, on_done));
	return (got.how);
}

static UNUSED enum route_how
decline_it(int64_t ticket, const char *agent)
{
	ASK(route_decline(route, ticket, agent, 42, on_done));
	return (got.how);
}

static UNUSED const char *
depths(void)
{
	ASK(route_depths(route, 42, on_depths));
	return (got.text);
}

static UNUSED const char *
agents(void)
{
	ASK(route_agents(route, 42, on_agents));
	return (got.text);
}

static UNUSED const char *
offers(const char *agent)
{
	ASK(route_offers(route, agent, 42, on_offers));
	return (got.text);
}

static UNUSED void
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

static UNUSED const char *
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

static UNUSED void
apply_row(int64_t outbox, const char *json)
{
	struct route_row row = { outbox, json, strlen(json) };

	ASK(route_apply(route, &row, 1, 42, on_done));
	assert_int_equal(got.how, ROUTE_DONE);
}

static UNUSED void
put(int id, int version, const char *queue, const char *where, int score,
    const char *more)
{
	static int64_t outbox;

	apply_row(
	    ++outbox, ticket_json(id, version, queue, where, score, more));
}

static UNUSED void
wait_in(int id, const char *queue, int score)
{
	put(id, 1, queue, "wait", score, "");
}

static UNUSED bool
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
static UNUSED int
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
	given[0] = '\0';
	found[0] = '\0';
	soon = 0;
	return (0);
}

/* Makes an offer's or a decline's time run out. */
static UNUSED void
expire(int ticket, const char *agent)
{
	char command[100];

	snprintf(command, sizeof command, "ZADD {desk}:offers 1 %d:%s", ticket,
	    agent);
	redis_says(command);
}

static UNUSED void
tick(void)
{
	route_tick(route);
	(void)depths(); /* answered after the tick was */
}

static UNUSED int
setup(void **state)
{
	static struct redis_conf conf = { .name = "main", .up = main_up };
	static struct redis_conf feed = {
		.name = "feed", .up = feed_up, .answer_ms = 10000
	};
	static struct route_conf rc = { .prefix = "{desk}",
		.lost = on_lost,
		.due = on_due,
		.assign = on_assign,
		.note = on_note };
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

static UNUSED int
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

#endif
