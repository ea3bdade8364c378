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

static const struct answer_scale answers[] = {
	{ "nps", 0, 10 },
	{ "csat", 1, 5 },
	{ "ces", 1, 7 },
};

const struct answer_scale *
answer_scale(const char *kind)
{
	size_t i;

	for (i = 0; kind != NULL && i < nitems(answers); i++)
		if (strcmp(answers[i].kind, kind) == 0)
			return (&answers[i]);
	return (NULL);
}

/* One or two digits, no leading zero; where they end, or NULL. */
static const char *
score_read(const char *s, int *value)
{
	size_t n = strspn(s, "0123456789");

	if (n < 1 || n > 2 || (n == 2 && *s == '0'))
		return (NULL);
	*value = (int)strtol(s, NULL, 10);
	return (s + n);
}

bool
answer_scores_good(const struct answer_scale *of, const char *said)
{
	int low, high;

	if ((said = score_read(said, &low)) == NULL)
		return (false);
	high = low;
	if (*said == '-' && (said = score_read(said + 1, &high)) == NULL)
		return (false);
	return (
	    *said == '\0' && of->low <= low && low <= high && high <= of->high);
}

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
