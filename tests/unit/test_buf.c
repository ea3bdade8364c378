/*
 * The growing run of bytes: its cap, and what it makes of strange bytes.
 */
#include "unit.h"
#include "base/buf.h"

static void
test_pieces_and_cap(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 10);
	buf_str(&b, "12345");
	buf_int(&b, -42);
	assert_string_equal(b.p, "12345-42");
	assert_false(buf_full(&b));
	/* What does not fit leaves it as it was, and stays refused. */
	buf_str(&b, "abc");
	assert_true(buf_full(&b));
	buf_char(&b, 'x');
	assert_string_equal(b.p, "12345-42");
	buf_reset(&b);
	assert_false(buf_full(&b));
	buf_str(&b, "0123456789");
	assert_false(buf_full(&b));
	assert_int_equal(b.n, 10);
	buf_printf(&b, "%d", 1);
	assert_true(buf_full(&b));
	assert_int_equal(b.n, 10);
	buf_free(&b);
	assert_int_equal(b.cap, 10);
}

static void
test_grows_without_cap(void **state)
{
	struct buf b;
	int	   i;

	(void)state;
	buf_init(&b, 0);
	for (i = 0; i < 10000; i++)
		buf_printf(&b, "%04d", i);
	assert_int_equal(b.n, 40000);
	assert_memory_equal(b.p + 39996, "9999", 5);
	buf_free(&b);
}

static void
test_drop(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	buf_drop(&b, 3);
	buf_str(&b, "abcdef");
	buf_drop(&b, 2);
	assert_string_equal(b.p, "cdef");
	buf_drop(&b, 100);
	assert_int_equal(b.n, 0);
	assert_string_equal(b.p, "");
	buf_free(&b);
}

static void
test_take(void **state)
{
	struct buf b;
	size_t	   n;
	char	  *p;

	(void)state;
	buf_init(&b, 100);
	p = buf_take(&b, &n);
	assert_int_equal(n, 0);
	assert_string_equal(p, "");
	free(p);
	buf_add(&b, "a\0b", 3);
	p = buf_take(&b, &n);
	assert_int_equal(n, 3);
	assert_memory_equal(p, "a\0b", 4);
	free(p);
	assert_null(b.p);
	assert_int_equal(b.n, 0);
	assert_int_equal(b.cap, 100);
}

static void
test_json(void **state)
{
	static const char in[] = "a\"b\\c\n\r\t\x01\x1f/\xc4\x91";
	struct buf	  b;

	(void)state;
	buf_init(&b, 0);
	buf_json(&b, in, sizeof in - 1);
	assert_string_equal(
	    b.p, "\"a\\\"b\\\\c\\n\\r\\t\\u0001\\u001f/\xc4\x91\"");
	buf_reset(&b);
	buf_json_str(&b, NULL);
	buf_json_str(&b, "");
	assert_string_equal(b.p, "null\"\"");
	buf_free(&b);
}

static void
test_shown(void **state)
{
	/* ESC, CR LF, NUL, a stray byte, a bidi override, C1 CSI, a letter. */
	static const char in[] = "\x1b[2J\r\n\0\xff\xe2\x80\xae\xc2\x9b\xc4\x91"
				 "\\";
	struct buf	  b;

	(void)state;
	buf_init(&b, 0);
	buf_shown(&b, in, sizeof in - 1, 200);
	assert_string_equal(
	    b.p, "\\x1b[2J\\x0d\\x0a\\x00\\xff\\u{202e}\\u{9b}\xc4\x91\\\\");
	buf_reset(&b);
	buf_shown(&b, "abcdef", 6, 3);
	assert_string_equal(b.p, "abc\xe2\x80\xa6");
	buf_reset(&b);
	buf_shown(&b, "abc", 3, 3);
	assert_string_equal(b.p, "abc");
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces_and_cap),
		cmocka_unit_test(test_grows_without_cap),
		cmocka_unit_test(test_drop),
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_shown),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
