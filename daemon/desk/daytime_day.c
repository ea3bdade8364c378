/*
 * Days in people's words; see daytime_said.h.
 */
#include "base/def.h"
#include "daytime_said.h"

/* 0 Monday to 6 Sunday; -1: word i names none. */
static int
read_weekday(const struct daytime_reader *r, size_t i, size_t *took)
{
	static const char *const names[] = { "thứ hai|monday", "thứ ba|tuesday",
		"thứ tư|wednesday|wed", "thứ năm|thursday",
		"thứ sáu|friday|fri", "thứ bảy|thứ bẩy|saturday",
		"chủ nhật|sunday|cn" };
	const struct talk_word *w = daytime_word(r, i + 1);
	int			k;

	for (k = 0; k < 7; k++)
		if ((*took = daytime_says(r, i, names[k])) > 0)
			return (k);
	if (w != NULL && w->digits == 1 && w->number >= 2 && w->number <= 7 &&
	    ((daytime_says(r, i, "thứ") > 0 && w->gap <= TALK_BLANK) ||
		(daytime_says(r, i, "t") > 0 && w->gap == TALK_GLUED)) &&
	    !(i + 2 < r->end && r->t->word[i + 2].gap == TALK_GLUED)) {
		*took = 2;
		return (w->number - 2);
	}
	return (-1);
}

/* A day by its name, and in which week. */
static bool
piece_weekday(struct daytime_reader *r)
{
	size_t	at = r->i, took, next;
	int	day;
	int64_t monday = r->today - daytime_weekday(r->today);
	bool this;

	if (r->t->word[at].gap <= TALK_BLANK &&
	    talk_said(r->t, at, "lần|cái|đơn|người|món|chiếc|kiện|thùng|bộ"))
		return (false);
	next = daytime_says(r, at, "next");
	this = daytime_says(r, at, "this|coming") > 0;
	at += next > 0 || this ? 1 : 0;
	if ((day = read_weekday(r, at, &took)) < 0)
		return (false);
	at += took;
	if ((took = daytime_says(
		 r, at, "tuần sau|tuần tới|tuần kế|next week")) > 0 ||
	    (took = daytime_says(r, at, "sau|tới")) > 0)
		next = took;
	else if ((took = daytime_says(r, at, "tuần này|this week")) > 0)
		this = true;
	else if ((took = daytime_says(r, at, "này")) == 0 && !this &&
	    next == 0) {
		r->s.date =
		    r->today + (day - daytime_weekday(r->today) + 6) % 7 + 1;
		r->s.day = true;
		r->i = at;
		return (true);
	}
	r->s.date = monday + day + (next > 0 ? 7 : 0);
	/* "thứ 2 này", said on a Friday: the one that comes. */
	if (next == 0 && r->s.date < r->today && daytime_says(r, at, "này") > 0)
		r->s.date += 7;
	r->s.day = true;
	r->i = at + took;
	return (true);
}

/* "mai", "cuối tuần", "next week", "cuối tháng". */
static bool
piece_dayword(struct daytime_reader *r)
{
	static const struct {
		const char *words;
		int	    days;  /* from today, or from Monday */
		char	    since; /* 'd' today, 'w' this Monday, 'm' the
				      month's end, 'v' nobody knows */
	} days[] = {
		{ "mai mốt|mai kia|hôm nào|bữa nào|hôm khác|someday", 0, 'v' },
		{ "hôm nay|bữa nay|ngày hôm nay|trong ngày|ngay trong ngày|"
		  "hnay|hn nay|today",
		    0, 'd' },
		{ "day after tomorrow|ngày mốt|ngày kia|hôm kia|mốt", 2, 'd' },
		{ "ngày mai|hôm mai|bữa mai|mai|tomorrow|tmr", 1, 'd' },
		{ "cuối tuần sau|cuối tuần tới|end of next week", 13, 'w' },
		{ "cuối tuần này|cuối tuần|end of the week|end of this week|"
		  "this weekend|the weekend|weekend",
		    6, 'w' },
		{ "đầu tuần sau|đầu tuần tới|đầu tuần|early next week", 8,
		    'w' },
		{ "giữa tuần sau|giữa tuần tới", 9, 'w' },
		{ "tuần sau|tuần tới|next week", 13, 'w' },
		{ "trong tuần này|trong tuần|tuần này|this week", 6, 'w' },
		{ "cuối tháng này|cuối tháng|end of the month|"
		  "end of this month",
		    0, 'm' },
	};
	const struct talk_word *w = daytime_word(r, r->i);
	size_t			k, took = 0;
	int64_t			monday = r->today - daytime_weekday(r->today);

	for (k = 0; k < nitems(days) && took == 0; k++)
		took = daytime_says(r, r->i, days[k].words);
	if (took == 0)
		return (false);
	k--;
	/* "chị Mai" is somebody; "mot" without marks is one. */
	if (took == 1 && w->capital && daytime_says(r, r->i, "mai") > 0 &&
	    talk_said(r->t, r->i, "chị|anh|em|cô|bạn|bác|c|a|ms|khách") > 0)
		return (false);
	if (took == 1 && w->marks == 0 && daytime_says(r, r->i, "mốt") > 0 &&
	    r->s.part == PART_NONE)
		return (false);
	/* Of "đầu tuần", said on a Wednesday, the next one's. */
	r->s.date = days[k].since == 'w' ? monday + days[k].days
	    : days[k].since == 'm'	 ? daytime_month_end(r->today)
					 : r->today + days[k].days;
	r->s.vague = r->s.vague || days[k].since == 'v';
	r->s.day = true;
	r->i += took;
	return (true);
}

/* 1 to 12 for an English month's name. */
static int
read_month(const struct daytime_reader *r, size_t i)
{
	static const char *const names[] = { "january|jan", "february|feb",
		"march", "april", "may", "june", "july", "august|aug",
		"september|sept|sep", "october|oct", "november|nov",
		"december|dec" };
	int			 k;

	for (k = 0; k < 12; k++)
		if (daytime_says(r, i, names[k]) > 0)
			return (k + 1);
	return (0);
}

/* Day and month as numbers: "25/11", "25-11-2026", "2026-11-25". */
static size_t
read_date(const struct daytime_reader *r, size_t i, bool named, int64_t *date)
{
	const struct talk_word *a = daytime_word(r, i),
			       *b = daytime_word(r, i + 1),
			       *c = daytime_word(r, i + 2);
	enum talk_gap gap;
	bool	      year;

	if (a == NULL || b == NULL || a->number < 1 || b->number < 1 ||
	    b->digits > 2)
		return (0);
	gap = b->gap;
	/* "25-26/11" */
	if (gap == TALK_DASH && c != NULL && c->gap == TALK_SLASH &&
	    c->number > 0 && c->digits <= 2) {
		*date = daytime_coming(r->today, c->number, b->number);
		return (3);
	}
	if (gap != TALK_SLASH && gap != TALK_DASH && gap != TALK_DOT)
		return (0);
	year = c != NULL && c->gap == gap && c->number > 0;
	if (year && a->digits == 4 && c->digits <= 2) {
		*date = daytime_date(a->number, b->number, c->number);
		return (3);
	}
	if (a->digits > 2)
		return (0);
	if (year && (c->digits == 4 || c->digits == 2)) {
		*date = daytime_date(c->number + (c->digits == 2 ? 2000 : 0),
		    b->number, a->number);
		return (3);
	}
	/* "1/2" is a half, "24/7" always, "2-3" some, where no day is said. */
	if (!named && (b->number == 7 || (a->digits == 1 && b->digits == 1)))
		return (0);
	if (gap != TALK_SLASH && talk_said(r->t, i, "ngày") == 0)
		return (0);
	*date = daytime_coming(r->today, b->number, a->number);
	return (2);
}

bool
daytime_read_date(struct daytime_reader *r)
{
	const struct talk_word *w;
	size_t at = r->i, took, named = daytime_says(r, at, "ngày|mùng|the|on");
	int64_t date = -1, other;
	int	month, day;

	at += named;
	w = daytime_word(r, at);
	if ((took = read_date(r, at,
		 named > 0 || r->s.bound != BOUND_AT ||
		     talk_said(r->t, at, "vào|lúc") > 0,
		 &date)) > 0) {
		at += took;
	} else if ((month = read_month(r, at)) > 0 &&
	    (w = daytime_word(r, at + 1)) != NULL && w->digits > 0 &&
	    w->digits <= 2 && w->gap == TALK_BLANK) {
		date = daytime_coming(r->today, month, w->number);
		at += 2 + daytime_says(r, at + 2, "st|nd|rd|th");
	} else if (w != NULL && w->digits > 0 && w->digits <= 2 &&
	    w->number >= 1 && w->number <= 31) {
		day = w->number;
		at += 1 + daytime_says(r, at + 1, "st|nd|rd|th");
		at += daytime_says(r, at, "of");
		if ((month = read_month(r, at)) > 0)
			at++;
		else if (daytime_says(r, at, "tháng") > 0 &&
		    daytime_word(r, at + 1) != NULL &&
		    daytime_word(r, at + 1)->digits > 0) {
			month = daytime_word(r, at + 1)->number;
			at += 2;
		} else if (daytime_says(r, r->i, "ngày|mùng") == 0 ||
		    (daytime_word(r, at) != NULL &&
			daytime_follows(r, at, TALK_GLUED)))
			return (false);
		date = month > 0 ? daytime_coming(r->today, month, day)
				 : daytime_next_day(r->today, day);
	} else
		return (false);
	/* "25-26/11" was read as 25; "25/11 hoặc 26/11": the later. */
	took = daytime_says(r, at, "hoặc|hay|đến|tới|to|or");
	if ((took > 0 || daytime_follows(r, at, TALK_DASH)) &&
	    (month = (int)read_date(r, at + took, true, &other)) > 0) {
		at += took + (size_t)month;
		date = other > date ? other : date;
	}
	if (date < 0)
		r->s.vague = true;
	r->s.date = date;
	r->s.day = true;
	r->i = at;
	return (true);
}

bool
daytime_read_day(struct daytime_reader *r)
{
	return (daytime_read_date(r) || piece_weekday(r) || piece_dayword(r));
}
