/*
 * What an event carries of its writer's feeling, beside its other facts.
 */
#include "unit.h"
#include "base/buf.h"
#include "desk/event.h"
#include "desk/lexicon.h"
#include "desk/rules.h"
#include "moodfile.h"

static const char small[] =
    "{\"company\":{\"name\":\"S\",\"lang\":\"en\",\"country\":\"84\"},"
    "\"default_queue\":\"sales\",\"queues\":[{\"name\":\"sales\"}],"
    "\"rules\":[]}";

/* The facts as they are written for desk.ingest(); NULL: none. */
static json_t *
facts_of(const struct rules *r, struct event *e)
{
	struct buf b;
	json_t	  *all, *facts;

	assert_true(event_finish(e, r));
	buf_init(&b, 0);
	event_write(&b, e);
	all = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(all);
	facts = json_incref(json_object_get(all, "facts"));
	json_decref(all);
	buf_free(&b);
	return (facts);
}

static void
test_facts(void **state)
{
	static const struct {
		const char *channel, *kind, *text, *own, *facts;
		bool	    automatic;
		const char *want; /* NULL: no facts */
	} rows[] = {
		{ "mail", "message", "it leaks", NULL, NULL, false,
		    "{\"mood\":{\"value\":-1,\"strength\":1,\"words\":"
		    "[\"leaks\"],\"at\":[3]}}" },
		{ "chat", "message", "hello", NULL, NULL, false,
		    "{\"mood\":{\"value\":0}}" },
		{ "social", "message", "I love it", NULL,
		    "{\"source\":\"zalo\"}", false,
		    "{\"source\":\"zalo\",\"mood\":{\"value\":1,\"strength\":1,"
		    "\"words\":[\"love\"],\"at\":[2]}}" },
		{ "mail", "message", "it leaks", NULL, "{}", false,
		    "{\"mood\":{\"value\":-1,\"strength\":1,\"words\":"
		    "[\"leaks\"],\"at\":[3]}}" },
		/* Not what he quotes, nor what no customer wrote. */
		{ "mail", "message", "ok\n> it leaks", "ok", NULL, false,
		    "{\"mood\":{\"value\":0}}" },
		{ "mail", "message", "it leaks", NULL, NULL, true, NULL },
		{ "store", "message", "it leaks", NULL, NULL, false, NULL },
		{ "call", "call", "it leaks", NULL, NULL, false, NULL },
		{ "mail", "message", NULL, NULL, NULL, false, NULL },
	};
	struct lexicon *l = moodfile_lexicon();
	char		wrong[200];
	struct rules   *r =
	    rules_load(small, sizeof small - 1, wrong, sizeof wrong);
	struct event e;
	json_t	    *got, *want;
	size_t	     i;

	(void)state;
	assert_non_null(r);
	rules_feel(r, l);
	for (i = 0; i < nitems(rows); i++) {
		event_begin(&e, 1 << 16);
		e.channel = rows[i].channel;
		e.kind = rows[i].kind;
		e.text = rows[i].text;
		e.own = rows[i].own;
		e.facts = rows[i].facts;
		e.automatic = rows[i].automatic;
		e.lang = "en";
		got = facts_of(r, &e);
		want = rows[i].want != NULL ? json_loads(rows[i].want, 0, NULL)
					    : NULL;
		if ((got == NULL) != (want == NULL) ||
		    (want != NULL && !json_equal(got, want)))
			fail_msg("row %zu", i);
		json_decref(got);
		json_decref(want);
		event_drop(&e);
	}
	/* Without words to read by nothing is read. */
	rules_feel(r, NULL);
	event_begin(&e, 1 << 16);
	e.channel = "mail";
	e.kind = "message";
	e.text = "it leaks";
	assert_null(facts_of(r, &e));
	event_drop(&e);
	rules_free(r);
	lexicon_free(l);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_facts),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
