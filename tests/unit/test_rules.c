/*
 * Rules: what a configuration decides, and how well the sample company's
 * keywords sort real messages (tests/unit/data/messages.tsv).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "desk/deskconf.h"
#include "desk/event.h"
#include "desk/rules.h"

#define QUEUES 4

static const char *const queue_names[QUEUES] = { "sales", "warehouse",
	"shipping", "technical" };

/* A file under the source tree, whole; `make check' says where that is. */
static char *
slurp(const char *path, size_t *n)
{
	const char *top = getenv("top_srcdir");
	char	    name[1000], *p;
	FILE	   *f;
	long	    size;

	snprintf(name, sizeof name, "%s/%s", top != NULL ? top : ".", path);
	if ((f = fopen(name, "rb")) == NULL)
		fail_msg("cannot open %s", name);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	size = ftell(f);
	rewind(f);
	p = xmalloc((size_t)size + 1);
	*n = fread(p, 1, (size_t)size, f);
	p[*n] = '\0';
	fclose(f);
	return (p);
}

static struct rules *
sample_rules(void)
{
	char	      wrong[2000], *text, *json;
	struct rules *rules;
	size_t	      n;

	text = slurp("conf/desk.conf", &n);
	json = deskconf_json(text, n, "desk.conf", wrong, sizeof wrong);
	if (json == NULL)
		fail_msg("%s", wrong);
	rules = rules_load(json, strlen(json), wrong, sizeof wrong);
	if (rules == NULL)
		fail_msg("%s", wrong);
	free(json);
	free(text);
	return (rules);
}

/* An event with these texts, classified. */
static void
classified(struct event *e, const struct rules *rules, const char *to,
    const char *subject, const char *text)
{
	event_begin(e, 1 << 20);
	e->channel = to != NULL ? "mail" : "chat";
	e->subject = subject;
	e->text = text;
	if (to != NULL)
		e->to[e->nto++] = to;
	assert_true(event_finish(e, rules));
	assert_true(e->ncandidates >= 1);
	assert_null(e->candidates[e->ncandidates - 1].segment);
}

static const char *
queue_of(const struct rules *rules, const char *subject, const char *text)
{
	static char  queue[64];
	struct event e;

	classified(&e, rules, NULL, subject, text);
	snprintf(
	    queue, sizeof queue, "%s", e.candidates[e.ncandidates - 1].queue);
	event_drop(&e);
	return (queue);
}

struct score {
	unsigned hits[QUEUES];
	unsigned given[QUEUES]; /* put there by us */
	unsigned meant[QUEUES]; /* belong there */
	unsigned by_default;
};

static size_t
queue_no(const char *name)
{
	size_t i;

	for (i = 0; i < QUEUES; i++)
		if (strcmp(queue_names[i], name) == 0)
			return (i);
	fail_msg("an unknown queue %s", name);
	return (0);
}

/* Sorts the messages of one set; verbose: shows what went wrong. */
static struct score
sort_messages(const struct rules *rules, const char *set, bool verbose)
{
	struct score	  score = { 0 };
	struct event	  e;
	struct candidate *last;
	char		 *data, *line, *rest, *queue, *lang, *in, *text;
	size_t		  n, meant, given;

	rest = data = slurp("tests/unit/data/messages.tsv", &n);
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (*line == '#' || *line == '\0')
			continue;
		queue = strsep(&line, "\t");
		lang = strsep(&line, "\t");
		in = strsep(&line, "\t");
		text = line;
		assert_non_null(text);
		if (strcmp(in, set) != 0)
			continue;
		classified(&e, rules, NULL, NULL, text);
		meant = queue_no(queue);
		last = &e.candidates[e.ncandidates - 1];
		given = queue_no(last->queue);
		score.meant[meant]++;
		score.given[given]++;
		if (strcmp(last->why, "default queue") == 0)
			score.by_default++;
		if (meant == given)
			score.hits[meant]++;
		if (verbose &&
		    (meant != given || strcmp(last->why, "default queue") == 0))
			printf("  %s %s -> %s (%s): %s\n", lang, queue,
			    last->queue, last->why, text);
		event_drop(&e);
	}
	free(data);
	return (score);
}

/* Prints precision and recall by queue; the mean of both over the queues. */
static void
show_score(
    const char *set, const struct score *s, double *precision, double *recall)
{
	double	 p, r;
	size_t	 i;
	unsigned all = 0;

	*precision = *recall = 0;
	for (i = 0; i < QUEUES; i++) {
		p = s->given[i] ? (double)s->hits[i] / s->given[i] : 0;
		r = s->meant[i] ? (double)s->hits[i] / s->meant[i] : 0;
		printf("%s %-10s precision %.2f recall %.2f (%u messages)\n",
		    set, queue_names[i], p, r, s->meant[i]);
		*precision += p / QUEUES;
		*recall += r / QUEUES;
		all += s->meant[i];
	}
	printf("%s macro      precision %.2f recall %.2f (%u messages, %u by "
	       "default)\n",
	    set, *precision, *recall, all, s->by_default);
}

static void
test_messages(void **state)
{
	struct rules *rules = sample_rules();
	struct score  tune, held;
	double	      precision, recall;

	(void)state;
	tune = sort_messages(rules, "tune", getenv("SHOW_TUNE") != NULL);
	show_score("tune", &tune, &precision, &recall);
	held = sort_messages(rules, "held", getenv("SHOW_HELD") != NULL);
	show_score("held", &held, &precision, &recall);
	assert_true(precision >= 0.80);
	assert_true(recall >= 0.80);
	rules_free(rules);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
