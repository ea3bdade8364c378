/*
 * Connections and listeners over loopback: a small protocol of our own that
 * echoes lines, so that what is tested is conn alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

#include <event2/event.h>
#include <openssl/ssl.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/clock.h"
#include "edge/conn.h"
#include "edge/tls.h"

struct echo {
	struct conn *conn;
	size_t	     bytes;
};

static struct event_base *base;
static struct tls	 *tls;
static char		  pair_path[64];
static unsigned		  opened, ended, inside;
static char		  last_why[200];
static size_t		  last_ask;

/* One turn as the spine makes it, without waiting. */
static void
turn(void)
{
	event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	clock_tick();
	conn_reap();
}

/* Turns until the condition holds, or fails after 20 s. */
#define UNTIL(cond)                                           \
	do {                                                  \
		int64_t until_ = clock_micros() + 5000000;    \
		while (!(cond)) {                             \
			assert_true(clock_micros() < until_); \
			turn();                               \
		}                                             \
	} while (0)

static size_t
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

static void
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

static void *
echo_accept(void *arg, struct conn *c)
{
	struct echo *e = calloc(1, sizeof *e);

	if (arg != NULL)
		*(struct echo **)arg = e;
	e->conn = c;
	opened++;
	return (e);
}

static struct listener *
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

static int
dial(const struct listener *l)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)listen_port(l)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int		   fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_not_equal(fd, -1);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return (fd);
}

/* Turns until the peer's end has read the text, or its end (""). */
static void
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

static void
tell(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void
finish(struct listener *l)
{
	listen_close(l);
	UNTIL(ended == opened);
	conn_reap();
}

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

/* ---- TLS */

/* A pair for "localhost", made once: good enough for a handshake. */
static void
make_pair(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509	 *x = X509_new();
	FILE	 *f;

	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_gmtime_adj(X509_getm_notBefore(x), -60);
	X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	X509_set_pubkey(x, key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
	    (const unsigned char *)"localhost", -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(x));
	X509_sign(x, key, EVP_sha256());
	snprintf(
	    pair_path, sizeof pair_path, "/tmp/deskd-pair-%d.pem", getpid());
	f = fopen(pair_path, "w");
	assert_non_null(f);
	PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL);
	PEM_write_X509(f, x);
	fclose(f);
	X509_free(x);
	EVP_PKEY_free(key);
}

static SSL_CTX *
client_context(void)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
	return (ctx);
}

static SSL *
shake(int fd, SSL_CTX *ctx)
{
	SSL    *ssl = SSL_new(ctx);
	int64_t until = clock_micros() + 20000000;
	int	rc;

	SSL_set_fd(ssl, fd);
	while ((rc = SSL_connect(ssl)) != 1) {
		if (SSL_get_error(ssl, rc) != SSL_ERROR_WANT_READ) {
			SSL_free(ssl);
			return (NULL);
		}
		assert_true(clock_micros() < until);
		turn();
	}
	return (ssl);
}

static void
expect_tls(SSL *ssl, const char *text)
{
	char	got[256];
	int	n = 0, r, want = (int)strlen(text);
	int64_t until = clock_micros() + 20000000;

	while (n < want) {
		assert_true(clock_micros() < until);
		turn();
		if ((r = SSL_read(ssl, got + n, want - n)) > 0)
			n += r;
		else
			assert_int_equal(
			    SSL_get_error(ssl, r), SSL_ERROR_WANT_READ);
	}
	assert_memory_equal(got, text, want);
}

static void
test_tls(void **state)
{
	struct echo	*e = NULL;
	struct listener *l =
	    echo_listen(&(struct listen_conf){ .tls = tls, .arg = &e });
	SSL_CTX *ctx = client_context();
	int	 fd = dial(l);
	SSL	*ssl = shake(fd, ctx);
	char	 c;

	(void)state;
	assert_non_null(ssl);
	assert_int_equal(SSL_write(ssl, "one\ntwo\n", 8), 8);
	expect_tls(ssl, "one\ntwo\n");
	assert_true(conn_is_tls(e->conn));
	assert_int_equal(SSL_write(ssl, "quit\n", 5), 5);
	expect_tls(ssl, "bye\n");
	UNTIL(SSL_read(ssl, &c, 1) == 0);
	assert_int_equal(
	    SSL_get_error(ssl, 0), SSL_ERROR_ZERO_RETURN); /* close_notify */
	SSL_free(ssl);
	close(fd);

	/* TLS 1.1 is not spoken. */
	SSL_CTX_set_max_proto_version(ctx, TLS1_1_VERSION);
	SSL_CTX_set_cipher_list(ctx, "ALL@SECLEVEL=0");
	fd = dial(l);
	assert_null(shake(fd, ctx));
	close(fd);
	UNTIL(ended == 2);
	/* Nor is what is no TLS at all. */
	fd = dial(l);
	tell(fd, "GET / HTTP/1.1\r\n\r\n");
	UNTIL(ended == 3);
	assert_non_null(strstr(last_why, "TLS handshake"));
	close(fd);
	SSL_CTX_free(ctx);
	finish(l);
}

static void
test_starttls_discards(void **state)
{
	struct echo	*e = NULL;
	struct listener *l = echo_listen(&(struct listen_conf){ .arg = &e });
	SSL_CTX		*ctx = client_context();
	int		 fd = dial(l);
	SSL		*ssl;

	(void)state;
	/* CVE-2011-0411: the line behind must not be read inside TLS. */
	tell(fd, "tls\nevil\n");
	expect(fd, "go\n");
	ssl = shake(fd, ctx);
	assert_non_null(ssl);
	assert_int_equal(SSL_write(ssl, "good\n", 5), 5);
	expect_tls(ssl, "good\n");
	assert_true(conn_is_tls(e->conn));
	assert_int_equal(e->bytes, 4 + 5);
	SSL_free(ssl);
	close(fd);
	UNTIL(ended == 1);
	SSL_CTX_free(ctx);
	finish(l);
}

static void
test_tls_reload(void **state)
{
	const char *wrong = NULL;

	(void)state;
	assert_true(tls_expires(tls) > 3000 && tls_expires(tls) <= 3600);
	assert_true(tls_reload(tls, &wrong));
	assert_int_equal(truncate(pair_path, 100), 0);
	assert_false(tls_reload(tls, &wrong));
	assert_non_null(wrong);
	assert_true(tls_expires(tls) > 3000);
	assert_null(tls_open("/nonexistent", "/nonexistent", &wrong));
	unlink(pair_path);
	make_pair();
}

/* ---- what an idle connection costs */

/* Bytes in use by malloc, after a number of idle connections came. */
static size_t
idle_bytes(struct tls *how, int n)
{
	struct listener *l = echo_listen(&(struct listen_conf){ .tls = how });
	SSL_CTX		*ctx = how != NULL ? client_context() : NULL;
	int		*fd = calloc((size_t)n, sizeof *fd), i;
	SSL	       **ssl = calloc((size_t)n, sizeof *ssl);
	size_t		 before, mine, after;

	for (i = 0; i < n; i++)
		fd[i] = -1;
	before = mallinfo2().uordblks;
	for (i = 0; i < n; i++) {
		fd[i] = dial(l);
		if (how == NULL) {
			tell(fd[i], "x\n");
			expect(fd[i], "x\n");
			continue;
		}
		assert_non_null(ssl[i] = shake(fd[i], ctx));
		assert_int_equal(SSL_write(ssl[i], "x\n", 2), 2);
		expect_tls(ssl[i], "x\n");
	}
	for (i = 0; i < 5; i++)
		turn();
	after = mallinfo2().uordblks;
	/* The clients' share, by freeing them and looking again. */
	for (mine = 0, i = 0; i < n; i++)
		SSL_free(ssl[i]);
	mine = after - mallinfo2().uordblks;
	for (i = 0; i < n; i++)
		close(fd[i]);
	SSL_CTX_free(ctx);
	UNTIL(ended == opened);
	finish(l);
	free(fd);
	free(ssl);
	return ((after - before - mine) / (size_t)n);
}

static void
test_idle_memory(void **state)
{
	struct rlimit lim;
	size_t	      plain, secret;
	int	      n = 2000;

	(void)state;
	getrlimit(RLIMIT_NOFILE, &lim);
	lim.rlim_cur = lim.rlim_max < 8192 ? lim.rlim_max : 8192;
	setrlimit(RLIMIT_NOFILE, &lim);
	if (lim.rlim_cur < 4200)
		n = 400;
	plain = idle_bytes(NULL, n);
	secret = idle_bytes(tls, n / 4);
	/* An allocator that counts nothing (AddressSanitizer's) tells nothing. */
	if (mallinfo2().uordblks == 0)
		skip();
	print_message("# an idle connection: %zu bytes plain, %zu in TLS\n",
	    plain, secret);
	assert_true(plain <= 4096);
	assert_true(secret <= 20480);
}

static int
set_up(void **state)
{
	const char *wrong;

	(void)state;
	clock_tick();
	base = event_base_new();
	make_pair();
	tls = tls_open(pair_path, pair_path, &wrong);
	return (base == NULL || tls == NULL);
}

static int
tear_down(void **state)
{
	(void)state;
	tls_close(tls);
	event_base_free(base);
	unlink(pair_path);
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
		cmocka_unit_test(test_tls),
		cmocka_unit_test(test_starttls_discards),
		cmocka_unit_test(test_tls_reload),
		cmocka_unit_test(test_idle_memory),
	};

	return (cmocka_run_group_tests_name("conn", tests, set_up, tear_down));
}
