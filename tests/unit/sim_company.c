/*
 * What the simulation tells Redis of a company is what PostgreSQL tells it:
 * the same file (tests/unit/data/company.json) as tests/sql/company.sql has.
 */
#include "data.h"
#include "sim/company.h"

static json_t	     *file;
static struct company company;

static int
open_file(void **state)
{
	size_t n;
	char  *text = slurp("unit/data/company.json", &n), *config;

	(void)state;
	file = json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL);
	free(text);
	assert_non_null(file);
	config = json_dumps(json_object_get(file, "config"), 0);
	company_make(&company, config);
	free(config);
	return (0);
}

static int
close_file(void **state)
{
	(void)state;
	company_free(&company);
	json_decref(file);
	return (0);
}

/* Nothing, no list of anything and no seconds are what is not said at all. */
static bool
says_nothing(const json_t *v)
{
	return ((json_is_array(v) && json_array_size(v) == 0) ||
	    (json_is_object(v) && json_object_size(v) == 0) ||
	    (json_is_integer(v) && json_integer_value(v) == 0));
}

static json_t *
policy_of(const char *text)
{
	json_t	   *all = json_loads(text, 0, NULL), *v;
	const char *name;
	void	   *next;

	assert_non_null(all);
	json_object_foreach_safe(all, next, name, v) if (says_nothing(v))
	    json_object_del(all, name);
	return (all);
}

static void
test_policies(void **state)
{
	const json_t *said;
	json_t	     *made;
	char	     *text;
	size_t	      i;
	int	      q;

	(void)state;
	assert_int_equal(json_array_size(json_object_get(file, "policies")),
	    company.nqueues);
	json_array_foreach (json_object_get(file, "policies"), i, said) {
		q = company_queue(&company,
		    json_string_value(json_object_get(said, "queue")));
		assert_int_not_equal(q, -1);
		made = policy_of(company.queues[q].policy);
		text = json_dumps(said, JSON_COMPACT);
		if (!json_equal(made, said))
			fail_msg("%s is no %s", company.queues[q].policy, text);
		free(text);
		json_decref(made);
	}
}

/* Words of a text or of a list, whole ("sales:1:0", "vi:3"), by their names. */
static void
words_put(char *to, size_t size, json_t *words, const char *usual)
{
	const char *least;
	size_t	    i, k, n = json_array_size(words), at = 0;
	json_t	   *one;

	to[0] = '\0';
	for (; n > 0; n--) {
		for (i = 1, k = 0; i < n; i++) {
			least = json_string_value(json_array_get(words, k));
			one = json_array_get(words, i);
			if (strcmp(json_string_value(one), least) < 0)
				k = i;
		}
		least = json_string_value(json_array_get(words, k));
		at += (size_t)snprintf(to + at, size - at, "%s%s ", least,
		    strchr(least, ':') != NULL ? "" : usual);
		assert_true(at < size);
		json_array_remove(words, k);
	}
}

static json_t *
words_of(const char *text)
{
	json_t *list = json_array();
	size_t	n;

	for (; *text != '\0'; text += n + (text[n] == ' ')) {
		n = strcspn(text, " ");
		json_array_append_new(list, json_stringn(text, n));
	}
	return (list);
}

static void
assert_words(const char *made, const json_t *said, const char *usual)
{
	char	one[400], other[400];
	json_t *list = words_of(made);

	words_put(one, sizeof one, list, usual);
	json_decref(list);
	list = said != NULL ? json_deep_copy(said) : json_array();
	words_put(other, sizeof other, list, usual);
	json_decref(list);
	assert_string_equal(one, other);
}

static void
test_agents(void **state)
{
	const struct company_agent *a;
	const json_t		   *said;
	size_t			    i;
	int			    k;

	(void)state;
	assert_int_equal(
	    json_array_size(json_object_get(file, "agents")), company.nagents);
	json_array_foreach (json_object_get(file, "agents"), i, said) {
		k = company_agent(&company,
		    json_string_value(json_object_get(said, "agent")));
		assert_int_not_equal(k, -1);
		a = &company.agents[k];
		assert_int_equal(a->capacity,
		    json_integer_value(json_object_get(said, "capacity")));
		assert_words(
		    a->queues, json_object_get(said, "queues"), ":1:0");
		assert_words(a->skills, json_object_get(said, "skills"), ":3");
		assert_words(a->limits, json_object_get(said, "limits"), "");
	}
}

static void
test_offers(void **state)
{
	const json_t *said;
	size_t	      i;
	int	      q, channel;

	(void)state;
	json_array_foreach (json_object_get(file, "offers"), i, said) {
		q = company_queue(
		    &company, json_string_value(json_array_get(said, 0)));
		channel =
		    company_channel(json_string_value(json_array_get(said, 1)));
		assert_true(q != -1 && channel != -1);
		assert_int_equal(company.queues[q].offer[channel],
		    json_integer_value(json_array_get(said, 2)));
	}
}

static void
test_scores(void **state)
{
	const json_t *said;
	size_t	      i;

	(void)state;
	json_array_foreach (json_object_get(file, "scores"), i, said)
		assert_int_equal(
		    company_score(
			json_integer_value(json_object_get(said, "due")),
			(int)json_integer_value(
			    json_object_get(said, "priority"))),
		    json_integer_value(json_object_get(said, "score")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_policies),
		cmocka_unit_test(test_agents),
		cmocka_unit_test(test_offers),
		cmocka_unit_test(test_scores),
	};

	return (cmocka_run_group_tests(tests, open_file, close_file));
}
