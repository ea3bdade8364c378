/*
 * Answers in the gzip coding: what comes out of one is what went in, and what
 * is not worth it stays as it is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <zlib.h>

#include "base/mem.h"
#include "edge/http.h"
#include "edge/pack.h"

/* Rows as a list has them, n bytes of it. */
static char *
rows(size_t n)
{
	static const char row[] =
	    "{\"ticket\":4187,\"name\":\"Nguy\xe1\xbb\x85n Th\xe1\xbb\x8b\"},";
	char  *p = xmalloc(n);
	size_t i;

	for (i = 0; i < n; i++)
		p[i] = row[i % (sizeof row - 1)];
	return (p);
}

static void
assert_unpacks(const struct buf *b, const char *p, size_t n)
{
	unsigned char *out = xcalloc(1, n + 1);
	z_stream       z = { 0 };

	assert_int_equal(inflateInit2(&z, 16 + 15), Z_OK);
	z.next_in = (unsigned char *)b->p;
	z.avail_in = (unsigned)b->n;
	z.next_out = out;
	z.avail_out = (unsigned)n + 1;
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.total_out, n);
	assert_int_equal(z.avail_in, 0);
	assert_memory_equal(out, p, n);
	inflateEnd(&z);
	free(out);
}

static void
test_pack(void **state)
{
	static const char *const own[] = { "X: y", NULL };
	static const size_t	 sizes[] = { PACK_LEAST, 50000, PACK_MOST };
	const char		*headers[PACK_HEADERS];
	struct http_answer	 a = { .status = 200,
		      .type = "application/json",
		      .headers = own },
			   packed;
	struct buf b = { 0 };
	char	  *p;
	size_t	   i;

	(void)state;
	/* One after the other: each begins anew. */
	for (i = 0; i < nitems(sizes); i++) {
		a.body = p = rows(a.n = sizes[i]);
		buf_reset(&b);
		assert_true(pack_answer(&packed, headers, &b, &a));
		assert_ptr_equal(packed.body, b.p);
		assert_int_equal(packed.n, b.n);
		assert_true(packed.n < a.n / 4);
		assert_int_equal(packed.status, 200);
		assert_string_equal(packed.type, a.type);
		assert_string_equal(packed.headers[0], "X: y");
		assert_string_equal(
		    packed.headers[1], "Content-Encoding: gzip");
		assert_string_equal(packed.headers[2], "Vary: Accept-Encoding");
		assert_null(packed.headers[3]);
		assert_unpacks(&b, p, a.n);
		free(p);
	}
	buf_free(&b);
}

static void
test_plain(void **state)
{
	const char	  *many[PACK_HEADERS], *headers[PACK_HEADERS];
	struct http_answer a = { .status = 200 }, packed;
	struct buf	   b = { 0 };
	uint32_t	   noise = 1;
	char		  *p = rows(PACK_MOST + 1);
	size_t		   i;

	(void)state;
	a.body = p;
	a.n = PACK_LEAST - 1;
	assert_false(pack_answer(&packed, headers, &b, &a));
	a.n = PACK_MOST + 1;
	assert_false(pack_answer(&packed, headers, &b, &a));
	/* More lines than there is room for. */
	a.n = PACK_LEAST;
	for (i = 0; i < PACK_HEADERS - 2; i++)
		many[i] = "X: y";
	many[i] = NULL;
	a.headers = many;
	assert_false(pack_answer(&packed, headers, &b, &a));
	many[PACK_HEADERS - 3] = NULL;
	assert_true(pack_answer(&packed, headers, &b, &a));
	/* What does not become smaller. */
	for (i = 0; i < 4096; i++) {
		noise = noise * UINT32_C(1664525) + UINT32_C(1013904223);
		p[i] = (char)(noise >> 24);
	}
	a.headers = NULL;
	a.n = 4096;
	buf_reset(&b);
	assert_false(pack_answer(&packed, headers, &b, &a));
	assert_int_equal(b.n, 0);
	/* And then one that does. */
	memset(p, 'a', a.n);
	assert_true(pack_answer(&packed, headers, &b, &a));
	assert_unpacks(&b, p, a.n);
	buf_free(&b);
	free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pack),
		cmocka_unit_test(test_plain),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
