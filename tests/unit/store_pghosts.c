/*
 * The pool where PostgreSQL is one of several hosts: a standby that is made
 * the primary, and a host that takes connections and says nothing.
 */
#include "servers.h"
#include "base/def.h"
#include "store/pool.h"

enum { ST_ADD, ST_COUNT, ST_END };

static const struct pg_stmt stmts[] = {
	[ST_ADD] = { "add", "INSERT INTO t VALUES (1) RETURNING v", 0 },
	[ST_COUNT] = { "count", "SELECT count(*) FROM t", 0 },
	[ST_END] = { "end", "SELECT pg_terminate_backend(pg_backend_pid())",
	    0 },
};

static struct {
	unsigned    n;
	enum pg_how how;
	char	    sqlstate[6], value[40];
} got;

static char	records[2][64]; /* told last, and before */
static unsigned tellings;

static void
on_reply(uint64_t id, const struct pg_reply *r)
{
	(void)id;
	got.n++;
	got.how = r->how;
	snprintf(got.sqlstate, sizeof got.sqlstate, "%s", r->sqlstate);
	snprintf(got.value, sizeof got.value, "%s",
	    r->res != NULL ? PQgetvalue(r->res, 0, 0) : "");
}

static void
on_records(const char *which)
{
	tellings++;
	memcpy(records[1], records[0], sizeof records[1]);
	snprintf(records[0], sizeof records[0], "%s", which);
}

static struct pool *
open_pool(const char *dsn, unsigned size)
{
	struct pool_conf conf = { .name = "hosts",
		.dsn = dsn,
		.size = size,
		.answer_ms = 60000,
		.statement_ms = 30000,
		.stmts = stmts,
		.nstmts = nitems(stmts),
		.records = on_records };
	const char	*wrong;
	struct pool	*p = pool_open(base, &conf, &wrong);

	assert_non_null(p);
	tellings = 0;
	records[0][0] = '\0';
	return (p);
}

static enum pg_how
ask(struct pool *p, size_t stmt)
{
	unsigned n = got.n;

	UNTIL(pool_ask(p, 1, stmt, NULL, on_reply));
	UNTIL(got.n == n + 1);
	return (got.how);
}

/* A socket that lets the kernel take connections and never answers. */
static int
mute_open(int *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t	   n = sizeof a;
	int		   fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&a, n), 0);
	assert_int_equal(listen(fd, 16), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
	*port = ntohs(a.sin_port);
	return (fd);
}

static unsigned
mute_calls(int fd)
{
	unsigned n = 0;
	int	 one;

	while ((one = accept(fd, NULL, NULL)) != -1) {
		n++;
		close(one);
	}
	return (n);
}

/* It is not waited for twice, and not asked first once another one is good. */
static void
test_mute_host(void **state)
{
	char	     dsn[256];
	struct pool *p;
	int	     port, fd = mute_open(&port);

	(void)state;
	snprintf(dsn, sizeof dsn,
	    "host=127.0.0.1,%s port=%d,5432 user=desk dbname=postgres", dir,
	    port);
	p = open_pool(dsn, 1);
	UNTIL(pool_up(p));
	assert_int_equal(mute_calls(fd), 1);
	assert_int_equal(ask(p, ST_COUNT), PG_DONE);
	assert_int_equal(ask(p, ST_END), PG_LATER);
	assert_int_equal(ask(p, ST_COUNT), PG_DONE);
	assert_int_equal(pool_stats(p).connects, 2);
	assert_int_equal(mute_calls(fd), 0);
	pool_close(p);
	close(fd);
}

/* Makes the server a standby of nobody, or has it be one still. */
static void
standby_start(void)
{
	int fd;

	pg_kill(SIGINT);
	fd = open("data/standby.signal", O_WRONLY | O_CREAT, 0644);
	assert_int_not_equal(fd, -1);
	close(fd);
	pg_start();
}

/* By the one name of a server that turns out to be a standby. */
static void
test_standby(void **state)
{
	struct pool *p = open_pool(pg_dsn, 2);
	char	     before[64];

	(void)state;
	UNTIL(pool_stats(p).connected == 2);
	assert_int_equal(ask(p, ST_ADD), PG_DONE);
	assert_int_equal(tellings, 2);
	snprintf(before, sizeof before, "%s", records[0]);
	assert_non_null(strstr(before, ".00000001"));

	standby_start();
	UNTIL(pool_stats(p).connects == 4);
	assert_int_equal(ask(p, ST_COUNT), PG_DONE);
	assert_string_equal(got.value, "1");
	assert_int_equal(tellings, 2); /* a standby has no word in it */

	/* What a standby refuses is a loss: another try may find another. */
	assert_int_equal(ask(p, ST_ADD), PG_LATER);
	assert_string_equal(got.sqlstate, "25006");
	assert_non_null(strstr(pool_wrong(p), "read-only"));
	UNTIL(pool_stats(p).connects == 5);

	/* It is promoted: the links that are there can write, and new ones
	   tell that this is another timeline. */
	pg_sql("SELECT pg_promote()");
	UNTIL(ask(p, ST_ADD) == PG_DONE);
	assert_int_equal(ask(p, ST_END), PG_LATER);
	UNTIL(tellings == 3);
	assert_non_null(strstr(records[0], ".00000002"));
	assert_memory_equal(records[0], before, strcspn(before, "."));
	pool_close(p);
}

/* Named with others, a standby is passed over until it is the primary. */
static void
test_standby_of_two(void **state)
{
	char	     dsn[256];
	struct pool *p;

	(void)state;
	standby_start();
	snprintf(dsn, sizeof dsn,
	    "host=127.0.0.1,%s port=1,5432 user=desk dbname=postgres", dir);
	p = open_pool(dsn, 1);
	UNTIL(strstr(pool_wrong(p), "standby") != NULL);
	assert_false(pool_up(p));
	pg_sql("SELECT pg_promote()");
	UNTIL(pool_up(p));
	assert_int_equal(ask(p, ST_ADD), PG_DONE);
	assert_non_null(strstr(records[0], ".00000003"));
	pool_close(p);
}

static int
setup(void **state)
{
	(void)state;
	dir_open();
	pg_create();
	loop_open();
	pg_sql("CREATE TABLE t (v int)");
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
		cmocka_unit_test(test_mute_host),
		cmocka_unit_test(test_standby),
		cmocka_unit_test(test_standby_of_two),
	};

	return (cmocka_run_group_tests(tests, setup, teardown));
}
