/*
 * Signed reply addresses; see token.h.
 */
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "token.h"

#define SIGN_CHARS 20 /* of base32, 5 bits each: 100 bits */

/* What a token is of: nobody can make one kind of another. */
struct stamp {
	char	    letter;
	const char *what;
};

static const struct stamp of_ticket = { 't', "ticket" };
static const struct stamp of_test = { 'x', "test" };
static const struct stamp of_sent = { 'b', "sent" };

/* The signature of an id, as it stands in an address. */
static void
token_sign(char out[SIGN_CHARS + 1], const struct stamp *of, const uint8_t *key,
    size_t keylen, int64_t id)
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";
	char		  text[48];
	guint8		  mac[32];
	gsize		  n = sizeof mac;
	GHmac		 *h;
	size_t		  i, at = 0;
	uint32_t	  v = 0;
	int		  bits = 0;

	snprintf(text, sizeof text, "deskd %s %lld", of->what, (long long)id);
	h = g_hmac_new(G_CHECKSUM_SHA256, key, keylen);
	g_hmac_update(h, (const guchar *)text, -1);
	g_hmac_get_digest(h, mac, &n);
	g_hmac_unref(h);

	for (i = 0; at < SIGN_CHARS; i++) {
		v = (v << 8 | mac[i]) & 0xffff;
		for (bits += 8; bits >= 5 && at < SIGN_CHARS; bits -= 5)
			out[at++] = digits[v >> (bits - 5) & 31];
	}
	out[at] = '\0';
}

static bool
stamp_make(char *out, size_t size, const struct stamp *of, const uint8_t *key,
    size_t keylen, int64_t id)
{
	char sign[SIGN_CHARS + 1];

	if (size < TOKEN_MAX || id <= 0 || keylen == 0)
		return (false);
	token_sign(sign, of, key, keylen, id);
	snprintf(out, size, "%c%lld.%s", of->letter, (long long)id, sign);
	return (true);
}

/* The number before the '.', or 0 when it is none that we would write. */
static int64_t
token_number(const char *s, const char *end)
{
	int64_t v = 0;

	if (s == end || *s == '0')
		return (0);
	for (; s < end; s++) {
		if (*s < '0' || *s > '9' || v > (INT64_MAX - (*s - '0')) / 10)
			return (0);
		v = v * 10 + (*s - '0');
	}
	return (v);
}

/* Case apart, and in a time that does not tell where they differ. */
static bool
token_same(const char *sign, const char *s)
{
	unsigned differ = 0;
	size_t	 i;

	for (i = 0; i < SIGN_CHARS; i++)
		differ |= (unsigned char)g_ascii_tolower(s[i]) ^
		    (unsigned char)sign[i];
	return (differ == 0);
}

static int64_t
stamp_check(const char *address, const struct stamp *of, const uint8_t *key,
    size_t keylen)
{
	const char *at, *plus, *dot;
	char	    sign[SIGN_CHARS + 1];
	int64_t	    id;

	if (keylen == 0 || (at = strrchr(address, '@')) == NULL)
		return (0);
	/* The last '+': the address itself may have one already. */
	if ((plus = memrchr(address, '+', (size_t)(at - address))) == NULL ||
	    g_ascii_tolower(plus[1]) != of->letter)
		return (0);
	if ((dot = memchr(plus, '.', (size_t)(at - plus))) == NULL ||
	    at - dot - 1 != SIGN_CHARS)
		return (0);
	if ((id = token_number(plus + 2, dot)) == 0)
		return (0);
	token_sign(sign, of, key, keylen, id);
	return (token_same(sign, dot + 1) ? id : 0);
}

bool
token_make(
    char *out, size_t size, const uint8_t *key, size_t keylen, int64_t ticket)
{
	return (stamp_make(out, size, &of_ticket, key, keylen, ticket));
}

int64_t
token_check(const char *address, const uint8_t *key, size_t keylen)
{
	return (stamp_check(address, &of_ticket, key, keylen));
}

bool
token_test_make(
    char *out, size_t size, const uint8_t *key, size_t keylen, int64_t test)
{
	return (stamp_make(out, size, &of_test, key, keylen, test));
}

int64_t
token_test_check(const char *address, const uint8_t *key, size_t keylen)
{
	return (stamp_check(address, &of_test, key, keylen));
}

bool
token_sent_make(
    char *out, size_t size, const uint8_t *key, size_t keylen, int64_t sent)
{
	return (stamp_make(out, size, &of_sent, key, keylen, sent));
}

int64_t
token_sent_check(const char *address, const uint8_t *key, size_t keylen)
{
	return (stamp_check(address, &of_sent, key, keylen));
}
