/*
 * Erlang's formulas against published tables, closed forms, and the sums that
 * they are short for.
 */
#include <math.h>
#include "unit.h"
#include "desk/erlang.h"

#define NEAR(a, b, e) assert_true(fabs((a) - (b)) <= (e))

/*
 * The traffic in erlangs that n trunks carry with 1 % and 2 % lost, as the
 * tables of Erlang B in every textbook of telephony have it, to 4 digits.
 */
static void
test_b_table(void **state)
{
	static const struct {
		int    agents;
		double one, two;
	} rows[] = {
		{ 1, 0.0101, 0.0204 },
		{ 2, 0.153, 0.223 },
		{ 5, 1.36, 1.66 },
		{ 10, 4.46, 5.08 },
		{ 20, 12.0, 13.2 },
		{ 30, 20.3, 21.9 },
		{ 50, 37.9, 40.3 },
		{ 100, 84.1, 88.0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		NEAR(erlang_b(rows[i].one, rows[i].agents), 0.01, 0.00035);
		NEAR(erlang_b(rows[i].two, rows[i].agents), 0.02, 0.00055);
	}
}

/* The sums of 1917, as they stand. */
static double
c_by_sums(double load, int agents)
{
	long double term = 1, sum = 0, last;
	int	    i;

	for (i = 0; i < agents; i++) {
		sum += term;
		term *= (long double)load / (i + 1);
	}
	last = term * agents / (agents - (long double)load);
	return ((double)(last / (sum + last)));
}

static void
test_c(void **state)
{
	int    n;
	double share;

	(void)state;
	/* One and two agents have closed forms. */
	NEAR(erlang_c(0.7, 1), 0.7, 1e-12);
	NEAR(erlang_c(1, 2), 1.0 / 3, 1e-12);
	NEAR(erlang_c(2, 3), 4.0 / 9, 1e-12);
	NEAR(erlang_c(10, 15), 0.1020, 0.0001);
	for (n = 1; n <= 200; n += 7)
		for (share = 0.1; share < 0.99; share += 0.1)
			NEAR(erlang_c(n * share, n), c_by_sums(n * share, n),
			    1e-9);
	/* Where there is too much, or nothing, to do. */
	NEAR(erlang_c(5, 5), 1, 0);
	NEAR(erlang_c(7, 5), 1, 0);
	NEAR(erlang_c(0, 5), 0, 0);
	NEAR(erlang_c(0, 0), 1, 0);
	/* Large ones neither overflow nor lose themselves. */
	assert_true(erlang_c(9900, 10000) > 0.1);
	assert_true(erlang_c(9900, 10000) < 0.5);
}

static void
test_waits(void **state)
{
	(void)state;
	/* M/M/1: what waits ahead takes load / (1 - load) handlings. */
	NEAR(erlang_wait(0.8, 60, 1), 240, 1e-9);
	NEAR(erlang_wait(0, 60, 3), 0, 0);
	assert_true(isinf(erlang_wait(3, 60, 3)));
	/* 1 - load * exp(-(1 - load) t / handle). */
	NEAR(erlang_level(0.8, 60, 1, 60), 1 - 0.8 * exp(-0.2), 1e-12);
	NEAR(erlang_level(3, 60, 3, 1e9), 0, 0);
	NEAR(erlang_level(2, 60, 3, 0), 1 - 4.0 / 9, 1e-12);
	/* An hour of a call center: 100 calls of 3 minutes, 8 answer. */
	NEAR(erlang_level(5, 180, 8, 20), 0.880, 0.001);
	NEAR(erlang_wait(5, 180, 8), 10.0, 0.1);
}

static void
test_staff(void **state)
{
	double load;
	int    n;

	(void)state;
	assert_int_equal(erlang_staff(5, 180, 0.8, 20), 8);
	assert_int_equal(erlang_staff(0, 180, 0.8, 20), 0);
	assert_int_equal(erlang_staff(ERLANG_MOST * 2.0, 180, 0.8, 20), -1);
	/* The fewest: one less would not do. */
	for (load = 0.05; load < 300; load *= 1.7) {
		n = erlang_staff(load, 240, 0.9, 30);
		assert_true(erlang_level(load, 240, n, 30) >= 0.9);
		assert_true(erlang_level(load, 240, n - 1, 30) < 0.9);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_b_table),
		cmocka_unit_test(test_c),
		cmocka_unit_test(test_waits),
		cmocka_unit_test(test_staff),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
