/*
 * proto/pagequery: members of an address count by their whole names, in their
 * form; anything else says nothing.
 */
#include "base/def.h"
#include "proto/pagequery.h"
#include "unit.h"

static void
test_members(void **state)
{
	static const struct {
		const char *query, *accepts;
		const char *lang; /* as the page is; "*": nobody asked */
		const char *said, *score;
	} all[] = {
		{ "", NULL, "vi*", "", "" },
		{ "", "en-GB,vi;q=0.8", "en*", "", "" },
		{ "", "vi,en", "vi*", "", "" },
		{ "lang=en", "vi", "en", "", "" },
		{ "lang=vi&said=more", "en", "vi", "more", "" },
		{ "score=9&lang=en", NULL, "en", "", "9" },
		{ "score=10", NULL, "vi*", "", "10" },
		{ "said=sent&said=done", NULL, "vi*", "done", "" },
		/* What only looks like one of ours. */
		{ "underscore=9&slang=en&unsaid=more", NULL, "vi*", "", "" },
		{ "score=100", NULL, "vi*", "", "" },
		{ "score=-1", NULL, "vi*", "", "" },
		{ "score=9x", NULL, "vi*", "", "" },
		{ "lang=english", NULL, "vi*", "", "" },
		{ "said=abcdefgh", NULL, "vi*", "", "" },
		{ "said=%6dore", NULL, "vi*", "", "" },
		{ "score&said&lang", NULL, "vi*", "", "" },
		{ "&&=&score=", NULL, "vi*", "", "" },
	};
	struct pagequery q;
	char		 lang[4];
	size_t		 i;

	(void)state;
	for (i = 0; i < nitems(all); i++) {
		pagequery_read(&q, all[i].query, all[i].accepts);
		snprintf(lang, sizeof lang, "%s%s", q.english ? "en" : "vi",
		    q.asked ? "" : "*");
		assert_string_equal(lang, all[i].lang);
		assert_string_equal(q.said, all[i].said);
		assert_string_equal(q.score, all[i].score);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
