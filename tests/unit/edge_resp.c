/*
 * The RESP server over loopback: the order of answers, what may run side by
 * side, limits before and after AUTH, slow peers, draining.
 */
#include "loop.h"
#include <errno.h>

#include "base/buf.h"
#include "edge/resp.h"

#define ASKS 600

/* A spine that answers when the test says so. */
static struct resp_server *server;
static struct {
	uint64_t slot;
	char	 text[32];
} asked[ASKS];
static size_t	nasked, began, ended;
static uint64_t last_session;
static bool	authed_at_once;

static void *
spine_begin(void *arg, struct resp_session *s)
{
	(void)arg;
	began++;
	last_session = resp_session_id(s);
	resp_session_set_authed(s, authed_at_once);
	return (&began);
}

static void
spine_end(void *arg, struct resp_session *s, void *user)
{
	(void)arg;
	(void)s;
	assert_ptr_equal(user, &began);
	ended++;
}

static void
spine_request(void *arg, struct resp_session *s, void *user, uint64_t slot,
    const struct resp_request *r)
{
	(void)arg;
	(void)user;
	if (resp_is(r, 0, "AUTH"))
		resp_session_set_authed(s, true);
	if (resp_is(r, 0, "AUTH") || resp_is(r, 0, "NOW")) {
		assert_true(resp_answer(server, slot, "+OK\r\n", 5));
		return;
	}
	assert_true(nasked < ASKS);
	asked[nasked].slot = slot;
	snprintf(asked[nasked].text, sizeof asked[nasked].text, "%.*s",
	    (int)r->argv[r->argc - 1].n, r->argv[r->argc - 1].p);
	nasked++;
}

static bool
spine_side_by_side(const struct resp_request *r)
{
	return (resp_is(r, 0, "ADD"));
}

static int
peer_open(void)
{
	size_t before = began;
	int    fd = loop_dial(resp_port(server));

	UNTIL(began > before);
	return (fd);
}

static void
peer_send(int fd, const char *s, size_t n)
{
	ssize_t done;

	while (n > 0) {
		done = send(fd, s, n, MSG_NOSIGNAL);
		if (done == -1 && (errno == ECONNRESET || errno == EPIPE))
			return;
		if (done > 0) {
			s += done;
			n -= (size_t)done;
		}
		turn();
	}
}

static void
peer_say(int fd, const char *s)
{
	peer_send(fd, s, strlen(s));
}

/* Everything that has come; true when the server has hung up. */
static bool
peer_read(int fd, struct buf *b)
{
	char	chunk[4096];
	ssize_t n;

	while ((n = recv(fd, chunk, sizeof chunk, 0)) > 0)
		buf_add(b, chunk, (size_t)n);
	return (n == 0 || (n == -1 && errno != EAGAIN));
}

static void
expect(int fd, const char *want)
{
	struct buf b = { 0 };

	UNTIL((peer_read(fd, &b), b.n >= strlen(want)));
	assert_string_equal(b.p, want);
	buf_free(&b);
}

static void
expect_end(int fd, const char *want)
{
	struct buf b = { 0 };

	UNTIL(peer_read(fd, &b));
	assert_string_equal(b.p != NULL ? b.p : "", want);
	buf_free(&b);
	close(fd);
}

static void
answer(size_t i, const char *s)
{
	assert_true(resp_answer(server, asked[i].slot, s, strlen(s)));
	/* Once. */
	assert_false(resp_answer(server, asked[i].slot, s, strlen(s)));
}

static int
begin(void **state)
{
	struct resp_conf conf = { .at = "127.0.0.1:0",
		.begin = spine_begin,
		.end = spine_end,
		.request = spine_request,
		.side_by_side = spine_side_by_side };
	const char	*wrong;

	(void)state;
	base = event_base_new();
	clock_tick();
	nasked = began = ended = 0;
	authed_at_once = true;
	server = resp_listen(base, &conf, &wrong);
	return (server == NULL);
}

static int
end(void **state)
{
	(void)state;
	if (server != NULL)
		resp_close(server);
	server = NULL;
	while (ended < began)
		turn();
	turn();
	event_base_free(base);
	return (0);
}

/* Answered backwards, sent forwards; a PING between keeps its place. */
static void
test_order(void **state)
{
	int fd = peer_open();

	(void)state;
	peer_say(fd, "ADD a\r\nADD b\r\nPING\r\nADD c\r\n");
	UNTIL(nasked == 3);
	answer(2, "+c\r\n");
	answer(1, "+b\r\n");
	turn();
	answer(0, "+a\r\n");
	expect(fd, "+a\r\n+b\r\n+PONG\r\n+c\r\n");
	close(fd);
}

/* GET waits for the ADDs before it, and holds back the one after. */
static void
test_alone(void **state)
{
	int fd = peer_open(), i;

	(void)state;
	peer_say(fd, "ADD a\r\nADD b\r\nGET 1\r\nADD c\r\nPING\r\n");
	UNTIL(nasked == 2);
	answer(1, "+b\r\n");
	for (i = 0; i < 20; i++)
		turn();
	assert_int_equal(nasked, 2);
	answer(0, "+a\r\n");
	UNTIL(nasked == 3);
	assert_string_equal(asked[2].text, "1");
	for (i = 0; i < 20; i++)
		turn();
	assert_int_equal(nasked, 3);
	expect(fd, "+a\r\n+b\r\n");
	answer(2, "+1\r\n");
	UNTIL(nasked == 4);
	answer(3, "+c\r\n");
	expect(fd, "+1\r\n+c\r\n+PONG\r\n");
	close(fd);
}

/* Cut at every place, and byte by byte. */
static void
test_cut_anywhere(void **state)
{
	static const char ask[] = "*2\r\n$3\r\nNOW\r\n$2\r\n\r\n\r\nPING\r\n";
	int		  fd = peer_open();
	size_t		  cut;

	(void)state;
	for (cut = 0; cut <= sizeof ask - 1; cut++) {
		peer_send(fd, ask, cut);
		turn();
		peer_send(fd, ask + cut, sizeof ask - 1 - cut);
		expect(fd, "+OK\r\n+PONG\r\n");
	}
	for (cut = 0; cut < sizeof ask - 1; cut++) {
		peer_send(fd, ask + cut, 1);
		turn();
	}
	expect(fd, "+OK\r\n+PONG\r\n");
	close(fd);
}

/* 256 slots, then the rest waits unread; nothing is lost. */
static void
test_slots(void **state)
{
	struct buf all = { 0 };
	char	   line[32];
	int	   fd = peer_open(), i;

	(void)state;
	for (i = 0; i < 400; i++)
		buf_printf(&all, "ADD %d\r\n", i);
	peer_send(fd, all.p, all.n);
	for (i = 0; i < 50; i++)
		turn();
	assert_int_equal(nasked, RESP_SLOTS);
	buf_reset(&all);
	for (i = 0; i < 400; i++) {
		UNTIL(nasked > (size_t)i);
		snprintf(line, sizeof line, ":%d\r\n", i);
		assert_string_equal(
		    asked[i].text, (sprintf(line + 16, "%d", i), line + 16));
		answer((size_t)i, line);
		buf_str(&all, line);
	}
	expect(fd, all.p);
	buf_free(&all);
	close(fd);
}

/* 1 KiB before AUTH, 1 MiB after; AUTH and what follows in one piece. */
static void
test_limits(void **state)
{
	struct buf big = { 0 };
	int	   fd, i;

	(void)state;
	authed_at_once = false;
	fd = peer_open();
	peer_say(fd, "*2\r\n$3\r\nADD\r\n$2000\r\n");
	expect_end(fd,
	    "-ERR Protocol error: the length of an argument is wrong or too "
	    "large\r\n");

	fd = peer_open();
	buf_str(&big, "AUTH key\r\n*2\r\n$3\r\nADD\r\n$1048576\r\n");
	for (i = 0; i < 1048576; i++)
		buf_char(&big, 'x');
	buf_str(&big, "\r\n");
	peer_send(fd, big.p, big.n);
	UNTIL(nasked == 1);
	answer(0, "+done\r\n");
	expect(fd, "+OK\r\n+done\r\n");
	peer_say(fd, "*2\r\n$3\r\nADD\r\n$1048577\r\n");
	expect_end(fd,
	    "-ERR Protocol error: the length of an argument is wrong or too "
	    "large\r\n");
	buf_free(&big);
}

/* A stranger has nothing side by side: what he asks runs one by one. */
static void
test_stranger_alone(void **state)
{
	int fd, i;

	(void)state;
	authed_at_once = false;
	fd = peer_open();
	peer_say(fd, "ADD a\r\nADD b\r\n");
	for (i = 0; i < 20; i++)
		turn();
	assert_int_equal(nasked, 1);
	answer(0, "+a\r\n");
	UNTIL(nasked == 2);
	answer(1, "+b\r\n");
	expect(fd, "+a\r\n+b\r\n");
	close(fd);
}

/* The refusal comes after what was asked before it; then the end. */
static void
test_protocol_error(void **state)
{
	int fd = peer_open();

	(void)state;
	peer_say(fd, "ADD a\r\n*1\r\n$x\r\nADD b\r\n");
	UNTIL(nasked == 1);
	turn();
	answer(0, "+a\r\n");
	expect_end(fd,
	    "+a\r\n-ERR Protocol error: the length of an argument is wrong or "
	    "too large\r\n");
	assert_int_equal(nasked, 1);
}

static void
test_quit_and_reset(void **state)
{
	int fd = peer_open();

	(void)state;
	peer_say(fd, "ADD a\r\nRESET\r\nPING\r\n");
	UNTIL(nasked == 1);
	turn();
	assert_int_equal(began, 1);
	answer(0, "+a\r\n");
	expect(fd, "+a\r\n+RESET\r\n+PONG\r\n");
	assert_int_equal(began, 2);
	assert_int_equal(ended, 1);
	peer_say(fd, "ADD b\r\nQUIT\r\nADD c\r\n");
	UNTIL(nasked == 2);
	turn();
	answer(1, "+b\r\n");
	expect_end(fd, "+b\r\n+OK\r\n");
	assert_int_equal(nasked, 2);
}

/* A peer that has gone: late answers find nothing. */
static void
test_gone(void **state)
{
	int fd = peer_open();

	(void)state;
	peer_say(fd, "ADD a\r\nADD b\r\n");
	UNTIL(nasked == 2);
	close(fd);
	UNTIL(ended == 1);
	assert_false(resp_answer(server, asked[0].slot, "+a\r\n", 4));
	assert_false(resp_push(server, last_session, "+a\r\n", 4));
	assert_int_equal(resp_count(server), 0);
}

/* Whoever does not read his pushes is closed, not waited for. */
static void
test_slow_subscriber(void **state)
{
	static char news[65536];
	int	    fd = peer_open(), i;

	(void)state;
	memset(news, 'x', sizeof news);
	for (i = 0; i < 1000 && ended == 0; i++) {
		resp_push(server, last_session, news, sizeof news);
		turn();
	}
	assert_int_equal(ended, 1);
	close(fd);
}

/*
 * Whoever asks and does not read is not answered without end: 2,000 times
 * COMMAND DOCS is more than may stand unsent.  Nothing is lost by it.
 */
static void
test_slow_reader(void **state)
{
	static const char ask[] = "COMMAND DOCS\r\n";
	struct buf	  b = { 0 };
	size_t		  one, got = 0;
	int		  fd = peer_open(), i;

	(void)state;
	peer_say(fd, ask);
	peer_say(fd, "PING\r\n");
	UNTIL((peer_read(fd, &b),
	    b.n > 7 && strcmp(b.p + b.n - 7, "+PONG\r\n") == 0));
	one = b.n - 7;
	assert_true(one > 17000);
	for (i = 0; i < 2000; i++)
		peer_say(fd, ask);
	assert_int_equal(ended, 0);
	UNTIL(
	    (buf_reset(&b), peer_read(fd, &b), got += b.n, got >= 2000 * one));
	assert_int_equal(got, 2000 * one);
	assert_int_equal(ended, 0);
	buf_free(&b);
	close(fd);
}

/* Stopped: what was asked is answered, nothing more is heard. */
static void
test_drain(void **state)
{
	int busy = peer_open(), idle = peer_open();

	(void)state;
	peer_say(busy, "ADD a\r\n");
	UNTIL(nasked == 1);
	resp_stop(server);
	peer_say(busy, "ADD b\r\n");
	expect_end(idle, "");
	turn();
	assert_int_equal(resp_count(server), 1);
	answer(0, "+a\r\n");
	/* He counts until he has his answer, not only until it is written. */
	conn_reap();
	assert_int_equal(resp_count(server), 1);
	expect_end(busy, "+a\r\n");
	UNTIL(resp_count(server) == 0);
	assert_int_equal(nasked, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order, begin, end),
		cmocka_unit_test_setup_teardown(test_alone, begin, end),
		cmocka_unit_test_setup_teardown(test_cut_anywhere, begin, end),
		cmocka_unit_test_setup_teardown(test_slots, begin, end),
		cmocka_unit_test_setup_teardown(test_limits, begin, end),
		cmocka_unit_test_setup_teardown(
		    test_stranger_alone, begin, end),
		cmocka_unit_test_setup_teardown(
		    test_protocol_error, begin, end),
		cmocka_unit_test_setup_teardown(
		    test_quit_and_reset, begin, end),
		cmocka_unit_test_setup_teardown(test_gone, begin, end),
		cmocka_unit_test_setup_teardown(
		    test_slow_subscriber, begin, end),
		cmocka_unit_test_setup_teardown(test_slow_reader, begin, end),
		cmocka_unit_test_setup_teardown(test_drain, begin, end),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
