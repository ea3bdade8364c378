/*
 * The mail server in TLS and on a unix socket.
 */
#include "smtp_peer.h"

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
		cmocka_unit_test(test_starttls),
		cmocka_unit_test(test_unix),
	};

	return (run_peer_tests(tests, nitems(tests)));
}
