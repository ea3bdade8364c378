/*
 * Bytes as text; see hex.h.
 */
#include "hex.h"

void
hex_put(char *out, const uint8_t *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	for (; n > 0; n--, p++) {
		*out++ = digits[*p >> 4];
		*out++ = digits[*p & 15];
	}
	*out = '\0';
}

int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return (c - '0');
	if (c >= 'a' && c <= 'f')
		return (c - 'a' + 10);
	if (c >= 'A' && c <= 'F')
		return (c - 'A' + 10);
	return (-1);
}

ssize_t
hex_get(uint8_t *out, size_t size, const char *s, size_t n)
{
	size_t i;
	int    hi, lo;

	if (n % 2 != 0 || n / 2 > size)
		return (-1);
	for (i = 0; i < n / 2; i++) {
		if ((hi = hex_digit(s[2 * i])) == -1 ||
		    (lo = hex_digit(s[2 * i + 1])) == -1)
			return (-1);
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return ((ssize_t)(n / 2));
}

void
base64url_put(char *out, const uint8_t *p, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz"
				     "0123456789-_";
	uint32_t	  v = 0;
	int		  bits = 0;

	for (; n > 0; n--, p++) {
		v = v << 8 | *p;
		for (bits += 8; bits >= 6; bits -= 6)
			*out++ = digits[v >> (bits - 6) & 63];
	}
	if (bits > 0)
		*out++ = digits[v << (6 - bits) & 63];
	*out = '\0';
}

static int
base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (c - 'A');
	if (c >= 'a' && c <= 'z')
		return (c - 'a' + 26);
	if (c >= '0' && c <= '9')
		return (c - '0' + 52);
	return (c == '+' ? 62 : c == '/' ? 63 : -1);
}

ssize_t
base64_get(uint8_t *out, size_t size, const char *s, size_t n)
{
	size_t	 i, at = 0, pad = 0;
	uint32_t bits = 0;
	int	 v;

	if (n % 4 != 0)
		return (-1);
	while (pad < 2 && pad < n && s[n - 1 - pad] == '=')
		pad++;
	if (n / 4 * 3 - pad > size)
		return (-1);
	for (i = 0; i < n - pad; i++) {
		if ((v = base64_digit(s[i])) == -1)
			return (-1);
		bits = bits << 6 | (uint32_t)v;
		if (i % 4 != 0)
			out[at++] = (uint8_t)(bits >> (6 - i % 4 * 2));
	}
	return ((ssize_t)at);
}
