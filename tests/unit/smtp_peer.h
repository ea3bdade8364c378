/*
 * A mail server of the tests' own, the spine that it asks and a peer that
 * talks to it over loopback.
 */
#ifndef TESTS_UNIT_SMTP_PEER_H
#define TESTS_UNIT_SMTP_PEER_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "unit.h"

#include <event2/event.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/def.h"
#include "edge/conn.h"
#include "edge/smtp.h"
#include "edge/tls.h"

static struct event_base  *base;
static struct smtp_server *server;
static int		   peer = -1;
static struct buf	   heard; /* from the server, not yet expected */
static bool		   ended;
static SSL		  *ssl; /* the peer's, once it has begun TLS */
static bool		   shaking;
static struct tls	  *tls; /* the server's, or NULL */

/* What the spine was given last. */
static struct {
	unsigned count;
	uint64_t id;
	size_t	 nrcpts;
	size_t	 added;
	char	*bytes; /* ends in NUL */
	char	 sender[100];
} got;
static bool busy;

static enum smtp_rcpt
on_rcpt(void *arg, const char *address)
{
	(void)arg;
	if (strstr(address, "later") != NULL)
		return (SMTP_RCPT_LATER);
	return (strstr(address, "@shop.example") != NULL ? SMTP_RCPT_OK
							 : SMTP_RCPT_UNKNOWN);
}

static void
on_mail(void *arg, const struct smtp_mail *m)
{
	struct spill source = m->source;

	(void)arg;
	got.count++;
	got.id = m->id;
	got.nrcpts = m->nrcpts;
	got.added = m->added;
	snprintf(got.sender, sizeof got.sender, "%s", m->sender);
	free(got.bytes);
	got.bytes = malloc(source.n + 1);
	assert_non_null(got.bytes);
	memcpy(got.bytes, source.p, source.n);
	got.bytes[source.n] = '\0';
	spill_free(&source);
}

static bool
on_busy(void *arg)
{
	(void)arg;
	return (busy);
}

static void
listen_as(bool lmtp, const char *at)
{
	struct smtp_conf conf = { .at = at,
		.lmtp = lmtp,
		.hostname = "mx.shop.example",
		.max_size = 10000,
		.tls = tls,
		.mode = 0600,
		.rcpt = on_rcpt,
		.mail = on_mail,
		.busy = on_busy };
	const char	*wrong = "";

	server = smtp_listen(base, &conf, &wrong);
	if (server == NULL)
		fail_msg("%s", wrong);
}

static void
dial(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };

	sin.sin_port = htons((uint16_t)smtp_port(server));
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	peer = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(peer, (struct sockaddr *)&sin, sizeof sin), 0);
	assert_int_equal(fcntl(peer, F_SETFL, O_NONBLOCK), 0);
	buf_reset(&heard);
	ended = false;
}

static void
hang_up(void)
{
	close(peer);
	peer = -1;
}

/* One turn as the spine makes it; what the peer hears meanwhile. */
static void
turn(void)
{
	char	s[4096];
	ssize_t n;

	event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	clock_tick();
	conn_reap();
	if (peer == -1)
		return;
	if (shaking)
		return;
	if (ssl != NULL) {
		while ((n = SSL_read(ssl, s, sizeof s)) > 0)
			buf_add(&heard, s, (size_t)n);
		return;
	}
	while ((n = read(peer, s, sizeof s)) > 0)
		buf_add(&heard, s, (size_t)n);
	if (n == 0 || (n == -1 && errno != EAGAIN))
		ended = true;
}

#define UNTIL(cond)                                           \
	do {                                                  \
		int64_t until_ = clock_micros() + 120000000;  \
		while (!(cond)) {                             \
			assert_true(clock_micros() < until_); \
			turn();                               \
		}                                             \
	} while (0)

static void
say_bytes(const char *s, size_t n, size_t piece)
{
	ssize_t w;

	while (n > 0) {
		if (ssl != NULL)
			w = SSL_write(ssl, s, (int)(n < piece ? n : piece));
		else
			w = send(peer, s, n < piece ? n : piece, MSG_NOSIGNAL);
		if (w == -1 && errno == EAGAIN)
			w = 0;
		assert_true(w >= 0);
		s += w;
		n -= (size_t)w;
		turn();
	}
}

static void
say(const char *s)
{
	say_bytes(s, strlen(s), 4096);
}

/* The next line that the server says begins so. */
static void
hear(const char *start)
{
	char *eol;

	UNTIL(ended || (heard.n != 0 && strstr(heard.p, "\r\n") != NULL));
	if (heard.n == 0 || strncmp(heard.p, start, strlen(start)) != 0)
		fail_msg("heard \"%s\", not \"%s\"",
		    heard.n != 0 ? heard.p : "", start);
	eol = strstr(heard.p, "\r\n");
	assert_non_null(eol);
	buf_drop(&heard, (size_t)(eol + 2 - heard.p));
}

static void
greet(const char *hello)
{
	hear("220 mx.shop.example ");
	say(hello);
	while (heard.n < 4 || strncmp(heard.p, "250 ", 4) != 0) {
		hear("250");
		UNTIL(heard.n >= 4);
	}
	hear("250 ENHANCEDSTATUSCODES");
}

static void
finish(void)
{
	hang_up();
	smtp_close(server);
	server = NULL;
	turn();
	turn();
}

static int
setup(void **state)
{
	(void)state;
	got.count = 0;
	busy = false;
	listen_as(false, "127.0.0.1:0");
	dial();
	return (0);
}

static __attribute__((unused)) int
setup_lmtp(void **state)
{
	(void)state;
	got.count = 0;
	busy = false;
	listen_as(true, "127.0.0.1:0");
	dial();
	return (0);
}

static __attribute__((unused)) int
teardown(void **state)
{
	(void)state;
	finish();
	return (0);
}

/* Runs the tests around a loop. */
static int
run_peer_tests(const struct CMUnitTest *tests, size_t n)
{
	int failed;

	base = event_base_new();
	buf_init(&heard, 0);
	clock_tick();
	failed = _cmocka_run_group_tests("smtp", tests, n, NULL, NULL);
	buf_free(&heard);
	free(got.bytes);
	event_base_free(base);
	return (failed);
}

#endif
