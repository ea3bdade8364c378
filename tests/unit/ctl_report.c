/*
 * deskctl's answers without a daemon: a report as a table and as CSV, figures
 * and papers as a terminal shows them.
 */
#include "unit.h"
#include <jansson.h>

#include "base/buf.h"
#include "ctl/reporttable.h"
#include "ctl/show.h"

/* (Our own; as REPORT answers.) */
static const char answer[] =
    "{\"name\":\"service\",\"from\":\"2026-11-20T17:00:00.000Z\","
    "\"to\":\"2026-11-21T17:00:00.000Z\",\"by\":\"queue\","
    "\"timezone\":\"Asia/Ho_Chi_Minh\",\"columns\":["
    "{\"name\":\"offered\",\"unit\":\"count\"},"
    "{\"name\":\"asa\",\"unit\":\"seconds\"},"
    "{\"name\":\"sl_offered\",\"unit\":\"percent\"}],\"rows\":["
    "{\"label\":null,\"cells\":[0,null,null]},"
    "{\"label\":\"kho-h\\u00e0ng\",\"cells\":[12,3725.4,91.7]},"
    "{\"label\":\"=1+1\\u001b[2J\",\"cells\":[1500,-61.0,0.0]}],"
    "\"total\":[1512,93784.0,50.5]}";

static struct buf out;

static void
assert_table(const char *json, const char *expected)
{
	json_t *j = json_loads(json, 0, NULL);

	assert_non_null(j);
	out.n = 0;
	report_table(&out, j);
	buf_char(&out, '\0');
	assert_string_equal(out.p, expected);
	json_decref(j);
}

static void
test_table(void **state)
{
	(void)state;
	assert_table(answer,
	    "queue        offered         asa  sl_offered\n"
	    "(nobody)           0           -           -\n"
	    "kho-h\xc3\xa0ng          12     1:02:05       91.7%\n"
	    "=1+1\\x1b[2J     1500       -1:01        0.0%\n"
	    "total           1512  1d 2:03:04       50.5%\n"
	    "service, 2026-11-20T17:00:00.000Z to 2026-11-21T17:00:00.000Z "
	    "(Asia/Ho_Chi_Minh)\n");
}

/* What answers nothing, or something else, is no reason to die. */
static void
test_strange(void **state)
{
	struct buf many = { 0 };
	json_t	  *j;
	int	   i;

	(void)state;
	assert_table("{}", "     \ntotal\n,  to  ()\n");
	assert_table(
	    "{\"rows\":[{\"cells\":5},7],\"columns\":[1],\"total\":{}}",
	    "           \n(nobody)  -\n(nobody)  -\ntotal     -\n,  to  ()\n");
	buf_str(&many, "{\"columns\":[");
	for (i = 0; i < 100; i++)
		buf_printf(&many, "%s{\"name\":\"c\"}", i > 0 ? "," : "");
	buf_str(&many, "]}");
	buf_char(&many, '\0');
	j = json_loads(many.p, 0, NULL);
	assert_non_null(j);
	out.n = 0;
	report_table(&out, j);
	report_csv(&out, j);
	json_decref(j);
	buf_free(&many);
}

static void
test_csv(void **state)
{
	json_t *j = json_loads(answer, 0, NULL);

	(void)state;
	out.n = 0;
	report_csv(&out, j);
	buf_char(&out, '\0');
	assert_string_equal(out.p,
	    "queue,offered,asa,sl_offered\r\n"
	    ",0,,\r\n"
	    "kho-h\xc3\xa0ng,12,3725.4,91.7\r\n"
	    "\"'=1+1\x1b[2J\",1500,-61.0,0.0\r\n");
	json_decref(j);
}

static void
assert_field(const char *s, const char *expected)
{
	out.n = 0;
	report_field(&out, s);
	buf_char(&out, '\0');
	assert_string_equal(out.p, expected);
}

static void
test_field(void **state)
{
	(void)state;
	assert_field("", "");
	assert_field("sales", "sales");
	assert_field("a,b", "\"a,b\"");
	assert_field("say \"hi\"", "\"say \"\"hi\"\"\"");
	assert_field("two\nlines", "\"two\nlines\"");
	assert_field("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\"");
	assert_field("+84", "\"'+84\"");
	assert_field("-1", "\"'-1\"");
	assert_field("@SUM(1)", "\"'@SUM(1)\"");
	assert_field("\tx", "\"'\tx\"");
	assert_field("\rx", "\"'\rx\"");
	assert_field("a=b", "a=b");
}

static size_t columns = 80; /* of the terminal */

static void
assert_shown(bool terminal, const char *json, const char *expected)
{
	struct show s = { .out = &out, .terminal = terminal, .width = columns };
	json_t	   *j = json_loads(json, 0, NULL);

	assert_non_null(j);
	out.n = 0;
	show_value(&s, j);
	buf_char(&out, '\0');
	assert_string_equal(out.p, expected);
	json_decref(j);
}

/* What a row is of comes first, its figures have their limits. */
static void
test_figures(void **state)
{
	static const char rows[] =
	    "[{\"n\":3,\"en\":\"Calls\",\"vi\":\"G\u1ecdi\",\"waits\":{\"n\":3,"
	    "\"share\":33.3,\"low\":6.1,\"high\":79.2},\"target\":4.2,"
	    "\"before\":{\"n\":0},\"touchpoint\":\"goi\"}]";
	static const char followups[] =
	    "[{\"came\":{\"n\":80,\"low\":6.9,\"high\":21.5,\"later\":40,"
	    "\"share\":12.5},\"held\":{\"n\":0,\"later\":9},\"sent\":120,"
	    "\"after\":\"delivered\",\"since\":\"2026-09-01T00:00:00.000Z\","
	    "\"title\":\"Ask how it arrived\",\"active\":true,\"waiting\":3,"
	    "\"answered\":{\"n\":120,\"low\":25.5,\"high\":42.2,\"share\":33.3},"
	    "\"followup\":\"ask\",\"undeliverable\":{\"n\":122,\"low\":0.5,"
	    "\"high\":5.8,\"share\":1.6}}]";

	(void)state;
	setenv("LC_ALL", "C.UTF-8", 1);
	assert_shown(true, rows,
	    "touchpoint  en     target  n  waits            before\n"
	    "goi         Calls  4.2     3  33.3 (6.1\xe2\x80\x93"
	    "79.2)  -\n");
	setenv("LC_ALL", "vi_VN.UTF-8", 1);
	assert_shown(true, rows,
	    "touchpoint  vi   target  n  waits            before\n"
	    "goi         G\xe1\xbb\x8di  4.2     3  33.3 (6.1\xe2\x80\x93"
	    "79.2)  -\n");
	/* A program gets every plain member, in both languages. */
	assert_shown(false, rows,
	    "touchpoint\ten\tvi\ttarget\tn\twaits\tbefore\n"
	    "goi\tCalls\tG\xe1\xbb\x8di\t4.2\t3\t33.3\t-\n");
	/* What came of it is looked for first; where it is tight, the figure. */
	assert_shown(true, followups,
	    "title               waiting  sent  undeliverable  answered  came"
	    "  held\n"
	    "Ask how it arrived  3        120   1.6            33.3      12.5"
	    "  -\n");
}

static void
test_paper(void **state)
{
	static const char paper[] =
	    "{\"title\":\"Week\\u001b[2J\",\"lead\":\"1 to 7\",\"foot\":\"n\","
	    "\"lang\":\"en\",\"sections\":[{\"title\":\"Scores\","
	    "\"columns\":[\"Score\",\"Result\"],\"rows\":[[\"CSAT\",\"4.4\"]]}]}";

	(void)state;
	assert_shown(true, paper,
	    "Week\\x1b[2J\n1 to 7\n\nScores\nScore  Result\nCSAT   4.4\n\nn\n");
	assert_shown(false, "{\"csv\":\"a,b\\r\\n\"}", "a,b\r\n");
	assert_shown(true, "{\"csv\":\"a\\u001b\\n\"}", "a\\x1b\n");
}

/* A column for each month, the newest where not all have room. */
static void
test_runs(void **state)
{
	static const char runs[] =
	    "{\"week\":\"2026-11-16\",\"runs\":[{\"name\":\"csat\",\"what\":"
	    "\"score\",\"weeks\":[{\"week\":\"2026-11-16\",\"score\":3.8,"
	    "\"change\":{\"is\":\"down\"}}]},{\"name\":\"nps\",\"what\":\"score\","
	    "\"weeks\":[{\"week\":\"2026-11-09\",\"score\":25.88},"
	    "{\"week\":\"\\u001b[2J\",\"score\":1},{\"week\":\"2026-11-16\","
	    "\"score\":31,\"change\":{\"is\":\"unsaid\"}}]}]}";

	(void)state;
	assert_shown(true, runs,
	    "name  what   2026-11-09  2026-11-16\n"
	    "csat  score  -           3.8 \xe2\x86\x93\n"
	    "nps   score  25.88       31\n");
	assert_shown(false, runs,
	    "name\twhat\t2026-11-09\t2026-11-16\n"
	    "csat\tscore\t-\t3.8 \xe2\x86\x93\nnps\tscore\t25.88\t31\n");
	columns = 30;
	assert_shown(true, runs,
	    "name  what   2026-11-16\ncsat  score  3.8 \xe2\x86\x93\n"
	    "nps   score  31\n");
	columns = 80;
	assert_shown(
	    false, "{\"runs\":[{\"months\":[7,{\"month\":5}]},7]}", "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_strange),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_field),
		cmocka_unit_test(test_figures),
		cmocka_unit_test(test_paper),
		cmocka_unit_test(test_runs),
	};
	int status = cmocka_run_group_tests(tests, NULL, NULL);

	buf_free(&out);
	return (status);
}
