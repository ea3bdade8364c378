/*
 * Chunked bodies, whole and in pieces of every size, good and refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/def.h"
#include "fence.h"
#include "proto/chunked.h"

/* Feeds the bytes in pieces of the size; what the body is, or refused. */
static bool
unchunk(const char *p, size_t n, size_t piece, char *out, size_t *nout,
    size_t *left)
{
	struct http_chunked c = { 0 };
	const char	   *data;
	size_t		    ndata, seen = piece < n ? piece : n, at = 0;
	ssize_t		    rc;

	*nout = 0;
	for (;;) {
		rc = http_chunk(
		    &c, fenced(p + at, seen - at), seen - at, &data, &ndata);
		if (rc == -1)
			return (false);
		memcpy(out + *nout, data, ndata);
		*nout += ndata;
		at += (size_t)rc;
		*left = n - at;
		if (c.at == CHUNK_DONE)
			return (true);
		if (rc > 0)
			continue;
		if (seen == n)
			return (false);
		seen = seen + piece < n ? seen + piece : n;
	}
}

static void
test_chunks(void **state)
{
	static const struct {
		const char *bytes, *body;
		size_t	    left;
	} ok[] = {
		{ "0\r\n\r\n", "", 0 },
		{ "5\r\nhello\r\n0\r\n\r\nGET", "hello", 3 },
		{ "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world", 0 },
		{ "A\r\n0123456789\r\na\r\n0123456789\r\n000\r\n\r\n",
		    "01234567890123456789", 0 },
		{ "000000000000005\r\nhello\r\n0\r\n\r\n", "hello", 0 },
		{ "5;a=b;c=\"d e\"\r\nhello\r\n0;x\r\n\r\n", "hello", 0 },
		{ "2\r\n\r\n\r\n0\r\n\r\n", "\r\n", 0 },
		{ "1\r\nx\r\n0\r\nA: b\r\nC:\r\n\r\n", "x", 0 },
	};
	char   out[256];
	size_t i, piece, n, nout, left;

	(void)state;
	for (i = 0; i < nitems(ok); i++) {
		n = strlen(ok[i].bytes);
		for (piece = 1; piece <= n; piece++) {
			if (!unchunk(ok[i].bytes, n, piece, out, &nout, &left))
				fail_msg("%s by %zu", ok[i].bytes, piece);
			assert_int_equal(nout, strlen(ok[i].body));
			assert_memory_equal(out, ok[i].body, nout);
			assert_int_equal(left, ok[i].left);
		}
	}
}

static void
test_chunks_refused(void **state)
{
	static const char *const odd[] = {
		"+5\r\nhello\r\n0\r\n\r\n",
		"-5\r\nhello\r\n0\r\n\r\n",
		"0x5\r\nhello\r\n0\r\n\r\n",
		" 5\r\nhello\r\n0\r\n\r\n",
		"5 \r\nhello\r\n0\r\n\r\n",
		"5\t;a\r\nhello\r\n0\r\n\r\n",
		"g\r\nhello\r\n0\r\n\r\n",
		"\r\nhello\r\n0\r\n\r\n",
		";a\r\nhello\r\n0\r\n\r\n",
		"5.0\r\nhello\r\n0\r\n\r\n",
		"5,5\r\nhello\r\n0\r\n\r\n",
		"5_0\r\nhello\r\n0\r\n\r\n",
		/* sizes that overflow, in 64 bits and in 32 */
		"10000000000000005\r\nhello\r\n0\r\n\r\n",
		"0000000000000005\r\nhello\r\n0\r\n\r\n",
		"ffffffffffffffff\r\nhello\r\n0\r\n\r\n",
		/* the CRLF behind the data: missing, cut, another */
		"5\r\nhello0\r\n\r\n",
		"5\r\nhello\n0\r\n\r\n",
		"5\r\nhello\r0\r\n\r\n",
		"5\r\nhelloXX0\r\n\r\n",
		"4\r\nhello\r\n0\r\n\r\n",
		"6\r\nhello\r\n0\r\n\r\n",
		/* lines of the framing that do not end in CRLF */
		"5\nhello\r\n0\r\n\r\n",
		"5\rhello\r\n0\r\n\r\n",
		"5\r\r\nhello\r\n0\r\n\r\n",
		"5;a\nb\r\nhello\r\n0\r\n\r\n",
		"5;a\rb\r\nhello\r\n0\r\n\r\n",
		"5;a\x01\r\nhello\r\n0\r\n\r\n",
		"5\r\nhello\r\n0\n\r\n",
		"5\r\nhello\r\n0\r\n\n",
		/* trailers that are no fields */
		"0\r\nA : b\r\n\r\n",
		"0\r\nAb\r\n\r\n",
		"0\r\n a: b\r\n\r\n",
		"0\r\nA: b\n\r\n",
		"0\r\nA: b\rC\r\n\r\n",
		"0\r\n: b\r\n\r\n",
		"0\r\nGET / HTTP/1.1\r\n\r\n",
	};
	char   out[256];
	size_t i, piece, n, nout, left;

	(void)state;
	for (i = 0; i < nitems(odd); i++) {
		n = strlen(odd[i]);
		for (piece = 1; piece <= n; piece++)
			if (unchunk(odd[i], n, piece, out, &nout, &left))
				fail_msg("%s by %zu", odd[i], piece);
	}
}

static char big[1000];

static size_t
grow(size_t at, const char *s)
{
	memcpy(big + at, s, strlen(s));
	return (at + strlen(s));
}

static void
test_chunk_limits(void **state)
{
	struct http_chunked c = { 0 };
	const char	   *data;
	size_t		    ndata, n;

	(void)state;
	/* An extension of 256 bytes, and one more. */
	n = grow(0, "1;");
	memset(big + n, 'e', 400);
	grow(n + HTTP_CHUNK_EXT_MAX, "\r\n");
	assert_int_equal(
	    http_chunk(&c, big, n + HTTP_CHUNK_EXT_MAX + 2, &data, &ndata),
	    n + HTTP_CHUNK_EXT_MAX + 2);
	c = (struct http_chunked){ 0 };
	big[n + HTTP_CHUNK_EXT_MAX] = 'e';
	grow(n + HTTP_CHUNK_EXT_MAX + 1, "\r\n");
	assert_int_equal(
	    http_chunk(&c, big, n + HTTP_CHUNK_EXT_MAX + 3, &data, &ndata), -1);
	/* Endless ones are refused without their end. */
	c = (struct http_chunked){ 0 };
	memset(big + 2, 'e', 400);
	assert_int_equal(http_chunk(&c, big, 300, &data, &ndata), -1);
	/* Trailers together. */
	c = (struct http_chunked){ .at = CHUNK_TRAILER };
	for (n = 0; n < 2000; n++) {
		ssize_t rc = http_chunk(&c, "Abc: d\r\n", 8, &data, &ndata);

		if (rc == -1)
			break;
		assert_int_equal(rc, 8);
	}
	assert_int_equal(n, 8192 / 6);
}

static int
set_up(void **state)
{
	(void)state;
	return (fence_open(4096));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chunks),
		cmocka_unit_test(test_chunks_refused),
		cmocka_unit_test(test_chunk_limits),
	};

	return (cmocka_run_group_tests_name("chunked", tests, set_up, NULL));
}
