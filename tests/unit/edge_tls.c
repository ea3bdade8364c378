/*
 * TLS on connections: from the first byte, after STARTTLS, with a new
 * certificate; and what an idle connection costs, in plain and in TLS.
 */
#include <malloc.h>
#include <sys/resource.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

/* AddressSanitizer's allocator cannot tell what is in use. */
#if defined(__SANITIZE_ADDRESS__)
#define ALLOCATOR_COUNTS_NOTHING
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ALLOCATOR_COUNTS_NOTHING
#endif
#endif

#include "echo.h"

static char pair_path[64];

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

#ifndef ALLOCATOR_COUNTS_NOTHING

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
	print_message("# an idle connection: %zu bytes plain, %zu in TLS\n",
	    plain, secret);
	assert_true(plain <= 4096);
	assert_true(secret <= 20480);
}
#endif

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
		cmocka_unit_test(test_tls),
		cmocka_unit_test(test_starttls_discards),
		cmocka_unit_test(test_tls_reload),
#ifndef ALLOCATOR_COUNTS_NOTHING
		cmocka_unit_test(test_idle_memory),
#endif
	};

	return (cmocka_run_group_tests_name("tls", tests, set_up, tear_down));
}
