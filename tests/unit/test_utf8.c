/*
 * UTF-8, strict: every scalar value there and back, and nothing else.
 */
#include "unit.h"
#include "base/utf8.h"

static void
test_every_character(void **state)
{
	uint32_t c, d;
	size_t	 n, cut;
	char	 s[4];

	(void)state;
	for (c = 0; c <= 0x10ffff; c++) {
		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		n = utf8_put(s, c);
		if (utf8_get(s, n, &d) != n || d != c)
			fail_msg("U+%04X does not come back", (unsigned)c);
		for (cut = 0; cut < n; cut++)
			if (utf8_get(s, cut, &d) != 0)
				fail_msg("U+%04X cut is taken", (unsigned)c);
	}
}

static void
test_not_utf8(void **state)
{
	static const char *const bad[] = { "\x80", /* a stray continuation */
		"\xc0\xaf",			   /* overlong / */
		"\xc1\xbf",			   /* overlong */
		"\xe0\x9f\xbf",			   /* overlong */
		"\xf0\x8f\xbf\xbf",		   /* overlong */
		"\xed\xa0\x80",			   /* a surrogate */
		"\xf4\x90\x80\x80",		   /* above U+10FFFF */
		"\xf5\x80\x80\x80", "\xff", "\xfe", "\xe1\x80\x41",
		"\xf1\x80\x80\x41" };
	uint32_t		 c;
	size_t			 i;

	(void)state;
	for (i = 0; i < nitems(bad); i++) {
		assert_int_equal(utf8_get(bad[i], strlen(bad[i]), &c), 0);
		assert_false(utf8_valid(bad[i], strlen(bad[i])));
	}
	assert_int_equal(utf8_get("", 0, &c), 0);
	assert_true(utf8_valid("", 0));
	assert_true(utf8_valid("đơn hàng", strlen("đơn hàng")));
	assert_false(utf8_valid("a\0b", 3));
}

static void
test_clean(void **state)
{
	char s[] = "a\0\xc3\xff\xc4\x91\xe1\xba";

	(void)state;
	assert_int_equal(utf8_clean(s, sizeof s - 1), 5);
	assert_memory_equal(s, "a???\xc4\x91??", sizeof s);
	assert_true(utf8_valid(s, sizeof s - 1));
	assert_int_equal(utf8_clean(s, sizeof s - 1), 0);
}

static void
test_cut(void **state)
{
	static const char   s[] = "a\xc4\x91\xe1\xba\xa1\xf0\x9f\x98\x80";
	static const size_t want[] = { 0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10 };
	size_t		    max;

	(void)state;
	for (max = 0; max < nitems(want); max++)
		assert_int_equal(utf8_cut(s, sizeof s - 1, max), want[max]);
}

static void
test_unshown(void **state)
{
	(void)state;
	assert_true(utf8_is_unshown(0x202e));
	assert_true(utf8_is_unshown(0x2066));
	assert_true(utf8_is_unshown(0x9b));
	assert_true(utf8_is_unshown(0xfeff));
	assert_true(utf8_is_unshown(0x2028));
	assert_false(utf8_is_unshown(0x111));
	assert_false(utf8_is_unshown(' '));
	assert_false(utf8_is_unshown(0x200d)); /* joins emoji */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_character),
		cmocka_unit_test(test_not_utf8),
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_unshown),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
