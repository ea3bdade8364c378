/*
 * The link to a Redis of its own: answers, errors, and what happens when the
 * server dies, hangs, loads, wants a password or is a replica.
 */
#include "servers.h"
#include "base/def.h"
#include "store/redis.h"

/* The last answer, and how many there were. */
static struct {
	unsigned n, errors, empty;
	uint64_t id;
	char	 text[256], err[256];
} got;

static unsigned ups;
static bool	asking;

static void
on_reply(uint64_t id, const redisReply *reply, const char *err)
{
	assert_false(asking);
	got.n++;
	got.errors += err != NULL;
	got.empty += reply == NULL;
	got.id = id;
	got.text[0] = '\0';
	if (reply != NULL)
		reply_text(reply, got.text, sizeof got.text);
	snprintf(got.err, sizeof got.err, "%s", err != NULL ? err : "");
}

static void
on_up(void *arg)
{
	assert_string_equal(arg, "mine");
	ups++;
}

static struct redis *
open_link(const char *url, int64_t answer_ms, size_t max)
{
	static struct redis_conf conf;
	static char		 mine[] = "mine";
	const char		*wrong;
	struct redis		*r;

	conf = (struct redis_conf){ .name = "unit",
		.url = url,
		.up = on_up,
		.arg = mine,
		.answer_ms = answer_ms,
		.max_waiting = max };
	memset(&got, 0, sizeof got);
	ups = 0;
	r = redis_open(base, &conf, &wrong);
	assert_non_null(r);
	assert_false(redis_up(r));
	return (r);
}

static bool
try_ask(struct redis *r, const char *a, const char *b, const char *c)
{
	static uint64_t id;
	const char     *argv[] = { a, b, c };
	size_t lens[] = { strlen(a), b ? strlen(b) : 0, c ? strlen(c) : 0 };
	bool   taken;

	asking = true;
	taken = redis_ask(r, ++id,
	    b == NULL	    ? 1
		: c == NULL ? 2
			    : 3,
	    argv, lens, on_reply);
	asking = false;
	return (taken);
}

static void
ask(struct redis *r, const char *a, const char *b, const char *c)
{
	unsigned n = got.n;

	UNTIL(try_ask(r, a, b, c));
	UNTIL(got.n == n + 1);
}

static void
test_answers(void **state)
{
	struct redis *r = open_link(redis_url_text, 0, 0);
	int	      i;

	(void)state;
	assert_false(try_ask(r, "PING", NULL, NULL)); /* not yet up */
	UNTIL(redis_up(r));
	assert_int_equal(ups, 1);
	ask(r, "SET", "k", "v");
	assert_string_equal(got.text, "OK");
	ask(r, "GET", "k", NULL);
	assert_string_equal(got.text, "v");
	assert_string_equal(got.err, "");
	ask(r, "INCR", "k", NULL);
	assert_non_null(strstr(got.err, "not an integer"));
	assert_string_equal(got.text, got.err);
	for (i = 0; i < 1000; i++)
		assert_true(try_ask(r, "INCR", "n", NULL));
	UNTIL(got.n == 1003);
	assert_string_equal(got.text, "1000");
	assert_int_equal(redis_waiting(r), 0);
	assert_non_null(strstr(redis_says("CLIENT LIST"), "name=deskd-unit"));
	redis_close(r);
}

static void
test_killed(void **state)
{
	struct redis *r = open_link(redis_url_text, 5000, 0);

	(void)state;
	UNTIL(redis_up(r));
	redis_kill(SIGSTOP);
	assert_true(try_ask(r, "GET", "k", NULL));
	assert_true(try_ask(r, "GET", "k", NULL));
	loop_once();
	redis_kill(SIGKILL);
	UNTIL(got.n == 2);
	assert_int_equal(got.empty, 2);
	assert_non_null(strstr(got.err, "lost"));
	assert_false(redis_up(r));
	assert_false(try_ask(r, "GET", "k", NULL));
	assert_true(redis_wrong(r)[0] != '\0');
	redis_start();
	UNTIL(redis_up(r));
	assert_int_equal(ups, 2);
	ask(r, "PING", NULL, NULL);
	assert_string_equal(got.text, "PONG");
	redis_close(r);
}

/* A server that hangs: told in time, and no turn of the loop waits for it. */
static void
test_stopped(void **state)
{
	struct redis *r = open_link(redis_url_text, 1000, 0);

	(void)state;
	UNTIL(redis_up(r));
	redis_kill(SIGSTOP);
	longest_turn_us = 0;
	assert_true(try_ask(r, "GET", "k", NULL));
	UNTIL(got.n == 1);
	assert_int_equal(got.empty, 1);
	UNTIL(!redis_up(r));
	assert_in_range(longest_turn_us, 0, 700000);
	redis_kill(SIGCONT);
	UNTIL(redis_up(r));
	ask(r, "PING", NULL, NULL);
	assert_string_equal(got.text, "PONG");
	redis_close(r);
}

static void
test_too_many(void **state)
{
	struct redis *r = open_link(redis_url_text, 0, 2);

	(void)state;
	UNTIL(redis_up(r));
	assert_true(try_ask(r, "PING", NULL, NULL));
	assert_true(try_ask(r, "PING", NULL, NULL));
	assert_false(try_ask(r, "PING", NULL, NULL));
	UNTIL(got.n == 2);
	assert_true(try_ask(r, "PING", NULL, NULL));
	UNTIL(got.n == 3);
	redis_close(r);
}

/* Killed by the server while idle: noticed without asking. */
static void
test_idle_killed(void **state)
{
	struct redis *r = open_link(redis_url_text, 0, 0);

	(void)state;
	UNTIL(redis_up(r));
	redis_says("CLIENT KILL TYPE normal SKIPME yes");
	UNTIL(!redis_up(r));
	UNTIL(redis_up(r));
	assert_int_equal(ups, 2);
	redis_close(r);
}

/* A former master refuses writes: its successor may be at that address now. */
static void
test_replica(void **state)
{
	struct redis *r = open_link(redis_url_text, 0, 0);

	(void)state;
	UNTIL(redis_up(r));
	redis_says("REPLICAOF 127.0.0.1 1");
	ask(r, "SET", "k", "v");
	assert_non_null(strstr(got.err, "READONLY"));
	UNTIL(ups == 2);
	redis_says("REPLICAOF NO ONE");
	ask(r, "SET", "k", "v");
	assert_string_equal(got.text, "OK");
	redis_close(r);
}

/* Opens it over TCP as that login; true when it comes up. */
static bool
logs_in(const char *login)
{
	struct redis *r;
	char	      url[200];
	bool	      up;

	snprintf(
	    url, sizeof url, "redis://%s@localhost:%d/3", login, redis_port);
	r = open_link(url, 0, 0);
	UNTIL(redis_up(r) || redis_wrong(r)[0] != '\0');
	if ((up = redis_up(r))) {
		ask(r, "CLIENT", "INFO", NULL);
		assert_non_null(strstr(got.text, " db=3 "));
	} else {
		assert_null(strstr(redis_wrong(r), "guess"));
	}
	redis_close(r);
	return (up);
}

static void
test_password(void **state)
{
	(void)state;
	redis_says("ACL SETUSER desk on >p@ss ~* +@all");
	redis_says("CONFIG SET requirepass s3cret");
	assert_true(logs_in(":s3cret"));
	assert_true(logs_in("desk:p%40ss"));
	assert_false(logs_in(":guess"));
	assert_false(logs_in("desk:guess"));
	assert_false(logs_in(""));
	freeReplyObject(
	    redisCommand(redis_test, "CONFIG SET requirepass %s", ""));
	assert_true(logs_in(""));
}

static void
test_unknown_host(void **state)
{
	struct redis_conf conf = { .name = "unit",
		.url = "redis://:s3cret@no-such-host.invalid" };
	const char	 *wrong;

	(void)state;
	assert_null(redis_open(base, &conf, &wrong));
	assert_non_null(strstr(wrong, "no-such-host.invalid"));
	assert_null(strstr(wrong, "s3cret"));
	conf.url = "redis://";
	assert_null(redis_open(base, &conf, &wrong));
}

static void
test_closed_while_asked(void **state)
{
	struct redis *r = open_link(redis_url_text, 0, 0);

	(void)state;
	redis_close(r); /* before it was up */
	r = open_link(redis_url_text, 0, 0);
	UNTIL(redis_up(r));
	assert_true(try_ask(r, "GET", "k", NULL));
	assert_true(try_ask(r, "GET", "k", NULL));
	redis_close(r);
	assert_int_equal(got.n, 0);
}

static int
setup(void **state)
{
	(void)state;
	dir_open();
	redis_start();
	loop_open();
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	loop_close();
	redisFree(redis_test);
	redis_kill(SIGKILL);
	dir_close();
	return (0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_stopped),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_idle_killed),
		cmocka_unit_test(test_replica),
		cmocka_unit_test(test_password),
		cmocka_unit_test(test_unknown_host),
		cmocka_unit_test(test_closed_while_asked),
	};

	return (cmocka_run_group_tests(tests, setup, teardown));
}
