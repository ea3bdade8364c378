/*
 * How deep JSON nests, sound or not, read to its end and no further.
 */
#include "unit.h"
#include "base/mem.h"
#include "base/shallow.h"

static void
test_depth(void **state)
{
	(void)state;
	assert_true(json_shallow("", 0, 0));
	assert_true(json_shallow("1", 1, 0));
	assert_false(json_shallow("[", 1, 0));
	assert_true(json_shallow("{\"a\":[]}", 8, 2));
	assert_false(json_shallow("{\"a\":[]}", 8, 1));
	assert_true(json_shallow("[][][]{}", 8, 1));
	/* What closes more than it opened gives nothing away. */
	assert_false(json_shallow("]]]][[", 6, 1));
}

static void
test_strings(void **state)
{
	(void)state;
	assert_true(json_shallow("\"[[[{\"", 6, 0));
	assert_true(json_shallow("\"\\\"[[\"", 6, 0));
	assert_false(json_shallow("\"\\\\\"[", 5, 0));
	/* Open at the end, by a quote or by a backslash: nothing behind. */
	assert_true(json_shallow("\"[", 2, 0));
	assert_true(json_shallow("\"\\[", 2, 0));
	assert_true(json_shallow("1[", 1, 0));
}

/* Cut at every place it is at most as deep as whole. */
static void
test_cut(void **state)
{
	static const char text[] =
	    "{\"a\\\"[\":[1,{\"b\":\"\\\\\"}],\"c\":[[]]}";
	char  *copy;
	size_t n;

	(void)state;
	for (n = 0; n < sizeof text; n++) {
		copy = xmalloc(n != 0 ? n : 1);
		memcpy(copy, text, n);
		assert_true(json_shallow(copy, n, 3));
		free(copy);
	}
	assert_false(json_shallow(text, sizeof text - 1, 2));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_cut),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
