/*
 * Providers' signatures; see signature.h.
 */
#include <stdbool.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/buf.h"
#include "base/hex.h"
#include "desk/provider.h"
#include "hmac.h"
#include "signature.h"

#define SECRET_MAX 256
#define TEXT_MAX   (2 * EVP_MAX_MD_SIZE + 1)

/* The digest of the base under that secret, as the sender writes it. */
static bool
signature_make(char out[TEXT_MAX], const struct provider_sign *s,
    const struct buf *base, const char *secret)
{
	uint8_t	 bytes[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	bool	 good;

	if (s->algorithm == PROVIDER_SHA256)
		good = EVP_Digest(base->p, base->n, bytes, &n, EVP_sha256(),
			   NULL) == 1;
	else
		good =
		    HMAC(s->algorithm == PROVIDER_HMAC_SHA1 ? EVP_sha1()
							    : EVP_sha256(),
			secret, (int)strlen(secret), (const uint8_t *)base->p,
			base->n, bytes, &n) != NULL;
	if (good && s->base64)
		EVP_EncodeBlock((uint8_t *)out, bytes, (int)n);
	else if (good)
		hex_put(out, bytes, n);
	return (good);
}

/* Hexadecimal in either case. */
static void
lower(char *s)
{
	for (; *s != '\0'; s++)
		if (*s >= 'A' && *s <= 'F')
			*s = (char)(*s - 'A' + 'a');
}

static bool
signature_under(const struct provider_sign *s, const struct provider_post *post,
    const char *given, const char *secret)
{
	char	   ours[TEXT_MAX], theirs[TEXT_MAX];
	struct buf base;
	bool	   good;
	size_t	   n = strlen(given);

	if (s->algorithm == PROVIDER_TOKEN)
		return (same_secret(given, n, secret, strlen(secret)));
	if (n >= sizeof theirs)
		return (false);
	memcpy(theirs, given, n + 1);
	if (!s->base64)
		lower(theirs);
	buf_init(&base, 0);
	good = provider_base(&base, s, post, secret) &&
	    signature_make(ours, s, &base, secret) &&
	    same_secret(theirs, n, ours, strlen(ours));
	buf_free(&base);
	return (good);
}

const char *
signature_wrong(const struct provider_sign *s, const struct provider_post *post,
    const char *secret, int64_t now)
{
	const char *given = post->header(post->arg, s->header), *stale;
	size_t	    n, prefix = strlen(s->prefix);
	char	    one[SECRET_MAX];
	bool	    good = false;

	if (given == NULL)
		return ("The signature is missing.");
	if (strncmp(given, s->prefix, prefix) != 0)
		return ("The signature is not in its provider's form.");
	for (; *secret != '\0'; secret += n) {
		secret += strspn(secret, "\r\n");
		n = strcspn(secret, "\r\n");
		if (n == 0 || n >= sizeof one)
			continue;
		memcpy(one, secret, n);
		one[n] = '\0';
		good |= signature_under(s, post, given + prefix, one);
	}
	OPENSSL_cleanse(one, sizeof one);
	if (!good)
		return ("The signature is not right.");
	stale = provider_stale(s, post, now);
	return (stale);
}
