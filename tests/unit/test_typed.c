/*
 * Codes that people copy by hand.
 */
#include "unit.h"
#include "base/buf.h"
#include "desk/typed.h"

static void
test_put(void **state)
{
	static const uint8_t zero[TYPED_BYTES],
	    ones[TYPED_BYTES] = { 255, 255, 255, 255, 255, 255, 255, 255, 255,
		    255 },
	    count[TYPED_BYTES] = { 0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54,
		    0xb6, 0x35, 0xcf };
	char text[TYPED_TEXT];

	(void)state;
	typed_put(text, zero);
	assert_string_equal(text, "0000-0000-0000-0000");
	typed_put(text, ones);
	assert_string_equal(text, "zzzz-zzzz-zzzz-zzzz");
	/* 0, 1, 2 … 15 in groups of five bits. */
	typed_put(text, count);
	assert_string_equal(text, "0123-4567-89ab-cdef");
}

static void
test_read(void **state)
{
	static const char *const well[] = { "0123-4567-89ab-cdef",
		"0123456789ABCDEF", " o123 4567-89aB-CDEF ", "OI23456789abcdef",
		"ol23----456789abcdef", "0123-4567-89ab-cdef-" };
	static const char *const none[] = { "", "0123-4567-89ab-cde",
		"0123-4567-89ab-cdef0", "0123-4567-89ab-cdeu",
		"0123-4567-89ab-cde!", "0123_4567_89ab_cdef", "123456",
		"0123\t4567-89ab-cdef", "ộ123-4567-89ab-cdef" };
	char			 out[TYPED_LETTERS + 1];
	size_t			 i;

	(void)state;
	for (i = 0; i < nitems(well); i++) {
		assert_true(typed_read(out, well[i]));
		assert_string_equal(out, "0123456789abcdef");
	}
	for (i = 0; i < nitems(none); i++)
		assert_false(typed_read(out, none[i]));
}

/* Whatever is written is read back, and no two are alike. */
static void
test_back(void **state)
{
	uint8_t	 bytes[TYPED_BYTES] = { 0 };
	char	 text[TYPED_TEXT], out[TYPED_LETTERS + 1], zero[TYPED_TEXT];
	unsigned bit;

	(void)state;
	typed_put(zero, bytes);
	for (bit = 0; bit < 8 * TYPED_BYTES; bit++) {
		memset(bytes, 0, sizeof bytes);
		bytes[bit / 8] = (uint8_t)(1 << bit % 8);
		typed_put(text, bytes);
		assert_true(typed_read(out, text));
		assert_string_not_equal(text, zero);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_put),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_back),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
