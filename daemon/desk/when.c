/*
 * Times as others write them; see when.h.
 */
#include <stdio.h>
#include <string.h>

#include "when.h"

/* So many digits as a number; -1 when they are not all digits. */
static int
when_digits(const char *s, size_t n)
{
	int    v = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return (-1);
		v = v * 10 + (s[i] - '0');
	}
	return (v);
}

static int
when_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };

	if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		return (29);
	return (days[month - 1]);
}

/*
 * "2026-11-21T08:15:04.123" with the given letter (or a blank) between; how
 * many bytes it takes, or 0 when it is none.
 */
static size_t
when_date_time(const char *s, size_t n, const char *between)
{
	int    year, month, day;
	size_t at;

	if (n < 19 || s[4] != '-' || s[7] != '-' || s[10] == '\0' ||
	    strchr(between, s[10]) == NULL || s[13] != ':' || s[16] != ':')
		return (0);
	year = when_digits(s, 4);
	month = when_digits(s + 5, 2);
	day = when_digits(s + 8, 2);
	if (year < 1970 || month < 1 || month > 12 || day < 1 ||
	    day > when_days(year, month))
		return (0);
	if (when_digits(s + 11, 2) < 0 || when_digits(s + 11, 2) > 23 ||
	    when_digits(s + 14, 2) < 0 || when_digits(s + 14, 2) > 59 ||
	    when_digits(s + 17, 2) < 0 || when_digits(s + 17, 2) > 60)
		return (0);
	if (n == 19 || s[19] != '.')
		return (19);
	for (at = 20; at < n && s[at] >= '0' && s[at] <= '9'; at++)
		continue;
	/* Nanoseconds at most: nobody means more. */
	return (at > 20 && at <= 29 ? at : 0);
}

bool
when_offset(const char *s, int *offset)
{
	int hours, minutes;

	if ((s[0] == 'Z' || s[0] == 'z') && s[1] == '\0') {
		*offset = 0;
		return (true);
	}
	if (strlen(s) != 6 || (s[0] != '+' && s[0] != '-') || s[3] != ':')
		return (false);
	hours = when_digits(s + 1, 2);
	minutes = when_digits(s + 4, 2);
	/* PostgreSQL takes less than 16 hours; no zone has more than 14. */
	if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59)
		return (false);
	*offset = (hours * 60 + minutes) * (s[0] == '-' ? -1 : 1);
	return (true);
}

bool
when_valid(const char *s, size_t n)
{
	char   zone[8];
	size_t at;
	int    offset;

	if ((at = when_date_time(s, n, "Tt")) == 0)
		return (false);
	if (n - at >= sizeof zone)
		return (false);
	memcpy(zone, s + at, n - at);
	zone[n - at] = '\0';
	return (when_offset(zone, &offset));
}

bool
when_local(char out[WHEN_MAX], const char *s, size_t n, int offset)
{
	unsigned minutes = (unsigned)(offset < 0 ? -offset : offset);

	if (minutes > 14 * 60 + 59 || when_date_time(s, n, " Tt") != n)
		return (false);
	snprintf(out, WHEN_MAX, "%.10sT%.*s%c%02u:%02u", s, (int)(n - 11),
	    s + 11, offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
	return (true);
}

/* Days since 1970-01-01 as year, month, day (the proleptic calendar). */
static void
when_civil(int64_t days, int *year, int *month, int *day)
{
	int y = 1970, m = 1, len;

	/* Whole cycles of 400 years first, so that the loops are short. */
	y += (int)(days / 146097) * 400;
	days %= 146097;
	for (;; y++) {
		len = when_days(y, 2) == 29 ? 366 : 365;
		if (days < len)
			break;
		days -= len;
	}
	for (;; m++) {
		len = when_days(y, m);
		if (days < len)
			break;
		days -= len;
	}
	*year = y;
	*month = m;
	*day = (int)days + 1;
}

void
when_epoch(char out[WHEN_MAX], int64_t micros)
{
	const int64_t last = 253402300799; /* 9999-12-31T23:59:59Z */
	int64_t	      secs;
	int	      year, month, day, rest;

	if (micros < 0)
		micros = 0;
	secs = micros / 1000000;
	if (secs > last)
		secs = last;
	when_civil(secs / 86400, &year, &month, &day);
	rest = (int)(secs % 86400);
	snprintf(out, WHEN_MAX, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", year,
	    month, day, rest / 3600, rest / 60 % 60, rest % 60,
	    (int)(micros % 1000000));
}
