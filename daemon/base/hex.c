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
