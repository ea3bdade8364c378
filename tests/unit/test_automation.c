/*
 * Automation's pure part: whose keywords a customer's words have, and which
 * rules would turn in a circle.
 */
#include "unit.h"
#include <jansson.h>
#include "base/mem.h"
#include "desk/automation.h"
#include "desk/event.h"

/* "name on; action; action", and members besides. */
struct said {
	const char *line, *more;
};

static json_t *
rule_of(const struct said *s)
{
	json_t *rule = s->more != NULL ? json_loads(s->more, 0, NULL)
				       : json_object(),
	       *acts = json_array();
	char *copy = xstrdup(s->line), *save, *word;

	assert_non_null(rule);
	word = strtok_r(copy, " ", &save);
	json_object_set_new(rule, "name", json_string(word));
	word = strtok_r(NULL, ";", &save);
	json_object_set_new(rule, "on", json_string(word));
	while ((word = strtok_r(NULL, ";", &save)) != NULL)
		json_array_append_new(
		    acts, json_string(word + strspn(word, " ")));
	json_object_set_new(rule, "actions", acts);
	free(copy);
	return (rule);
}

static json_t *
rules_of(const struct said *said)
{
	json_t *list = json_array();

	for (; said->line != NULL; said++)
		json_array_append_new(list, rule_of(said));
	return (list);
}

static bool
turns(const struct said *said)
{
	const char *one = NULL, *other = NULL;
	json_t	   *list = rules_of(said);
	bool	    found = automation_circle(list, &one, &other);

	if (found) {
		assert_non_null(one);
		assert_non_null(other);
	}
	json_decref(list);
	return (found);
}

#define TURNS(...) assert_true(turns((struct said[]){ __VA_ARGS__, { 0 } }))
#define TURNS_NOT(...) \
	assert_false(turns((struct said[]){ __VA_ARGS__, { 0 } }))

static void
test_circles(void **state)
{
	(void)state;
	TURNS({ "wake pending; state open", NULL },
	    { "sleep waits; state pending", NULL });
	TURNS({ "a resolved; state open", NULL },
	    { "b state; tag x; state resolved", "{\"state\":[\"open\"]}" });
	TURNS({ "a overdue; move b", "{\"queue\":[\"a\"]}" },
	    { "b overdue; move a", "{\"queue\":[\"b\",\"c\"]}" });
	TURNS({ "a overdue; move b", "{\"queue\":[\"a\"]}" },
	    { "b overdue; move c", "{\"queue\":[\"b\"]}" },
	    { "c overdue; move a", "{\"queue\":[\"c\"]}" });
	/* Only the file's later rules hear of a change. */
	TURNS_NOT({ "a state; state open", "{\"state\":[\"pending\"]}" },
	    { "b state; state pending", "{\"state\":[\"open\"]}" });
	TURNS_NOT({ "a moved; move b", "{\"queue\":[\"a\"]}" },
	    { "b moved; move a", "{\"queue\":[\"b\"]}" });
	/* An earlier one hears of what a rule on a time does not. */
	TURNS_NOT({ "b state; state resolved", "{\"state\":[\"open\"]}" },
	    { "a resolved; state open", NULL });
	/* What ends it, or keeps them apart. */
	TURNS_NOT({ "wake pending; state open", NULL },
	    { "sleep waits; state pending; tag x", "{\"without\":[\"x\"]}" });
	TURNS_NOT({ "wake pending; state open", "{\"channel\":[\"mail\"]}" },
	    { "sleep waits; state pending", "{\"channel\":[\"chat\"]}" });
	TURNS_NOT({ "wake pending; state open", "{\"queue\":[\"a\"]}" },
	    { "sleep waits; state pending", "{\"queue\":[\"b\"]}" });
	TURNS_NOT({ "wake pending; state open", "{\"lang\":\"vi\"}" },
	    { "sleep waits; state pending", "{\"lang\":\"en\"}" });
	TURNS_NOT({ "a pending; state open; notify an", NULL });
	/* A guard that nothing changes guards nothing. */
	TURNS({ "wake pending; state open; raise 1", NULL },
	    { "sleep waits; state pending", "{\"without\":[\"x\"]}" });
	TURNS({ "wake pending; state open", "{\"assigned\":false}" },
	    { "sleep waits; state pending", NULL });
	TURNS_NOT({ "wake pending; state open; raise 1", NULL },
	    { "sleep waits; state pending", "{\"priority\":50}" });
	/* One that comes back to where it began. */
	TURNS({ "a waits; state pending; state open", NULL });
	TURNS({ "a overdue; move b; move a", NULL });
	TURNS_NOT({ "a waits; state open; state pending", NULL });
	TURNS_NOT({ "a waits; state open; state open", NULL });
	TURNS_NOT({ "a overdue; move b", NULL }, { "b overdue; move b", NULL });
	TURNS_NOT({ "a pending; state open", NULL },
	    { "b waits; priority 90", NULL });
}

static void
test_many(void **state)
{
	struct said said[AUTOMATIONS_MAX + 1];
	char	    lines[AUTOMATIONS_MAX][60], more[AUTOMATIONS_MAX][60];
	int	    i;

	(void)state;
	/* A chain as long as it can be, and then closed. */
	for (i = 0; i < AUTOMATIONS_MAX; i++) {
		snprintf(lines[i], sizeof lines[i], "r%d overdue; move q%d", i,
		    i + 1);
		snprintf(more[i], sizeof more[i], "{\"queue\":[\"q%d\"]}", i);
		said[i] = (struct said){ lines[i], more[i] };
	}
	said[i] = (struct said){ 0 };
	assert_false(turns(said));
	snprintf(lines[i - 1], sizeof lines[i - 1], "z overdue; move q0");
	assert_true(turns(said));
}

static struct automation *
loaded(struct arena *arena, const struct said *said, char *wrong, size_t size)
{
	json_t		  *list = rules_of(said);
	struct automation *r = automation_load(arena, list, wrong, size);

	json_decref(list);
	return (r);
}

/* The facts of an event with these words; the rules as below. */
static void
assert_heard(const struct automation *r, const char *subject, const char *text,
    const char *own, const char *facts, const char *expected)
{
	struct event e;

	event_begin(&e, 100000);
	e.subject = subject;
	e.text = text;
	e.own = own;
	e.lang = "vi";
	e.facts = facts;
	assert_true(automation_hear(r, &e));
	if (expected == NULL)
		assert_null(e.facts);
	else
		assert_string_equal(e.facts, expected);
	event_drop(&e);
}

static void
test_hearing(void **state)
{
	static const struct said said[] = {
		{ "money created; priority 90",
		    "{\"keywords\":[\"hoàn tiền\",\"refund\"]}" },
		{ "late message; tag x", "{\"keywords\":[\"giao trễ\"]}" },
		{ "all created; tag y", NULL },
		{ 0 },
	};
	struct automation *r;
	struct arena	   arena;
	char		   wrong[200];

	(void)state;
	arena_init(&arena, 100000);
	r = loaded(&arena, said, wrong, sizeof wrong);
	assert_non_null(r);
	assert_heard(r, NULL, "cho toi hoan tien", NULL, NULL,
	    "{\"heard\":[\"money\"]}");
	assert_heard(r, "Refund!", "giao trễ quá", NULL, "{\"list\":\"x\"}",
	    "{\"heard\":[\"money\",\"late\"],\"list\":\"x\"}");
	assert_heard(r, NULL, "xin chào", NULL, NULL, NULL);
	assert_heard(
	    r, NULL, "xin chào", NULL, "{\"list\":\"x\"}", "{\"list\":\"x\"}");
	/* What he quotes is ours. */
	assert_heard(r, NULL, "ok\n> hoàn tiền", "ok", NULL, NULL);
	assert_heard(r, NULL, NULL, NULL, NULL, NULL);
	automation_free(r);
	arena_free(&arena);
}

static void
test_refused(void **state)
{
	static const struct said circle[] = { { "a pending; state open", NULL },
		{ "b waits; state pending", NULL }, { 0 } };
	static const struct said word[] = {
		{ "a created; tag x", "{\"keywords\":[\"?\"]}" }, { 0 }
	};
	struct arena arena;
	char	     wrong[200];
	json_t	    *many = json_array();
	int	     i;

	(void)state;
	arena_init(&arena, 100000);
	assert_null(loaded(&arena, circle, wrong, sizeof wrong));
	assert_string_equal(wrong,
	    "Automation \"a\" and \"b\" would set a case to and fro for "
	    "ever.");
	assert_null(loaded(&arena, word, wrong, sizeof wrong));
	for (i = 0; i <= AUTOMATIONS_MAX; i++)
		json_array_append_new(many, json_object());
	assert_null(automation_load(&arena, many, wrong, sizeof wrong));
	json_decref(many);
	many = json_pack("[{s:s}, s, i, n]", "on", "pending", "x", 1);
	assert_null(automation_load(&arena, many, wrong, sizeof wrong));
	json_decref(many);
	many = json_string("x");
	assert_null(automation_load(&arena, many, wrong, sizeof wrong));
	json_decref(many);
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_circles),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_hearing),
		cmocka_unit_test(test_refused),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
