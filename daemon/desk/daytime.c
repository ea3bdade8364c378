/*
 * Moments in people's words, read; see daytime.h.
 */
#include <string.h>

#include "base/def.h"
#include "daytime_said.h"

/* What is said of one moment has at most so many pieces. */
#define PIECES 6

/*
 * A number in digits or in words; how many words it took.  In words only
 * small ones: nobody promises "twenty-seven days".
 */
static size_t
read_number(const struct daytime_reader *r, size_t i, int *n)
{
	static const char *const words[] = { "một|one", "hai|two", "ba|three",
		"bốn|four", "năm|five", "sáu|six", "bảy|bẩy|seven", "tám|eight",
		"chín|nine", "mười|ten" };
	const struct talk_word	*w = daytime_word(r, i);
	size_t			 k, took;

	if (w == NULL)
		return (0);
	if (w->digits > 0) {
		*n = w->number;
		return (w->number >= 0 && w->digits <= 4 ? 1 : 0);
	}
	for (k = 0; k < nitems(words); k++)
		if ((took = daytime_says(r, i, words[k])) > 0) {
			*n = (int)k + 1;
			return (took);
		}
	return (0);
}

/* "2", "2-3", "2 đến 3": the larger. */
static size_t
read_range(const struct daytime_reader *r, size_t i, int *n)
{
	size_t took, more, link;
	int    other;

	if ((took = read_number(r, i, n)) == 0)
		return (0);
	link = daytime_says(r, i + took, "đến|tới|hoặc|hay|to|or");
	if (link == 0 && !daytime_follows(r, i + took, TALK_DASH))
		return (took);
	more = read_number(r, i + took + link, &other);
	if (more == 0 || other < *n)
		return (took);
	*n = other;
	return (took + link + more);
}

static size_t
read_unit(const struct daytime_reader *r, size_t i, enum daytime_unit *unit)
{
	static const struct {
		enum daytime_unit unit;
		const char	 *words;
	} units[] = {
		{ UNIT_WORKDAY,
		    "ngày làm việc|ngày hành chính|ngày công|business days|"
		    "business day|working days|working day|work days|ngay lv" },
		{ UNIT_HOUR,
		    "tiếng đồng hồ|giờ đồng hồ|giờ làm việc|tiếng|hours|hour|"
		    "hrs|hr" },
		{ UNIT_MINUTE, "phút|minutes|minute|mins|min|ph|p" },
		{ UNIT_OCLOCK, "giờ|h|g" },
		{ UNIT_DAY, "ngày|hôm|bữa|days|day" },
		{ UNIT_WEEK, "tuần|weeks|week" },
		{ UNIT_MONTH, "tháng|months|month" },
	};
	size_t k, took;

	for (k = 0; k < nitems(units); k++)
		if ((took = daytime_says(r, i, units[k].words)) > 0) {
			*unit = units[k].unit;
			return (took);
		}
	return (0);
}

/* "2-3 ngày", "nửa tiếng", "an hour": so much, not yet of what. */
static size_t
read_amount(const struct daytime_reader *r, struct daytime_said *s)
{
	size_t i = r->i, took;

	s->halves = 0;
	if ((took = daytime_says(r, i, "nửa tiếng|nửa giờ|half an hour")) > 0) {
		s->unit = UNIT_MINUTE;
		s->amount = 30;
		return (took);
	}
	if ((took = daytime_says(r, i,
		 "một lát nữa|lát nữa|một lát|lát|chút nữa|"
		 "tí nữa|xíu nữa|in a bit|in a while")) > 0) {
		/* Not long, and within the hour. */
		s->unit = UNIT_MINUTE;
		s->amount = 60;
		s->ahead = true;
		return (took);
	}
	if ((took = daytime_says(r, i, "an hour|a day|a week|a minute")) > 0) {
		s->amount = 1;
		read_unit(r, i + 1, &s->unit);
		return (took);
	}
	if ((took = daytime_says(
		 r, i, "vài|mấy|ít|a few|few|a couple of|couple of")) > 0) {
		s->amount = 3;
		i += took;
		if ((took = read_unit(r, i, &s->unit)) == 0)
			return (0);
		if (s->unit == UNIT_MINUTE)
			s->amount = 15;
		/* "Some days": who said that did not say when. */
		s->vague = s->unit >= UNIT_DAY;
		return (i + took - r->i);
	}
	if ((took = read_range(r, i, &s->amount)) == 0)
		return (0);
	i += took;
	if ((took = read_unit(r, i, &s->unit)) == 0)
		return (0);
	i += took;
	if ((took = daytime_says(r, i, "rưỡi")) > 0) {
		s->halves = 1;
		i += took;
	}
	return (i - r->i);
}

/* "3pm", "3 p.m."; or nothing. */
static size_t
read_half(const struct daytime_reader *r, size_t i, struct daytime_said *s)
{
	size_t took = daytime_says(r, i, "am|pm");

	if (took > 0) {
		s->part =
		    daytime_says(r, i, "am") > 0 ? PART_DAWN : PART_AFTERNOON;
		return (took);
	}
	if (daytime_says(r, i, "a|p") > 0 &&
	    daytime_follows(r, i + 1, TALK_DOT) &&
	    daytime_says(r, i + 1, "m") > 0) {
		s->part =
		    daytime_says(r, i, "a") > 0 ? PART_DAWN : PART_AFTERNOON;
		return (2);
	}
	return (0);
}

/* The minutes behind an hour: "30", "30 phút", "rưỡi", "kém 15". */
static size_t
read_minutes(const struct daytime_reader *r, size_t i, struct daytime_said *s)
{
	const struct talk_word *w = daytime_word(r, i);
	size_t			took;
	int			n;

	if ((took = daytime_says(r, i, "rưỡi")) > 0) {
		s->minute = 30;
		return (took);
	}
	if (daytime_says(r, i, "kém") > 0 && read_number(r, i + 1, &n) == 1 &&
	    n > 0 && n < 60 && s->hour > 0) {
		s->hour--;
		s->minute = 60 - n;
		return (2 + daytime_says(r, i + 2, "phút|p"));
	}
	if (w == NULL || w->number < 0 || w->number > 59 ||
	    w->gap > TALK_COLON || w->gap == TALK_DASH || w->gap == TALK_SLASH)
		return (0);
	/* "15 giờ 30", "15 giờ 30 phút"; but "15h 30 cái". */
	if (w->gap == TALK_BLANK && daytime_says(r, i + 1, "phút|ph|p") == 0 &&
	    (w->digits != 2 || daytime_says(r, i - 1, "giờ") == 0 ||
		daytime_says(r, i - 1, "h") > 0))
		return (0);
	s->minute = w->number;
	return (1 + daytime_says(r, i + 1, "phút|ph|p"));
}

/* One time of day: "15h30", "3 giờ chiều", "15:00", "3pm", "at 3". */
static size_t
read_clock(const struct daytime_reader *r, size_t i, struct daytime_said *s)
{
	const struct talk_word *w = daytime_word(r, i);
	size_t			at = i, took;
	int			hour;

	if ((took = daytime_says(r, i, "noon|midday")) > 0) {
		s->hour = 12;
		s->clock = true;
		return (took);
	}
	if ((took = read_number(r, i, &hour)) == 0 || hour > 24)
		return (0);
	s->hour = hour;
	s->minute = 0;
	s->either = hour >= 1 && hour <= 12 && (w->digits != 2 || hour > 9);
	at += took;
	if (w->digits > 0 && w->digits <= 2 &&
	    daytime_follows(r, at, TALK_COLON) && r->t->word[at].digits == 2 &&
	    r->t->word[at].number < 60) {
		s->minute = r->t->word[at].number;
		at++;
		at += daytime_says(r, at, "h|giờ");
		at += read_half(r, at, s);
	} else if ((took = daytime_says(r, at, "giờ|h|g|o clock")) > 0) {
		at += took;
		at += read_minutes(r, at, s);
		at += read_half(r, at, s);
	} else if ((took = read_half(r, at, s)) > 0)
		at += took;
	else
		return (0);
	if (s->part != PART_NONE && (hour == 0 || hour > 12))
		s->part = PART_NONE;
	s->clock = true;
	return (at - i);
}

/* What joins the two times of "14h-16h": words, or a dash alone. */
static bool
read_link(const struct daytime_reader *r, size_t i, size_t *link)
{
	*link = daytime_says(r, i, "đến|tới|to|until|till");
	return (*link > 0 || daytime_follows(r, i, TALK_DASH));
}

/* Past, habits and rates: "2 ngày nay", "3 ngày rồi", "2 ngày một lần". */
static const char *const amount_gone = "nay|trước|qua|rồi|vừa qua|vừa rồi|"
				       "một lần|1 lần|ago|old|late";

/* "trong khoảng 14h-15h", "trong 14h30": of "14h", a time of day. */
static bool
is_between(const struct daytime_reader *r, size_t i)
{
	struct daytime_said s = { .hour = 0 };
	size_t		    link;

	if (i < r->end && r->t->word[i].digits > 0 &&
	    r->t->word[i].gap == TALK_GLUED)
		return (true);
	return (read_link(r, i, &link) && read_clock(r, i + link, &s) > 0);
}

/*
 * So much time from now.  "15h" is one only where it is said ("trong 24h",
 * "2h nữa"): else it is a time of day.
 */
static bool
piece_amount(struct daytime_reader *r)
{
	struct daytime_said s = r->s;
	size_t		    took = read_amount(r, &s), tail;

	if (took == 0 || s.clock || s.day || s.part != PART_NONE)
		return (false);
	tail = daytime_says(r, r->i + took,
	    "làm việc nữa|nữa|tới đây|tới|sắp tới|later|from now");
	s.ahead = s.ahead || tail > 0;
	if (s.unit == UNIT_OCLOCK && !s.ahead &&
	    (s.bound != BOUND_WITHIN || is_between(r, r->i + took)))
		return (false);
	if (s.unit >= UNIT_DAY &&
	    daytime_says(r, r->i + took + tail, "làm việc|hành chính|lv") > 0) {
		s.unit = UNIT_WORKDAY;
		tail += daytime_says(
		    r, r->i + took + tail, "làm việc|hành chính|lv");
	}
	if (daytime_says(r, r->i + took + tail, amount_gone) > 0 ||
	    s.amount == 0 || s.bound == BOUND_BEFORE)
		s.vague = true;
	/* "từ 2 đến 3 ngày" has its end. */
	if (s.bound == BOUND_FROM && took > 2)
		s.bound = BOUND_WITHIN;
	r->i += took + tail;
	r->s = s;
	return (true);
}

/* A time of day, or the later one of "14h-16h", "từ 2 đến 4h". */
static bool
piece_clock(struct daytime_reader *r)
{
	struct daytime_said s = r->s, later;
	size_t		    took, more = 0, link;
	int		    first;

	if (s.clock || s.unit != UNIT_NONE)
		return (false);
	if ((took = read_clock(r, r->i, &s)) > 0) {
		later = s;
		if (read_link(r, r->i + took, &link) &&
		    (more = read_clock(r, r->i + took + link, &later)) > 0)
			s = later;
	} else if ((took = read_number(r, r->i, &first)) == 0 || first > 24 ||
	    !read_link(r, r->i + took, &link) ||
	    (more = read_clock(r, r->i + took + link, &s)) == 0)
		/* "2-4h": the unit comes at the end, or it is no time. */
		return (false);
	if (more > 0) {
		took += link + more;
		s.bound = BOUND_AT;
	}
	r->i += took;
	r->s = s;
	return (true);
}

/* "sáng", "chiều nay", "this afternoon". */
static bool
piece_part(struct daytime_reader *r)
{
	static const struct {
		enum daytime_part part;
		const char	 *words;
	} parts[] = {
		{ PART_EARLY, "đầu giờ chiều|đầu chiều" },
		{ PART_END,
		    "cuối giờ chiều|cuối giờ|cuối buổi chiều|cuối chiều|"
		    "cuối ngày|hết ngày|hết giờ làm việc|end of the day|"
		    "end of day|eod|close of business|end of business" },
		{ PART_MORNING, "buổi sáng|sáng sớm|sáng|morning" },
		{ PART_NOON, "buổi trưa|trưa|lunchtime" },
		{ PART_AFTERNOON, "buổi chiều|xế chiều|chiều|chìu|afternoon" },
		{ PART_EVENING, "buổi tối|tối|evening|tonight" },
		{ PART_NIGHT, "nửa đêm|đêm|night" },
	};
	const struct talk_word *w = daytime_word(r, r->i);
	size_t			k, took = 0, at = r->i, this;

	if (r->s.part != PART_NONE || r->s.unit != UNIT_NONE)
		return (false);
	this = daytime_says(r, at, "this|the|tomorrow s");
	for (k = 0; k < nitems(parts) && took == 0; k++)
		took = daytime_says(r, at + this, parts[k].words);
	if (took == 0)
		return (false);
	k--;
	w = daytime_word(r, at + this);
	/*
	 * "sang", "toi" and "dem" are other words as well: such a word needs
	 * its marks, or a time or a day at its side.
	 */
	if (took == 1 && w->marks == 0 && w->n <= 4 && !r->s.clock &&
	    !r->s.day &&
	    !daytime_says(r, at + this + took, "nay|mai|mốt|thứ|hnay") &&
	    daytime_says(r, at + this, "sáng|tối|đêm") > 0)
		return (false);
	r->s.now = daytime_says(r, at + this, "tonight") > 0 ||
	    daytime_says(r, at, "this") > 0;
	r->i += this + took;
	if ((took = daytime_says(r, r->i, "nay|hnay|hôm nay|today")) > 0) {
		r->s.now = true;
		r->i += took;
	}
	r->s.part = parts[k].part;
	return (true);
}

/* "trong ngày" is a day, and no bound of one; "trong ngày mai" is one. */
static bool
is_whole(const struct daytime_reader *r)
{
	const struct talk_word *w = daytime_word(r, r->i + 2);

	if (daytime_says(r, r->i, "trong tuần|hết ngày|hết giờ làm việc") > 0)
		return (true);
	return (daytime_says(r, r->i, "trong ngày") > 0 &&
	    (w == NULL || w->digits == 0 || w->gap > TALK_BLANK) &&
	    daytime_says(r, r->i + 2, "mai|hôm|kia|mốt|nay|thứ") == 0);
}

/* The words that stand before a moment, and what they make of it. */
static void
read_bound(struct daytime_reader *r)
{
	static const struct {
		enum daytime_bound bound;
		const char	  *words;
	} bounds[] = {
		{ BOUND_BY,
		    "chậm nhất là|chậm nhất|muộn nhất là|muộn nhất|"
		    "trễ nhất là|trễ nhất|không quá|không muộn hơn|"
		    "không trễ hơn|no later than|not later than|at the latest|"
		    "by the|by" },
		{ BOUND_BEFORE, "trước|trc|before" },
		{ BOUND_WITHIN,
		    "trong vòng tối đa|trong vòng|trong khoảng|trong tối đa|"
		    "nội trong|trong|within the next|within|in the next|"
		    "in about|in|tối đa|up to|the next" },
		{ BOUND_AFTER, "sau|after" },
		{ BOUND_FROM, "kể từ|từ|from|since" },
		{ BOUND_AT,
		    "vào lúc|vào khoảng|vào|lúc|đúng|khoảng|tầm|cỡ|độ|"
		    "đến|tới|hết|at around|at about|at|on|"
		    "around|about|là" },
	};
	size_t k, took, turn;

	for (turn = 0; turn < 3; turn++) {
		for (k = 0, took = 0; k < nitems(bounds) && took == 0; k++)
			if (!is_whole(r))
				took = daytime_says(r, r->i, bounds[k].words);
		/* "tới mai" has its marks: "toi mai" is "tối mai". */
		if (took == 0 ||
		    (daytime_says(r, r->i, "tới") > 0 &&
			r->t->word[r->i].marks == 0))
			return;
		r->i += took;
		if (bounds[k - 1].bound != BOUND_AT)
			r->s.bound = bounds[k - 1].bound;
	}
}

static bool
read_piece(struct daytime_reader *r)
{
	if (r->i >= r->end)
		return (false);
	if (r->s.unit == UNIT_NONE && daytime_read_day(r))
		return (true);
	return (piece_amount(r) || piece_clock(r) || piece_part(r));
}

/* "hôm nay hoặc mai": the later, if both can be counted on. */
static void
daytime_or(const struct daytime_reader *r, struct daytime *d)
{
	struct daytime other;
	size_t link = daytime_says(r, d->to, "hoặc là|hoặc|hay|or");

	if (link == 0 ||
	    !daytime_read(r->t, d->to + link, r->end, r->now, &other))
		return;
	if (d->due == 0 || other.due == 0)
		d->due = 0;
	else if (other.due > d->due) {
		d->due = other.due;
		d->grain = other.grain;
		d->business = other.business;
	}
	d->to = other.to;
}

bool
daytime_read(const struct talk *t, size_t i, size_t end,
    const struct daytime_now *now, struct daytime *d)
{
	struct daytime_reader r = { .t = t, .i = i, .end = end, .now = now };
	size_t		      last, pieces;

	r.today = daytime_today(now);
	for (last = i + 1; last < end && t->word[last].gap < TALK_STOP; last++)
		continue;
	r.end = last;
	read_bound(&r);
	if (!read_piece(&r))
		return (false);
	for (pieces = 1; pieces < PIECES && r.i < r.end; pieces++) {
		last = r.i;
		/* After a pause only "thứ 6 (27/11)", "Friday, 27 November". */
		if (t->word[r.i].gap > TALK_BLANK) {
			if (t->word[r.i].gap != TALK_COMMA || !r.s.day ||
			    r.s.clock || !daytime_read_date(&r))
				break;
			continue;
		}
		r.i += daytime_says(&r, r.i,
		    "vào lúc|vào khoảng|vào|lúc|khoảng|tầm|"
		    "trước|at|on|in the|in|by|of|cỡ");
		if (!read_piece(&r)) {
			r.i = last;
			break;
		}
	}
	*d = (struct daytime){ .from = i, .to = r.i };
	d->lasts = r.s.unit != UNIT_NONE && !r.s.ahead && r.s.bound == BOUND_AT;
	daytime_settle(&r.s, now, d);
	daytime_or(&r, d);
	return (true);
}
