/*
 * UTF-8 where runs of ASCII are passed over eight bytes at a time: a byte
 * that is none is found wherever it stands.
 */
#include "unit.h"
#include "base/def.h"
#include "base/utf8.h"

#define TEXT "an ASCII text of some length, longer than any word of memory"

static void
test_bad_byte_anywhere(void **state)
{
	static const struct {
		char byte;
		bool clean; /* becomes '?' */
	} rows[] = { { '\0', true }, { '\x80', true }, { '\xff', true },
		{ '\xc4', true }, { '\x7f', false }, { '\x01', false } };
	char   s[sizeof TEXT];
	size_t at, from, i;

	(void)state;
	for (i = 0; i < nitems(rows); i++)
		for (from = 0; from < 9; from++)
			for (at = from; at < sizeof TEXT - 1; at++) {
				memcpy(s, TEXT, sizeof s);
				s[at] = rows[i].byte;
				assert_int_equal(utf8_valid(s + from,
						     sizeof TEXT - 1 - from),
				    !rows[i].clean);
				assert_int_equal(utf8_clean(s + from,
						     sizeof TEXT - 1 - from),
				    rows[i].clean);
				assert_int_equal(
				    s[at], rows[i].clean ? '?' : rows[i].byte);
			}
}

static void
test_letter_anywhere(void **state)
{
	char   s[sizeof TEXT + 3];
	size_t at;

	(void)state;
	for (at = 0; at < sizeof TEXT; at++) {
		memcpy(s, TEXT, at);
		memcpy(s + at, "\xe1\xbb\x85", 3);
		memcpy(s + at + 3, &TEXT[at], sizeof TEXT - at);
		assert_true(utf8_valid(s, sizeof TEXT + 2));
		assert_int_equal(utf8_clean(s, sizeof TEXT + 2), 0);
		/* Cut off within the letter it is none. */
		assert_false(utf8_valid(s, at + 2));
	}
	assert_true(utf8_valid("", 0));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_byte_anywhere),
		cmocka_unit_test(test_letter_anywhere),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
