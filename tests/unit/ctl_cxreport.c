/*
 * deskctl report without a daemon: reports of customers' experience.
 */
#include "unit.h"
#include <jansson.h>

#include "base/buf.h"
#include "ctl/cxreport.h"

static struct buf out;

static const char *
printed(void (*put)(struct buf *, const json_t *), const char *json)
{
	json_t *j = json_loads(json, 0, NULL);

	assert_non_null(j);
	out.n = 0;
	put(&out, j);
	buf_char(&out, '\0');
	json_decref(j);
	return (out.p);
}

static void
wide(struct buf *b, const json_t *j)
{
	cxreport_paper(b, j, 0);
}

static void
narrow(struct buf *b, const json_t *j)
{
	cxreport_paper(b, j, 40);
}

static const char paper[] =
    "{\"title\":\"Overview\",\"lead\":\"20/11/2026\",\"foot\":\"n: how many\","
    "\"sections\":[{\"title\":\"Do first\",\"columns\":[\"What\",\"n\"],"
    "\"numbers\":[false,true],\"rows\":["
    "[\"Deliveries of the slow carrier come two days late\",\"9\"],"
    "[\"H\\u00e0ng\\u001b[2J\",\"1.204\"]]},"
    "{\"title\":\"Themes\",\"columns\":[\"Theme\"],\"numbers\":[false],"
    "\"rows\":[],\"none\":\"Nobody spoke.\"}]}";

static void
test_paper(void **state)
{
	(void)state;
	assert_string_equal(printed(wide, paper),
	    "Overview\n20/11/2026\n\nDo first\n"
	    "What                                                   n\n"
	    "Deliveries of the slow carrier come two days late      9\n"
	    "H\xc3\xa0ng\\x1b[2J                                        1.204\n"
	    "\nThemes\n  Nobody spoke.\n\nn: how many\n");
	assert_string_equal(printed(narrow, paper),
	    "Overview\n20/11/2026\n\nDo first\n"
	    "What                                   n\n"
	    "Deliveries of the slow carrier c\xe2\x80\xa6      9\n"
	    "H\xc3\xa0ng\\x1b[2J                        1.204\n"
	    "\nThemes\n  Nobody spoke.\n\nn: how many\n");
}

/* The report's CSV of that answer. */
static const char *
listed(const char *report, const char *json)
{
	json_t *j = json_loads(json, 0, NULL);

	assert_non_null(j);
	out.n = 0;
	cxreport_csv(&out, j, cxreport_find(report));
	buf_char(&out, '\0');
	json_decref(j);
	return (out.p);
}

static void
test_csv(void **state)
{
	(void)state;
	/* Its own list alone, however long another is. */
	assert_string_equal(
	    listed("scores",
		"{\"by\":\"queue\",\"rows\":[{\"key\":\"sales\",\"n\":12,"
		"\"figure\":4.1,\"change\":{\"is\":\"up\",\"by\":0.3}},"
		"{\"key\":\"=1+1\",\"n\":0,\"figure\":null,\"of\":[\"a\","
		"\"b\"]}],\"all\":[{\"x\":1},{\"x\":2},{\"x\":3}]}"),
	    "key,n,figure,change.is,change.by,of\r\n"
	    "sales,12,4.1,up,0.3,\r\n\"'=1+1\",0,,,,\"a,b\"\r\n");
	/* Of several lists each line says of which it is. */
	assert_string_equal(
	    listed("weak",
		"{\"few\":[{\"t\":\"kho\",\"n\":2},{\"t\":\"web\"}],"
		"\"weak\":[{\"t\":\"giao\",\"n\":90}],\"met\":[]}"),
	    "list,t,n\r\nweak,giao,90\r\nfew,kho,2\r\nfew,web,\r\n");
	/* Of runs a line is of a month, and all have the same columns. */
	assert_string_equal(
	    listed("runs",
		"{\"month\":\"2026-10\",\"runs\":[{\"name\":\"csat\",\"what\":"
		"\"score\",\"measure\":\"csat\",\"months\":[{\"n\":8,\"low\":3.9,"
		"\"month\":\"2026-09\",\"score\":25.88,\"high\":4.5},{\"n\":9,"
		"\"month\":\"2026-10\",\"score\":4.5,\"target\":4.2,\"change\":"
		"{\"by\":0.3,\"is\":\"up\",\"low\":0.1,\"high\":0.5}}]},7]}"),
	    "name,what,measure,month,n,score,low,high,target,change.is,"
	    "change.by,change.low,change.high,department,vi,en\r\n"
	    "csat,score,csat,2026-09,8,25.88,3.9,4.5,,,,,,,,\r\n"
	    "csat,score,csat,2026-10,9,4.5,,,4.2,up,0.3,0.1,0.5,,,\r\n");
	/* Nothing listed is no record of the answer's other members. */
	assert_string_equal(
	    listed("advice", "{\"from\":\"2026-10-25\",\"advice\":[]}"), "");
	assert_string_equal(listed("overview", "{\"n\":3}"), "");
}

/* What answers nothing, or something else, is no reason to die. */
static void
test_strange(void **state)
{
	struct buf many = { 0 };
	int	   i;

	(void)state;
	assert_string_equal(printed(wide, "{}"), "-\n-\n\n-\n");
	printed(wide,
	    "{\"sections\":[1,{},{\"columns\":5,\"rows\":[7]},"
	    "{\"columns\":[1],\"rows\":[[1,2],3,[]]}]}");
	listed("scores", "{\"rows\":[1,[2],{\"a\":{\"b\":{\"c\":1}}}]}");
	buf_str(&many, "{\"rows\":[{");
	for (i = 0; i < 200; i++)
		buf_printf(&many, "%s\"c%d\":1", i > 0 ? "," : "", i);
	buf_str(&many, "}]}");
	buf_char(&many, '\0');
	listed("scores", many.p);
	buf_free(&many);
}

static void
test_names(void **state)
{
	(void)state;
	assert_string_equal(cxreport_find("scores")->words[0], "cx");
	assert_string_equal(cxreport_find("scores")->words[1], "scores");
	assert_null(cxreport_find("score"));
	assert_null(cxreport_find("service"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paper),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_strange),
		cmocka_unit_test(test_names),
	};

	int status = cmocka_run_group_tests(tests, NULL, NULL);

	buf_free(&out);
	return (status);
}
