/*
 * Moments in people's words, and when they are: on a Thursday morning, and
 * where days, months and years turn.
 */
#include <time.h>

#include "unit.h"
#include "base/def.h"
#include "desk/daytime.h"

struct row {
	const char *text;
	const char *due; /* local; "-": none to count on; NULL: no moment */
};

static int64_t
moment(const char *local)
{
	struct tm tm = { 0 };

	assert_int_equal(sscanf(local, "%d-%d-%dT%d:%d", &tm.tm_year,
			     &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min),
	    5);
	tm.tm_year -= 1900;
	tm.tm_mon--;
	return ((int64_t)timegm(&tm) - 25200);
}

/* The first moment of the text. */
static bool
first(const char *text, const struct daytime_now *now, struct daytime *d)
{
	static struct talk t;
	size_t		   i;

	talk_read(&t, text, strlen(text));
	for (i = 0; i < t.n; i++)
		if (daytime_read(&t, i, t.n, now, d))
			return (true);
	return (false);
}

static void
check(const char *local, const struct row *row, size_t n)
{
	struct daytime_now now = { moment(local), 25200 };
	struct daytime	   d;
	size_t		   i;
	bool		   there;

	for (i = 0; i < n; i++) {
		there = first(row[i].text, &now, &d);
		if (there != (row[i].due != NULL))
			fail_msg("%s: %s", row[i].text,
			    there ? "a moment" : "no moment");
		if (!there)
			continue;
		if (row[i].due[0] == '-' ? d.due != 0
					 : d.due != moment(row[i].due))
			fail_msg("%s: %+lld minutes from %s", row[i].text,
			    (long long)(d.due - now.at) / 60, row[i].due);
	}
}

#define CHECK(local, rows) check(local, rows, nitems(rows))

static void
test_clock(void **state)
{
	static const struct row rows[] = {
		{ "15h", "2026-11-19T15:00" },
		{ "15 giờ 30", "2026-11-19T15:30" },
		{ "15 giờ 30 phút", "2026-11-19T15:30" },
		{ "15h30", "2026-11-19T15:30" },
		{ "15g30", "2026-11-19T15:30" },
		{ "15:05", "2026-11-19T15:05" },
		{ "3h", "2026-11-19T15:00" },
		{ "3 giờ rưỡi", "2026-11-19T15:30" },
		{ "4h kém 15", "2026-11-19T15:45" },
		{ "9h", "2026-11-19T21:00" },
		{ "09:00", "2026-11-20T09:00" },
		{ "11h", "2026-11-19T11:00" },
		{ "6h", "2026-11-19T18:00" },
		{ "9h hôm nay", "2026-11-19T21:00" },
		{ "9h sáng nay", "-" },
		{ "8h sáng mai", "2026-11-20T08:00" },
		{ "12h trưa", "2026-11-19T12:00" },
		{ "1h trưa", "2026-11-19T13:00" },
		{ "12h đêm", "2026-11-20T00:00" },
		{ "ba giờ chiều", "2026-11-19T15:00" },
		{ "từ 14h đến 16h", "2026-11-19T16:00" },
		{ "14h-16h", "2026-11-19T16:00" },
		{ "2-4h chiều", "2026-11-19T16:00" },
		{ "sau 17h", "2026-11-19T23:59" },
		{ "sau 2h", "-" },
		{ "từ 15h", "-" },
		{ "3pm", "2026-11-19T15:00" },
		{ "3:30 p.m. tomorrow", "2026-11-20T15:30" },
		{ "12 am", "2026-11-20T00:00" },
		{ "at noon", "2026-11-19T12:00" },
		{ "at 3 o'clock", "2026-11-19T15:00" },
		{ "25h", NULL },
		{ "15:61", NULL },
		{ "0903 218 456", NULL },
		{ "3.480.000 đ", NULL },
		{ "DH20418", NULL },
		{ "15", NULL },
	};

	(void)state;
	CHECK("2026-11-19T10:20", rows);
}

static void
test_days(void **state)
{
	static const struct row rows[] = {
		{ "hôm nay", "2026-11-19T23:59" },
		{ "trong ngày", "2026-11-19T23:59" },
		{ "trong ngày mai", "2026-11-20T23:59" },
		{ "chiều nay", "2026-11-19T18:00" },
		{ "sáng mai", "2026-11-20T12:00" },
		{ "toi mai", "2026-11-20T22:00" },
		{ "mốt", "2026-11-21T23:59" },
		{ "một", NULL },
		{ "ngay mot", "2026-11-21T23:59" },
		{ "mai mốt", "-" },
		{ "thứ 5", "2026-11-26T23:59" },
		{ "thứ sáu", "2026-11-20T23:59" },
		{ "thu 2", "2026-11-23T23:59" },
		{ "T7", "2026-11-21T23:59" },
		{ "CN", "2026-11-22T23:59" },
		{ "thứ 6 tuần sau", "2026-11-27T23:59" },
		{ "thứ 2 tuần này", "-" },
		{ "thứ 2 này", "2026-11-23T23:59" },
		{ "lần thứ 2", NULL },
		{ "cuối tuần", "2026-11-22T23:59" },
		{ "đầu tuần sau", "2026-11-24T23:59" },
		{ "cuối tháng", "2026-11-30T23:59" },
		{ "trước thứ 7", "2026-11-20T23:59" },
		{ "chậm nhất thứ 7", "2026-11-21T23:59" },
		{ "25/11", "2026-11-25T23:59" },
		{ "ngày 25", "2026-11-25T23:59" },
		{ "ngày 5", "2026-12-05T23:59" },
		{ "ngày 25 tháng 11", "2026-11-25T23:59" },
		{ "25-11-2026", "2026-11-25T23:59" },
		{ "25.11.2026", "2026-11-25T23:59" },
		{ "2026-11-25", "2026-11-25T23:59" },
		{ "25-26/11", "2026-11-26T23:59" },
		{ "thứ 6 (27/11)", "2026-11-27T23:59" },
		{ "15h ngày 21/11", "2026-11-21T15:00" },
		{ "18/11", "-" },
		{ "18/11/2026", "-" },
		{ "31/2", "-" },
		{ "ngày 25/13", "-" },
		{ "5/1/2027", "2027-01-05T23:59" },
		{ "24/7", NULL },
		{ "1/2", NULL },
		{ "mai hoặc thứ 7", "2026-11-21T23:59" },
		{ "mai hoặc hôm nào", "-" },
		{ "tomorrow afternoon", "2026-11-20T18:00" },
		{ "this Friday", "2026-11-20T23:59" },
		{ "before Saturday", "2026-11-20T23:59" },
		{ "by next Friday", "2026-11-27T23:59" },
		{ "25 November", "2026-11-25T23:59" },
		{ "Nov 25th", "2026-11-25T23:59" },
		{ "chị Mai", NULL },
	};
	static const struct row eve[] = {
		{ "chiều nay", "-" },
		{ "ngày 5/1", "2027-01-05T23:59" },
		{ "5/1", NULL },
		{ "mai", "2027-01-01T23:59" },
		{ "3h", "2027-01-01T15:00" },
		{ "15h", "2027-01-01T15:00" },
		{ "tuần sau", "2027-01-10T23:59" },
		{ "cuối tháng", "2026-12-31T23:59" },
		{ "ngày 31", "2026-12-31T23:59" },
		{ "30/12", "-" },
		{ "29/2", "-" },
	};

	(void)state;
	CHECK("2026-11-19T10:20", rows);
	CHECK("2026-12-31T20:00", eve);
}

static void
test_amounts(void **state)
{
	static const struct row rows[] = {
		{ "trong vòng 24h", "2026-11-20T10:20" },
		{ "24h", "2026-11-20T00:00" },
		{ "2h nữa", "2026-11-19T12:20" },
		{ "2 tiếng nữa", "2026-11-19T12:20" },
		{ "1 tiếng rưỡi nữa", "2026-11-19T11:50" },
		{ "nửa tiếng nữa", "2026-11-19T10:50" },
		{ "30p nữa", "2026-11-19T10:50" },
		{ "sau 15 phút", "2026-11-19T10:35" },
		{ "2–3 ngày", "2026-11-22T23:59" },
		{ "2 đến 3 ngày", "2026-11-22T23:59" },
		{ "hai ba ngày", "2026-11-22T23:59" },
		{ "từ 2 đến 3 ngày", "2026-11-22T23:59" },
		{ "3 ngày làm việc", "2026-11-24T23:59" },
		{ "1 tuần", "2026-11-26T23:59" },
		{ "vài ngày nữa", "-" },
		{ "vài phút nữa", "2026-11-19T10:35" },
		{ "2 ngày nay", "-" },
		{ "3 ngày rồi", "-" },
		{ "2 ngày trước", "-" },
		{ "3 days ago", "-" },
		{ "within 3 business days", "2026-11-24T23:59" },
		{ "in an hour", "2026-11-19T11:20" },
		{ "in 2-3 days", "2026-11-22T23:59" },
		{ "9999 ngày", "-" },
		{ "0 ngày", "-" },
	};

	(void)state;
	CHECK("2026-11-19T10:20", rows);
}

/* Where it is another day: the zone's own. */
static void
test_zone(void **state)
{
	/* 2026-11-19 20:00 UTC: in Vietnam it is tomorrow already. */
	struct daytime_now now = { moment("2026-11-20T03:00"), 25200 };
	struct daytime	   d;

	(void)state;
	assert_true(first("hôm nay", &now, &d));
	assert_int_equal(d.due, moment("2026-11-20T23:59"));
	now.offset = -5 * 3600;
	assert_true(first("hôm nay", &now, &d));
	assert_int_equal(d.due, moment("2026-11-20T11:59"));
	/* The day before there was a first one. */
	now = (struct daytime_now){ -1, 0 };
	assert_true(first("15h", &now, &d));
	assert_int_equal(d.due, 15 * 3600);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_amounts),
		cmocka_unit_test(test_zone),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
