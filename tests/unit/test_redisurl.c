/*
 * Where Redis is: what is taken, what is refused, and what a Cluster's node
 * says of another.
 */
#include "unit.h"
#include "base/def.h"
#include "base/redisurl.h"

static void
test_one(void **state)
{
	static const struct {
		const char *url, *host;
		int	    port;
		const char *path, *user, *pass;
		int	    db;
	} good[] = {
		{ "h:7", "h", 7, "", "", "", 0 },
		{ "h", "h", 6379, "", "", "", 0 },
		{ "[::1]:7", "::1", 7, "", "", "", 0 },
		{ "[::1]", "::1", 6379, "", "", "", 0 },
		{ "unix:/run/r.sock", "", 0, "/run/r.sock", "", "", 0 },
		{ "redis://h", "h", 6379, "", "", "", 0 },
		{ "redis://h:7/3", "h", 7, "", "", "", 3 },
		{ "redis://h/", "h", 6379, "", "", "", 0 },
		{ "redis://:p%40%2F@h:7/3", "h", 7, "", "", "p@/", 3 },
		{ "redis://u:p:q@[::1]:7", "::1", 7, "", "u", "p:q", 0 },
	};
	struct redisurl u;
	const char     *wrong;
	size_t		i;

	(void)state;
	for (i = 0; i < nitems(good); i++) {
		assert_true(redisurl_read(&u, good[i].url, &wrong));
		assert_int_equal(u.kind, REDISURL_ONE);
		assert_int_equal(u.nnodes, good[i].path[0] == '\0');
		assert_string_equal(u.node[0].host, good[i].host);
		assert_int_equal(u.node[0].port, good[i].port);
		assert_string_equal(u.path, good[i].path);
		assert_string_equal(u.user, good[i].user);
		assert_string_equal(u.pass, good[i].pass);
		assert_int_equal(u.db, good[i].db);
	}
}

static void
test_many(void **state)
{
	struct redisurl u;
	const char     *wrong;

	(void)state;
	assert_true(redisurl_read(
	    &u, "sentinel://u:p%2Fq@a,b:7,[::1]:8/desk-1.x_y/2", &wrong));
	assert_int_equal(u.kind, REDISURL_SENTINEL);
	assert_int_equal(u.nnodes, 3);
	assert_string_equal(u.node[0].host, "a");
	assert_int_equal(u.node[0].port, 26379);
	assert_string_equal(u.node[1].host, "b");
	assert_int_equal(u.node[1].port, 7);
	assert_string_equal(u.node[2].host, "::1");
	assert_int_equal(u.node[2].port, 8);
	assert_string_equal(u.name, "desk-1.x_y");
	assert_string_equal(u.user, "u");
	assert_string_equal(u.pass, "p/q");
	assert_int_equal(u.db, 2);

	assert_true(redisurl_read(&u, "sentinel://a/desk", &wrong));
	assert_string_equal(u.name, "desk");
	assert_int_equal(u.db, 0);
	assert_true(redisurl_read(&u, "cluster://:p@a:1,b/", &wrong));
	assert_int_equal(u.kind, REDISURL_CLUSTER);
	assert_int_equal(u.nnodes, 2);
	assert_string_equal(u.node[1].host, "b");
	assert_int_equal(u.node[1].port, 6379);
	assert_string_equal(u.pass, "p");
}

static void
test_refused(void **state)
{
	static const char *const bad[] = { "", ":7", "h:", "h:0", "h:65536",
		"h:7x", "[::1", "[]:7", "[::1]7", "unix:", "unix:rel",
		"redis://", "redis://h/x", "redis://h/99999", "redis://%zz@h",
		"redis://%00:p@h", "redis://u:p@", "rediss://h", "h,i",
		"redis://h,i", "sentinel://", "sentinel://h", "sentinel://h/",
		"sentinel://h//1", "sentinel://h/a b", "sentinel://h/%41",
		"sentinel://h/n/x", "sentinel://h,/n", "sentinel://,h/n",
		"sentinel:///n", "sentinel://u:p@/n", "cluster://",
		"cluster://h,", "cluster://h/1", "cluster://h/n",
		"cluster://1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17" };
	struct redisurl		 u;
	const char		*wrong;
	char			 longer[400];
	size_t			 i;

	(void)state;
	for (i = 0; i < nitems(bad); i++)
		if (redisurl_read(&u, bad[i], &wrong))
			fail_msg("taken: %s", bad[i]);
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	assert_false(redisurl_read(&u, longer, &wrong));
	memcpy(longer, "unix:/", 6);
	assert_false(redisurl_read(&u, longer, &wrong));
	memcpy(longer, "sentinel://h/", 13);
	assert_false(redisurl_read(&u, longer, &wrong));
}

static void
test_moved(void **state)
{
	static const struct {
		const char *error, *host;
		int	    port;
	} good[] = {
		{ "MOVED 3999 127.0.0.1:6381", "127.0.0.1", 6381 },
		{ "MOVED 3999 ::1:6381", "::1", 6381 },
		{ "MOVED 3999 r.example:1", "r.example", 1 },
		{ "MOVED 3999 :6381", "", 6381 },
		{ "MOVED 3999 ?:6381", "", 6381 },
	};
	static const char *const bad[] = { "", "MOVED", "MOVED ", "MOVED 1",
		"MOVED 1 ", "MOVED 1 h", "MOVED 1 h:", "MOVED 1 h:0",
		"MOVED 1 h:x", "MOVED 1 h:65536", "MOVED 1 h:1 ", "ASK 1 h:1",
		"ERR MOVED 1 h:1" };
	struct redisnode	 node;
	char			 longer[400] = "MOVED 1 ";
	size_t			 i;

	(void)state;
	for (i = 0; i < nitems(good); i++) {
		assert_true(redisurl_moved(&node, good[i].error));
		assert_string_equal(node.host, good[i].host);
		assert_int_equal(node.port, good[i].port);
	}
	for (i = 0; i < nitems(bad); i++)
		if (redisurl_moved(&node, bad[i]))
			fail_msg("taken: %s", bad[i]);
	memset(longer + 8, 'x', 300);
	memcpy(longer + 308, ":1", 3);
	assert_false(redisurl_moved(&node, longer));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_moved),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
