/*
 * A day as a text says it: what is read of it, and which sentence names what
 * is wrong.
 */
#include "unit.h"
#include "desk/pattern.h"

static void
test_whole(void **state)
{
	static const char text[] =
	    "# A Monday.\r\n"
	    "from 08:00\n"
	    "until 17:30\n"
	    "warm 30m\n"
	    "answer exponential 4s\n"
	    "accept 95%\n"
	    "back 2m\n"
	    "\n"
	    "arrivals sales chat   # the widget\n"
	    "\trates 12 20.5 0\n"
	    "\thandle lognormal 6m 4m\n"
	    "\tpatience exponential 2m\n"
	    "\tskills vi, en 2\n"
	    "\tprefer bao-hanh\n"
	    "\tpriority 60\n"
	    "\twithin 20s\n"
	    "arrivals warehouse mail\n"
	    "\trates 6\n"
	    "\thandle 10m\n"
	    "shift an binh\n"
	    "\thours 08:00-12:00 13:00-17:30\n"
	    "shift chi\n"
	    "case 09:00:01.250 sales call 90500ms prefer an priority 70\n"
	    "case 08:30 sales chat 5m needs en:2,vi? gone 45s within 10s";
	struct pattern		       p;
	char			       wrong[400] = "";
	const struct pattern_arrivals *a;

	(void)state;
	if (!pattern_read(&p, text, strlen(text), wrong, sizeof wrong))
		fail_msg("%s", wrong);
	assert_int_equal(p.from, 8 * 3600000);
	assert_int_equal(p.until, 17 * 3600000 + 30 * 60000);
	assert_int_equal(p.warm, 30 * 60000);
	assert_true(p.accept == 0.95);
	assert_true(p.answer.kind == SPREAD_EXPONENTIAL && p.answer.mean == 4);
	assert_true(p.back.mean == 120);

	assert_int_equal(p.narrivals, 2);
	a = &p.arrivals[0];
	assert_string_equal(a->kind.queue, "sales");
	assert_string_equal(a->kind.channel, "chat");
	assert_string_equal(a->kind.needs, "vi en:2 bao-hanh?");
	assert_int_equal(a->kind.priority, 60);
	assert_int_equal(a->kind.within, 20);
	assert_int_equal(a->nrates, 3);
	assert_true(a->rates[1] == 20.5);
	assert_true(a->handle.mean == 360 && a->handle.deviation == 240);
	assert_true(a->patience.mean == 120);
	a = &p.arrivals[1];
	assert_string_equal(a->kind.needs, "");
	assert_int_equal(a->kind.priority, 50);
	assert_int_equal(a->kind.within, 0);
	assert_true(a->patience.mean == 0);

	assert_int_equal(p.nshifts, 2);
	assert_int_equal(p.shifts[0].nagents, 2);
	assert_string_equal(p.shifts[0].agents[1], "binh");
	assert_int_equal(p.shifts[0].nhours, 2);
	assert_int_equal(p.shifts[0].hours[1].from, 13 * 3600000);
	assert_int_equal(p.shifts[1].nhours, 0);

	/* By their time. */
	assert_int_equal(p.ncases, 2);
	assert_int_equal(p.cases[0].at, 8 * 3600000 + 30 * 60000);
	assert_int_equal(p.cases[0].gone, 45000);
	assert_int_equal(p.cases[0].kind.within, 10);
	assert_string_equal(p.cases[0].kind.needs, "en:2 vi?");
	assert_int_equal(p.cases[1].at, 9 * 3600000 + 1250);
	assert_int_equal(p.cases[1].handle, 90500);
	assert_string_equal(p.cases[1].kind.prefer, "an");
	assert_int_equal(p.cases[1].kind.priority, 70);
	pattern_free(&p);
}

/* Each is wrong, and the sentence begins so. */
static const struct {
	const char *text, *wrong;
} faults[] = {
	{ "hello", "1: \"hello\" is not known here." },
	{ "from 08:00\nuntil 07:00", "0: until must be later" },
	{ "warm 1d", "0: warm leaves nothing" },
	{ "from 8", "1: from is a time" },
	{ "from 49:00", "1: from is a time" },
	{ "from 48:00:01", "1: from is a time" },
	{ "from 08:60", "1: from is a time" },
	{ "from 08:00:00.5", "1: from is a time" },
	{ "from 08:00 09:00", "1: from is a time" },
	{ "accept 101%", "1: accept is a share" },
	{ "accept 1", "1: accept is a share" },
	{ "accept 0%", "1: accept is a share" }, /* who declines for ever */
	{ "until 09:00\ncase 09:00 sales chat 5m", "0: A case comes before" },
	{ "case 08:00 sales chat 5m\nfrom 09:00", "0: A case comes before" },
	{ "answer soon", "1: answer is a time" },
	{ "rates 5", "1: rates stands below arrivals." },
	{ "arrivals sales chat\nhours 08:00-09:00",
	    "2: hours stands below a shift." },
	{ "arrivals sales", "1: It is: arrivals QUEUE CHANNEL" },
	{ "arrivals sales smoke", "1: There is no channel \"smoke\"." },
	{ "arrivals Sales chat", "1: A queue and a channel" },
	{ "\n\narrivals sales chat\n\n", "3: These arrivals have no rates." },
	{ "arrivals sales chat\nrates 5\nshift an",
	    "1: These arrivals have no handle." },
	{ "arrivals sales chat\nrates 5\ncase 08:00 sales chat 5m",
	    "1: These arrivals have no handle." },
	{ "arrivals sales chat\nrates -5", "2: \"-5\" is no rate." },
	{ "arrivals sales chat\nrates 1.2.3", "2: \"1.2.3\" is no rate." },
	{ "arrivals sales chat\nrates 1000000", "2: \"1000000\" is no rate." },
	{ "arrivals sales chat\nrates", "2: rates are numbers" },
	{ "arrivals sales chat\nskills vi:2", "2: skills are like" },
	{ "arrivals sales chat\nskills", "2: skills are like" },
	{ "arrivals sales chat\npriority 100", "2: A priority is" },
	{ "arrivals sales chat\npriority 0", "2: A priority is" },
	{ "arrivals sales chat\nwithin 0", "2: within is a second" },
	{ "shift", "1: It is: shift AGENT ..." },
	{ "shift An", "1: \"An\" is no login." },
	{ "shift an\nhours 12:00-08:00", "2: Hours are like" },
	{ "shift an\nhours", "2: Which hours?" },
	{ "case 08:00 sales chat", "1: It is like: case" },
	{ "case 08:00 sales chat 8d", "1: It is like: case" },
	{ "case 08:00 sales chat 5m gone", "1: A value is missing." },
	{ "case 08:00 sales chat 5m needs a|b", "1: These are no needs." },
	{ "case 08:00 sales chat 5m who an", "1: \"who\" is not known here." },
	{ "from 08:00\xff", "0: The text is not UTF-8" },
};

static void
test_faults(void **state)
{
	struct pattern p;
	char	       wrong[400];
	size_t	       i;

	(void)state;
	for (i = 0; i < nitems(faults); i++) {
		wrong[0] = '\0';
		if (pattern_read(&p, faults[i].text, strlen(faults[i].text),
			wrong, sizeof wrong))
			fail_msg("taken: %s", faults[i].text);
		if (strncmp(wrong, faults[i].wrong, strlen(faults[i].wrong)))
			fail_msg("%s: %s", faults[i].text, wrong);
		pattern_free(&p);
	}
}

/* What is too much is refused, not kept. */
static void
test_bounds(void **state)
{
	static const char one[] = "case 08:00 sales chat 5m\n";
	size_t		  n = sizeof one - 1, many = PATTERN_CASES + 1, i;
	char		 *text = malloc(n * many + 1), wrong[400];
	struct pattern	  p;

	(void)state;
	assert_non_null(text);
	for (i = 0; i < many; i++)
		memcpy(text + i * n, one, n);
	assert_false(pattern_read(&p, text, n * many, wrong, sizeof wrong));
	assert_non_null(strstr(wrong, "more than 200000 cases"));
	pattern_free(&p);
	assert_true(
	    pattern_read(&p, text, n * PATTERN_CASES, wrong, sizeof wrong));
	assert_int_equal(p.ncases, PATTERN_CASES);
	pattern_free(&p);
	memset(text, 'x', 5000);
	assert_false(pattern_read(&p, text, 5000, wrong, sizeof wrong));
	assert_string_equal(wrong, "1: The line is too long.");
	pattern_free(&p);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_bounds),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
