/*
 * UTF-8, strict; see utf8.h.
 */
#include <string.h>

#include "utf8.h"

size_t
utf8_get(const char *s, size_t n, uint32_t *c)
{
	const unsigned char  *p = (const unsigned char *)s;
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t		      i, len;
	uint32_t	      v;

	if (n == 0)
		return (0);
	if (p[0] < 0x80) {
		*c = p[0];
		return (1);
	}
	if (p[0] >= 0xc2 && p[0] <= 0xdf) {
		len = 2;
		v = p[0] & 0x1f;
	} else if ((p[0] & 0xf0) == 0xe0) {
		len = 3;
		v = p[0] & 0x0f;
	} else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
		len = 4;
		v = p[0] & 0x07;
	} else
		return (0);
	if (n < len)
		return (0);
	for (i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return (0);
		v = v << 6 | (p[i] & 0x3f);
	}
	if (v < least[len] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return (0);
	*c = v;
	return (len);
}

size_t
utf8_put(char out[4], uint32_t c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return (1);
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return (2);
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return (3);
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return (4);
}

/*
 * The bytes of ASCII other than U+0000 that stand first, eight at a time:
 * most of most texts.
 */
static size_t
ascii_run(const char *s, size_t n)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t       w;
	size_t	       at = 0;

	for (; n - at >= sizeof w; at += sizeof w) {
		memcpy(&w, s + at, sizeof w);
		/* A byte of 0x80 or more, or one that is zero. */
		if (((w | (w - ones)) & (ones << 7)) != 0)
			break;
	}
	while (at < n && s[at] != '\0' && ((unsigned char)s[at] & 0x80) == 0)
		at++;
	return (at);
}

bool
utf8_valid(const char *s, size_t n)
{
	uint32_t c;
	size_t	 len;

	for (; n > 0; s += len, n -= len) {
		if ((len = ascii_run(s, n)) != 0)
			continue;
		if ((len = utf8_get(s, n, &c)) == 0 || c == 0)
			return (false);
	}
	return (true);
}

size_t
utf8_clean(char *s, size_t n)
{
	uint32_t c;
	size_t	 len, changed = 0;

	for (; n > 0; s += len, n -= len) {
		if ((len = ascii_run(s, n)) != 0)
			continue;
		len = utf8_get(s, n, &c);
		if (len == 0 || c == 0) {
			*s = '?';
			len = 1;
			changed++;
		}
	}
	return (changed);
}

bool
utf8_is_unshown(uint32_t c)
{
	return ((c >= 0x80 && c < 0xa0) || c == 0x061c ||
	    (c >= 0x200e && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	    (c >= 0x2066 && c <= 0x2069) || c == 0xfeff);
}

size_t
utf8_cut(const char *s, size_t n, size_t max)
{
	if (n <= max)
		return (n);
	n = max;
	while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
		n--;
	return (n);
}
