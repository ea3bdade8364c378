/*
 * What base makes of any bytes: cleaned they are UTF-8 that a JSON reader
 * gives back unchanged, and shown they are one harmless line.
 */
#include <assert.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check_json(const char *s, size_t n)
{
	struct buf b;
	json_t	  *j;

	buf_init(&b, 0);
	buf_json(&b, s, n);
	j = json_loadb(b.p, b.n, JSON_DECODE_ANY, NULL);
	assert(json_is_string(j));
	assert(json_string_length(j) == n);
	assert(memcmp(json_string_value(j), s, n) == 0);
	json_decref(j);
	buf_free(&b);
}

static void
check_shown(const char *s, size_t n)
{
	struct buf b;
	uint32_t   c;
	size_t	   at, len;

	buf_init(&b, 0);
	buf_shown(&b, s, n, 200);
	/* The last character may go past the limit, then the ellipsis. */
	assert(b.n <= 200 + 10 + 3);
	for (at = 0; at < b.n; at += len) {
		len = utf8_get(b.p + at, b.n - at, &c);
		assert(len != 0 && c >= 0x20 && c != 0x7f);
		assert(!utf8_is_unshown(c));
	}
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char  *s = xstrndup((const char *)data, n);
	size_t cut;

	check_shown(s, n);
	utf8_clean(s, n);
	assert(utf8_valid(s, n));
	cut = utf8_cut(s, n, n / 2);
	assert(cut <= n / 2 && utf8_valid(s, cut));
	check_json(s, n);
	free(s);
	return (0);
}
