/*
 * Connections and listeners over loopback.
 */
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "echo.h"

static void
test_echo_and_quit(void **state)
{
	struct listener *l = echo_listen(&(struct listen_conf){ 0 });
	int		 fd = dial(l);

	(void)state;
	tell(fd, "one\ntwo\nthr");
	expect(fd, "one\ntwo\n");
	tell(fd, "ee\nquit\nunread");
	/* The last words come although the peer still had some to say. */
	expect(fd, "three\nbye\n");
	expect(fd, "");
	assert_string_equal(last_why, "quit");
	assert_int_equal(ended, 1);
	/* Our end is shut; the place is kept until he hangs up. */
	assert_int_equal(listen_count(l), 1);
	close(fd);
	UNTIL(listen_count(l) == 0);
	finish(l);
}

static void
test_cut_anywhere(void **state)
{
	static const char words[] = "alpha\nbeta\n\ngamma\n";
	struct listener	 *l = echo_listen(&(struct listen_conf){ 0 });
	size_t		  cut, want = 0;
	int		  fd;

	(void)state;
	for (cut = 1; cut < sizeof words - 1; cut++) {
		fd = dial(l);
		assert_int_equal(write(fd, words, cut), cut);
		want++;
		UNTIL(opened == want);
		turn();
		turn();
		tell(fd, words + cut);
		expect(fd, words);
		close(fd);
		UNTIL(ended == opened);
	}
	assert_string_equal(last_why, "peer left");
	finish(l);
}

static void
test_too_much_unread(void **state)
{
	struct listener *l = echo_listen(&(struct listen_conf){ 0 });
	char		 much[3000];
	int		 fd = dial(l);

	(void)state;
	memset(much, 'x', sizeof much);
	assert_int_equal(write(fd, much, 999), 999);
	UNTIL(last_ask == 999);
	assert_int_equal(ended, 0);
	assert_int_equal(write(fd, much, sizeof much), sizeof much);
	UNTIL(ended == 1);
	assert_non_null(strstr(last_why, "too much unread"));
	/* Reading stopped at the cap. */
	assert_true(last_ask <= 1000);
	close(fd);
	finish(l);
}

static void
test_too_slow(void **state)
{
	struct listener *l = echo_listen(&(struct listen_conf){ 0 });
	int		 fd = dial(l);

	(void)state;
	tell(fd, "much\n");
	UNTIL(ended == 1);
	assert_non_null(strstr(last_why, "too slow"));
	UNTIL(listen_count(l) == 0);
	close(fd);
	finish(l);
}

static void
test_timeout(void **state)
{
	struct listener *l;
	int		 fd, one;

	(void)state;
	echo_kind.first_ms = 30;
	l = echo_listen(&(struct listen_conf){ 0 });
	fd = dial(l);
	one = dial(l);
	/* Bytes that complete nothing do not move the deadline. */
	tell(one, "half");
	UNTIL(ended == 2);
	assert_string_equal(last_why, "timeout");
	expect(fd, "");
	close(fd);
	close(one);
	echo_kind.first_ms = 60000;
	finish(l);
}

static void
test_hold(void **state)
{
	struct echo	  *e = NULL;
	struct listen_conf conf = { .arg = &e };
	struct listener	  *l = echo_listen(&conf);
	int		   fd = dial(l), i;
	char		   c;

	(void)state;
	tell(fd, "hold\nafter\n");
	UNTIL(e != NULL && e->bytes == 5);
	tell(fd, "more\n");
	for (i = 0; i < 10; i++)
		turn();
	assert_int_equal(e->bytes, 5);
	assert_int_equal(read(fd, &c, 1), -1);
	conn_hold(e->conn, false);
	expect(fd, "after\nmore\n");
	close(fd);
	UNTIL(ended == 1);
	finish(l);
}

static void
test_max_and_max_peer(void **state)
{
	struct listener *l = echo_listen(
	    &(struct listen_conf){ .max = 3, .max_peer = 2, .busy = "busy\n" });
	int fd[3], i;

	(void)state;
	for (i = 0; i < 2; i++) {
		fd[i] = dial(l);
		tell(fd[i], "x\n");
		expect(fd[i], "x\n");
	}
	fd[2] = dial(l);
	expect(fd[2], "busy\n");
	expect(fd[2], "");
	close(fd[2]);
	/* Another address has room. */
	close(fd[0]);
	UNTIL(listen_count(l) == 1);
	fd[0] = dial(l);
	tell(fd[0], "y\n");
	expect(fd[0], "y\n");
	close(fd[0]);
	close(fd[1]);
	UNTIL(ended == opened);
	finish(l);
}

/* No descriptor left: told so, no spinning, healed when one is free. */
static void
test_no_descriptors(void **state)
{
	struct listener *l =
	    echo_listen(&(struct listen_conf){ .busy = "busy\n" });
	struct rlimit old, few;
	int	      fd[2], spare[64], n = 0, i, probe;

	(void)state;
	fd[0] = dial(l);
	fd[1] = dial(l);
	getrlimit(RLIMIT_NOFILE, &old);
	probe = dup(0);
	close(probe);
	few = old;
	few.rlim_cur = (rlim_t)probe;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	while (n < 64 && (spare[n] = dup(0)) != -1)
		n++;
	expect(fd[0], "busy\n");
	assert_int_equal(opened, 0);
	/* Paused: nothing happens although somebody waits. */
	for (i = 0; i < 20; i++)
		turn();
	setrlimit(RLIMIT_NOFILE, &old);
	for (i = 0; i < n; i++)
		close(spare[i]);
	tell(fd[1], "z\n");
	expect(fd[1], "z\n");
	assert_int_equal(opened, 1);
	close(fd[0]);
	close(fd[1]);
	UNTIL(ended == 1);
	finish(l);
}

static void
test_nodelay(void **state)
{
	struct echo	  *e = NULL;
	struct listener	  *l = echo_listen(&(struct listen_conf){ .arg = &e });
	struct sockaddr_in a;
	socklen_t	   n;
	int		   fd = dial(l), on, i, seen = 0;

	(void)state;
	UNTIL(e != NULL);
	/* Ours is the descriptor whose peer is fd. */
	for (i = 3; i < 256; i++) {
		struct sockaddr_in me;

		n = sizeof a;
		if (i == fd || getpeername(i, (struct sockaddr *)&a, &n) == -1)
			continue;
		n = sizeof me;
		getsockname(fd, (struct sockaddr *)&me, &n);
		if (a.sin_port != me.sin_port)
			continue;
		n = sizeof on;
		on = 0;
		getsockopt(i, IPPROTO_TCP, TCP_NODELAY, &on, &n);
		assert_int_equal(on, 1);
		seen++;
	}
	assert_int_equal(seen, 1);
	assert_string_equal(conn_peer(e->conn), "127.0.0.1");
	assert_int_equal(conn_uid(e->conn), -1);
	close(fd);
	UNTIL(ended == 1);
	finish(l);
}

static void
test_unix_socket(void **state)
{
	char		   at[80];
	const char	  *path = at + 5, *wrong = NULL;
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct echo	  *e = NULL;
	struct listen_conf conf = { .at = at, .mode = 0660, .arg = &e };
	struct listen_conf other = {
		.at = at, .kind = &echo_kind, .accept = echo_accept
	};
	struct listener *l;
	struct stat	 st;
	int		 fd;

	(void)state;
	snprintf(at, sizeof at, "unix:/tmp/deskd-conn-%d.sock", getpid());
	strcpy(a.sun_path, path);
	/* A dead daemon's: bound, and nobody there. */
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
	close(fd);

	l = echo_listen(&conf);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	tell(fd, "u\n");
	expect(fd, "u\n");
	assert_int_equal(conn_uid(e->conn), getuid());
	assert_string_equal(conn_peer(e->conn), "unix");

	/* A living one is not pushed aside; nor is a file that is none. */
	assert_null(listen_open(base, &other, &wrong));
	assert_string_equal(wrong, "somebody listens on that path");
	close(fd);
	UNTIL(ended == 1);
	finish(l);
	assert_int_equal(stat(path, &st), -1);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	close(fd);
	assert_null(listen_open(base, &other, &wrong));
	assert_string_equal(wrong, "a file that is no socket has that path");
	unlink(path);
}

static void
test_bad_addresses(void **state)
{
	static const char *const bad[] = { "", "80", "127.0.0.1", ":80",
		"127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:8x", "::1:80",
		"localhost:80", "1.2.3:-1", "unix:", "256.1.1.1:80" };
	struct listen_conf conf = { .kind = &echo_kind, .accept = echo_accept };
	const char	  *wrong;
	size_t		   i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		wrong = NULL;
		conf.at = bad[i];
		assert_null(listen_open(base, &conf, &wrong));
		assert_non_null(wrong);
	}
}

static int
set_up(void **state)
{
	(void)state;
	clock_tick();
	base = event_base_new();
	return (base == NULL);
}

static int
tear_down(void **state)
{
	(void)state;
	event_base_free(base);
	return (0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_echo_and_quit),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_too_much_unread),
		cmocka_unit_test(test_too_slow),
		cmocka_unit_test(test_timeout),
		cmocka_unit_test(test_hold),
		cmocka_unit_test(test_max_and_max_peer),
		cmocka_unit_test(test_no_descriptors),
		cmocka_unit_test(test_nodelay),
		cmocka_unit_test(test_unix_socket),
		cmocka_unit_test(test_bad_addresses),
	};

	return (cmocka_run_group_tests_name("conn", tests, set_up, tear_down));
}
