/*
 * Rules: what a configuration decides, and how well the sample company's
 * keywords sort real messages (tests/unit/data/messages.tsv).
 */
#include "unit.h"
#include "data.h"
#include "base/mem.h"
#include "desk/deskconf.h"
#include "desk/event.h"
#include "desk/keywords.h"
#include "desk/orderno.h"
#include "desk/rules.h"

#define QUEUES 4

static const char *const queue_names[QUEUES] = { "sales", "warehouse",
	"shipping", "technical" };

static struct rules *
sample_rules(void)
{
	char	      wrong[2000], *text, *json;
	struct rules *rules;
	size_t	      n;

	text = slurp("../conf/desk.conf", &n);
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

	rest = data = slurp("unit/data/messages.tsv", &n);
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
	assert_true(precision >= 0.88);
	assert_true(recall >= 0.88);
	rules_free(rules);
}

/* A small configuration of our own, so that weights are plain to see. */
static const char small[] =
    "{\"company\":{\"name\":\"S\",\"lang\":\"en\",\"country\":\"84\"},"
    "\"units\":{\"mail\":7},\"default_queue\":\"sales\","
    "\"order_pattern\":[\"DH[0-9]{4,8}\",\"#[0-9]{5,8}\"],"
    "\"queues\":[{\"name\":\"sales\"},{\"name\":\"ship\"},{\"name\":\"tech\"}],"
    "\"served\":[{\"kind\":\"email\",\"address\":\"ship@s.example\","
    "\"queue\":\"ship\"},{\"kind\":\"email\",\"address\":\"hello@s.example\"},"
    "{\"kind\":\"phone\",\"address\":\"19001234\",\"queue\":\"tech\"}],"
    "\"rules\":["
    "{\"name\":\"vip\",\"segment\":\"vip\",\"priority\":80},"
    "{\"name\":\"vip-late\",\"segment\":\"vip\",\"keywords\":[\"late\"],"
    "\"queue\":\"ship\",\"skills\":[\"en\"]},"
    "{\"name\":\"urgent\",\"keywords\":[\"urgent\"],\"priority\":60},"
    "{\"name\":\"speak-vi\",\"channel\":\"chat\",\"skills\":[\"vi\"]},"
    "{\"name\":\"ship\",\"queue\":\"ship\",\"keywords\":[\"giao hàng\","
    "\"late\",\"delivery\"],\"skills\":[\"en\",\"vi\"],\"priority\":55},"
    "{\"name\":\"tech\",\"queue\":\"tech\",\"keywords\":[\"bảo hành\","
    "\"mưa\",\"warranty\"],\"weight\":3},"
    "{\"name\":\"order\",\"queue\":\"ship\",\"order\":true}],"
    "\"sources\":[{\"name\":\"fs\",\"form\":\"freeswitch\","
    "\"secret_file\":\"fs.key\",\"trust\":[\"127.0.0.1\",\"::1\"]}]}";

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

static void
check_decision(const struct rules *rules, const char *to, const char *subject,
    const char *text, const char *queue, const char *why)
{
	const struct candidate *last;
	struct event		e;

	classified(&e, rules, to, subject, text);
	last = &e.candidates[e.ncandidates - 1];
	if (strcmp(last->queue, queue) != 0 || strcmp(last->why, why) != 0)
		fail_msg("%s: %s (%s)", text, last->queue, last->why);
	event_drop(&e);
}

static void
test_decisions(void **state)
{
	struct rules *r = small_rules();

	(void)state;
	/* The address decides, whatever the words, with tag or letter case. */
	check_decision(r, "ship@s.example", NULL, "bảo hành", "ship",
	    "recipient ship@s.example");
	check_decision(r, "SHIP+ticket.9@s.example", NULL, "bảo hành", "ship",
	    "recipient ship@s.example");
	/* hello@ and strangers' addresses say nothing: the words do. */
	check_decision(r, "hello@s.example", NULL, "bảo hành", "tech",
	    "rule tech: bảo hành (score 6)");
	check_decision(r, "else@where.example", NULL, "late", "ship",
	    "rule ship: late (score 1)");
	/* Words weigh: 2 x 3 for a phrase of weight 3 over 1. */
	check_decision(r, NULL, NULL, "bảo hành giao late", "tech",
	    "rule tech: bảo hành (score 6)");
	/* In the subject twice: 3 x 2 over 2 + 1 + 1. */
	check_decision(r, NULL, "warranty", "giao hàng late delivery", "tech",
	    "rule tech: warranty (score 6)");
	/* Equal: the configuration's order. */
	check_decision(r, NULL, NULL, "warranty late giao hàng", "ship",
	    "rule ship: giao hàng, late (score 3)");
	check_decision(
	    r, NULL, NULL, "see DH12345", "ship", "rule order (score 1)");
	check_decision(r, NULL, NULL, "chào", "sales", "default queue");
	check_decision(r, NULL, NULL, NULL, "sales", "default queue");
	rules_free(r);
}

static void
test_terms(void **state)
{
	struct rules	*r = small_rules();
	struct candidate c;
	struct event	 e;

	(void)state;
	classified(&e, r, NULL, NULL, "urgent: delivery is late");
	assert_int_equal(e.units, 20);
	assert_int_equal(e.ncandidates, 3);
	c = e.candidates[0];
	assert_string_equal(c.segment, "vip");
	assert_string_equal(c.queue, "ship");
	assert_int_equal(c.priority, 80);
	assert_string_equal(c.why, "rule vip");
	c = e.candidates[1];
	assert_string_equal(c.segment, "vip");
	assert_string_equal(c.skills, "en");
	assert_int_equal(c.priority, 60);
	assert_string_equal(c.why, "rule vip-late: late");
	c = e.candidates[2];
	assert_string_equal(c.queue, "ship");
	assert_int_equal(c.priority, 60);
	assert_string_equal(c.skills, "vi en");
	event_drop(&e);

	/* A rule of another queue sets nothing; a mail is no chat. */
	classified(&e, r, "hello@s.example", NULL, "warranty");
	assert_int_equal(e.units, 7);
	c = e.candidates[e.ncandidates - 1];
	assert_int_equal(c.priority, 50);
	assert_null(c.skills);
	event_drop(&e);
	rules_free(r);
}

static void
test_call(void **state)
{
	struct rules *r = small_rules();
	struct event  e;

	(void)state;
	event_begin(&e, 1 << 16);
	e.channel = "call";
	e.to[e.nto++] = "19001234";
	assert_true(event_finish(&e, r));
	assert_string_equal(e.candidates[e.ncandidates - 1].queue, "tech");
	assert_int_equal(e.units, 100);
	event_drop(&e);
	rules_free(r);
}

static void
test_serves(void **state)
{
	struct rules	    *r = small_rules();
	const struct source *s;

	(void)state;
	assert_true(rules_serves(r, "ship@s.example"));
	assert_true(rules_serves(r, "Hello@S.Example"));
	assert_true(rules_serves(r, "ship+a+b@s.example"));
	assert_false(rules_serves(r, "other@s.example"));
	assert_false(rules_serves(r, "ship@s.example.org"));
	assert_false(rules_serves(r, "+ship@s.example"));
	assert_false(rules_serves(r, "19001234")); /* ours, but no mail */
	assert_false(rules_serves(r, ""));
	assert_string_equal(rules_company(r)->lang, "en");
	assert_null(rules_source(r, "pbx"));
	s = rules_source(r, "fs");
	assert_int_equal(s->form, SOURCE_FREESWITCH);
	assert_string_equal(s->secret_file, "fs.key");
	assert_int_equal(s->ntrust, 2);
	assert_string_equal(s->trust[1], "::1");
	rules_free(r);
}

static const struct {
	const char *keyword;
	const char *text;
	bool	    found;
} matches[] = {
	{ "giao hàng", "Giao hàng", true },
	{ "giao hàng", "GIAO HANG", true },
	{ "giao hàng", "giao  hàng", true },
	{ "giao hàng", "giao-hàng", true },
	{ "giao hàng", "giaohang", true },
	{ "giao hàng", "giaooo hàngggg", true },
	{ "giao hàng", "gi\u00e0o hàng", false }, /* another mark */
	{ "giao hàng", "giao hang\u0300", true }, /* NFD, mark misplaced */
	{ "giao hàng", "ngoại giao hàng hóa", true },
	{ "giao hàng", "giao hàngt", false },
	{ "giao hàng", "xgiao hàng", false },
	{ "giao hàng", "giao cho hàng", false },
	{ "hàng giao trễ", "hàng giao trể", true }, /* hook for tilde */
	{ "mưa", "mua", true },
	{ "mưa", "mưa", true },
	{ "mua", "mưa", true }, /* a keyword without marks: any */
	{ "mứa", "mùa", false },
	{ "không", "ko", true },
	{ "không", "hok", true },
	{ "sản phẩm", "sp", true },
	{ "đơn hàng", "dh", true },
	{ "delivery", "delivry", true },
	{ "delivery", "deliveyr", true },
	{ "delivery", "deliverry", true },
	{ "delivery", "dilivery", true },
	{ "delivery", "dilivry", false }, /* two slips */
	{ "delivery", "elivery", false }, /* the first letter */
	{ "late", "lats", false },	  /* too short a word to mend */
	{ "thiếu", "thieu", true },
	{ "nhiều", "thiếu", false },
	{ "thuốc", "truoc", false }, /* a syllable of its own */
	{ "còn size 40", "con size 40 k", true },
	{ "còn size 40", "con size 4", false },
	{ "còn size 40", "con size 400", false },
	{ "東京", "東京", true },
};

static void
test_matches(void **state)
{
	struct keywords *k;
	uint8_t		 found;
	size_t		 i;

	(void)state;
	for (i = 0; i < nitems(matches); i++) {
		k = keywords_new();
		assert_true(keywords_add(k, matches[i].keyword));
		keywords_ready(k);
		found = 0;
		keywords_scan(k, NULL, matches[i].text, true, &found);
		if ((found != 0) != matches[i].found)
			fail_msg("%s in %s: %d", matches[i].keyword,
			    matches[i].text, found);
		keywords_free(k);
	}
}

/* A keyword within the place of a longer one does not count. */
static void
test_longest(void **state)
{
	struct keywords *k = keywords_new();
	uint8_t		 found[4] = { 0 };

	(void)state;
	assert_false(keywords_add(k, ""));
	assert_false(keywords_add(k, " .,"));
	assert_true(keywords_add(k, "hàng"));
	assert_true(keywords_add(k, "giao hàng trễ"));
	assert_true(keywords_add(k, "trễ"));
	assert_true(keywords_add(k, "giao hàng trễ"));
	keywords_ready(k);
	assert_int_equal(keywords_words(k, 1), 3);
	keywords_scan(k, NULL, "giao hàng trễ", true, found);
	assert_memory_equal(found, "\0\1\0\1", 4);
	keywords_scan(k, "hàng", "trễ hàng", true, found);
	assert_memory_equal(found, "\2\1\1\1", 4);
	keywords_free(k);
}

static const struct {
	const char *text;
	const char *order; /* NULL: none */
} orders[] = {
	{ "don DH20481 cua em", "DH20481" },
	{ "dh20481", "DH20481" },
	{ "(DH20481).", "DH20481" },
	{ "ma #88213!", "#88213" },
	{ "DH123", NULL },
	{ "DH123456789", NULL }, /* too many digits: no part of it */
	{ "XDH12345", NULL },
	{ "DH12345x", NULL },
	{ "đDH12345", NULL },
	{ "#1 #88213", "#88213" },
	{ "no digits at all", NULL },
	{ "", NULL },
	{ "#88213 DH20481", "#88213" },
};

static void
test_orders(void **state)
{
	struct orderno *o = orderno_new();
	struct arena	a;
	const char     *got;
	struct buf	b;
	size_t		i;

	(void)state;
	arena_init(&a, 1 << 16);
	orderno_add(o, "DH[0-9]{4,8}");
	orderno_add(o, "#[0-9]{5,8}");
	for (i = 0; i < nitems(orders); i++) {
		got = orderno_find(o, &a, orders[i].text);
		if ((got == NULL) != (orders[i].order == NULL) ||
		    (got != NULL && strcmp(got, orders[i].order) != 0))
			fail_msg("%s: %s", orders[i].text, got);
	}
	assert_null(orderno_find(o, &a, NULL));
	/* A word of any length ends in time. */
	buf_init(&b, 0);
	for (i = 0; i < 200000; i++)
		buf_str(&b, "9#");
	assert_null(orderno_find(o, &a, b.p));
	/* And so do many words without a digit, looked at once each. */
	buf_reset(&b);
	for (i = 0; i < 4000000; i++)
		buf_str(&b, "a ");
	assert_null(orderno_find(o, &a, b.p));
	buf_str(&b, "DH20481");
	assert_string_equal(orderno_find(o, &a, b.p), "DH20481");
	buf_free(&b);
	arena_free(&a);
	orderno_free(o);
}

static void
test_patterns(void **state)
{
	static const char *const good[] = { "DH[0-9]{4,8}", "#[0-9]{5,8}",
		"(DH|SO)-?[0-9]+", "[]^a]b", "a\\+b" };
	static const char *const bad[] = { "", "(a+)+", "(a)\\1", "a{65}",
		"a{1000}", "(a{60}){60}", "a**", "[0-9", "(", "a{2", "x*",
		"đơn", "a{1,99999}", "((a{9})b){9}" };
	size_t			 i;

	(void)state;
	for (i = 0; i < nitems(good); i++)
		if (orderno_wrong(good[i]) != NULL)
			fail_msg("%s: %s", good[i], orderno_wrong(good[i]));
	for (i = 0; i < nitems(bad); i++)
		if (orderno_wrong(bad[i]) == NULL)
			fail_msg("%s is taken", bad[i]);
}

static const char *const not_rules[] = { "", "[]", "{}", "{\"queues\":[]}",
	"{\"queues\":[{}],\"default_queue\":\"a\"}",
	"{\"queues\":{\"name\":\"a\"},\"default_queue\":\"a\"}",
	"{\"queues\":[{\"name\":\"a\"}],\"default_queue\":\"b\"}",
	"{\"queues\":[{\"name\":\"a\"}],\"default_queue\":\"a\","
	"\"company\":{\"country\":\"+84\"}}",
	"{\"queues\":[{\"name\":\"a\"}],\"default_queue\":\"a\","
	"\"served\":[{\"kind\":\"fax\",\"address\":\"1\"}]}",
	"{\"queues\":[{\"name\":\"a\"}],\"default_queue\":\"a\","
	"\"served\":[{\"kind\":\"email\",\"address\":\"1\"}]}",
	"{\"queues\":[{\"name\":\"a\"}],\"default_queue\":\"a\","
	"\"rules\":[{\"name\":\"r\",\"queue\":\"b\"}]}",
	"{\"queues\":[{\"name\":\"a\"}],\"default_queue\":\"a\","
	"\"rules\":[{\"name\":\"r\",\"keywords\":[7]}]}",
	"{\"queues\":[{\"name\":\"a\"}],\"default_queue\":\"a\","
	"\"rules\":[{\"name\":\"r\",\"keywords\":[\"!\"]}]}",
	"{\"queues\":[{\"name\":\"a\"}],\"default_queue\":\"a\","
	"\"order_pattern\":[\"(a+)+\"]}",
	"{\"queues\":[{\"name\":\"a\"}],\"default_queue\":\"a\","
	"\"sources\":[{\"name\":\"s\"}]}",
	"{\"queues\":[{\"name\":\"a\"}],\"default_queue\":\"a\","
	"\"sources\":[{\"name\":\"s\",\"form\":\"generic\","
	"\"secret_file\":\"/etc/hostname\",\"trust\":[]}]}",
	"{\"queues\":[{\"name\":\"a\"}],\"default_queue\":\"a\","
	"\"sources\":[{\"name\":\"s\",\"form\":\"generic\","
	"\"secret_file\":\"a/../../b\",\"trust\":[]}]}" };

static void
test_not_rules(void **state)
{
	struct rules *r;
	char	      wrong[100];
	size_t	      i;

	(void)state;
	for (i = 0; i < nitems(not_rules); i++) {
		*wrong = '\0';
		r = rules_load(
		    not_rules[i], strlen(not_rules[i]), wrong, sizeof wrong);
		if (r != NULL)
			fail_msg("%s is taken", not_rules[i]);
		assert_true(strlen(wrong) > 5);
	}
}

/* Any arena too small is refused, and never crashes. */
static void
test_arena_full(void **state)
{
	struct rules *r = small_rules();
	struct event  e;
	size_t	      cap;
	bool	      good = false;

	(void)state;
	for (cap = 0; cap < 8192 && !good; cap += 16) {
		event_begin(&e, cap);
		e.channel = "chat";
		e.text = "urgent late delivery of DH12345";
		good = rules_classify(r, &e);
		event_drop(&e);
	}
	assert_true(good);
	assert_true(cap > 64);
	rules_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decisions),
		cmocka_unit_test(test_terms),
		cmocka_unit_test(test_call),
		cmocka_unit_test(test_serves),
		cmocka_unit_test(test_matches),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_orders),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_not_rules),
		cmocka_unit_test(test_arena_full),
		cmocka_unit_test(test_messages),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
