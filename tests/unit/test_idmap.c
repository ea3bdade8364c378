/*
 * Ids to pointers: what was dropped is not found, whatever its neighbours.
 */
#include "unit.h"
#include <stdbool.h>
#include "base/def.h"
#include "base/idmap.h"

static void
test_add_get_drop(void **state)
{
	struct idmap m = { 0 };
	uint64_t     a, b;
	int	     x, y;

	(void)state;
	assert_null(idmap_get(&m, 1));
	assert_null(idmap_drop(&m, 1));
	a = idmap_add(&m, &x);
	b = idmap_add(&m, &y);
	assert_int_equal(a, 1);
	assert_int_equal(b, 2);
	assert_ptr_equal(idmap_get(&m, a), &x);
	assert_null(idmap_get(&m, 0));
	assert_ptr_equal(idmap_drop(&m, a), &x);
	assert_null(idmap_drop(&m, a));
	assert_null(idmap_get(&m, a));
	assert_ptr_equal(idmap_get(&m, b), &y);
	/* An id is not used again. */
	a = idmap_add(&m, &x);
	assert_int_equal(a, 3);
	idmap_free(&m);
}

/* Against a plain array: random adds and drops, everything looked up. */
static void
test_against_array(void **state)
{
	static int   things[5000];
	bool	     there[nitems(things) + 1] = { false };
	struct idmap m = { 0 };
	unsigned     seed = 7, i, id, used = 0, last = 0;

	(void)state;
	for (i = 0; i < 20000; i++) {
		seed = seed * 1103515245 + 12345;
		if ((seed >> 16) % 3 != 0 && last < nitems(things)) {
			assert_int_equal(
			    idmap_add(&m, &things[last]), last + 1);
			there[++last] = true;
			used++;
		} else if (last > 0) {
			id = (seed >> 8) % last + 1;
			assert_ptr_equal(idmap_drop(&m, id),
			    there[id] ? &things[id - 1] : NULL);
			used -= there[id];
			there[id] = false;
		}
		assert_int_equal(m.used, used);
		if (i % 500 != 0)
			continue;
		for (id = 1; id <= last; id++)
			assert_ptr_equal(idmap_get(&m, id),
			    there[id] ? &things[id - 1] : NULL);
	}
	idmap_free(&m);
}

static void
drop_it(uint64_t id, void *p, void *arg)
{
	struct idmap *m = arg;

	assert_ptr_equal(idmap_drop(m, id), p);
	++*(int *)p;
}

static void
test_each_may_drop(void **state)
{
	int	     seen[100] = { 0 };
	struct idmap m = { 0 };
	size_t	     i;

	(void)state;
	idmap_each(&m, drop_it, &m);
	for (i = 0; i < nitems(seen); i++)
		assert_true(idmap_add(&m, &seen[i]) != 0);
	idmap_each(&m, drop_it, &m);
	for (i = 0; i < nitems(seen); i++)
		assert_int_equal(seen[i], 1);
	assert_int_equal(m.used, 0);
	idmap_free(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add_get_drop),
		cmocka_unit_test(test_against_array),
		cmocka_unit_test(test_each_may_drop),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
