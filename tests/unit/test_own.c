/*
 * What is decided by what a customer wrote, where he quotes what we wrote.
 */
#include "unit.h"
#include "desk/event.h"
#include "desk/rules.h"

static const char small[] =
    "{\"company\":{\"name\":\"S\",\"lang\":\"en\",\"country\":\"84\"},"
    "\"default_queue\":\"sales\",\"order_pattern\":[\"DH[0-9]{4,8}\"],"
    "\"queues\":[{\"name\":\"sales\"},{\"name\":\"ship\"},{\"name\":\"tech\"}],"
    "\"rules\":["
    "{\"name\":\"ship\",\"queue\":\"ship\",\"keywords\":[\"late\","
    "\"delivery\"]},"
    "{\"name\":\"tech\",\"queue\":\"tech\",\"keywords\":[\"warranty\"]},"
    "{\"name\":\"order\",\"queue\":\"ship\",\"order\":true}]}";

static struct rules *
rules(void)
{
	char	      wrong[200];
	struct rules *r =
	    rules_load(small, sizeof small - 1, wrong, sizeof wrong);

	if (r == NULL)
		fail_msg("%s", wrong);
	return (r);
}

/* Our own words, quoted, neither choose the queue nor name an order. */
static void
test_own(void **state)
{
	struct rules *r = rules();
	struct event  e;

	(void)state;
	event_begin(&e, 1 << 16);
	e.channel = "mail";
	e.text = "The warranty\n> delivery of DH12345 is late, so late";
	e.own = "The warranty";
	assert_true(event_finish(&e, r));
	assert_string_equal(e.candidates[e.ncandidates - 1].queue, "tech");
	assert_null(e.order_no);
	assert_string_equal(e.preview, "The warranty");
	assert_string_equal(e.lang, "en");
	/* All of it can be found. */
	assert_string_equal(
	    e.words, "the warranty delivery of dh12345 is late so");
	event_drop(&e);

	/* Two letters have no language: what he answers to has. */
	event_begin(&e, 1 << 16);
	e.channel = "mail";
	e.text = "ok\n> \xc4\x91\xc6\xa1n h\xc3\xa0ng c\xe1\xbb\xa7\x61 anh";
	e.own = "ok";
	assert_true(event_finish(&e, r));
	assert_string_equal(e.lang, "vi");
	event_drop(&e);
	rules_free(r);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
