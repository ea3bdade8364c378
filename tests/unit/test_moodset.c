/*
 * How well feelings are read: precision, recall and macro-F1 of each language
 * over the messages of tests/unit/data/mood that were held apart, and over
 * those by which the lexicon was tuned.  The floors are a little below what is
 * reached.
 */
#include "unit.h"
#include "base/clock.h"
#include "base/mem.h"
#include "desk/lexicon.h"
#include "desk/mood.h"
#include "moodfile.h"

#define ROUNDS 200

/* Of each feeling (-, 0, +): how often it was meant, read, and both. */
struct score {
	unsigned meant[3], read[3], both[3];
};

static double
share(unsigned part, unsigned all)
{
	return (all == 0 ? 0 : (double)part / all);
}

/* Prints a line for each feeling; returns macro-F1. */
static double
score_tell(const struct score *s, const char *set)
{
	static const char feelings[] = "-0+";
	double		  p, r, f1, sum = 0;
	int		  i;

	for (i = 0; i < 3; i++) {
		p = share(s->both[i], s->read[i]);
		r = share(s->both[i], s->meant[i]);
		f1 = p + r > 0 ? 2 * p * r / (p + r) : 0;
		sum += f1;
		print_message("# %s %c: precision %.3f recall %.3f F1 %.3f "
			      "(n %u)\n",
		    set, feelings[i], p, r, f1, s->meant[i]);
	}
	print_message("# %s: macro-F1 %.3f\n", set, sum / 3);
	return (sum / 3);
}

static double
score_of(const struct lexicon *l, const char *set, const char *lang)
{
	struct score	 s = { 0 };
	struct mood_line line;
	struct mood	 m;
	char		 path[100];
	char		*all, *next;

	snprintf(path, sizeof path, "unit/data/mood/%s-%s.tsv", set, lang);
	next = all = moodfile_slurp(path);
	while (moodfile_next(&next, &line)) {
		mood_read(&m, l, lang, line.text, strlen(line.text));
		s.meant[line.value + 1]++;
		s.read[m.value + 1]++;
		s.both[m.value + 1] += m.value == line.value;
	}
	free(all);
	snprintf(path, sizeof path, "%s %s", set, lang);
	return (score_tell(&s, path));
}

static void
test_apart(void **state)
{
	struct lexicon *l = moodfile_lexicon();

	(void)state;
	assert_true(score_of(l, "apart", "vi") >= 0.80);
	assert_true(score_of(l, "apart", "en") >= 0.80);
	lexicon_free(l);
}

static void
test_fresh(void **state)
{
	struct lexicon *l = moodfile_lexicon();

	(void)state;
	assert_true(score_of(l, "fresh", "vi") >= 0.51);
	assert_true(score_of(l, "fresh", "en") >= 0.49);
	lexicon_free(l);
}

static void
test_tuned(void **state)
{
	struct lexicon *l = moodfile_lexicon();

	(void)state;
	assert_true(score_of(l, "tune", "vi") >= 0.90);
	assert_true(score_of(l, "tune", "en") >= 0.90);
	assert_true(score_of(l, "hard", "vi") >= 0.90);
	assert_true(score_of(l, "hard", "en") >= 0.90);
	assert_true(score_of(l, "odd", "vi") >= 0.88);
	assert_true(score_of(l, "odd", "en") >= 0.92);
	lexicon_free(l);
}

/* What a message costs; printed, for whoever changes it. */
static void
test_cost(void **state)
{
	struct lexicon	*l = moodfile_lexicon();
	struct mood_line line;
	struct mood	 m;
	char		*all, *next, text[4096] = "";
	size_t		 n = 0;
	int64_t		 began;
	int		 i, sum = 0;

	(void)state;
	next = all = moodfile_slurp("unit/data/mood/tune-vi.tsv");
	while (n < 200 && moodfile_next(&next, &line))
		n += (size_t)snprintf(
		    text + n, sizeof text - n, "%s ", line.text);
	free(all);
	began = clock_micros();
	for (i = 0; i < ROUNDS; i++) {
		mood_read(&m, l, "vi", text, n);
		sum += m.value;
	}
	print_message("# %zu bytes: %.1f us\n", n,
	    (double)(clock_micros() - began) / ROUNDS);
	assert_int_equal(sum, -ROUNDS);
	lexicon_free(l);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_apart),
		cmocka_unit_test(test_fresh),
		cmocka_unit_test(test_tuned),
		cmocka_unit_test(test_cost),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
