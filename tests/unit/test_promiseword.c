/*
 * Promises in agents' words: how many of those in tests/unit/data/promises
 * are found, and that hardly anything else is; and where they stand.
 */
#include "unit.h"
#include "data.h"
#include <time.h>

#include "base/def.h"
#include "desk/promiseword.h"
#include "desk/templateword.h"

/* Thursday 2026-11-19 10:20 in Vietnam. */
static const struct daytime_now said_at = { 1795058400, 25200 };

struct score {
	unsigned sentences;
	unsigned meant; /* promises that are there */
	unsigned found;
	unsigned right; /* found, of the right kind, due when they are due */
};

/* "callback@2026-11-19T15:00" of each promise, one blank between; or "-". */
static void
written(char *out, size_t size, const char *text)
{
	struct promiseword p[PROMISEWORD_MAX];
	char		   due[40];
	struct tm	   tm;
	time_t		   at;
	size_t		   i, n, len = 0;

	n = promiseword_find(p, text, strlen(text), &said_at);
	snprintf(out, size, "-");
	for (i = 0; i < n; i++) {
		at = (time_t)(p[i].due + said_at.offset);
		assert_non_null(gmtime_r(&at, &tm));
		strftime(due, sizeof due, "%Y-%m-%dT%H:%M", &tm);
		len += (size_t)snprintf(out + len, size - len, "%s%s@%s",
		    i > 0 ? " " : "", p[i].kind, due);
		assert_true(len < size);
	}
}

static unsigned
words_of(const char *s)
{
	unsigned n = 1;

	if (strcmp(s, "-") == 0)
		return (0);
	for (; *s != '\0'; s++)
		n += *s == ' ';
	return (n);
}

/* How many of the promises of one are among the other's. */
static unsigned
common(const char *found, const char *meant)
{
	char	    copy[500], *p, *rest;
	const char *at;
	unsigned    n = 0;

	snprintf(copy, sizeof copy, "%s", found);
	for (p = strtok_r(copy, " ", &rest); p != NULL;
	     p = strtok_r(NULL, " ", &rest))
		if (strcmp(p, "-") != 0 && (at = strstr(meant, p)) != NULL &&
		    (at[strlen(p)] == ' ' || at[strlen(p)] == '\0'))
			n++;
	return (n);
}

static void
unescape(char *s)
{
	char *p;

	while ((p = strstr(s, "\\n")) != NULL) {
		*p = '\n';
		memmove(p + 1, p + 2, strlen(p + 2) + 1);
		s = p + 1;
	}
}

static struct score
measure(const char *path)
{
	struct score score = { 0 };
	char	     found[500], *data, *line, *rest, *text;
	size_t	     n;

	rest = data = slurp(path, &n);
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (*line == '#' || (text = strchr(line, '\t')) == NULL)
			continue;
		*text++ = '\0';
		unescape(text);
		written(found, sizeof found, text);
		score.sentences++;
		score.meant += words_of(line);
		score.found += words_of(found);
		score.right += common(found, line);
		if (strcmp(found, line) != 0 && getenv("PROMISES") != NULL)
			print_message(
			    "%s\n  meant %s\n  found %s\n", text, line, found);
	}
	free(data);
	print_message("%s: %u sentences, %u promises, %u found; "
		      "precision %.3f, recall %.3f\n",
	    path, score.sentences, score.meant, score.found,
	    score.right / (double)score.found,
	    score.right / (double)score.meant);
	return (score);
}

/* An offer that is wrong annoys; one that is missing costs a click. */
static void
test_corpus(void **state)
{
	struct score tune, held;

	(void)state;
	tune = measure("unit/data/promises/tune.tsv");
	held = measure("unit/data/promises/held.tsv");
	assert_true(tune.sentences + held.sentences >= 250);
	assert_true(held.meant >= 60 && tune.meant >= 60);
	assert_true(tune.right * 100 >= tune.found * 98);
	assert_true(tune.right * 100 >= tune.meant * 95);
	assert_true(held.right * 100 >= held.found * 95);
	assert_true(held.right * 100 >= held.meant * 80);
}

static void
is(const char *text, const char *meant)
{
	char found[500];

	written(found, sizeof found, text);
	if (strcmp(found, meant) != 0)
		fail_msg("%s\n  meant %s\n  found %s", text, meant, found);
}

static void
test_place(void **state)
{
	static const char text[] = "Dạ chị ơi, em gọi lại chị lúc 15h nhé ạ";
	static const char  words[] = "gọi lại chị lúc 15h";
	struct promiseword p[PROMISEWORD_MAX];

	(void)state;
	assert_int_equal(promiseword_find(p, text, strlen(text), &said_at), 1);
	assert_int_equal(p[0].to - p[0].from, strlen(words));
	assert_memory_equal(text + p[0].from, words, strlen(words));
	assert_int_equal(p[0].grain, DAYTIME_MINUTE);
	assert_int_equal(p[0].business, 0);
	assert_int_equal(
	    promiseword_find(p, "bên em hoàn tiền trong 3 ngày làm việc",
		strlen("bên em hoàn tiền trong 3 ngày làm việc"), &said_at),
	    1);
	assert_int_equal(p[0].business, 3);
	assert_int_equal(p[0].grain, DAYTIME_DAY);
}

/* However it was typed. */
static void
test_forms(void **state)
{
	(void)state;
	/* NFD, capitals, a line broken anywhere, a picture. */
	is("em go\xcc\xa3i la\xcc\xa3i lu\xcc\x81"
	   "c 15h",
	    "callback@2026-11-19T15:00");
	is("EM GỌI LẠI CHỊ LÚC 15H", "callback@2026-11-19T15:00");
	is("dạ 😊 em gọi lại chị lúc 15h nha 😊", "callback@2026-11-19T15:00");
	/* Marks that are written count: a parcel is no call. */
	is("em gói lại lúc 15h", "-");
	is("", "-");
	is("15h", "-");
	is("em gọi lại", "-");
	is("\xff\xfe em gọi lại lúc 15h", "callback@2026-11-19T15:00");
}

/* A text of nothing but promises, and one that is long. */
static void
test_bounded(void **state)
{
	struct promiseword p[PROMISEWORD_MAX];
	char		   text[60000];
	size_t		   i, n;

	(void)state;
	for (n = 0, i = 0; n + 40 < sizeof text; i++)
		n += (size_t)snprintf(
		    text + n, sizeof text - n, "Em gọi lại lúc 15h. ");
	assert_int_equal(
	    promiseword_find(p, text, n, &said_at), PROMISEWORD_MAX);
	memset(text, ' ', sizeof text);
	for (i = 0; i + 40 < sizeof text; i += 2)
		text[i] = 'a';
	n = sizeof text - 40;
	n += (size_t)snprintf(text + n, 40, ". em goi lai luc 15h");
	assert_int_equal(promiseword_find(p, text, n, &said_at), 1);
	assert_int_equal(p[0].to, n);
	/* One sentence without an end. */
	for (i = 0; i + 4 < sizeof text; i += 4)
		memcpy(text + i, "mai ", 4);
	promiseword_find(p, text, i, &said_at);
}

/* What templates promise, as CONFIG.APPLY is told. */
static void
test_templates(void **state)
{
	json_t *config, *list, *want;

	(void)state;
	config = json_loads(
	    "{\"templates\":[{\"name\":\"ship\",\"vi\":\"Dạ, shop giao hàng "
	    "trong 3 ngày ạ.\",\"en\":\"We will call you back within 2 "
	    "hours.\"},{\"name\":\"thu\",\"vi\":\"Thứ 6 em gọi lại ạ\"},"
	    "{\"vi\":\"không tên\"},7],\"macros\":[{\"name\":\"m\","
	    "\"vi\":\"Dạ bên em hoàn tiền trong 5 ngày làm việc ạ\"}]}",
	    0, NULL);
	want = json_loads(
	    "[{\"what\":\"template\",\"name\":\"ship\",\"lang\":\"vi\","
	    "\"n\":1,\"kind\":\"delivery\",\"hours\":72.0,\"unit\":"
	    "\"days\"},{\"what\":\"template\",\"name\":\"ship\","
	    "\"lang\":\"en\",\"n\":1,\"kind\":\"callback\","
	    "\"hours\":2.0,\"unit\":\"hours\"},{\"what\":\"macro\","
	    "\"name\":\"m\",\"lang\":\"vi\",\"n\":1,\"kind\":"
	    "\"refund\",\"hours\":120.0,\"unit\":\"days\"}]",
	    0, NULL);
	assert_non_null(config);
	assert_non_null(want);
	list = templateword_find(config);
	for (size_t i = 0; i < json_array_size(list); i++)
		json_object_del(json_array_get(list, i), "words");
	if (!json_equal(list, want))
		fail_msg("found %s", json_dumps(list, JSON_COMPACT));
	json_decref(list);
	list = templateword_find(NULL);
	assert_int_equal(json_array_size(list), 0);
	json_decref(list);
	json_decref(config);
	json_decref(want);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_corpus),
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_templates),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
