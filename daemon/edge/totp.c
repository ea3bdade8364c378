/*
 * Time-based codes; see totp.h.
 */
#include <liboath/oath.h>
#include <stdlib.h>
#include <string.h>

#include "hmac.h"
#include "totp.h"

#define DIGITS 6
#define STEP   30 /* seconds */

bool
totp_init(void)
{
	return (oath_init() == OATH_OK);
}

bool
totp_text(char out[TOTP_TEXT_LEN + 1], const uint8_t secret[TOTP_SECRET_LEN])
{
	char  *text;
	size_t n;
	bool   good;

	if (oath_base32_encode(
		(const char *)secret, TOTP_SECRET_LEN, &text, &n) != OATH_OK)
		return (false);
	good = n == TOTP_TEXT_LEN;
	if (good)
		memcpy(out, text, TOTP_TEXT_LEN + 1);
	explicit_bzero(text, n);
	free(text);
	return (good);
}

/* Percent-encoded but for what RFC 3986 section 2.3 leaves as it is. */
static void
uri_put(struct buf *b, const char *s)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789-._~";

	for (; *s != '\0'; s++)
		if (strchr(plain, *s) != NULL)
			buf_char(b, *s);
		else
			buf_printf(b, "%%%02X", (unsigned)(unsigned char)*s);
}

void
totp_uri(
    struct buf *b, const char *issuer, const char *account, const char *text)
{
	buf_str(b, "otpauth://totp/");
	uri_put(b, issuer);
	buf_char(b, ':');
	uri_put(b, account);
	buf_printf(b, "?secret=%s&issuer=", text);
	uri_put(b, issuer);
	buf_printf(b, "&algorithm=SHA1&digits=%d&period=%d", DIGITS, STEP);
}

int64_t
totp_step(const uint8_t secret[TOTP_SECRET_LEN], const char *code, int64_t now)
{
	char	right[DIGITS + 1];
	int64_t found = 0;
	int	i;

	if (strlen(code) != DIGITS)
		return (0);
	for (i = -1; i <= 1; i++)
		if (oath_totp_generate((const char *)secret, TOTP_SECRET_LEN,
			(time_t)(now + i * STEP), STEP, 0, DIGITS,
			right) == OATH_OK &&
		    same_bytes(right, code, DIGITS))
			found = now / STEP + i;
	explicit_bzero(right, sizeof right);
	return (found);
}
