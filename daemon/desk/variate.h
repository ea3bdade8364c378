/*
 * Numbers drawn by a known rule: the same seed and stream give the same ones
 * on every machine and at every time.  For playing a day; nothing secret may
 * be made of them.
 *
 * xoshiro256** 1.0, seeded by splitmix64 (D. Blackman and S. Vigna, "Scrambled
 * Linear Pseudorandom Number Generators", 2021; both in the public domain).
 */
#ifndef DESK_VARIATE_H
#define DESK_VARIATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/def.h"

struct variate {
	uint64_t s[4];
};

/* stream: whatever is drawn from another stream does not change this one. */
void	 variate_seed(struct variate *, uint64_t seed, uint64_t stream);
uint64_t variate_bits(struct variate *);
/* Between 0 and 1, neither of them. */
double variate_uniform(struct variate *);
double variate_exponential(struct variate *, double mean);
double variate_normal(struct variate *); /* of mean 0, deviation 1 */

/* How something is spread; of mean 0 all are 0. */
enum spread_kind { SPREAD_FIXED, SPREAD_EXPONENTIAL, SPREAD_LOGNORMAL };

struct spread {
	enum spread_kind kind;
	double		 mean;
	double		 deviation; /* of SPREAD_LOGNORMAL */
};

double spread_draw(const struct spread *, struct variate *);
/*
 * "5m" (always so), "exponential 5m", "lognormal 6m 4m" (mean, standard
 * deviation), in seconds, from n bytes; false: it is none.
 */
bool spread_read(struct spread *, const char *, size_t n) MUSTCHECK;

#endif
