/*
 * Mails as mailers and attackers write them (tests/unit/data/mail, which says
 * of each where it comes from): what must come out stands in expect.json.
 */
#include <dirent.h>
#include <jansson.h>
#include "mail.h"
#include "data.h"

#define LEAST 60 /* mails there are to be */

/*
 * Whether all that is expected is there: objects may have more members, lists
 * are as long, null is not there at all.
 */
static bool
fits(const json_t *want, const json_t *got)
{
	const char *name;
	json_t	   *value;
	size_t	    i;

	if (json_is_null(want))
		return (got == NULL);
	if (json_is_object(want)) {
		json_object_foreach ((json_t *)want, name, value)
			if (!fits(value, json_object_get(got, name)))
				return (false);
		return (json_is_object(got));
	}
	if (json_is_array(want)) {
		if (json_array_size(want) != json_array_size(got))
			return (false);
		json_array_foreach (want, i, value)
			if (!fits(value, json_array_get(got, i)))
				return (false);
		return (json_is_array(got));
	}
	return (json_equal(want, got));
}

/* What ingest is given of the event, and the sender's address by itself. */
static json_t *
event_json(const struct event *e)
{
	struct buf b;
	json_t	  *o;

	buf_init(&b, 0);
	event_write(&b, e);
	o = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(o);
	json_object_set_new(o, "from", json_string(e->contacts[0].address));
	buf_free(&b);
	return (o);
}

/* How many of the mail's members are not as they should be; each is told. */
static unsigned
mail_check(const char *name, json_t *want)
{
	struct mail_env en = env;
	struct event	e;
	char		path[200], *bytes, *shown, *hoped;
	const char     *member, *envelope;
	json_t	       *got, *value;
	unsigned	wrong = 0;
	size_t		n;

	snprintf(path, sizeof path, "unit/data/mail/%s.eml", name);
	bytes = slurp(path, &n);
	envelope = json_string_value(json_object_get(want, "envelope"));
	if (envelope != NULL)
		en.sender = envelope;
	parse(&e, bytes, n, &en);
	got = event_json(&e);
	json_object_foreach (want, member, value) {
		if (strcmp(member, "note") == 0 ||
		    strcmp(member, "envelope") == 0 ||
		    fits(value, json_object_get(got, member)))
			continue;
		shown =
		    json_dumps(json_object_get(got, member), JSON_ENCODE_ANY);
		hoped = json_dumps(value, JSON_ENCODE_ANY);
		print_error("%s: %s is %s, not %s\n", name, member,
		    shown != NULL ? shown : "absent", hoped);
		free(shown);
		free(hoped);
		wrong++;
	}
	json_decref(got);
	event_drop(&e);
	free(bytes);
	return (wrong);
}

static json_t *
expectations(void)
{
	size_t	n;
	char   *text = slurp("unit/data/mail/expect.json", &n);
	json_t *all = json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(all);
	free(text);
	return (all);
}

static void
test_corpus(void **state)
{
	json_t	   *all = expectations(), *want;
	const char *name;
	unsigned    wrong = 0;

	(void)state;
	assert_true(json_object_size(all) >= LEAST);
	json_object_foreach (all, name, want)
		wrong += mail_check(name, want);
	json_decref(all);
	assert_int_equal(wrong, 0);
}

/* Cut anywhere, each is still an event, and leaves nothing behind. */
static void
test_corpus_cut(void **state)
{
	json_t	    *all = expectations(), *want;
	struct event e;
	const char  *name;
	char	     path[200], *bytes;
	size_t	     n, cut;

	(void)state;
	json_object_foreach (all, name, want) {
		snprintf(path, sizeof path, "unit/data/mail/%s.eml", name);
		bytes = slurp(path, &n);
		for (cut = 0; cut < n; cut += n / 23 + 1) {
			parse(&e, bytes, cut, &env);
			assert_true(e.text == NULL ||
			    utf8_valid(e.text, strlen(e.text)));
			event_drop(&e);
		}
		free(bytes);
	}
	json_decref(all);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_corpus),
		cmocka_unit_test(test_corpus_cut),
	};

	mail_init();
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
