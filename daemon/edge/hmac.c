/*
 * Digests, secrets and signatures; see hmac.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "base/hex.h"
#include "base/mem.h"
#include "hmac.h"

/* A key or signature longer than this is none of ours. */
#define KEY_TEXT_MAX 1024
/* One for each secret of a rotation, and some to spare. */
#define SIGNATURES_MAX 8

bool
sha256(uint8_t out[SHA256_LEN], const void *p, size_t n)
{
	return (EVP_Digest(p, n, out, NULL, EVP_sha256(), NULL) == 1);
}

/* An EVP_MD_CTX under a name of our own: nobody else sees OpenSSL. */
static EVP_MD_CTX *
ctx_of(struct sha256 *s)
{
	return ((EVP_MD_CTX *)(void *)s);
}

struct sha256 *
sha256_new(void)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();

	if (c != NULL && EVP_DigestInit_ex(c, EVP_sha256(), NULL) != 1) {
		EVP_MD_CTX_free(c);
		c = NULL;
	}
	return ((struct sha256 *)(void *)c);
}

bool
sha256_add(struct sha256 *s, const void *p, size_t n)
{
	return (EVP_DigestUpdate(ctx_of(s), p, n) == 1);
}

bool
sha256_end(struct sha256 *s, uint8_t out[SHA256_LEN])
{
	return (EVP_DigestFinal_ex(ctx_of(s), out, NULL) == 1);
}

void
sha256_free(struct sha256 *s)
{
	EVP_MD_CTX_free(ctx_of(s));
}

bool
hmac_sha256(uint8_t out[SHA256_LEN], const void *key, size_t nkey,
    const void *p, size_t n)
{
	unsigned len = 0;

	if (nkey > INT32_MAX)
		return (false);
	return (HMAC(EVP_sha256(), key, (int)nkey, p, n, out, &len) != NULL &&
	    len == SHA256_LEN);
}

bool
random_bytes(void *p, size_t n)
{
	return (n <= INT32_MAX && RAND_bytes(p, (int)n) == 1);
}

bool
uuid_make(char out[37])
{
	uint8_t b[16];
	char	hex[33];

	if (!random_bytes(b, sizeof b))
		return (false);
	b[6] = (uint8_t)(0x40 | (b[6] & 0x0f));
	b[8] = (uint8_t)(0x80 | (b[8] & 0x3f));
	hex_put(hex, b, sizeof b);
	snprintf(out, 37, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12,
	    hex + 16, hex + 20);
	return (true);
}

bool
same_bytes(const void *a, const void *b, size_t n)
{
	return (CRYPTO_memcmp(a, b, n) == 0);
}

bool
same_secret(const char *a, size_t na, const char *b, size_t nb)
{
	return (na == nb && CRYPTO_memcmp(a, b, na) == 0);
}

/* RFC 4648 section 4, padded, and nothing else: bytes, or -1. */
static long
base64_read(uint8_t *out, size_t size, const char *p, size_t n)
{
	uint8_t raw[KEY_TEXT_MAX];
	size_t	len, pad = 0;

	if (n == 0 || n % 4 != 0 || n > KEY_TEXT_MAX)
		return (-1);
	/* OpenSSL skips blanks at both ends and counts the padding in. */
	if (strspn(p,
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789+/=") < n)
		return (-1);
	while (pad < 2 && p[n - 1 - pad] == '=')
		pad++;
	if (memchr(p, '=', n - pad) != NULL ||
	    EVP_DecodeBlock(raw, (const unsigned char *)p, (int)n) < 0)
		return (-1);
	len = n / 4 * 3 - pad;
	if (len > size)
		return (-1);
	memcpy(out, raw, len);
	OPENSSL_cleanse(raw, sizeof raw);
	return ((long)len);
}

long
webhook_key_read(uint8_t *out, size_t size, const char *text)
{
	size_t n;

	if (strncmp(text, "whsec_", 6) == 0)
		return (base64_read(out, size, text + 6, strlen(text + 6)));
	if ((n = strlen(text)) == 0 || n > size)
		return (-1);
	memcpy(out, text, n);
	return ((long)n);
}

bool
basic_password(char *out, size_t size, const char *field)
{
	char text[512], *colon;
	long len;
	bool good = false;

	if (strncasecmp(field, "Basic ", 6) != 0)
		return (false);
	field += 6 + strspn(field + 6, " ");
	len =
	    base64_read((uint8_t *)text, sizeof text - 1, field, strlen(field));
	if (len > 0 && memchr(text, '\0', (size_t)len) == NULL) {
		text[len] = '\0';
		colon = strchr(text, ':');
		good = colon != NULL && strlen(colon + 1) < size;
		if (good)
			strcpy(out, colon + 1);
	}
	OPENSSL_cleanse(text, sizeof text);
	return (good);
}

/* Unix seconds, digits only: whether it is one. */
static bool
timestamp_read(const char *s, int64_t *at)
{
	size_t n = strspn(s, "0123456789");

	*at = 0;
	if (n == 0 || n > 15 || s[n] != '\0')
		return (false);
	for (; *s != '\0'; s++)
		*at = *at * 10 + (*s - '0');
	return (true);
}

/* What is signed: "id.timestamp.body". */
static bool
webhook_sign(uint8_t out[SHA256_LEN], const struct webhook *w,
    const struct webhook_key *key)
{
	size_t nid = strlen(w->id), nat = strlen(w->timestamp);
	char  *p;
	bool   ok;

	p = xmalloc(nid + nat + 2 + w->n);
	memcpy(p, w->id, nid);
	p[nid] = '.';
	memcpy(p + nid + 1, w->timestamp, nat);
	p[nid + 1 + nat] = '.';
	if (w->n != 0)
		memcpy(p + nid + nat + 2, w->body, w->n);
	ok = hmac_sha256(out, key->bytes, key->n, p, nid + nat + 2 + w->n);
	free(p);
	return (ok);
}

/* The v1 signatures of "v1,BASE64 v1a,... v1,BASE64". */
static size_t
signatures_read(uint8_t out[SIGNATURES_MAX][SHA256_LEN], const char *s)
{
	size_t n = 0, len;

	while (n < SIGNATURES_MAX && *(s += strspn(s, " ")) != '\0') {
		len = strcspn(s, " ");
		if (len > 3 && memcmp(s, "v1,", 3) == 0 &&
		    base64_read(out[n], SHA256_LEN, s + 3, len - 3) ==
			SHA256_LEN)
			n++;
		s += len;
	}
	return (n);
}

const char *
webhook_check(const struct webhook *w, const struct webhook_key *keys,
    size_t nkeys, int64_t now)
{
	uint8_t given[SIGNATURES_MAX][SHA256_LEN], ours[SHA256_LEN];
	size_t	n, i, k;
	int64_t at;
	bool	good = false;

	if (w->id == NULL || *w->id == '\0')
		return ("webhook-id is missing");
	if (w->timestamp == NULL || !timestamp_read(w->timestamp, &at))
		return ("webhook-timestamp is missing or no number of seconds");
	if (w->signature == NULL)
		return ("webhook-signature is missing");
	if (at < now - WEBHOOK_WINDOW)
		return ("webhook-timestamp is too old");
	if (at > now + WEBHOOK_WINDOW)
		return ("webhook-timestamp is in the future");
	if ((n = signatures_read(given, w->signature)) == 0)
		return ("webhook-signature has no v1 signature");
	for (k = 0; k < nkeys; k++) {
		if (keys[k].n == 0 || !webhook_sign(ours, w, &keys[k]))
			continue;
		for (i = 0; i < n; i++)
			good |= same_bytes(ours, given[i], SHA256_LEN);
	}
	return (good ? NULL : "the signature is not right");
}

bool
webhook_signature(char *out, size_t size, const struct webhook *w,
    const struct webhook_key *keys, size_t nkeys)
{
	uint8_t mac[SHA256_LEN];
	char	text[(SHA256_LEN + 2) / 3 * 4 + 1];
	size_t	i, n = 0;
	int	len;

	for (i = 0; i < nkeys; i++) {
		if (!webhook_sign(mac, w, &keys[i]))
			return (false);
		EVP_EncodeBlock((uint8_t *)text, mac, sizeof mac);
		len = snprintf(
		    out + n, size - n, "%sv1,%s", i != 0 ? " " : "", text);
		if (len < 0 || (size_t)len >= size - n)
			return (false);
		n += (size_t)len;
	}
	return (n > 0);
}
