/*
 * The mail server over loopback: dialogues as peers hold them, whole and
 * byte by byte, with the answers of a spine that the test plays.
 */
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
	(void)arg;
	got.count++;
	got.id = m->id;
	got.nrcpts = m->nrcpts;
	got.added = m->added;
	snprintf(got.sender, sizeof got.sender, "%s", m->sender);
	free(got.bytes);
	got.bytes = malloc(m->n + 1);
	assert_non_null(got.bytes);
	memcpy(got.bytes, m->bytes, m->n);
	got.bytes[m->n] = '\0';
	free(m->bytes);
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
		int64_t until_ = clock_micros() + 10000000;   \
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

static int
setup_lmtp(void **state)
{
	(void)state;
	got.count = 0;
	busy = false;
	listen_as(true, "127.0.0.1:0");
	dial();
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	finish();
	return (0);
}

static void
test_one_mail_cut_anyhow(void **state)
{
	static const char dialogue[] =
	    "MAIL FROM:<lan@customer.example> SIZE=100 BODY=8BITMIME\r\n"
	    "RCPT TO:<hello@shop.example>\r\nDATA\r\n"
	    "Subject: x\r\n\r\n..dot\r\n.\r\nNOOP\r\n";
	size_t piece;

	(void)state;
	greet("EHLO client.example\r\n");
	for (piece = 1; piece < sizeof dialogue; piece += 7) {
		got.count = 0;
		say_bytes(dialogue, sizeof dialogue - 1, piece);
		hear("250 2.1.0");
		hear("250 2.1.5");
		hear("354 ");
		UNTIL(got.count == 1);
		assert_string_equal(
		    got.bytes + got.added, "Subject: x\r\n\r\n.dot\r\n");
		assert_memory_equal(got.bytes,
		    "Return-Path: <lan@customer.example>\r\n"
		    "Received: from client.example ([127.0.0.1])\r\n"
		    "\tby mx.shop.example with ESMTP id smtp-",
		    37 + 45 + 39);
		assert_non_null(
		    strstr(got.bytes, "for <hello@shop.example>;\r\n\t"));
		/* Accepted means committed: nothing before the answer. */
		turn();
		turn();
		assert_int_equal(heard.n, 0);
		smtp_answer(server, got.id, SMTP_DONE, NULL);
		hear("250 2.0.0 Taken");
		hear("250 2.0.0"); /* NOOP has waited its turn */
		assert_int_equal(heard.n, 0);
	}
	say("QUIT\r\n");
	hear("221 ");
	UNTIL(ended);
}

static void
test_outcomes(void **state)
{
	static const struct {
		enum smtp_outcome outcome;
		const char	 *text;
		const char	 *line;
	} rows[] = {
		{ SMTP_DONE, "Ticket 7", "250 2.0.0 Ticket 7\r" },
		{ SMTP_LATER, NULL, "451 4.3.0 " },
		{ SMTP_FULL, NULL, "452 4.3.1 " },
		{ SMTP_NEVER, NULL, "554 5.6.0 " },
	};
	struct smtp_stats st;
	size_t		  i;

	(void)state;
	greet("EHLO c\r\n");
	for (i = 0; i < nitems(rows); i++) {
		got.count = 0;
		say("MAIL FROM:<>\r\nRCPT TO:<a@shop.example>\r\nDATA\r\n");
		hear("250");
		hear("250");
		hear("354");
		say("x\r\n.\r\n");
		UNTIL(got.count == 1);
		smtp_stats(server, &st);
		assert_int_equal(st.pending, 1);
		smtp_answer(server, got.id, rows[i].outcome, rows[i].text);
		hear(rows[i].line);
	}
	smtp_stats(server, &st);
	assert_int_equal(st.accepted, 1);
	assert_int_equal(st.deferred, 2);
	assert_int_equal(st.refused, 1);
	assert_int_equal(st.pending, 0);
	assert_int_equal(st.held, 0);
}

static void
test_lmtp(void **state)
{
	(void)state;
	hear("220 mx.shop.example LMTP");
	say("EHLO c\r\n");
	hear("500 5.5.1");
	say("LHLO c\r\n");
	UNTIL(heard.n != 0 && strstr(heard.p, "ENHANCED") != NULL);
	buf_reset(&heard);
	say("MAIL FROM:<a@b>\r\nRCPT TO:<a@shop.example>\r\n"
	    "RCPT TO:<b@other.example>\r\nRCPT TO:<c@shop.example>\r\n"
	    "RCPT TO:<later@shop.example>\r\nRCPT TO:<postmaster>\r\n"
	    "DATA\r\n");
	hear("250");
	hear("250");
	hear("550 5.1.1");
	hear("250");
	hear("451 4.3.0");
	hear("250");
	hear("354");
	say("x\r\n.\r\n");
	UNTIL(got.count == 1);
	assert_int_equal(got.nrcpts, 3);
	smtp_answer(server, got.id, SMTP_DONE, NULL);
	/* One for each that was taken, and no more. */
	hear("250");
	hear("250");
	hear("250");
	say("NOOP\r\n");
	hear("250 2.0.0 OK");
	assert_int_equal(heard.n, 0);
}

static void
test_chunks(void **state)
{
	(void)state;
	greet("EHLO c\r\n");
	say("MAIL FROM:<a@b>\r\nRCPT TO:<a@shop.example>\r\n"
	    "BDAT 6\r\n.\r\n.\r\nBDAT 3 LAST\r\nabcNOOP\r\n");
	hear("250");
	hear("250");
	hear("250 2.0.0 Chunk");
	UNTIL(got.count == 1);
	assert_string_equal(got.bytes + got.added, ".\r\n.\r\nabc");
	smtp_answer(server, got.id, SMTP_DONE, NULL);
	hear("250 2.0.0 Taken");
	hear("250 2.0.0 OK");
	/* The bytes of a chunk that may not come are no commands. */
	say("BDAT 6 LAST\r\nQUIT\r\n");
	hear("503");
	say("MAIL FROM:<a@b>\r\nRCPT TO:<a@shop.example>\r\nBDAT 0\r\n"
	    "DATA\r\nRSET\r\n");
	hear("250");
	hear("250");
	hear("250");
	hear("503");
	hear("250");
	say("BDAT 99999999999\r\n");
	hear("552");
	UNTIL(ended);
}

static void
test_smuggling(void **state)
{
	static const char *const ends[] = { "\n.\n", "\n.\r\n", "\r\n.\n",
		"\r.\r\n", "\r.\r" };
	char			 mail[200];
	size_t			 i;

	(void)state;
	greet("EHLO c\r\n");
	for (i = 0; i < nitems(ends); i++) {
		say("MAIL FROM:<a@b>\r\nRCPT TO:<a@shop.example>\r\nDATA\r\n");
		hear("250");
		hear("250");
		hear("354");
		snprintf(mail, sizeof mail,
		    "x%sMAIL FROM:<evil@b>\r\n.\r\nNOOP\r\n", ends[i]);
		say(mail);
		hear("550 5.5.2");
		hear("250 2.0.0 OK");
		assert_int_equal(got.count, 0);
	}
	/* A command that ends in a bare LF ends the session. */
	say("NOOP\nMAIL FROM:<a@b>\r\n");
	hear("500 5.5.2");
	UNTIL(ended);
	assert_int_equal(heard.n, 0);
}

static void
test_sizes(void **state)
{
	struct smtp_stats st;
	char		  line[3000];
	int		  i;

	(void)state;
	greet("EHLO c\r\n");
	say("MAIL FROM:<a@b> SIZE=10001\r\n");
	hear("552 5.3.4");
	for (i = 0; i < 2; i++) {
		got.count = 0;
		say("MAIL FROM:<a@b>\r\nRCPT TO:<a@shop.example>\r\nDATA\r\n");
		hear("250");
		hear("250");
		hear("354");
		memset(line, '.', sizeof line);
		memcpy(line + 998, "\r\n", 3);
		/* Ten lines of 1,000 bytes sent are 9,990 and fit. */
		say(line);
		say(line);
		say(line);
		say(line);
		say(line);
		say(line);
		say(line);
		say(line);
		say(line);
		say(line);
		say(i == 0 ? "12345678\r\n.\r\n" : "123456789\r\n.\r\n");
		if (i == 0) {
			UNTIL(got.count == 1);
			smtp_answer(server, got.id, SMTP_DONE, NULL);
			hear("250");
		} else
			hear("552 5.3.4");
	}
	assert_int_equal(got.count, 0);
	smtp_stats(server, &st);
	assert_int_equal(st.held, 0);
	/* A command line of any length is one wrong command. */
	memset(line, 'x', sizeof line);
	say_bytes(line, sizeof line, 1000);
	say("\r\nNOOP\r\n");
	hear("500 5.5.2");
	hear("250");
}

static void
test_loop(void **state)
{
	int i;

	(void)state;
	greet("EHLO c\r\n");
	say("MAIL FROM:<a@b>\r\nRCPT TO:<a@shop.example>\r\nDATA\r\n");
	hear("250");
	hear("250");
	hear("354");
	for (i = 0; i < 51; i++)
		say("received: by x\r\n");
	say("\r\n.\r\n");
	hear("554 5.4.6");
	assert_int_equal(got.count, 0);
}

static void
test_order_and_errors(void **state)
{
	int i;

	(void)state;
	hear("220");
	say("MAIL FROM:<a@b>\r\n");
	hear("503 5.5.1");
	say("HELO c\r\nDATA\r\nRCPT TO:<a@shop.example>\r\n");
	hear("250 mx.shop.example");
	hear("503");
	hear("503");
	say("MAIL FROM:<a@b>\r\nMAIL FROM:<a@b>\r\nDATA\r\n");
	hear("250");
	hear("503");
	hear("503");
	say("RCPT TO:<a@b>\r\nDATA\r\nRSET\r\n");
	hear("550 5.1.1");
	hear("554 5.5.1");
	hear("250");
	say("STARTTLS\r\n");
	hear("503");
	busy = true;
	say("MAIL FROM:<a@b>\r\n");
	hear("451 4.3.2");
	for (i = 0; i < 13; i++) {
		say("WHAT\r\n");
		hear("500 5.5.1");
	}
	say("WHAT\r\n");
	hear("500 5.5.1");
	hear("421 4.7.0");
	UNTIL(ended);
}

static void
test_peer_gone(void **state)
{
	struct smtp_stats st;

	(void)state;
	greet("EHLO c\r\n");
	say("MAIL FROM:<a@b>\r\nRCPT TO:<a@shop.example>\r\nDATA\r\n");
	hear("250");
	hear("250");
	hear("354");
	say("x\r\n.\r\n");
	UNTIL(got.count == 1);
	smtp_answer(server, got.id + 1, SMTP_DONE, NULL);
	smtp_answer(server, 0, SMTP_DONE, NULL);
	hang_up();
	/* Nothing is read while it is held, so the answer finds it out. */
	smtp_answer(server, got.id, SMTP_DONE, NULL);
	smtp_answer(server, got.id, SMTP_DONE, NULL);
	UNTIL((smtp_stats(server, &st), st.sessions == 0));
	assert_int_equal(st.pending, 0);
}

static void
test_stop(void **state)
{
	struct smtp_stats st;
	int		  first;

	(void)state;
	greet("EHLO c\r\n");
	say("MAIL FROM:<a@b>\r\nRCPT TO:<a@shop.example>\r\nDATA\r\n");
	hear("250");
	hear("250");
	hear("354");
	first = peer;
	dial();
	hear("220");
	smtp_stop(server);
	hear("421 4.3.2");
	UNTIL(ended);
	hang_up();
	/* The mail that was under way is taken first. */
	peer = first;
	buf_reset(&heard);
	ended = false;
	say("x\r\n.\r\n");
	UNTIL(got.count == 1);
	smtp_answer(server, got.id, SMTP_DONE, NULL);
	hear("250 2.0.0");
	hear("421 4.3.2");
	UNTIL(ended);
	UNTIL((smtp_stats(server, &st), st.sessions == 0));
}

/* A certificate of our own and its key, in one file. */
static void
make_pair(char *path, size_t size)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509	 *x = X509_new();
	FILE	 *f;

	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_gmtime_adj(X509_getm_notBefore(x), -60);
	X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	X509_set_pubkey(x, key);
	X509_sign(x, key, EVP_sha256());
	snprintf(path, size, "/tmp/edge_smtp.%ld.pem", (long)getpid());
	f = fopen(path, "w");
	assert_non_null(f);
	PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL);
	PEM_write_X509(f, x);
	fclose(f);
	X509_free(x);
	EVP_PKEY_free(key);
}

static void
shake(SSL_CTX *ctx)
{
	int rc;

	ssl = SSL_new(ctx);
	SSL_set_fd(ssl, peer);
	shaking = true;
	UNTIL((rc = SSL_connect(ssl)) == 1 ||
	    SSL_get_error(ssl, rc) != SSL_ERROR_WANT_READ);
	shaking = false;
	assert_int_equal(rc, 1);
}

/* What was said before TLS is as if it had not been (RFC 3207 4.2). */
static void
test_starttls(void **state)
{
	SSL_CTX	   *ctx = SSL_CTX_new(TLS_client_method());
	const char *wrong;
	char	    path[64];

	(void)state;
	make_pair(path, sizeof path);
	tls = tls_open(path, path, &wrong);
	unlink(path);
	assert_non_null(tls);
	setup(NULL);
	hear("220");
	say("EHLO c\r\n");
	UNTIL(heard.n != 0 && strstr(heard.p, "ENHANCED") != NULL);
	assert_non_null(strstr(heard.p, "250-STARTTLS\r\n"));
	buf_reset(&heard);
	/* Somebody in the middle adds a command: CVE-2011-0411. */
	say("STARTTLS\r\nMAIL FROM:<evil@b>\r\n");
	hear("220 2.0.0");
	shake(ctx);
	say("MAIL FROM:<a@b>\r\n");
	hear("503 5.5.1 Say who you are first");
	say("EHLO c\r\n");
	UNTIL(heard.n != 0 && strstr(heard.p, "ENHANCED") != NULL);
	assert_null(strstr(heard.p, "STARTTLS"));
	buf_reset(&heard);
	say("STARTTLS\r\n");
	hear("503");
	say("MAIL FROM:<a@b>\r\nRCPT TO:<a@shop.example>\r\nDATA\r\n");
	hear("250");
	hear("250");
	hear("354");
	say("x\r\n.\r\n");
	UNTIL(got.count == 1);
	assert_non_null(strstr(got.bytes, "with ESMTPS id "));
	smtp_answer(server, got.id, SMTP_DONE, NULL);
	hear("250 2.0.0 Taken");
	SSL_free(ssl);
	ssl = NULL;
	finish();
	SSL_CTX_free(ctx);
	tls_close(tls);
	tls = NULL;
}

static void
test_unix(void **state)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	char		   at[128];

	(void)state;
	got.count = 0;
	snprintf(sun.sun_path, sizeof sun.sun_path, "/tmp/edge_smtp.%ld",
	    (long)getpid());
	snprintf(at, sizeof at, "unix:%s", sun.sun_path);
	listen_as(true, at);
	peer = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(connect(peer, (struct sockaddr *)&sun, sizeof sun), 0);
	assert_int_equal(fcntl(peer, F_SETFL, O_NONBLOCK), 0);
	buf_reset(&heard);
	ended = false;
	greet("LHLO c\r\n");
	say("MAIL FROM:<>\r\nRCPT TO:<a@shop.example>\r\nDATA\r\n");
	hear("250");
	hear("250");
	hear("354");
	say("x\r\n.\r\n");
	UNTIL(got.count == 1);
	assert_non_null(strstr(got.bytes, "from c (unix)\r\n"));
	assert_non_null(strstr(got.bytes, "with LMTP id "));
	finish();
	unlink(sun.sun_path);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
#define WITH(t, s) cmocka_unit_test_setup_teardown(t, s, teardown)
		WITH(test_one_mail_cut_anyhow, setup),
		WITH(test_outcomes, setup),
		WITH(test_lmtp, setup_lmtp),
		WITH(test_chunks, setup),
		WITH(test_smuggling, setup),
		WITH(test_sizes, setup),
		WITH(test_loop, setup),
		WITH(test_order_and_errors, setup),
		WITH(test_peer_gone, setup),
		WITH(test_stop, setup),
		cmocka_unit_test(test_starttls),
		cmocka_unit_test(test_unix),
	};
	int failed;

	base = event_base_new();
	buf_init(&heard, 0);
	clock_tick();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	buf_free(&heard);
	free(got.bytes);
	event_base_free(base);
	return (failed);
}
