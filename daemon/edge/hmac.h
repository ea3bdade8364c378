/*
 * Digests, secrets and signatures by OpenSSL, for edges and the spine.  What
 * can fail fails closed: without random bytes there is no token.
 */
#ifndef EDGE_HMAC_H
#define EDGE_HMAC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/def.h"

#define SHA256_LEN 32

bool sha256(uint8_t out[SHA256_LEN], const void *, size_t) MUSTCHECK;
/* The same of what comes in pieces; after the end only sha256_free(). */
struct sha256;
struct sha256 *sha256_new(void) MUSTCHECK; /* NULL: there is no digest */
bool	       sha256_add(struct sha256 *, const void *, size_t) MUSTCHECK;
bool	       sha256_end(struct sha256 *, uint8_t out[SHA256_LEN]) MUSTCHECK;
void	       sha256_free(struct sha256 *); /* NULL is well */
bool hmac_sha256(uint8_t out[SHA256_LEN], const void *key, size_t nkey,
    const void *, size_t) MUSTCHECK;
/* Bytes nobody can guess; false: there are none, make no token. */
bool random_bytes(void *, size_t) MUSTCHECK;
/* A new random UUID as text (RFC 9562 section 5.4); false as random_bytes(). */
bool uuid_make(char out[37]) MUSTCHECK;
/* In time that depends on n alone. */
bool same_bytes(const void *, const void *, size_t) MUSTCHECK;
/* Two texts; the time tells their lengths and nothing more. */
bool same_secret(const char *, size_t, const char *, size_t) MUSTCHECK;

/*
 * The password in "Basic BASE64(user:password)" (RFC 7617) as text; false
 * when it is none, or no text of that size.
 */
bool basic_password(char *out, size_t size, const char *field) MUSTCHECK;

/* A signed web hook (Standard Webhooks 1.0.0); values as sent, or NULL. */
struct webhook {
	const char *id;	       /* webhook-id */
	const char *timestamp; /* webhook-timestamp, Unix seconds */
	const char *signature; /* webhook-signature: "v1,BASE64 v1,..." */
	const void *body;      /* the raw bytes */
	size_t	    n;
};

/* How far a sender's clock, or his patience, may be off. */
#define WEBHOOK_WINDOW 300

/*
 * NULL when one of the signatures is right under one of the secrets (raw key
 * bytes; two during a rotation), else a sentence: what is wrong.  now: Unix
 * seconds.  That the id was not seen before in the window is the caller's to
 * check, in his once-table.
 */
struct webhook_key {
	const void *bytes;
	size_t	    n;
};
const char *webhook_check(const struct webhook *, const struct webhook_key *,
    size_t nkeys, int64_t now) MUSTCHECK;
/*
 * The webhook-signature of what we send ourselves, "v1,BASE64 v1,BASE64" under
 * each of the keys; false when it does not fit, or cannot be made.
 */
bool webhook_signature(char *out, size_t size, const struct webhook *,
    const struct webhook_key *, size_t	 nkeys) MUSTCHECK;
/*
 * The key in "whsec_BASE64" (or bare bytes, when the prefix is missing):
 * bytes written to out, or -1 when it is no base64 or longer than size.
 */
long webhook_key_read(uint8_t *out, size_t size, const char *) MUSTCHECK;

#endif
