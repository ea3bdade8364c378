/*
 * Random numbers and what is made of them; see variate.h.
 */
#include <math.h>
#include <string.h>

#include "routeword.h"
#include "variate.h"

#define PI 3.14159265358979323846

static uint64_t
split_next(uint64_t *x)
{
	uint64_t z = *x += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31);
}

void
variate_seed(struct variate *v, uint64_t seed, uint64_t stream)
{
	uint64_t x = seed;
	size_t	 i;

	/* Two streams of a seed, or a stream of two seeds, have nothing alike. */
	x = split_next(&x) ^ stream;
	for (i = 0; i < nitems(v->s); i++)
		v->s[i] = split_next(&x);
}

static uint64_t
turned(uint64_t x, int by)
{
	return (x << by | x >> (64 - by));
}

uint64_t
variate_bits(struct variate *v)
{
	uint64_t *s = v->s, got = turned(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = turned(s[3], 45);
	return (got);
}

double
variate_uniform(struct variate *v)
{
	return (((double)(variate_bits(v) >> 11) + 0.5) / 9007199254740992.0);
}

double
variate_exponential(struct variate *v, double mean)
{
	return (-mean * log(variate_uniform(v)));
}

double
variate_normal(struct variate *v)
{
	double r = sqrt(-2 * log(variate_uniform(v)));

	return (r * cos(2 * PI * variate_uniform(v)));
}

double
spread_draw(const struct spread *s, struct variate *v)
{
	double share;

	switch (s->kind) {
	case SPREAD_EXPONENTIAL:
		return (variate_exponential(v, s->mean));
	case SPREAD_LOGNORMAL:
		if (s->mean <= 0)
			return (0);
		/* Of the logarithm: its variance, and the mean with it. */
		share =
		    log(1 + s->deviation * s->deviation / s->mean / s->mean);
		return (
		    s->mean * exp(variate_normal(v) * sqrt(share) - share / 2));
	case SPREAD_FIXED:
		break;
	}
	return (s->mean);
}

/* The next word of at most end - *s bytes; its length, 0 at the end. */
static size_t
word_next(const char **s, const char *end)
{
	const char *p;

	while (*s < end && **s == ' ')
		(*s)++;
	for (p = *s; p < end && *p != ' '; p++)
		;
	return ((size_t)(p - *s));
}

static bool
span_next(double *to, const char **s, const char *end)
{
	size_t n = word_next(s, end);
	long   v = n > 0 ? routeword_span(*s, n) : -1;

	if (v < 0)
		return (false);
	*to = (double)v;
	*s += n;
	return (true);
}

bool
spread_read(struct spread *to, const char *s, size_t n)
{
	static const struct {
		const char	*word;
		enum spread_kind kind;
	} kinds[] = {
		{ "fixed", SPREAD_FIXED },
		{ "exponential", SPREAD_EXPONENTIAL },
		{ "lognormal", SPREAD_LOGNORMAL },
	};
	const char *end = s + n;
	size_t	    i, len = word_next(&s, end);

	*to = (struct spread){ SPREAD_FIXED, 0, 0 };
	for (i = 0; i < nitems(kinds); i++)
		if (strlen(kinds[i].word) == len &&
		    memcmp(s, kinds[i].word, len) == 0) {
			to->kind = kinds[i].kind;
			s += len;
			break;
		}
	if (!span_next(&to->mean, &s, end) ||
	    (to->kind == SPREAD_LOGNORMAL &&
		!span_next(&to->deviation, &s, end)))
		return (false);
	return (word_next(&s, end) == 0);
}
