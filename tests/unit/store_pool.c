/*
 * The pool against a PostgreSQL of its own: what each ending of an ask means,
 * and that it heals from whatever happens to the server.
 */
#include "servers.h"
#include "base/def.h"
#include "store/pool.h"

enum {
	ST_ADD,
	ST_RAISE,
	ST_SLEEP,
	ST_PID,
	ST_SETTING,
	ST_ARRAYS,
	ST_LATE_CONSTRAINT,
	ST_SERIAL,
	ST_LOCKED,
	ST_ECHO
};

static const struct pg_stmt stmts[] = {
	[ST_ADD] = { "add", "INSERT INTO t (v) VALUES ($1::int) RETURNING v",
	    1 },
	[ST_RAISE] = { "raise", "SELECT fail_with($1)", 1 },
	[ST_SLEEP] = { "sleep", "SELECT pg_sleep($1::float8)", 1 },
	[ST_PID] = { "pid", "SELECT pg_backend_pid()", 0 },
	[ST_SETTING] = { "setting", "SELECT current_setting($1)", 1 },
	[ST_ARRAYS] = { "arrays",
	    "SELECT $1::bytea[]::text || ' ' || $2::int8[]::text", 2 },
	[ST_LATE_CONSTRAINT] = { "late",
	    "INSERT INTO late VALUES (1), (1) RETURNING v", 0 },
	[ST_SERIAL] = { "serial", "SELECT serial($1::int)", 1 },
	[ST_LOCKED] = { "locked", "UPDATE t SET v = v WHERE v = $1::int", 1 },
	[ST_ECHO] = { "echo", "SELECT $1::text", 1 },
};

/* The last reply, and how many there were. */
static struct {
	unsigned    n, done, later, never;
	uint64_t    id;
	enum pg_how how;
	char	    sqlstate[6], message[200], detail[100], hint[100];
	char	    value[256];
} got;

static bool asking;

static void
on_reply(uint64_t id, const struct pg_reply *r)
{
	assert_false(asking);
	got.n++;
	got.done += r->how == PG_DONE;
	got.later += r->how == PG_LATER;
	got.never += r->how == PG_NEVER;
	got.id = id;
	got.how = r->how;
	assert_true((r->res != NULL) == (r->how == PG_DONE));
	snprintf(got.sqlstate, sizeof got.sqlstate, "%s", r->sqlstate);
	snprintf(got.message, sizeof got.message, "%s", r->message);
	snprintf(got.detail, sizeof got.detail, "%s", r->detail);
	snprintf(got.hint, sizeof got.hint, "%s", r->hint);
	snprintf(got.value, sizeof got.value, "%s",
	    r->res != NULL && PQntuples(r->res) > 0 ? PQgetvalue(r->res, 0, 0)
						    : "");
}

/* How long PostgreSQL lets a statement run. */
static int64_t statement_ms = 30000;

static struct pool *
open_pool(unsigned size, int64_t answer_ms, size_t max_waiting)
{
	static struct pool_conf conf;
	const char	       *wrong;
	struct pool	       *p;

	conf = (struct pool_conf){ .name = "unit",
		.dsn = pg_dsn,
		.size = size,
		.max_waiting = max_waiting,
		.answer_ms = answer_ms,
		.statement_ms = statement_ms,
		.stmts = stmts,
		.nstmts = nitems(stmts) };
	memset(&got, 0, sizeof got);
	p = pool_open(base, &conf, &wrong);
	assert_non_null(p);
	assert_false(pool_up(p));
	UNTIL(pool_stats(p).connected == size);
	return (p);
}

static bool
try_ask(struct pool *p, size_t stmt, const char *arg)
{
	static uint64_t id;
	struct pg_param v = pgparam_str(arg);
	bool		taken;

	asking = true;
	taken = pool_ask(p, ++id, stmt, &v, on_reply);
	asking = false;
	return (taken);
}

/* Asks and waits for the end. */
static void
ask(struct pool *p, size_t stmt, const char *arg)
{
	unsigned n = got.n;

	UNTIL(try_ask(p, stmt, arg));
	UNTIL(got.n == n + 1);
}

static void
connected(struct pool *p, unsigned n)
{
	UNTIL(pool_stats(p).connected == n);
}

static void
test_endings(void **state)
{
	static const struct {
		const char *sqlstate;
		enum pg_how how;
	} rows[] = {
		{ "DK001", PG_NEVER },
		{ "23505", PG_NEVER },
		{ "22021", PG_NEVER },
		{ "42883", PG_NEVER },
		{ "XX000", PG_NEVER },
		{ "53100", PG_LATER },
		{ "53200", PG_LATER },
		{ "25006", PG_LATER },
		{ "40001", PG_LATER },
		{ "40P01", PG_LATER },
		{ "55P03", PG_LATER },
		{ "57014", PG_LATER },
		{ "57P01", PG_LATER },
		{ "08006", PG_LATER },
		{ "58030", PG_LATER },
		{ "26000", PG_LATER },
	};
	struct pool *p = open_pool(1, 5000, 0);
	size_t	     i;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		ask(p, ST_RAISE, rows[i].sqlstate);
		assert_string_equal(got.sqlstate, rows[i].sqlstate);
		assert_int_equal(got.how, rows[i].how);
		assert_string_equal(got.message, "a sentence");
		assert_string_equal(got.detail, "CODE");
		assert_string_equal(got.hint, "member");
	}
	ask(p, ST_ECHO, "still here");
	assert_string_equal(got.value, "still here");
	pool_close(p);
}

/* The rows of an INSERT come before its commit, which can fail. */
static void
test_done_is_committed(void **state)
{
	struct pool *p = open_pool(1, 5000, 0);

	(void)state;
	ask(p, ST_LATE_CONSTRAINT, NULL);
	assert_int_equal(got.how, PG_NEVER);
	assert_string_equal(got.sqlstate, "23505");
	assert_string_equal(pg_sql("SELECT count(*) FROM late"), "0");
	pool_close(p);
}

static void
test_serialization_is_repeated(void **state)
{
	struct pool *p = open_pool(1, 5000, 0);

	(void)state;
	pg_sql("SELECT setval('tries', 1, false)");
	ask(p, ST_SERIAL, "4"); /* fails three times */
	assert_int_equal(got.how, PG_DONE);
	assert_int_equal(pool_stats(p).repeated, 3);
	pg_sql("SELECT setval('tries', 1, false)");
	ask(p, ST_SERIAL, "5"); /* four times: told */
	assert_int_equal(got.how, PG_LATER);
	assert_string_equal(got.sqlstate, "40001");
	pool_close(p);
}

static void
test_parameters(void **state)
{
	static const struct pg_bytes bytes[] = { { "a\0b", 3 }, { NULL, 0 },
		{ "", 0 } };
	static const int64_t numbers[] = { 1, -1, INT64_MAX, INT64_MIN };
	struct pool	    *p = open_pool(1, 5000, 0);
	struct pg_param	     v[2];
	struct buf	     a, b;

	(void)state;
	buf_init(&a, 1000);
	buf_init(&b, 1000);
	pgparam_bytea_array(&a, bytes, nitems(bytes));
	pgparam_int8_array(&b, numbers, nitems(numbers));
	v[0] = pgparam_buf(&a);
	v[1] = pgparam_buf(&b);
	assert_true(pool_ask(p, 7, ST_ARRAYS, v, on_reply));
	buf_reset(&a); /* they were copied */
	buf_reset(&b);
	UNTIL(got.n == 1);
	assert_int_equal(got.id, 7);
	assert_string_equal(got.value,
	    "{\"\\\\x610062\",NULL,\"\\\\x\"} "
	    "{1,-1,9223372036854775807,-9223372036854775808}");
	pgparam_bytea_array(&a, NULL, 0);
	pgparam_int8_array(&b, NULL, 0);
	v[0] = pgparam_buf(&a);
	v[1] = pgparam_buf(&b);
	assert_true(pool_ask(p, 8, ST_ARRAYS, v, on_reply));
	UNTIL(got.n == 2);
	assert_string_equal(got.value, "{} {}");
	ask(p, ST_ECHO, NULL);
	assert_string_equal(got.value, "");
	buf_free(&a);
	buf_init(&a, 30); /* what does not fit is marked */
	pgparam_bytea_array(&a, bytes, nitems(bytes));
	assert_true(buf_full(&a));
	buf_free(&a);
	buf_free(&b);
	pool_close(p);
}

static void
test_session(void **state)
{
	struct pool *p;

	(void)state;
	statement_ms = 2000;
	p = open_pool(1, 20000, 0);
	statement_ms = 30000;
	pg_sql("ALTER SYSTEM SET synchronous_commit = off");
	pg_sql("SELECT pg_reload_conf()");
	AWAIT(strcmp(pg_sql("SHOW synchronous_commit"), "off") == 0);
	ask(p, ST_SETTING, "synchronous_commit");
	assert_string_equal(got.value, "on");
	ask(p, ST_SETTING, "statement_timeout");
	assert_string_equal(got.value, "2s");
	ask(p, ST_SETTING, "lock_timeout");
	assert_string_equal(got.value, "5s");
	ask(p, ST_SETTING, "application_name");
	assert_string_equal(got.value, "deskd-unit");
	pg_sql("ALTER SYSTEM RESET synchronous_commit");
	pg_sql("SELECT pg_reload_conf()");
	ask(p, ST_SLEEP, "30");
	assert_int_equal(got.how, PG_LATER);
	assert_string_equal(got.sqlstate, "57014");
	pool_close(p);
}

static void
test_a_thousand_over_two(void **state)
{
	struct pool *p = open_pool(2, 20000, 2000);
	char	     s[12];
	int	     i;

	(void)state;
	pg_sql("TRUNCATE t");
	for (i = 0; i < 1000; i++) {
		snprintf(s, sizeof s, "%d", i);
		assert_true(try_ask(p, ST_ADD, s));
	}
	UNTIL(got.n == 1000);
	assert_int_equal(got.done, 1000);
	assert_int_equal(pool_stats(p).connected, 2);
	assert_int_equal(pool_free(p), 2);
	assert_string_equal(pg_sql("SELECT count(DISTINCT v) FROM t"), "1000");
	pool_close(p);
}

static void
test_too_many_wait(void **state)
{
	struct pool *p = open_pool(1, 5000, 3);

	(void)state;
	assert_true(try_ask(p, ST_SLEEP, "0.3"));
	UNTIL(pool_stats(p).busy == 1);
	assert_int_equal(pool_free(p), 0);
	assert_true(try_ask(p, ST_ECHO, "1"));
	assert_true(try_ask(p, ST_ECHO, "2"));
	assert_true(try_ask(p, ST_ECHO, "3"));
	assert_false(try_ask(p, ST_ECHO, "4"));
	assert_int_equal(pool_stats(p).refused, 1);
	UNTIL(got.n == 4);
	assert_int_equal(got.done, 4);
	assert_string_equal(got.value, "3"); /* in order */
	pool_close(p);
}

/* One that waits behind slow ones is told when its time is over. */
static void
test_waited_too_long(void **state)
{
	struct pool *p = open_pool(1, 3000, 0);

	(void)state;
	assert_true(try_ask(p, ST_SLEEP, "1.8"));
	assert_true(try_ask(p, ST_SLEEP, "1.8"));
	assert_true(try_ask(p, ST_ECHO, "never sent"));
	UNTIL(got.n == 2);
	assert_int_equal(got.done, 1);
	assert_int_equal(got.how, PG_LATER);
	assert_string_equal(
	    got.message, "not done: PostgreSQL has too much to do");
	UNTIL(got.n == 3);
	assert_int_equal(got.done, 2);
	pool_close(p);
}

/* One that is not answered in time costs its connection. */
static void
test_answered_too_late(void **state)
{
	struct pool *p = open_pool(1, 1500, 0);

	(void)state;
	assert_true(try_ask(p, ST_SLEEP, "2.5"));
	UNTIL(got.n == 1);
	assert_int_equal(got.how, PG_LATER);
	assert_string_equal(got.sqlstate, "");
	connected(p, 1);
	ask(p, ST_ECHO, "again");
	assert_string_equal(got.value, "again");
	pool_close(p);
}

static void
test_backend_terminated(void **state)
{
	struct pool *p;
	char	     sql[100];

	(void)state;
	/* It sleeps until it is ended, however long that takes to be done. */
	p = open_pool(2, 30000, 0);
	assert_true(try_ask(p, ST_SLEEP, "25"));
	UNTIL(pool_stats(p).busy == 1);
	AWAIT(atoi(pg_sql("SELECT count(*) FROM pg_stat_activity WHERE "
			  "query LIKE '%pg_sleep($1%' AND state = 'active' "
			  "AND application_name = 'deskd-unit'")) == 1);
	pg_sql(
	    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
	    "query LIKE '%pg_sleep($1%' AND application_name = 'deskd-unit'");
	UNTIL(got.n == 1);
	assert_int_equal(got.how, PG_LATER);
	connected(p, 2);
	/* An idle one's end is noticed without asking it. */
	ask(p, ST_PID, NULL);
	snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%d)",
	    atoi(got.value));
	pg_sql(sql);
	UNTIL(pool_stats(p).connected == 1);
	connected(p, 2);
	assert_int_equal(pool_stats(p).connects, 4);
	pool_close(p);
}

static void
test_server_killed(void **state)
{
	struct pool *p = open_pool(2, 5000, 0);

	(void)state;
	assert_true(try_ask(p, ST_SLEEP, "4.5"));
	UNTIL(pool_stats(p).busy == 1);
	pg_kill(SIGQUIT);
	UNTIL(got.n == 1 && !pool_up(p));
	assert_int_equal(got.how, PG_LATER);
	/* Away for a second: asked ones are told, new ones are refused. */
	assert_true(try_ask(p, ST_ECHO, "waits"));
	UNTIL(got.n == 2);
	assert_int_equal(got.how, PG_LATER);
	assert_string_equal(got.message, "not done: PostgreSQL is away");
	assert_false(try_ask(p, ST_ECHO, "no"));
	assert_true(pool_wrong(p)[0] != '\0');
	pg_start();
	connected(p, 2);
	ask(p, ST_ECHO, "back");
	assert_string_equal(got.value, "back");
	pg_kill(SIGKILL);
	UNTIL(!pool_up(p));
	pg_start();
	connected(p, 2);
	ask(p, ST_ECHO, "back");
	assert_int_equal(got.how, PG_DONE);
	pool_close(p);
}

/* A server that hangs holds up its ask for answer_ms, and nothing else. */
static void
test_server_stopped(void **state)
{
	struct pool *p = open_pool(1, 2000, 0);
	pid_t	     backend;

	(void)state;
	ask(p, ST_PID, NULL);
	backend = atoi(got.value);
	kill(postmaster, SIGSTOP);
	kill(backend, SIGSTOP);
	longest_turn_us = 0;
	assert_true(try_ask(p, ST_ECHO, "lost"));
	UNTIL(got.n == 2);
	assert_int_equal(got.how, PG_LATER);
	assert_string_equal(got.sqlstate, "");
	UNTIL(!try_ask(p, ST_ECHO, "refused"));
	/* (Who waited for it would wait until it goes on.) */
	assert_in_range(longest_turn_us, 0, 5000000);
	kill(backend, SIGCONT);
	kill(postmaster, SIGCONT);
	UNTIL(pool_stats(p).connected == 1 && pool_stats(p).waiting == 0 &&
	    pool_stats(p).busy == 0);
	ask(p, ST_ECHO, "back");
	assert_string_equal(got.value, "back");
	pool_close(p);
}

static void
test_wrong_sql(void **state)
{
	static const struct pg_stmt bad[] = { { "good", "SELECT 1", 0 },
		{ "bad", "SELECT no_such_function()", 0 } };
	struct pool_conf	    conf = { .name = "bad",
			   .dsn = pg_dsn,
			   .size = 1,
			   .answer_ms = 1000,
			   .statement_ms = 1000,
			   .stmts = bad,
			   .nstmts = 2 };
	const char		   *wrong;
	struct pool		   *p = pool_open(base, &conf, &wrong);

	(void)state;
	assert_non_null(p);
	UNTIL(pool_wrong(p)[0] != '\0');
	assert_non_null(strstr(pool_wrong(p), "preparing bad"));
	assert_non_null(strstr(pool_wrong(p), "no_such_function"));
	assert_false(pool_up(p));
	pool_close(p);
}

static void
test_wrong_dsn(void **state)
{
	struct pool_conf conf = { .name = "bad",
		.dsn = "host=x password='s3cr",
		.size = 1,
		.stmts = stmts,
		.nstmts = 1 };
	const char	*wrong;

	(void)state;
	assert_null(pool_open(base, &conf, &wrong));
	assert_null(strstr(wrong, "s3cr"));
	conf.dsn = "postgresql://nobody@no-such-host.invalid/x";
	assert_null(pool_open(base, &conf, &wrong));
	assert_non_null(strstr(wrong, "no-such-host.invalid"));
	conf.size = 0;
	assert_null(pool_open(base, &conf, &wrong));
}

/* Names become addresses, one try each, and TLS still sees the names. */
static void
test_nobody_listens(void **state)
{
	struct pool_conf conf = { .name = "none",
		.answer_ms = 5000,
		.dsn = "host=localhost,127.0.0.1 port=1,2 dbname=x",
		.size = 2,
		.stmts = stmts,
		.nstmts = 1 };
	const char	*wrong;
	struct pool	*p = pool_open(base, &conf, &wrong);
	int64_t		 began = clock_micros();

	(void)state;
	memset(&got, 0, sizeof got);
	assert_non_null(p);
	assert_true(try_ask(p, 0, "1"));
	UNTIL(got.n == 1);
	assert_int_equal(got.how, PG_LATER);
	assert_true(clock_micros() - began >= 900000);
	assert_non_null(strstr(pool_wrong(p), "refused"));
	pool_close(p);
}

static void
test_closed_while_asked(void **state)
{
	struct pool *p = open_pool(1, 5000, 0);

	(void)state;
	assert_true(try_ask(p, ST_SLEEP, "1"));
	UNTIL(pool_stats(p).busy == 1);
	assert_true(try_ask(p, ST_ECHO, "in line"));
	pool_close(p);
	assert_int_equal(got.n, 0);
}

static int
setup(void **state)
{
	(void)state;
	dir_open();
	pg_create();
	loop_open();
	pg_sql("CREATE TABLE t (v int);"
	       "CREATE TABLE late (v int UNIQUE DEFERRABLE INITIALLY DEFERRED);"
	       "CREATE SEQUENCE tries;"
	       "CREATE FUNCTION fail_with(code text) RETURNS void "
	       "LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING "
	       "ERRCODE = code, MESSAGE = 'a sentence', DETAIL = 'CODE', "
	       "HINT = 'member'; END $$;"
	       "CREATE FUNCTION serial(n int) RETURNS void "
	       "LANGUAGE plpgsql AS $$ BEGIN IF nextval('tries') < n THEN "
	       "RAISE serialization_failure; END IF; END $$");
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	loop_close();
	pg_kill(SIGQUIT);
	dir_close();
	return (0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_endings),
		cmocka_unit_test(test_done_is_committed),
		cmocka_unit_test(test_serialization_is_repeated),
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_session),
		cmocka_unit_test(test_a_thousand_over_two),
		cmocka_unit_test(test_too_many_wait),
		cmocka_unit_test(test_waited_too_long),
		cmocka_unit_test(test_answered_too_late),
		cmocka_unit_test(test_backend_terminated),
		cmocka_unit_test(test_server_killed),
		cmocka_unit_test(test_server_stopped),
		cmocka_unit_test(test_wrong_sql),
		cmocka_unit_test(test_wrong_dsn),
		cmocka_unit_test(test_nobody_listens),
		cmocka_unit_test(test_closed_while_asked),
	};

	return (cmocka_run_group_tests(tests, setup, teardown));
}
