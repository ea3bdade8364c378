/*
 * A server's certificate and key; see tls.h.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/x509.h>

#include "base/mem.h"
#include "tls.h"

struct tls {
	SSL_CTX *ctx;
	char	*cert;
	char	*key;
};

/* A key with a passphrase would have OpenSSL ask the terminal and wait. */
static int
tls_no_passphrase(char *buf, int size, int rw, void *arg)
{
	(void)buf, (void)size, (void)rw, (void)arg;
	return (0);
}

static bool
tls_load(SSL_CTX *ctx, const char *cert, const char *key, const char **wrong)
{
	SSL_CTX_set_default_passwd_cb(ctx, tls_no_passphrase);
	if (SSL_CTX_use_certificate_chain_file(ctx, cert) != 1)
		*wrong = "the certificate file cannot be read as PEM";
	else if (SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1)
		*wrong = "the key file cannot be read as PEM, or is not the "
			 "certificate's key";
	else if (SSL_CTX_check_private_key(ctx) != 1)
		*wrong = "the key is not the certificate's key";
	else
		return (true);
	return (false);
}

static SSL_CTX *
tls_context(const char *cert, const char *key, const char **wrong)
{
	static const unsigned char session[] = "deskd";
	SSL_CTX			  *ctx;

	if ((ctx = SSL_CTX_new(TLS_server_method())) == NULL) {
		*wrong = "OpenSSL has no memory";
		return (NULL);
	}
	SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	SSL_CTX_set_options(ctx,
	    SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
		SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
		SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_mode(ctx,
	    SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
		SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	/* Sessions resume by tickets; a cache would grow with strangers. */
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_session_id_context(ctx, session, sizeof session - 1);
	if (SSL_CTX_set_cipher_list(ctx, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1)
		*wrong = "OpenSSL has none of the ciphers we use";
	else if (tls_load(ctx, cert, key, wrong))
		return (ctx);
	ERR_clear_error();
	SSL_CTX_free(ctx);
	return (NULL);
}

struct tls *
tls_open(const char *cert, const char *key, const char **wrong)
{
	struct tls *t;
	SSL_CTX	   *ctx;

	if ((ctx = tls_context(cert, key, wrong)) == NULL)
		return (NULL);
	t = xmalloc(sizeof *t);
	*t = (struct tls){ ctx, xstrdup(cert), xstrdup(key) };
	return (t);
}

bool
tls_reload(struct tls *t, const char **wrong)
{
	SSL_CTX *ctx;

	if ((ctx = tls_context(t->cert, t->key, wrong)) == NULL)
		return (false);
	/* Standing sessions hold a reference of their own to the old one. */
	SSL_CTX_free(t->ctx);
	t->ctx = ctx;
	return (true);
}

SSL *
tls_session(struct tls *t)
{
	SSL *ssl = SSL_new(t->ctx);

	ERR_clear_error();
	return (ssl);
}

int64_t
tls_expires(const struct tls *t)
{
	X509 *cert = SSL_CTX_get0_certificate(t->ctx);
	int   days, seconds;

	if (cert == NULL ||
	    ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(cert)) !=
		1)
		return (0);
	return ((int64_t)days * 86400 + seconds);
}

void
tls_close(struct tls *t)
{
	if (t == NULL)
		return;
	SSL_CTX_free(t->ctx);
	free(t->cert);
	free(t->key);
	free(t);
}
