/*
 * Rules tried out, and the channel of the customer's page.
 */
#include "unit.h"
#include "desk/event.h"
#include "desk/rules.h"
#include "desk/trial.h"

static const char small[] =
    "{\"company\":{\"name\":\"S\",\"lang\":\"en\",\"country\":\"84\"},"
    "\"default_queue\":\"sales\",\"order_pattern\":[\"DH[0-9]{4,8}\"],"
    "\"queues\":[{\"name\":\"sales\"},{\"name\":\"ship\"},{\"name\":\"tech\"}],"
    "\"served\":[{\"kind\":\"email\",\"address\":\"ship@s.example\","
    "\"queue\":\"ship\"},{\"kind\":\"phone\",\"address\":\"19001234\","
    "\"queue\":\"tech\"}],"
    "\"rules\":["
    "{\"name\":\"vip\",\"segment\":\"vip\",\"priority\":80},"
    "{\"name\":\"urgent\",\"keywords\":[\"urgent\"],\"priority\":60},"
    "{\"name\":\"speak-vi\",\"channel\":\"chat\",\"skills\":[\"vi\"]},"
    "{\"name\":\"ship\",\"queue\":\"ship\",\"keywords\":[\"giao hàng\","
    "\"late\",\"delivery\"],\"skills\":[\"en\",\"vi\"],\"priority\":55},"
    "{\"name\":\"tech\",\"queue\":\"tech\",\"keywords\":[\"warranty\"]},"
    "{\"name\":\"order\",\"queue\":\"ship\",\"order\":true}]}";

static struct rules *
small_rules(void)
{
	char	      wrong[200];
	struct rules *rules;

	rules = rules_load(small, sizeof small - 1, wrong, sizeof wrong);
	if (rules == NULL)
		fail_msg("%s", wrong);
	return (rules);
}

/* A trial, and one of its rules. */
static json_t *
tried(const struct rules *r, const char *channel, const char *to,
    const char *segment, const char *text)
{
	struct trial t = { .channel = channel,
		.to = to,
		.segment = segment,
		.subject = "hello",
		.text = text };
	json_t	    *told = trial_run(r, &t);

	assert_non_null(told);
	return (told);
}

static const json_t *
rule_of(const json_t *told, const char *name)
{
	const json_t *list = json_object_get(told, "rules");
	size_t	      i;

	for (i = 0; i < json_array_size(list); i++)
		if (strcmp(name,
			json_string_value(json_object_get(
			    json_array_get(list, i), "name"))) == 0)
			return (json_array_get(list, i));
	fail_msg("no rule %s", name);
	return (NULL);
}

static void
assert_member(const json_t *of, const char *name, const char *value)
{
	const char *s = json_string_value(json_object_get(of, name));

	if (value == NULL)
		assert_null(s);
	else
		assert_string_equal(s != NULL ? s : "nothing", value);
}

static void
test_trial(void **state)
{
	struct rules *r = small_rules();
	const json_t *rule;
	json_t	     *t;

	(void)state;
	t = tried(r, "mail", NULL, NULL,
	    "urgent: delivery of DH12345 is late\n\n"
	    "On Mon, 16 Nov 2026 at 10:00, Shop <s@s.example> wrote:\n"
	    "> The warranty ended.\n> Regards\n");
	assert_member(t, "queue", "ship");
	assert_member(t, "order", "DH12345");
	assert_int_equal(
	    json_integer_value(json_object_get(t, "priority")), 60);
	assert_int_equal(json_array_size(json_object_get(t, "skills")), 2);
	rule = rule_of(t, "ship");
	assert_true(json_is_true(json_object_get(rule, "holds")));
	assert_int_equal(json_integer_value(json_object_get(rule, "score")), 2);
	assert_int_equal(json_array_size(json_object_get(rule, "words")), 2);
	assert_member(rule, "lacks", NULL);
	assert_member(rule_of(t, "tech"), "lacks", "keywords"); /* quoted */
	assert_member(rule_of(t, "speak-vi"), "lacks", "channel");
	assert_member(rule_of(t, "vip"), "segment", "vip");
	json_decref(t);

	t = tried(r, "chat", NULL, "vip", "it is late, in the rain");
	assert_int_equal(
	    json_integer_value(json_object_get(t, "priority")), 80);
	assert_member(t, "why", "rule vip");
	assert_member(rule_of(t, "order"), "lacks", "order");
	json_decref(t);

	/* An address decides, whatever the words say; and is normalised. */
	t = tried(r, "mail", "Ship+x@S.example", NULL, "warranty");
	assert_member(t, "why", "recipient ship@s.example");
	json_decref(t);
	t = tried(r, "call", "1900 1234", NULL, NULL);
	assert_member(t, "queue", "tech");
	json_decref(t);
	rules_free(r);
}

/* The customer's page of his case is a channel as others are. */
static void
test_web(void **state)
{
	static const char with[] =
	    "{\"default_queue\":\"a\",\"queues\":[{\"name\":\"a\"},"
	    "{\"name\":\"b\"}],\"units\":{\"web\":9},\"rules\":[{\"name\":"
	    "\"page\",\"channel\":\"web\",\"queue\":\"b\"}]}";
	char	      wrong[200];
	struct rules *r;
	struct event  e;

	(void)state;
	r = rules_load(with, sizeof with - 1, wrong, sizeof wrong);
	assert_non_null(r);
	event_begin(&e, 1 << 16);
	e.channel = "web";
	e.text = "hello";
	assert_true(event_finish(&e, r));
	assert_int_equal(e.units, 9);
	assert_string_equal(e.candidates[0].queue, "b");
	event_drop(&e);
	rules_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trial),
		cmocka_unit_test(test_web),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
