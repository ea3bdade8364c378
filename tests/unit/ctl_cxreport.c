/*
 * deskctl report without a daemon: reports of customers' experience.
 */
#include "unit.h"
#include <jansson.h>

#include "base/buf.h"
#include "ctl/cxreport.h"

static struct buf out;

static const char *
printed(const char *json)
{
	json_t *j = json_loads(json, 0, NULL);

	assert_non_null(j);
	out.n = 0;
	cxreport_csv(&out, j);
	buf_char(&out, '\0');
	json_decref(j);
	return (out.p);
}

static void
test_csv(void **state)
{
	(void)state;
	assert_string_equal(
	    printed("{\"by\":\"queue\",\"rows\":[{\"key\":\"sales\",\"n\":12,"
		    "\"figure\":4.1,\"change\":{\"is\":\"up\",\"by\":0.3}},"
		    "{\"key\":\"=1+1\",\"n\":0,\"figure\":null,\"of\":[\"a\","
		    "\"b\"]}],\"all\":[{\"x\":1},{\"x\":2},{\"x\":3}]}"),
	    "key,n,figure,change.is,change.by,of\r\n"
	    "sales,12,4.1,up,0.3,\r\n\"'=1+1\",0,,,,\"a,b\"\r\n");
	/* Without "rows": the longest list; without one: itself. */
	assert_string_equal(printed("{\"few\":[],\"weak\":[{\"t\":\"giao\"}]}"),
	    "t\r\ngiao\r\n");
	assert_string_equal(printed("{\"n\":3,\"share\":{\"low\":0.5}}"),
	    "n,share.low\r\n3,0.5\r\n");
}

/* What answers nothing, or something else, is no reason to die. */
static void
test_strange(void **state)
{
	struct buf many = { 0 };
	int	   i;

	(void)state;
	assert_string_equal(printed("{}"), "\r\n\r\n");
	printed("{\"rows\":[1,[2],{\"a\":{\"b\":{\"c\":1}}}]}");
	buf_str(&many, "{\"rows\":[{");
	for (i = 0; i < 200; i++)
		buf_printf(&many, "%s\"c%d\":1", i > 0 ? "," : "", i);
	buf_str(&many, "}]}");
	buf_char(&many, '\0');
	printed(many.p);
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
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_strange),
		cmocka_unit_test(test_words),
	};

	int status = cmocka_run_group_tests(tests, NULL, NULL);

	buf_free(&out);
	return (status);
}
