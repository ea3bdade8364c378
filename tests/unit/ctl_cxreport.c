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

static void
test_csv(void **state)
{
	(void)state;
	assert_string_equal(
	    printed(cxreport_csv,
		"{\"by\":\"queue\",\"rows\":[{\"key\":\"sales\",\"n\":12,"
		"\"figure\":4.1,\"change\":{\"is\":\"up\",\"by\":0.3}},"
		"{\"key\":\"=1+1\",\"n\":0,\"figure\":null,\"of\":[\"a\","
		"\"b\"]}],\"all\":[{\"x\":1},{\"x\":2},{\"x\":3}]}"),
	    "key,n,figure,change.is,change.by,of\r\n"
	    "sales,12,4.1,up,0.3,\r\n\"'=1+1\",0,,,,\"a,b\"\r\n");
	/* Without "rows": the longest list; without one: itself. */
	assert_string_equal(
	    printed(cxreport_csv, "{\"few\":[],\"weak\":[{\"t\":\"giao\"}]}"),
	    "t\r\ngiao\r\n");
	assert_string_equal(
	    printed(cxreport_csv, "{\"n\":3,\"share\":{\"low\":0.5}}"),
	    "n,share.low\r\n3,0.5\r\n");
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
	printed(cxreport_csv, "{\"rows\":[1,[2],{\"a\":{\"b\":{\"c\":1}}}]}");
	buf_str(&many, "{\"rows\":[{");
	for (i = 0; i < 200; i++)
		buf_printf(&many, "%s\"c%d\":1", i > 0 ? "," : "", i);
	buf_str(&many, "}]}");
	buf_char(&many, '\0');
	printed(cxreport_csv, many.p);
	buf_free(&many);
}

static void
test_words(void **state)
{
	(void)state;
	assert_string_equal(cxreport_words("scores")[0], "cx");
	assert_string_equal(cxreport_words("scores")[1], "scores");
	assert_null(cxreport_words("score"));
	assert_null(cxreport_words("service"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paper),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_strange),
		cmocka_unit_test(test_words),
	};

	int status = cmocka_run_group_tests(tests, NULL, NULL);

	buf_free(&out);
	return (status);
}
