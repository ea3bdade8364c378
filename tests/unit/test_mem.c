/*
 * The arena: a cap that is an ordinary answer, and aligned, zeroed memory.
 */
#include "unit.h"
#include "base/mem.h"

static void
test_cap(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 256);
	assert_null(arena_get(&a, 257));
	assert_null(arena_get(&a, SIZE_MAX));
	assert_null(arena_dup(&a, "x", SIZE_MAX));
	assert_non_null(arena_get(&a, 128));
	assert_null(arena_get(&a, 129));
	assert_non_null(arena_get(&a, 127)); /* counted with its padding */
	assert_null(arena_get(&a, 1));
	arena_free(&a);
	/* All of it is there again. */
	assert_non_null(arena_get(&a, 256));
	arena_free(&a);
}

static void
test_aligned_zeroed_apart(void **state)
{
	struct arena   a;
	unsigned char *p, *last = NULL;
	size_t	       n, i;

	(void)state;
	arena_init(&a, 1 << 20);
	for (n = 1; n < 6000; n += 97) {
		p = arena_get(&a, n);
		assert_non_null(p);
		assert_int_equal(
		    (uintptr_t)p % sizeof(max_align_t) % _Alignof(max_align_t),
		    0);
		for (i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, n);
		if (last != NULL)
			assert_int_equal(last[0], 0xff);
		last = p;
	}
	arena_free(&a);
}

static void
test_strings(void **state)
{
	struct arena a;
	char	    *s;

	(void)state;
	arena_init(&a, 100000);
	assert_string_equal(arena_dup(&a, "abcdef", 3), "abc");
	assert_string_equal(arena_str(&a, ""), "");
	assert_string_equal(arena_printf(&a, "%s-%d", "n", 7), "n-7");
	/* Larger than a block. */
	s = arena_printf(&a, "%9000d", 1);
	assert_int_equal(strlen(s), 9000);
	assert_null(arena_printf(&a, "%99000d", 1));
	arena_free(&a);
}

static void
test_process_long(void **state)
{
	char *p;

	(void)state;
	p = xmalloc(0);
	assert_non_null(p);
	p = xreallocarray(p, 4, 8);
	assert_non_null(p);
	free(p);
	p = xcalloc(3, 3);
	assert_memory_equal(p, "\0\0\0\0\0\0\0\0", 9);
	free(p);
	p = xstrndup("abcdef", 2);
	assert_string_equal(p, "ab");
	free(p);
	p = xstrdup("abc");
	assert_string_equal(p, "abc");
	free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cap),
		cmocka_unit_test(test_aligned_zeroed_apart),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_process_long),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
