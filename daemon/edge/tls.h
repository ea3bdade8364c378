/*
 * A certificate and key as a server shows them: TLS 1.2 and 1.3, no
 * renegotiation, no compression, buffers released while idle
 * (SSL_MODE_RELEASE_BUFFERS: 15 KiB for an idle connection, not 24).
 */
#ifndef EDGE_TLS_H
#define EDGE_TLS_H

#include <stdbool.h>
#include <stdint.h>
#include <openssl/ssl.h>
#include "base/def.h"

struct tls;

/* NULL and *wrong (a sentence, static) when the files are not a good pair. */
struct tls *tls_open(
    const char *cert, const char *key, const char **wrong) MUSTCHECK;
/*
 * Reads the files again (SIGHUP).  On false the old pair stays in force;
 * connections that stand keep what they began with.
 */
bool tls_reload(struct tls *, const char **wrong) MUSTCHECK;
/* A new session's SSL, server side; NULL when OpenSSL has no memory. */
SSL *tls_session(struct tls *) MUSTCHECK;
/* Seconds until the certificate expires; negative: it has. */
int64_t tls_expires(const struct tls *);
void	tls_close(struct tls *);

#endif
