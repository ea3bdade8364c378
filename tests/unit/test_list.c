/*
 * The list: its order, its count, and removal while it is walked.
 */
#include "unit.h"
#include "base/list.h"

struct thing {
	int	    n;
	struct link link;
};

static void
test_order_and_removal(void **state)
{
	struct thing t[5] = { 0 };
	struct list  list = { 0 };
	int	     i, sum = 0;

	(void)state;
	assert_null(list_shift(&list));
	for (i = 0; i < 5; i++) {
		t[i].n = i;
		list_append(&list, &t[i].link);
	}
	assert_int_equal(list.count, 5);
	i = 0;
	LIST_EACH (l, &list) {
		assert_int_equal(list_of(l, struct thing, link)->n, i++);
		if (i % 2 == 1)
			list_remove(&list, l);
	}
	assert_int_equal(i, 5);
	assert_int_equal(list.count, 2);
	assert_null(t[0].link.on);
	assert_ptr_equal(t[1].link.on, &list);
	/* What was taken off may stand on it again, at the end. */
	list_append(&list, &t[0].link);
	LIST_EACH (l, &list)
		sum = sum * 10 + list_of(l, struct thing, link)->n;
	assert_int_equal(sum, 130);
	assert_ptr_equal(list_shift(&list), &t[1].link);
	assert_ptr_equal(list_shift(&list), &t[3].link);
	assert_ptr_equal(list_shift(&list), &t[0].link);
	assert_null(list_shift(&list));
	assert_null(list.first);
	assert_null(list.last);
	assert_int_equal(list.count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order_and_removal),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
