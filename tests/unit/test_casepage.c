/*
 * desk/casepage: whatever a customer calls himself or writes, the page's
 * markup is ours.
 */
#include <stdlib.h>

#include "desk/casepage.h"
#include "desk/htmlout.h"
#include "unit.h"

#define TOKEN "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

/* How often a character stands in a text. */
static size_t
count(const char *s, char c)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += *s == c;
	return (n);
}

/* A case in which everything that a stranger may say is this. */
static char *
page_of(const char *word, bool english)
{
	struct casepage p = { .token = TOKEN,
		.id = "00000000-0000-4000-8000-000000000000",
		.english = english,
		.said = CW_FAILED,
		.failed = true,
		.typed = word };
	struct buf	b;
	json_t	       *seen;

	seen = json_pack("{s:i,s:s,s:s,s:s,s:s,s:s,s:b,s:b,s:s,s:i,"
			 "s:[{s:i,s:s,s:s,s:s,s:s,s:s,s:[{s:i,s:s,s:i}]}],"
			 "s:[{s:s,s:s,s:s,s:b,s:s,s:s}],s:{s:s}}",
	    "number", 1001, "subject", word, "state", "open", "company", word,
	    "agent", word, "for", word, "owed", 1, "his", 1, "expected", word,
	    "version", 3, "items", "event", 7, "what", "in", "channel", word,
	    "at", word, "stamp", word, "text", word, "files", "place", 0,
	    "name", word, "size", 2048, "orders", "order", word, "promised",
	    word, "delivered", word, "late", 1, "carrier", word, "tracking",
	    word, "steps", "received", word);
	assert_non_null(seen);
	p.seen = seen;
	buf_init(&b, 0);
	casepage_write(&b, &p);
	json_decref(seen);
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
	char  *plain, *made;
	size_t i, e;

	(void)state;
	for (e = 0; e < 2; e++)
		for (i = 0; i < nitems(words); i++) {
			plain = page_of("x", e);
			made = page_of(words[i], e);
			assert_int_equal(count(plain, '<'), count(made, '<'));
			assert_int_equal(count(plain, '>'), count(made, '>'));
			assert_int_equal(count(plain, '"'), count(made, '"'));
			assert_int_equal(count(plain, '\''), count(made, '\''));
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
	for (i = 0; i < CASEWORDS; i++)
		for (e = 0; e < 2; e++)
			assert_non_null(caseword((enum caseword)i, e));
}

static void
test_states(void **state)
{
	static const struct {
		const char   *state;
		bool	      owed;
		enum caseword word;
	} all[] = { { "new", true, CW_NEW }, { "open", true, CW_OPEN },
		{ "open", false, CW_ANSWERED },
		{ "pending", false, CW_PENDING },
		{ "resolved", false, CW_RESOLVED },
		{ "closed", false, CW_CLOSED } };
	struct casepage p = { .token = TOKEN, .id = "", .said = CASEWORDS };
	struct buf	b;
	json_t	       *seen;
	size_t		i;

	(void)state;
	for (i = 0; i < nitems(all); i++) {
		seen = json_pack("{s:s,s:b,s:b}", "state", all[i].state, "owed",
		    all[i].owed, "his", 1);
		p.seen = seen;
		buf_init(&b, 0);
		casepage_write(&b, &p);
		assert_non_null(strstr(b.p, caseword(all[i].word, false)));
		/* Done can be said of all but what is closed. */
		assert_int_equal(strstr(b.p, "class=\"over\"") == NULL,
		    strcmp(all[i].state, "closed") == 0);
		buf_free(&b);
		json_decref(seen);
	}
}

/* With nothing to be had, what was typed stands in the form again. */
static void
test_away(void **state)
{
	struct casepage p = { .token = TOKEN,
		.id = "",
		.said = CW_FAILED,
		.failed = true,
		.typed = "l\xe1\xbb\x9di <kh\xc3\xa1"
			 "ch>" };
	struct buf	b;

	(void)state;
	buf_init(&b, 0);
	casepage_write(&b, &p);
	assert_non_null(strstr(b.p,
	    "\nl\xe1\xbb\x9di &lt;kh\xc3\xa1"
	    "ch&gt;</textarea>"));
	buf_free(&b);
}

static void
test_bytes(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	htmlout_text(&b, "a\xff\xc0\xaf<\xed\xa0\x80z\x7f");
	assert_string_equal(b.p, "a&lt;z");
	htmlout_attr(&b, "no", NULL);
	assert_string_equal(b.p, "a&lt;z");
	buf_free(&b);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_away),
		cmocka_unit_test(test_bytes),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
