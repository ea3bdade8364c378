/*
 * A small protocol of the tests' own that echoes lines, over loopback: what
 * is tested with it is conn alone.
 */
#ifndef UNIT_ECHO_H
#define UNIT_ECHO_H

#include "loop.h"
#include <errno.h>

#include "edge/tls.h"

struct echo {
	struct conn *conn;
	size_t	     bytes;
};

static struct tls *tls; /* for STARTTLS; set by who tests it */
static unsigned	   opened, ended, inside;
static char	   last_why[200];
static size_t	   last_ask;

static inline size_t
echo_input(void *owner, const uint8_t *p, size_t n)
{
	struct echo   *e = owner;
	const uint8_t *end = memchr(p, '\n', n);
	size_t	       len;

	last_ask = n;
	if (end == NULL)
		return (0);
	len = (size_t)(end - p) + 1;
	inside++;
	e->bytes += len;
	if (len == 5 && memcmp(p, "quit\n", 5) == 0) {
		conn_write(e->conn, "bye\n", 4);
		conn_close(e->conn, "quit");
	} else if (len == 4 && memcmp(p, "tls\n", 4) == 0) {
		conn_write(e->conn, "go\n", 3);
		conn_starttls(e->conn, tls);
	} else if (len == 5 && memcmp(p, "much\n", 5) == 0) {
		static const char much[40000];

		while (!conn_closing(e->conn))
			conn_write(e->conn, much, sizeof much);
	} else if (len == 5 && memcmp(p, "hold\n", 5) == 0)
		conn_hold(e->conn, true);
	else
		conn_write(e->conn, p, len);
	inside--;
	return (len);
}

static inline void
echo_gone(void *owner, const char *why)
{
	/* Never from inside a call made in input(). */
	assert_int_equal(inside, 0);
	snprintf(last_why, sizeof last_why, "%s", why);
	ended++;
	free(owner);
}

static struct conn_kind echo_kind = { .name = "echo",
	.in_max = 1000,
	.out_max = 400000,
	.first_ms = 60000,
	.input = echo_input,
	.gone = echo_gone };

static inline void *
echo_accept(void *arg, struct conn *c)
{
	struct echo *e = calloc(1, sizeof *e);

	if (arg != NULL)
		*(struct echo **)arg = e;
	e->conn = c;
	opened++;
	return (e);
}

static inline struct listener *
echo_listen(const struct listen_conf *conf)
{
	struct listen_conf mine = *conf;
	const char	  *wrong = "?";
	struct listener	  *l;

	if (mine.at == NULL)
		mine.at = "127.0.0.1:0";
	mine.kind = &echo_kind;
	mine.accept = echo_accept;
	if ((l = listen_open(base, &mine, &wrong)) == NULL)
		fail_msg("%s: %s", mine.at, wrong);
	opened = ended = 0;
	return (l);
}

static inline int
dial(const struct listener *l)
{
	return (loop_dial(listen_port(l)));
}

/* Turns until the peer's end has read the text, or its end (""). */
static inline void
expect(int fd, const char *text)
{
	char	got[256];
	size_t	n = 0, want = strlen(text);
	ssize_t r;
	int64_t until = clock_micros() + 20000000;

	for (;;) {
		assert_true(clock_micros() < until);
		turn();
		r = read(fd, got + n, want == 0 ? 1 : want - n);
		if (r == -1) {
			assert_int_equal(errno, EAGAIN);
			continue;
		}
		n += (size_t)r;
		if (n == want)
			break;
		assert_true(r > 0);
	}
	assert_memory_equal(got, text, want);
}

static inline void
tell(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static inline void
finish(struct listener *l)
{
	listen_close(l);
	UNTIL(ended == opened);
	conn_reap();
}

#endif
