/*
 * Words of a day's text; see patternword.h.
 */
#include <stdlib.h>
#include <string.h>

#include "pattern.h"
#include "patternword.h"
#include "routeword.h"

bool
patternword_name(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789._-");

	return (n > 0 && n <= 64 && s[n] == '\0' && *s != '-' && *s != '.');
}

const char *
patternword_digits(const char *s, long most, long *to)
{
	size_t n = strspn(s, "0123456789");

	if (n == 0 || n > 5)
		return (NULL);
	*to = strtol(s, NULL, 10);
	return (*to <= most ? s + n : NULL);
}

const char *
patternword_moment(const char *s, int64_t *to)
{
	long	    hour, minute, second = 0, ms = 0;
	const char *end;

	if ((s = patternword_digits(s, 48, &hour)) == NULL || *s != ':' ||
	    (s = patternword_digits(s + 1, 59, &minute)) == NULL)
		return (NULL);
	if (*s == ':' && (s = patternword_digits(s + 1, 59, &second)) == NULL)
		return (NULL);
	if (*s == '.') {
		end = patternword_digits(s + 1, 999, &ms);
		if (end != s + 4)
			return (NULL);
		s = end;
	}
	*to = ((hour * 60 + minute) * 60 + second) * 1000LL + ms;
	return (*to <= PATTERN_DAY_MAX ? s : NULL);
}

bool
patternword_at(const char *s, int64_t *to)
{
	return ((s = patternword_moment(s, to)) != NULL && *s == '\0');
}

bool
patternword_span(const char *s, int64_t *to)
{
	size_t n = strspn(s, "0123456789");
	long   v;

	if (n > 0 && n <= 9 && strcmp(s + n, "ms") == 0) {
		*to = strtoll(s, NULL, 10);
		return (true);
	}
	v = routeword_span(s, strlen(s));
	*to = v * 1000LL;
	return (v >= 0);
}
