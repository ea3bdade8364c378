/*
 * When it is what has been said of a moment; see daytime_said.h.
 */
#include <glib.h>

#include "daytime_said.h"

#define MINUTE	  60
#define HOUR	  3600
#define DAY	  86400
#define EPOCH	  719163 /* 1970-01-01 as GLib counts days */
#define LONGEST	  366	 /* days: what is further away is no promise */
#define DAY_ENDS  (23 * HOUR + 59 * MINUTE)
#define DAY_FIRST 6  /* a time that may be either half of the day is */
#define DAY_LAST  22 /* one at which people are awake */

/* Days rounded down, also before 1970. */
static int64_t
whole(int64_t seconds, int64_t unit)
{
	int64_t n = seconds / unit;

	return (seconds % unit < 0 ? n - 1 : n);
}

int64_t
daytime_today(const struct daytime_now *now)
{
	return (whole(now->at + now->offset, DAY));
}

int64_t
daytime_date(int year, int month, int day)
{
	GDate date;

	if (year < 1 || year > 9998 || month < 1 || month > 12 || day < 1 ||
	    day > 31 ||
	    !g_date_valid_dmy(
		(GDateDay)day, (GDateMonth)month, (GDateYear)year))
		return (-1);
	g_date_set_dmy(
	    &date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
	return ((int64_t)g_date_get_julian(&date) - EPOCH);
}

int
daytime_weekday(int64_t date)
{
	/* 1970-01-01 was a Thursday. */
	return ((int)(((date + 3) % 7 + 7) % 7));
}

static bool
daytime_civil(int64_t day, GDate *date)
{
	if (day + EPOCH < 1 || day + EPOCH > 3650000)
		return (false);
	g_date_clear(date, 1);
	g_date_set_julian(date, (guint32)(day + EPOCH));
	return (g_date_valid(date));
}

int64_t
daytime_coming(int64_t today, int month, int day)
{
	GDate	now;
	int64_t date;
	int	year;

	if (!daytime_civil(today, &now))
		return (-1);
	year = g_date_get_year(&now);
	date = daytime_date(year, month, day);
	if (date >= today)
		return (date);
	/* At the year's end people speak of the next one. */
	date = daytime_date(year + 1, month, day);
	return (date - today <= LONGEST / 3 ? date : -1);
}

int64_t
daytime_month_end(int64_t day)
{
	GDate date;

	if (!daytime_civil(day, &date))
		return (-1);
	return (day - g_date_get_day(&date) +
	    g_date_get_days_in_month(
		g_date_get_month(&date), g_date_get_year(&date)));
}

int64_t
daytime_next_day(int64_t today, int wanted)
{
	GDate	date;
	int64_t first, end;
	int	i;

	if (!daytime_civil(today, &date))
		return (-1);
	first = today - g_date_get_day(&date) + 1;
	/* A month has no 31st, or its 5th is over: one of the next two. */
	for (i = 0; i < 3; i++, first = end + 1) {
		end = daytime_month_end(first);
		if (first + wanted - 1 >= today && first + wanted - 1 <= end)
			return (first + wanted - 1);
	}
	return (-1);
}

/* The hour of a time that may be either half of the day, or as it stands. */
static int
half_of_day(const struct daytime_said *s)
{
	switch (s->part) {
	case PART_DAWN:
	case PART_MORNING:
		return (s->hour == 12 && s->part == PART_DAWN ? 0 : s->hour);
	case PART_NOON:
		return (s->hour < 4 ? s->hour + 12 : s->hour);
	case PART_EARLY:
	case PART_AFTERNOON:
	case PART_END:
		return (s->hour < 12 ? s->hour + 12 : s->hour);
	case PART_EVENING:
		return (s->hour <= 12 ? s->hour + 12 : s->hour);
	case PART_NIGHT:
		if (s->hour == 12)
			return (24);
		return (s->hour >= 6 && s->hour < 12 ? s->hour + 12 : s->hour);
	case PART_NONE:
		break;
	}
	return (s->hour);
}

/* The local second of a time of day that nobody said a day for. */
static int64_t
next_such(const struct daytime_said *s, int64_t local)
{
	int64_t day = whole(local, DAY), at;
	int	i, hour;

	for (i = 0; i < 4; i++) {
		hour = s->hour + i % 2 * 12;
		at = (day + i / 2) * DAY + hour * HOUR + s->minute * MINUTE;
		if (at > local && hour >= DAY_FIRST && hour <= DAY_LAST)
			return (at);
	}
	return (0);
}

static int64_t
settle_clock(const struct daytime_said *s, int64_t local)
{
	int64_t today = whole(local, DAY), at;
	int	hour = half_of_day(s);
	bool	either = s->either && s->part == PART_NONE;

	if (!s->day && !s->now) {
		if (either)
			return (next_such(s, local));
		at = today * DAY + hour * HOUR + s->minute * MINUTE;
		return (at > local ? at : at + DAY);
	}
	if (either && hour < DAY_FIRST + 1)
		hour += 12;
	at =
	    (s->day ? s->date : today) * DAY + hour * HOUR + s->minute * MINUTE;
	/* "9h hôm nay", said at noon. */
	if (either && hour < 11 && at <= local && at + DAY / 2 > local)
		at += DAY / 2;
	return (at);
}

/* The second of the day at which a part of it is over. */
static int64_t
part_ends(enum daytime_part part)
{
	switch (part) {
	case PART_DAWN:
	case PART_MORNING:
		return (12 * (int64_t)HOUR);
	case PART_NOON:
		return (13 * (int64_t)HOUR);
	case PART_EARLY:
		return (14 * (int64_t)HOUR + HOUR / 2);
	case PART_AFTERNOON:
	case PART_END:
		return (18 * (int64_t)HOUR);
	case PART_EVENING:
		return (22 * (int64_t)HOUR);
	case PART_NIGHT:
	case PART_NONE:
		break;
	}
	return (DAY_ENDS);
}

static int64_t
work_days(int64_t date, int count)
{
	while (count > 0)
		if (daytime_weekday(++date) < 5)
			count--;
	return (date);
}

static int64_t
settle_amount(const struct daytime_said *s, int64_t local, struct daytime *d)
{
	int64_t today = whole(local, DAY), amount = s->amount;

	d->grain = DAYTIME_DAY;
	switch (s->unit) {
	case UNIT_MINUTE:
	case UNIT_OCLOCK:
	case UNIT_HOUR:
		d->grain = DAYTIME_MINUTE;
		amount = s->unit == UNIT_MINUTE
		    ? amount * MINUTE
		    : amount * HOUR + s->halves * (HOUR / 2);
		/* A promise is due at a full minute. */
		return (whole(local + amount + MINUTE - 1, MINUTE) * MINUTE);
	case UNIT_DAY:
		today += amount;
		break;
	case UNIT_WORKDAY:
		d->business = (unsigned)amount;
		today = amount <= LONGEST ? work_days(today, (int)amount) : -1;
		break;
	case UNIT_WEEK:
		today += 7 * amount;
		break;
	case UNIT_MONTH:
		today += 30 * amount;
		break;
	case UNIT_NONE:
		break;
	}
	return (today * DAY + DAY_ENDS);
}

/* The local second, 0: none. */
static int64_t
settle(const struct daytime_said *s, int64_t local, struct daytime *d)
{
	int64_t today = whole(local, DAY);

	if (s->unit != UNIT_NONE)
		return (settle_amount(s, local, d));
	if (s->clock) {
		d->grain = DAYTIME_MINUTE;
		if (s->bound != BOUND_AFTER)
			return (settle_clock(s, local));
		/* "sau 17h": some time of that day; "sau 2h" may be both. */
		if (s->either && s->part == PART_NONE)
			return (0);
		d->grain = DAYTIME_DAY;
		return (whole(settle_clock(s, local), DAY) * DAY + DAY_ENDS);
	}
	if (s->bound == BOUND_AFTER)
		return (0);
	if (s->part != PART_NONE) {
		d->grain = DAYTIME_PART;
		return ((s->day ? s->date : today) * DAY + part_ends(s->part));
	}
	d->grain = DAYTIME_DAY;
	if (s->bound == BOUND_BEFORE && s->date > today)
		return ((s->date - 1) * DAY + DAY_ENDS);
	return (s->date * DAY + DAY_ENDS);
}

void
daytime_settle(const struct daytime_said *s, const struct daytime_now *now,
    struct daytime *d)
{
	int64_t local = now->at + now->offset, at;

	d->due = 0;
	d->business = 0;
	d->grain = DAYTIME_DAY;
	if (s->vague || s->bound == BOUND_FROM)
		return;
	at = settle(s, local, d);
	if (at > local && at - local <= LONGEST * (int64_t)DAY)
		d->due = at - now->offset;
}
