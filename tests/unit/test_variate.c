/*
 * Numbers drawn: the same for a seed, and of the shape that is asked for, by
 * their moments over many draws from fixed seeds.
 */
#include <math.h>
#include "unit.h"
#include "desk/variate.h"

#define DRAWS 200000

static void
test_known(void **state)
{
	/* The first of xoshiro256** from the state 1, 2, 3, 4. */
	static const uint64_t first[] = { 11520, 0, 1509978240,
		1215971899390074240 };
	struct variate	      v = { { 1, 2, 3, 4 } }, w;
	size_t		      i;

	(void)state;
	for (i = 0; i < nitems(first); i++)
		assert_true(variate_bits(&v) == first[i]);
	variate_seed(&v, 7, 1);
	variate_seed(&w, 7, 1);
	for (i = 0; i < 100; i++)
		assert_true(variate_bits(&v) == variate_bits(&w));
	variate_seed(&w, 7, 2);
	assert_true(variate_bits(&v) != variate_bits(&w));
	variate_seed(&v, 8, 2);
	assert_true(variate_bits(&v) != variate_bits(&w));
}

struct moments {
	double mean, deviation, least;
};

static struct moments
drawn(const struct spread *s, uint64_t seed)
{
	struct moments m = { 0, 0, INFINITY };
	struct variate v;
	double	       x, square = 0;
	int	       i;

	variate_seed(&v, seed, 0);
	for (i = 0; i < DRAWS; i++) {
		x = spread_draw(s, &v);
		m.mean += x / DRAWS;
		square += x * x / DRAWS;
		m.least = x < m.least ? x : m.least;
	}
	m.deviation = sqrt(square - m.mean * m.mean);
	return (m);
}

static void
test_moments(void **state)
{
	static const struct spread spreads[] = {
		{ SPREAD_EXPONENTIAL, 300, 300 },
		{ SPREAD_LOGNORMAL, 360, 240 },
		{ SPREAD_LOGNORMAL, 60, 5 },
	};
	struct moments m;
	uint64_t       seed;
	size_t	       i;

	(void)state;
	for (i = 0; i < nitems(spreads); i++)
		for (seed = 1; seed <= 3; seed++) {
			m = drawn(&spreads[i], seed);
			/* Five standard errors would be 1.2 %, and more. */
			assert_true(fabs(m.mean - spreads[i].mean) <
			    0.015 * spreads[i].mean);
			assert_true(fabs(m.deviation - spreads[i].deviation) <
			    0.03 * spreads[i].deviation);
			assert_true(m.least > 0);
		}
}

static void
test_uniform(void **state)
{
	struct variate v;
	int	       seen[10] = { 0 }, i;
	double	       x, normal = 0, square = 0;

	(void)state;
	variate_seed(&v, 5, 5);
	for (i = 0; i < DRAWS; i++) {
		x = variate_uniform(&v);
		assert_true(x > 0 && x < 1);
		seen[(int)(x * 10)]++;
	}
	for (i = 0; i < 10; i++)
		assert_true(abs(seen[i] - DRAWS / 10) < 700);
	for (i = 0; i < DRAWS; i++) {
		x = variate_normal(&v);
		normal += x / DRAWS;
		square += x * x / DRAWS;
	}
	assert_true(fabs(normal) < 0.012);
	assert_true(fabs(square - 1) < 0.02);
}

static void
test_read(void **state)
{
	static const struct {
		const char *text;
		double	    mean; /* -1: it is none */
		double	    deviation;
	} rows[] = {
		{ "5m", 300, 0 },
		{ "fixed 20", 20, 0 },
		{ "  exponential   2m ", 120, 0 },
		{ "lognormal 6m 4m", 360, 240 },
		{ "lognormal 0 0", 0, 0 },
		{ "", -1, 0 },
		{ "exponential", -1, 0 },
		{ "lognormal 6m", -1, 0 },
		{ "5m 4m", -1, 0 },
		{ "exponential 5x", -1, 0 },
		{ "exponential -5", -1, 0 },
		{ "normal 5m", -1, 0 },
		{ "366d", -1, 0 },
	};
	struct variate v;
	struct spread  s;
	size_t	       i;
	bool	       good;

	(void)state;
	variate_seed(&v, 1, 1);
	for (i = 0; i < nitems(rows); i++) {
		good = spread_read(&s, rows[i].text, strlen(rows[i].text));
		if (good != (rows[i].mean >= 0))
			fail_msg("\"%s\"", rows[i].text);
		if (!good)
			continue;
		assert_true(s.mean == rows[i].mean);
		assert_true(s.deviation == rows[i].deviation);
		if (s.mean == 0)
			assert_true(spread_draw(&s, &v) == 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_moments),
		cmocka_unit_test(test_uniform),
		cmocka_unit_test(test_read),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
