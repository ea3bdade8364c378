/*
 * The words of routing: each in the one form in which it is kept, and what is
 * none.
 */
#include "unit.h"
#include "desk/routeword.h"

struct row {
	const char *said;
	const char *kept; /* NULL: it is none */
};

static void
must_keep(routeword *word, const struct row *rows)
{
	char out[ROUTEWORD_MAX], again[ROUTEWORD_MAX];

	for (; rows->said != NULL; rows++) {
		if (word(out, rows->said) != (rows->kept != NULL))
			fail_msg("\"%s\" was %s", rows->said,
			    rows->kept != NULL ? "refused" : "taken");
		if (rows->kept == NULL)
			continue;
		assert_string_equal(out, rows->kept);
		/* What is kept is kept as it is. */
		assert_true(word(again, out));
		assert_string_equal(again, out);
	}
}

static void
test_serves(void **state)
{
	static const struct row rows[] = {
		{ "sales", "sales" },
		{ "sales 1", "sales" },
		{ "  sales   2 ", "sales 2" },
		{ "warehouse 2 after 60s", "warehouse 2 after 1m" },
		{ "warehouse after 90", "warehouse after 90s" },
		{ "warehouse 1 after 7200s", "warehouse after 2h" },
		{ "after", "after" },
		{ "after after 2d", "after after 2d" },
		{ "sales after 0s", "sales" },
		{ "", NULL },
		{ "   ", NULL },
		{ "sales 0", NULL },
		{ "sales 10", NULL },
		{ "sales 2 3", NULL },
		{ "sales two", NULL },
		{ "sales after", NULL },
		{ "sales 2 after", NULL },
		{ "sales after 5x", NULL },
		{ "sales after 366d", NULL },
		{ "sales after 5s 2", NULL },
		{ "sales 2 after 5s more", NULL },
		{ "sales:2", NULL },
		{ "sales?", NULL },
		{ "bán-hàng", NULL },
		{ NULL, NULL },
	};

	(void)state;
	must_keep(routeword_serves, rows);
}

static void
test_skills(void **state)
{
	static const struct row knows[] = {
		{ "vi", "vi" },
		{ "vi 3", "vi" },
		{ "en 4", "en 4" },
		{ "en 1", "en 1" },
		{ "en 0", NULL },
		{ "en 6", NULL },
		{ "en 4 5", NULL },
		{ "en:4", NULL },
		{ "en?", NULL },
		{ "", NULL },
		{ NULL, NULL },
	};
	static const struct row asks[] = {
		{ "vi", "vi" },
		{ "vi 1", "vi" },
		{ "en 3", "en 3" },
		{ "en 05", "en 5" },
		{ "en 00002", NULL },
		{ "en -1", NULL },
		{ NULL, NULL },
	};

	(void)state;
	must_keep(routeword_knows, knows);
	must_keep(routeword_asks, asks);
}

static void
test_need(void **state)
{
	char out[ROUTEWORD_MAX];

	(void)state;
	assert_true(routeword_need(out, "en", false));
	assert_string_equal(out, "en");
	assert_true(routeword_need(out, "en 1", true));
	assert_string_equal(out, "en?");
	assert_true(routeword_need(out, "en 2", false));
	assert_string_equal(out, "en:2");
	assert_true(routeword_need(out, "bao-hanh 5", true));
	assert_string_equal(out, "bao-hanh:5?");
	assert_false(routeword_need(out, "en:2", false));
	assert_false(routeword_need(out, "", true));
}

static void
test_channels(void **state)
{
	static const struct row limits[] = {
		{ "chat 3", "chat 3" },
		{ "mail  1000", "mail 1000" },
		{ "chat 0", NULL },
		{ "chat 1001", NULL },
		{ "chat", NULL },
		{ "fax 2", NULL },
		{ "chat 3s", NULL },
		{ NULL, NULL },
	};
	static const struct row offers[] = {
		{ "chat 20s", "chat 20s" },
		{ "call 60", "call 1m" },
		{ "call 4s", NULL },
		{ "call 61m", NULL },
		{ "call 1h", "call 1h" },
		{ "call", NULL },
		{ "call soon", NULL },
		{ NULL, NULL },
	};
	static const struct row wraps[] = {
		{ "call 1s", "call 1s" },
		{ "call 0s", NULL },
		{ "call 3601s", NULL },
		{ NULL, NULL },
	};

	(void)state;
	must_keep(routeword_limit, limits);
	must_keep(routeword_offer, offers);
	must_keep(routeword_wrap, wraps);
}

static void
test_steps(void **state)
{
	static const struct row rows[] = {
		{ "45s preferred", "45s preferred" },
		{ "90 levels 1", "90s levels 1" },
		{ "180s overflow technical", "3m overflow technical" },
		{ "10m anyone", "10m anyone" },
		{ "10m anyone else", NULL },
		{ "0s anyone", NULL },
		{ "10m", NULL },
		{ "10m levels", NULL },
		{ "10m levels 5", NULL },
		{ "10m levels 0", NULL },
		{ "10m overflow", NULL },
		{ "10m overflow a b", NULL },
		{ "anyone", NULL },
		{ "10m everybody", NULL },
		{ "", NULL },
		{ NULL, NULL },
	};

	(void)state;
	must_keep(routeword_step, rows);
	assert_int_equal(routeword_step_after("3m overflow b"), 180);
	assert_string_equal(routeword_overflow("3m overflow b"), "b");
	assert_null(routeword_overflow("3m anyone"));
}

static void
test_deeds(void **state)
{
	static const struct row deeds[] = {
		{ "hold", "hold" },
		{ " message ", "message" },
		{ "callback", "callback" },
		{ "overflow  b", "overflow b" },
		{ "overflow overflow", "overflow overflow" },
		{ "overflow", NULL },
		{ "overflow a b", NULL },
		{ "hold on", NULL },
		{ "resolve", NULL },
		{ "", NULL },
		{ NULL, NULL },
	};
	static const struct row patience[] = {
		{ "chat 3m", "chat 3m" },
		{ "call  90 message", "call 90s message" },
		{ "chat 86400s callback", "chat 1d callback" },
		{ "call 120s overflow b", "call 2m overflow b" },
		{ "chat 3m hold", NULL },
		{ "chat 3m overflow", NULL },
		{ "chat 5s message", "chat 5s message" },
		{ "chat 4s message", NULL },
		{ "chat 25h", NULL },
		{ "mail 3m", NULL },
		{ "chat", NULL },
		{ "chat message", NULL },
		{ "chat 3m message now", NULL },
		{ NULL, NULL },
	};

	(void)state;
	must_keep(routeword_deed, deeds);
	must_keep(routeword_patience, patience);
	assert_string_equal(routeword_overflow("overflow b"), "b");
	assert_string_equal(
	    routeword_overflow("overflow overflow"), "overflow");
	assert_string_equal(routeword_overflow("chat 3m overflow b"), "b");
	assert_null(routeword_overflow("callback"));
}

/* The longest name that can be fits, and a byte more does not. */
static void
test_long(void **state)
{
	char name[120], out[ROUTEWORD_MAX];

	(void)state;
	memset(name, 'a', sizeof name);
	snprintf(name + 64, sizeof name - 64, " 9 after 364d");
	assert_true(routeword_serves(out, name));
	assert_string_equal(out, name);
	memset(name, 'a', sizeof name);
	snprintf(name + 65, sizeof name - 65, " 9 after 364d");
	assert_false(routeword_serves(out, name));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_serves),
		cmocka_unit_test(test_skills),
		cmocka_unit_test(test_need),
		cmocka_unit_test(test_channels),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_deeds),
		cmocka_unit_test(test_long),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
