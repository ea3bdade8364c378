/*
 * Scales of scores; see scorescale.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/def.h"
#include "scorescale.h"

static const struct {
	const char *measure;
	double	    low;
	double	    high;
	bool	    somewhere; /* it is measured at touchpoints */
} scales[] = {
	{ "csat", 1, 5, true },
	{ "nps", -100, 100, true },
	{ "ces", 1, 7, true },
	{ "mood", -1, 1, true },
	{ "promise", 0, 100, false },
	{ "closed", 0, 100, false },
};

/* -?[0-9]{1,3}(\.[0-9]{1,2})? */
static bool
number_good(const char *s)
{
	size_t n;

	s += *s == '-';
	n = strspn(s, "0123456789");
	if (n < 1 || n > 3)
		return (false);
	s += n;
	if (*s != '.')
		return (*s == '\0');
	n = strspn(++s, "0123456789");
	return (n >= 1 && n <= 2 && s[n] == '\0');
}

/* measure has n bytes. */
static bool
fits(const char *measure, size_t n, const char *number, bool somewhere)
{
	double value;
	size_t i;

	if (!number_good(number))
		return (false);
	value = strtod(number, NULL);
	for (i = 0; i < nitems(scales); i++)
		if (strlen(scales[i].measure) == n &&
		    memcmp(scales[i].measure, measure, n) == 0)
			return (value >= scales[i].low &&
			    value <= scales[i].high &&
			    (scales[i].somewhere || !somewhere));
	return (false);
}

bool
score_good(const char *measure, const char *number)
{
	return (fits(measure, strlen(measure), number, false));
}

bool
score_target_good(const char *said)
{
	const char *blank = strchr(said, ' ');

	if (blank == NULL)
		return (score_good("csat", said));
	return (fits(said, (size_t)(blank - said), blank + 1, true));
}
