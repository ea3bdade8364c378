/*
 * proto/surveyform: a form's fields become answers, or the form is none.
 */
#include <stdlib.h>

#include "proto/surveyform.h"
#include "unit.h"

#define TYPE "application/x-www-form-urlencoded"
#define ONCE "once=6c1d0000-0000-4000-8000-000000000001"

/* The answers of a body as JSON; "bad" when it is no form. */
static void
test_answers(void **state)
{
	static const struct {
		const char *body, *answers;
	} all[] = {
		{ ONCE "&n.score=6", "{\"score\":6}" },
		{ ONCE "&n.score=-3&n.days=", "{\"score\":-3}" },
		{ ONCE "&c.why=late&c.why=price",
		    "{\"why\":[\"late\",\"price\"]}" },
		{ ONCE "&t.words=+a%0D%0Ab+", "{\"words\":\"a\\nb\"}" },
		{ ONCE "&t.words=%20%0A", "{}" },
		{ ONCE "&t.words=%ff", "{\"words\":\"?\"}" },
		{ ONCE "&unknown=1", "{}" },
		{ ONCE "&n.score=6&n.score=6", "{\"score\":6}" },
		{ "n.score=6", "bad" },
		{ "once=1&n.score=6", "bad" },
		{ ONCE "&n.score=six", "bad" },
		{ ONCE "&n.score=6.5", "bad" },
		{ ONCE "&n.score=1000000000", "bad" },
		{ ONCE "&n.score=99999999999999999999", "bad" },
		{ ONCE "&n.=6", "bad" },
		{ ONCE "&x.score=6", "bad" },
		{ ONCE "&n.score=%zz", "bad" },
		{ ONCE "&t.words=%00", "bad" },
		{ ONCE "&n.score=6&n.score=7", "bad" },
		{ ONCE "&n.score=6&n.score=7&n.score=6", "bad" },
		{ ONCE "&t.words=a&t.words=b", "bad" },
		{ ONCE "&n.score=6&c.score=late", "bad" },
		{ ONCE "&c.score=late&t.score=a", "bad" },
		{ "", "bad" },
	};
	struct surveyform f;
	size_t		  i;
	char		 *got;

	(void)state;
	for (i = 0; i < nitems(all); i++) {
		got =
		    surveyform_read(&f, TYPE, all[i].body, strlen(all[i].body))
		    ? json_dumps(f.answers, JSON_COMPACT | JSON_SORT_KEYS)
		    : strdup("bad");
		assert_string_equal(got, all[i].answers);
		free(got);
		surveyform_free(&f);
	}
}

/* Of a form that is refused what is right stands there: it is shown again. */
static void
test_refused(void **state)
{
	static const char body[] =
	    ONCE "&n.a=6&n.a=7&n.b=six&n.c=4&t.d=words&text=more";
	struct surveyform f;
	char		 *got;

	(void)state;
	assert_false(surveyform_read(&f, TYPE, body, sizeof body - 1));
	got = json_dumps(f.answers, JSON_COMPACT | JSON_SORT_KEYS);
	assert_string_equal(got, "{\"a\":null,\"c\":4,\"d\":\"words\"}");
	assert_string_equal(
	    json_string_value(json_object_get(f.besides, "text")), "more");
	free(got);
	surveyform_free(&f);
}

/* What is no question's. */
static void
test_besides(void **state)
{
	static const char body[] =
	    ONCE "&what=help&text=a&name=b&email=c&phone=d&call=yes&website=";
	struct surveyform f;

	(void)state;
	assert_true(
	    surveyform_read(&f, TYPE "; charset=UTF-8", body, sizeof body - 1));
	assert_int_equal(f.what, SURVEYFORM_HELP);
	assert_int_equal(json_object_size(f.besides), 5);
	assert_true(json_is_true(json_object_get(f.besides, "call")));
	assert_false(f.trapped);
	surveyform_free(&f);
	assert_true(
	    surveyform_read(&f, TYPE, ONCE "&website=x", sizeof ONCE + 9));
	assert_true(f.trapped);
	surveyform_free(&f);
}

/* Limits, and what is no form. */
static void
test_limits(void **state)
{
	struct surveyform f;
	size_t		  n = SURVEYFORM_TEXT + 100;
	char		 *body = calloc(1, n);
	int		  i;

	(void)state;
	assert_false(
	    surveyform_read(&f, "application/json", ONCE, sizeof ONCE - 1));
	surveyform_free(&f);
	assert_false(surveyform_read(&f, NULL, ONCE, sizeof ONCE - 1));
	surveyform_free(&f);
	memset(body, 'x', n - 1);
	memcpy(body, ONCE "&t.words=", sizeof ONCE + 8);
	assert_false(surveyform_read(&f, TYPE, body, n - 1));
	surveyform_free(&f);
	assert_true(
	    surveyform_read(&f, TYPE, body, sizeof ONCE + 8 + SURVEYFORM_TEXT));
	surveyform_free(&f);
	for (i = 0; i + 4 < (int)n; i += 4)
		memcpy(body + i, "a=b&", 4);
	memcpy(body, ONCE "&", sizeof ONCE);
	assert_false(surveyform_read(&f, TYPE, body, n - 1));
	surveyform_free(&f);
	free(body);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_besides),
		cmocka_unit_test(test_limits),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
