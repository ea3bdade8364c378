/*
 * What has been said of a moment, before it is one: daytime.c and daytime_day.c
 * read it from words, daytime_due.c says when that is.
 */
#ifndef DESK_DAYTIME_SAID_H
#define DESK_DAYTIME_SAID_H

#include "daytime.h"

enum daytime_bound {
	BOUND_AT,     /* "lúc", "vào", or nothing */
	BOUND_BY,     /* "chậm nhất", "by" */
	BOUND_BEFORE, /* "trước": of a day, the one before it */
	BOUND_WITHIN, /* "trong vòng", "in" */
	BOUND_AFTER,  /* "sau" */
	BOUND_FROM    /* "từ": no end was said */
};

enum daytime_part {
	PART_NONE,
	PART_DAWN, /* "sáng" of a clock's small hours, "am" */
	PART_MORNING,
	PART_NOON,
	PART_EARLY, /* "đầu giờ chiều" */
	PART_AFTERNOON,
	PART_EVENING,
	PART_NIGHT,
	PART_END /* "cuối ngày" */
};

enum daytime_unit {
	UNIT_NONE,
	UNIT_MINUTE,
	UNIT_OCLOCK, /* "h", "giờ": of the clock, or so many hours */
	UNIT_HOUR,
	UNIT_DAY,
	UNIT_WORKDAY,
	UNIT_WEEK,
	UNIT_MONTH
};

struct daytime_said {
	enum daytime_bound bound;
	bool		   clock;
	int		   hour; /* 0 to 24 */
	int		   minute;
	bool		   either; /* 3 may be 15 */
	enum daytime_part  part;
	bool		   now; /* "nay": today's */
	bool		   day;
	int64_t		   date; /* days since 1970, local */
	enum daytime_unit  unit; /* of an amount */
	int		   amount;
	int		   halves; /* and so many halves of the unit */
	bool		   ahead;  /* "nữa": counted from now */
	bool		   vague;  /* nothing to count on */
};

/* Reads one moment, piece by piece. */
struct daytime_reader {
	const struct talk	 *t;
	size_t			  i; /* the next word */
	size_t			  end;
	const struct daytime_now *now;
	int64_t			  today; /* days since 1970, local */
	struct daytime_said	  s;
};

/* talk_says_before() of what is read. */
static inline size_t
daytime_says(const struct daytime_reader *r, size_t i, const char *phrases)
{
	return (talk_says_before(r->t, i, r->end, phrases));
}

/* Word i, NULL past the end. */
static inline const struct talk_word *
daytime_word(const struct daytime_reader *r, size_t i)
{
	return (i < r->end ? &r->t->word[i] : NULL);
}

/* Whether word i follows what is before it so. */
static inline bool
daytime_follows(const struct daytime_reader *r, size_t i, enum talk_gap gap)
{
	return (i < r->end && r->t->word[i].gap == gap);
}

/* The next words as a day; false, and nothing read, when they are none. */
bool daytime_read_day(struct daytime_reader *);
/* The same of a date alone: "25/11", "ngày 25", "25 November". */
bool daytime_read_date(struct daytime_reader *);

/* Days since 1970 of the moment, and of a date; -1: there is none such. */
int64_t daytime_today(const struct daytime_now *);
int64_t daytime_date(int year, int month, int day);
/* 0 Monday to 6 Sunday. */
int daytime_weekday(int64_t date);
/*
 * The day that "25/11" means: this year's, or the next one's when that is
 * near and this year's is over; -1: it is past.
 */
int64_t daytime_coming(int64_t today, int month, int day);
/* The end of a day's month. */
int64_t daytime_month_end(int64_t date);
/* The next day of month with that number, from today on; -1: none. */
int64_t daytime_next_day(int64_t today, int day);

/* Fills in due, grain and business. */
void daytime_settle(
    const struct daytime_said *, const struct daytime_now *, struct daytime *);

#endif
