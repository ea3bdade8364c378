/*
 * desk/surveypage: every kind of question, in both languages; whatever stands
 * in a survey or was typed, the page's markup is ours.
 */
#include <stdlib.h>

#include "desk/surveypage.h"
#include "unit.h"

#define ONCE "00000000-0000-4000-8000-000000000000"

static size_t
count(const char *s, const char *what)
{
	size_t n = 0;

	for (; (s = strstr(s, what)) != NULL; s += strlen(what))
		n++;
	return (n);
}

/* A page in which everything that may be said is this word. */
static char *
page_of(
    const char *step, const char *word, const char *typed_name, bool english)
{
	struct surveypage p = { .once = ONCE,
		.english = english,
		.said = SW_FAILED,
		.failed = true };
	struct buf	  b;
	json_t		 *seen, *typed;

	seen = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:b,s:b,s:b,s:b,s:i,"
			 "s:[{s:s,s:s,s:s,s:b},{s:s,s:s,s:s},"
			 "{s:s,s:s,s:s},{s:s,s:s,s:s,s:[{s:s,s:s}]},"
			 "{s:s,s:s,s:s},{s:s,s:s,s:s}]}",
	    "step", step, "company", word, "title", word, "order", word,
	    "delivered", word, "until", word, "agent", word, "help", 1, "call",
	    1, "words", 1, "low", 1, "score", 3, "questions", "name", word,
	    "kind", "nps", "text", word, "required", 1, "name", word, "kind",
	    "csat", "text", word, "name", word, "kind", "ces", "text", word,
	    "name", word, "kind", "choice", "text", word, "choices", "name",
	    word, "text", word, "name", word, "kind", "number", "text", word,
	    "name", word, "kind", "text", "text", word);
	assert_non_null(seen);
	typed = json_pack("{s:s,s:s,s:s,s:s,s:s}", typed_name, word, "text",
	    word, "name", word, "email", word, "phone", word);
	p.seen = seen;
	p.typed = typed;
	buf_init(&b, 0);
	surveypage_write(&b, &p);
	json_decref(seen);
	json_decref(typed);
	return (buf_take(&b, NULL));
}

/* The tags, attributes and quotes are as many as with a word that says none. */
static void
test_hostile(void **state)
{
	static const char *const words[] = {
		"<script>alert(1)</script>",
		"\"><img src=x onerror=alert(1)>",
		"' onclick='x",
		"</textarea></title></style><!--",
		"&lt;&#60;&amp;lt;",
		"\xe2\x80\xae]]>\x01\x1b[31m",
	};
	static const char *const steps[] = { "ask", "more", "form" };
	static const char *const marks[] = { "<", ">", "\"", "'" };
	char			*plain, *made;
	size_t			 i, e, s, m;

	(void)state;
	for (e = 0; e < 2; e++)
		for (s = 0; s < nitems(steps); s++)
			for (i = 0; i < nitems(words); i++) {
				plain = page_of(steps[s], "x", "x", e);
				made = page_of(steps[s], words[i], words[i], e);
				for (m = 0; m < nitems(marks); m++)
					assert_int_equal(count(plain, marks[m]),
					    count(made, marks[m]));
				assert_null(strstr(made, "\xe2\x80\xae"));
				assert_null(strchr(made, '\x1b'));
				free(plain);
				free(made);
			}
}

static void
test_words(void **state)
{
	size_t i, e;

	(void)state;
	for (i = 0; i < SURVEYWORDS; i++)
		for (e = 0; e < 2; e++)
			assert_non_null(
			    surveyword((enum surveyword)i, e, false));
}

/* Colleagues are no customers: what they can come to see has words of theirs. */
static void
test_staff_words(void **state)
{
	static const enum surveyword never[] = { SW_CALL, SW_CALL_END,
		SW_CALL_ANY, SW_HELP_ASK, SW_SAID_HELP, SW_SAID_SENT, SW_YOU,
		SW_FAILED_REACH, SW_UNWANTED_WHY, SW_UNSENT_WHY, SW_NONE_WHY,
		/* Nobody can look up who reads them. */
		SW_KEPT_WHY, SW_KEPT_WORDS, SW_UNLEFT_WHY };
	size_t			     i, j;

	(void)state;
	for (i = 0; i < SURVEYWORDS; i++) {
		for (j = 0; j < nitems(never) && never[j] != i; j++)
			;
		if (j == nitems(never))
			assert_null(
			    strstr(surveyword((enum surveyword)i, false, true),
				"nh/chị"));
		assert_non_null(surveyword((enum surveyword)i, true, true));
	}
	assert_string_equal(surveyword(SW_THANKS, false, true), "Cảm ơn bạn.");
}

/* A scale has as many buttons as scores; faces begin with the best. */
static void
test_scales(void **state)
{
	static const struct {
		const char *kind;
		size_t	    taps;
		const char *first;
	} all[] = { { "nps", 11, "value=\"0\"" }, { "csat", 5, "value=\"5\"" },
		{ "ces", 7, "value=\"1\"" } };
	struct surveypage p = { .once = ONCE, .said = SURVEYWORDS };
	struct buf	  b;
	json_t		 *seen;
	size_t		  i;

	(void)state;
	for (i = 0; i < nitems(all); i++) {
		seen = json_pack("{s:s,s:b,s:[{s:s,s:s,s:s}]}", "step", "ask",
		    "one", 1, "questions", "name", "q", "kind", all[i].kind,
		    "text", "?");
		p.seen = seen;
		p.score = NULL;
		buf_init(&b, 0);
		surveypage_write(&b, &p);
		assert_int_equal(
		    count(b.p, "<button class=\"tap\" name=\"n.q\""),
		    all[i].taps);
		assert_true(
		    strstr(b.p, all[i].first) < strstr(b.p, "value=\"3\""));
		assert_null(strstr(b.p, "id=\"send\""));
		buf_free(&b);
		/* Chosen in the mail: one button sends it. */
		p.score = "3";
		buf_init(&b, 0);
		surveypage_write(&b, &p);
		assert_int_equal(count(b.p, "aria-pressed=\"true\""), 1);
		assert_int_equal(count(b.p, "id=\"send\""), 1);
		buf_free(&b);
		json_decref(seen);
	}
}

/* What may be added, and what is left when that was said. */
static void
test_more(void **state)
{
	static const struct {
		enum surveyword said;
		bool		call, help, gift, helps;
	} all[] = { { SURVEYWORDS, true, false, true, false },
		{ SURVEYWORDS, false, true, false, true },
		{ SW_SAID_MORE, false, true, false, true },
		{ SW_SAID_HELP, true, true, false, false },
		{ SW_SAID_DONE, true, true, false, false } };
	struct surveypage p = { .once = ONCE };
	struct buf	  b;
	json_t		 *seen;
	size_t		  i;

	(void)state;
	for (i = 0; i < nitems(all); i++) {
		seen = json_pack("{s:s,s:i,s:b,s:b,s:b}", "step", "more",
		    "score", 6, "words", 1, "call", all[i].call, "help",
		    all[i].help);
		p.seen = seen;
		p.said = all[i].said;
		buf_init(&b, 0);
		surveypage_write(&b, &p);
		assert_non_null(strstr(b.p, " 6 "));
		assert_int_equal(
		    strstr(b.p, "value=\"more\"") != NULL, all[i].gift);
		assert_int_equal(strstr(b.p, "name=\"call\"") != NULL,
		    all[i].gift && all[i].call);
		assert_int_equal(
		    strstr(b.p, "value=\"help\"") != NULL, all[i].helps);
		buf_free(&b);
		json_decref(seen);
	}
}

/* What was typed stands in the form again. */
static void
test_typed(void **state)
{
	struct surveypage p = {
		.once = ONCE, .said = SW_FAILED_EMPTY, .failed = true
	};
	struct buf b;
	json_t	  *seen, *typed;

	(void)state;
	seen = json_pack("{s:s,s:[{s:s,s:s},{s:s,s:s,s:[{s:s},{s:s}]},"
			 "{s:s,s:s},{s:s,s:s}]}",
	    "step", "form", "questions", "name", "a", "kind", "ces", "name",
	    "b", "kind", "choice", "choices", "name", "one", "name", "two",
	    "name", "c", "kind", "number", "name", "d", "kind", "text");
	typed = json_pack("{s:i,s:[s],s:i,s:s,s:s}", "a", 7, "b", "two", "c",
	    -3, "d", "words", "email", "x@example.com");
	p.seen = seen;
	p.typed = typed;
	buf_init(&b, 0);
	surveypage_write(&b, &p);
	assert_non_null(strstr(b.p, "name=\"n.a\" value=\"7\" checked"));
	assert_non_null(strstr(b.p, "name=\"c.b\" value=\"two\" checked"));
	assert_int_equal(count(b.p, " checked"), 2);
	assert_non_null(strstr(b.p, "value=\"-3\""));
	assert_non_null(strstr(b.p, "\nwords</textarea>"));
	assert_non_null(strstr(b.p, "value=\"x@example.com\""));
	assert_non_null(strstr(b.p, "role=\"alert\""));
	buf_free(&b);
	json_decref(seen);
	json_decref(typed);
}

static void
test_notices(void **state)
{
	static const enum surveyword all[] = { SW_GONE, SW_NONE, SW_AWAY,
		SW_OFTEN };
	struct buf		     b;
	size_t			     i, e;

	(void)state;
	for (i = 0; i < nitems(all); i++)
		for (e = 0; e < 2; e++) {
			buf_init(&b, 0);
			surveypage_notice(&b, all[i], e);
			assert_non_null(
			    strstr(b.p, surveyword(all[i], e, false)));
			assert_non_null(strstr(b.p,
			    surveyword(
				(enum surveyword)(all[i] + 1), e, false)));
			/* What is over is not tried again. */
			assert_int_equal(strstr(b.p, "href=\"\"") != NULL,
			    all[i] == SW_AWAY || all[i] == SW_OFTEN);
			buf_free(&b);
		}
}

/* What was posted is all there to be sent again, and his words to be seen. */
static void
test_kept(void **state)
{
	json_t *answers = json_pack(
	    "{s:i,s:[s,s],s:s}", "a", 7, "b", "one", "two", "c", "<b>words");
	json_t	  *besides = json_pack("{s:b,s:s,s:s}", "call", 1, "email",
	       "x@example.com", "text", "more \"words\"");
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	surveypage_kept(&b, "ONCE", "more", answers, besides, false);
	assert_non_null(strstr(b.p, "name=\"once\" value=\"ONCE\""));
	assert_non_null(strstr(b.p, "name=\"n.a\" value=\"7\""));
	assert_non_null(strstr(b.p, "name=\"c.b\" value=\"one\""));
	assert_non_null(strstr(b.p, "name=\"c.b\" value=\"two\""));
	assert_non_null(strstr(b.p, "name=\"call\" value=\"yes\""));
	assert_non_null(strstr(b.p, "name=\"email\" value=\"x@example.com\""));
	assert_non_null(strstr(b.p, "name=\"what\" value=\"more\""));
	assert_non_null(strstr(b.p, "\n&lt;b&gt;words</textarea>"));
	assert_non_null(strstr(b.p, "words&quot;</textarea>"));
	assert_null(strstr(b.p, "<b>"));
	buf_free(&b);
	json_decref(answers);
	json_decref(besides);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_staff_words),
		cmocka_unit_test(test_scales),
		cmocka_unit_test(test_more),
		cmocka_unit_test(test_typed),
		cmocka_unit_test(test_notices),
		cmocka_unit_test(test_kept),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
