/*
 * Whom a mail went to: which of the addresses that it names are ours and
 * decide its queue, and who else takes part.
 */
#include "mail.h"
#include "desk/rules.h"
#include "desk/token.h"

/* Two addresses with a queue each, and one whose content decides. */
static const char small[] =
    "{\"company\":{\"name\":\"Shop\",\"country\":\"84\"},"
    "\"default_queue\":\"sales\","
    "\"queues\":[{\"name\":\"sales\"},{\"name\":\"tech\"}],"
    "\"served\":["
    "{\"kind\":\"email\",\"address\":\"hello@shop.example\"},"
    "{\"kind\":\"email\",\"address\":\"sales@shop.example\","
    "\"queue\":\"sales\"},"
    "{\"kind\":\"email\",\"address\":\"tech@shop.example\","
    "\"queue\":\"tech\"}]}";

static struct rules *rules;

static int
setup(void **state)
{
	char wrong[200];

	(void)state;
	rules = rules_load(small, sizeof small - 1, wrong, sizeof wrong);
	return (rules == NULL);
}

static int
teardown(void **state)
{
	(void)state;
	rules_free(rules);
	return (0);
}

/* A mail with these headers, delivered to one address. */
static void
finished(struct event *e, const char *headers, const char *rcpt)
{
	struct mail_env en = env;
	const char     *one[] = { rcpt };
	char	       *mail;
	size_t		n = strlen(HEAD) + strlen(headers) + 5;

	mail = malloc(n);
	assert_non_null(mail);
	snprintf(mail, n, HEAD "%s\nx\n", headers);
	en.rcpts = one;
	parse(e, mail, strlen(mail), &en);
	free(mail);
	assert_null(e->quarantine);
	assert_true(event_finish(e, rules));
}

static void
assert_list(const char *const *list, size_t n, const char *expected)
{
	char   got[2000] = "";
	size_t i;

	for (i = 0; i < n; i++) {
		strcat(got, i > 0 ? " " : "");
		strcat(got, list[i]);
	}
	assert_string_equal(got, expected);
}

static void
test_others(void **state)
{
	struct event e;

	(void)state;
	finished(&e,
	    "To: Sales@shop.example, Chong <chong@Customer.example>\n"
	    "Cc: me@mother.example, chong@customer.example,\n"
	    " nobody, friends: a@b.example, c@d.example;\n",
	    "sales@shop.example");
	assert_list(e.others, e.nothers,
	    "chong@customer.example me@mother.example a@b.example "
	    "c@d.example");
	assert_list(e.to, e.nto, "sales@shop.example");
	event_drop(&e);

	/* Nobody is named, and nobody knows who is ours. */
	finished(&e, "", "sales@shop.example");
	assert_int_equal(e.nothers, 0);
	assert_list(e.to, e.nto, "sales@shop.example");
	event_drop(&e);
	parse_str(&e, HEAD "Cc: a@b.example\n\nx\n");
	assert_list(e.others, e.nothers, "a@b.example");
	assert_true(event_finish(&e, NULL));
	assert_int_equal(e.nothers, 0);
	event_drop(&e);
}

/* However a mail to several of us is delivered, it goes to one queue. */
static void
test_several(void **state)
{
	static const char *const rcpts_of[] = { "tech@shop.example",
		"hello@shop.example", "sales@shop.example" };
	struct event		 e;
	size_t			 i;

	(void)state;
	for (i = 0; i < nitems(rcpts_of); i++) {
		finished(&e,
		    "To: tech@shop.example, x@y.example, sales@shop.example\n"
		    "Cc: hello@shop.example\n",
		    rcpts_of[i]);
		assert_list(e.to, e.nto,
		    "tech@shop.example sales@shop.example hello@shop.example");
		assert_list(e.others, e.nothers, "x@y.example");
		assert_string_equal(e.candidates[0].queue, "tech");
		event_drop(&e);
	}
	/* An alias of ours that the headers do not name still counts. */
	finished(&e, "To: list@elsewhere.example\n", "tech@shop.example");
	assert_list(e.to, e.nto, "tech@shop.example");
	assert_list(e.others, e.nothers, "list@elsewhere.example");
	event_drop(&e);
}

/* Our own signed address is ours, and nobody's to answer to. */
static void
test_token_is_ours(void **state)
{
	char	     token[TOKEN_MAX], to[200];
	struct event e;

	(void)state;
	assert_true(token_make(token, sizeof token, key, sizeof key, 7));
	snprintf(to, sizeof to, "To: tech+%s@shop.example\nCc: x@y.example\n",
	    token);
	finished(&e, to, "hello@shop.example");
	assert_int_equal(e.token, 7);
	assert_list(e.to, e.nto, "tech@shop.example hello@shop.example");
	assert_list(e.others, e.nothers, "x@y.example");
	event_drop(&e);
}

/* A thousand addresses are capped, and ours among the first are found. */
static void
test_capped(void **state)
{
	struct event e;
	struct buf   b;
	int	     i;

	(void)state;
	buf_init(&b, 0);
	buf_str(&b, "To: tech@shop.example");
	for (i = 0; i < 1000; i++)
		buf_printf(&b, ",\n a%d@many.example", i);
	buf_char(&b, '\n');
	buf_char(&b, '\0');
	finished(&e, b.p, "sales@shop.example");
	assert_int_equal(e.nothers, EVENT_OTHERS - 1);
	assert_string_equal(e.others[0], "a0@many.example");
	assert_list(e.to, e.nto, "tech@shop.example sales@shop.example");
	event_drop(&e);
	buf_free(&b);
}

/* What desk.ingest() is given. */
static void
test_written(void **state)
{
	struct event e;
	struct buf   b;

	(void)state;
	finished(&e,
	    "To: tech@shop.example, sales@shop.example\nCc: x@y.example\n",
	    "tech@shop.example");
	buf_init(&b, 0);
	event_write(&b, &e);
	buf_char(&b, '\0');
	assert_non_null(strstr(b.p,
	    "\"to\":[\"tech@shop.example\",\"sales@shop.example\"],"
	    "\"others\":[\"x@y.example\"]"));
	buf_free(&b);
	event_drop(&e);

	finished(&e, "To: tech@shop.example\n", "tech@shop.example");
	buf_init(&b, 0);
	event_write(&b, &e);
	buf_char(&b, '\0');
	assert_null(strstr(b.p, ",\"to\":"));
	assert_non_null(
	    strstr(b.p, "\"meta\":{\"to\":[\"tech@shop.example\"]}"));
	assert_null(strstr(b.p, "\"others\""));
	buf_free(&b);
	event_drop(&e);
}

/* To and Cc as they were written are kept: names off, and our token. */
static void
test_kept(void **state)
{
	static const char head[] = "To: \"Kho, HN\" <Kho@Y.example>,"
				   " tech+%s@shop.example, kho@y.example,"
				   " nobody\nCc: friends: b@c.example,"
				   " \"a\\\"b\"@c.example;\n";
	char		  token[TOKEN_MAX], fields[300], local[70];
	struct event	  e;
	struct buf	  b;
	int		  i;

	(void)state;
	assert_true(token_make(token, sizeof token, key, sizeof key, 7));
	snprintf(fields, sizeof fields, head, token);
	finished(&e, fields, "hello@shop.example");
	assert_string_equal(e.meta,
	    "{\"to\":[\"kho@y.example\",\"tech@shop.example\"],"
	    "\"cc\":[\"b@c.example\",\"\\\"a\\\\\\\"b\\\"@c.example\"]}");
	event_drop(&e);

	/* As many as there is room for, and that there are more. */
	buf_init(&b, 0);
	buf_str(&b, "To: a@b.example\nCc: c0@b.example");
	for (i = 1; i <= EVENT_OTHERS; i++)
		buf_printf(&b, ", c%d@b.example", i);
	buf_add(&b, "\n", 2);
	finished(&e, b.p, "hello@shop.example");
	assert_non_null(strstr(e.meta, "\"c19@b.example\"],\"flags\":"));
	assert_non_null(strstr(e.meta, "\"more-recipients\""));
	event_drop(&e);
	buf_reset(&b);
	memset(local, 'x', sizeof local);
	buf_str(&b, "Cc: a@b.example");
	for (i = 0; i < EVENT_OTHERS; i++)
		buf_printf(&b, ", %c%.60s@%.60s.%.60s.example", 'a' + i, local,
		    local, local);
	buf_add(&b, "\n", 2);
	finished(&e, b.p, "hello@shop.example");
	assert_true(strlen(e.meta) < 2200);
	assert_non_null(strstr(e.meta, "{\"cc\":[\"a@b.example\",\"ax"));
	assert_non_null(strstr(e.meta, "\"more-recipients\""));
	event_drop(&e);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_token_is_ours),
		cmocka_unit_test(test_capped),
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_kept),
	};

	mail_init();
	return (cmocka_run_group_tests(tests, setup, teardown));
}
