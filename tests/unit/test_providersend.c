/*
 * Providers described in data: what proves a post, how answers are made and
 * what is understood of the answer to them (as the providers publish it, see
 * conf/sources), and how mistakes of a description are said.
 */
#include "unit.h"
#include <jansson.h>
#include "base/buf.h"
#include "base/mem.h"
#include "desk/provider.h"
#include "desk/rules.h"
#include "providers.h"

/* Proof --------------------------------------------------------------------- */

static const char *
some_header(void *arg, const char *name)
{
	return (strcmp(name, "X-Timestamp") == 0 ? arg : NULL);
}

static void
test_base(void **state)
{
	struct rules *r = shipped("zalo");
	const char   *body =
	    "{\"app_id\":\"36\",\"timestamp\":\"1749526513984\",\"x\":1}";
	struct provider_post post = {
		.body = body, .n = strlen(body), .header = some_header
	};
	const struct provider_sign *sign =
	    &rules_source(r, "zalo")->provider->sign;
	const char *wrong;
	struct buf  b;

	(void)state;
	post.json = provider_parse(body, post.n, &wrong);
	buf_init(&b, 0);
	assert_true(provider_base(&b, sign, &post, "SECRET"));
	assert_string_equal(b.p,
	    "36{\"app_id\":\"36\",\"timestamp\":\"1749526513984\",\"x\":1}"
	    "1749526513984SECRET");
	assert_null(provider_stale(sign, &post, 1749526513));
	assert_null(provider_stale(sign, &post, 1749526513 + 13 * 3600));
	assert_non_null(provider_stale(sign, &post, 1749526514 + 13 * 3600));
	assert_non_null(provider_stale(sign, &post, 1749526512 - 13 * 3600));
	json_decref(post.json);
	/* Without JSON there is no base, and nothing is proved. */
	post.json = NULL;
	assert_false(provider_base(&b, sign, &post, "SECRET"));
	assert_non_null(provider_stale(sign, &post, 1749526513));
	buf_free(&b);
	rules_free(r);

	r = shipped("generic");
	sign = &rules_source(r, "shop")->provider->sign;
	post.arg = (void *)(uintptr_t) "1700000000";
	buf_init(&b, 0);
	assert_true(provider_base(&b, sign, &post, "SECRET"));
	assert_memory_equal(b.p, "1700000000.{", 12);
	assert_null(provider_stale(sign, &post, 1700000300));
	assert_non_null(provider_stale(sign, &post, 1700000301));
	post.arg = (void *)(uintptr_t) "17e8";
	assert_non_null(provider_stale(sign, &post, 1700000000));
	post.arg = NULL;
	assert_false(provider_base(&b, sign, &post, "SECRET"));
	buf_free(&b);
	rules_free(r);
}

/* Sending ------------------------------------------------------------------- */

static void
test_request(void **state)
{
	struct rules	       *r = shipped("telegram");
	struct provider_letter	letter = { .text = "\"},{\"a\":\"\n\\ ơi",
		 .to = "1111111",
		 .token = "12:A/b",
		 .id = "9" };
	struct provider_request q;
	char			long_text[5000];

	(void)state;
	assert_null(provider_request_make(&q,
	    provider_send_find(rules_source(r, "telegram")->provider, "edited"),
	    &letter));
	assert_string_equal(
	    q.url, "https://api.telegram.org/bot12:A%2Fb/sendMessage");
	assert_string_equal(q.body.p,
	    "{\"chat_id\":1111111,\"text\":\"\\\"},{\\\"a\\\":\\\"\\n\\\\ ơi\"}");
	assert_string_equal(q.headers[0], "Content-Type: application/json");
	provider_request_end(&q);
	memset(long_text, 'x', 4097);
	long_text[4097] = '\0';
	letter.text = long_text;
	assert_non_null(provider_request_make(&q,
	    provider_send_find(
		rules_source(r, "telegram")->provider, "message"),
	    &letter));
	provider_request_end(&q);
	rules_free(r);

	r = shipped("messenger");
	letter = (struct provider_letter){
		.text = "a", .to = "7001", .token = "T\r\nX-Evil: 1", .id = "9"
	};
	assert_non_null(provider_request_make(&q,
	    provider_send_find(
		rules_source(r, "messenger")->provider, "message"),
	    &letter));
	provider_request_end(&q);
	/* A comment is answered where it stands, and only there. */
	letter.token = "T";
	assert_non_null(provider_request_make(&q,
	    provider_send_find(
		rules_source(r, "messenger")->provider, "comment"),
	    &letter));
	provider_request_end(&q);
	letter.reply = "9_8/../me";
	assert_null(provider_request_make(&q,
	    provider_send_find(
		rules_source(r, "messenger")->provider, "comment"),
	    &letter));
	assert_string_equal(
	    q.url, "https://graph.facebook.com/v21.0/9_8%2F..%2Fme/comments");
	provider_request_end(&q);
	rules_free(r);
}

static void
test_judge(void **state)
{
	/* As the providers publish their answers. */
	static const struct {
		const char	 *source;
		long		  status;
		const char	 *body;
		enum provider_how how;
		const char	 *id, *words;
		long		  retry;
	} cases[] = {
		{ "messenger", 200,
		    "{\"recipient_id\":\"7001\",\"message_id\":\"m_AG5Hz2U\"}",
		    PROVIDER_SENT, "m_AG5Hz2U", "", 0 },
		{ "messenger", 400,
		    "{\"error\":{\"message\":\"(#10) This message is sent outside "
		    "of allowed window.\",\"type\":\"OAuthException\",\"code\":10,"
		    "\"error_subcode\":2018278,\"fbtrace_id\":\"B\"}}",
		    PROVIDER_NEVER, "", "time in which", 0 },
		{ "messenger", 400,
		    "{\"error\":{\"message\":\"Invalid OAuth access token.\","
		    "\"type\":\"OAuthException\",\"code\":190,"
		    "\"error_subcode\":1234567,\"fbtrace_id\":\"B\"}}",
		    PROVIDER_LATER, "", "token", 0 },
		{ "messenger", 400,
		    "{\"error\":{\"message\":\"This person isn't available right "
		    "now.\",\"code\":551,\"error_subcode\":1545041}}",
		    PROVIDER_NEVER, "", "blocked", 0 },
		{ "messenger", 400,
		    "{\"error\":{\"message\":\"Calls to this API have exceeded the "
		    "rate limit\",\"code\":613}}",
		    PROVIDER_LATER, "", "cannot take it now", 0 },
		{ "messenger", 400,
		    "{\"error\":{\"message\":\"x\",\"code\":100}}",
		    PROVIDER_NEVER, "", "refused it. It said: x", 0 },
		{ "messenger", 504, "<html>", PROVIDER_UNKNOWN, "",
		    "perhaps it was sent", 0 },
		{ "messenger", 502, "", PROVIDER_UNKNOWN, "",
		    "perhaps it was sent", 0 },
		{ "messenger", 503, "<html>", PROVIDER_LATER, "", "(HTTP 503)",
		    0 },
		{ "messenger", 200, "<html>", PROVIDER_UNKNOWN, "", "perhaps",
		    0 },
		{ "zalo", 200,
		    "{\"error\":0,\"message\":\"Success\",\"data\":"
		    "{\"message_id\":\"m7\",\"user_id\":\"u\"}}",
		    PROVIDER_SENT, "m7", "", 0 },
		{ "zalo", 200,
		    "{\"error\":-216,\"message\":\"Access token is invalid\"}",
		    PROVIDER_LATER, "", "token", 0 },
		{ "zalo", 200, "{\"error\":-230,\"message\":\"7 days\"}",
		    PROVIDER_NEVER, "", "time in which", 0 },
		{ "zalo", 200, "{\"error\":-213,\"message\":\"not followed\"}",
		    PROVIDER_NEVER, "", "blocked", 0 },
		{ "zalo", 200, "{\"error\":-32,\"message\":\"limit\"}",
		    PROVIDER_LATER, "", "cannot take it now", 0 },
		{ "telegram", 200,
		    "{\"ok\":true,\"result\":{\"message_id\":1366,\"chat\":"
		    "{\"id\":1111111,\"type\":\"private\"}}}",
		    PROVIDER_SENT, "1111111/1366", "", 0 },
		{ "telegram", 403,
		    "{\"ok\":false,\"error_code\":403,\"description\":\"Forbidden: "
		    "bot was blocked by the user\"}",
		    PROVIDER_NEVER, "", "blocked", 0 },
		{ "telegram", 429,
		    "{\"ok\":false,\"error_code\":429,\"description\":\"Too Many "
		    "Requests: retry after 35\",\"parameters\":"
		    "{\"retry_after\":35}}",
		    PROVIDER_LATER, "", "cannot take it now", 35 },
		{ "telegram", 401,
		    "{\"ok\":false,\"error_code\":401,\"description\":"
		    "\"Unauthorized\"}",
		    PROVIDER_LATER, "", "token", 0 },
		{ "telegram", 0, "", PROVIDER_NEVER, "", "refused", 0 },
	};
	struct provider_outcome o;
	struct rules	       *r;
	size_t			i;

	(void)state;
	for (i = 0; i < nitems(cases); i++) {
		r = shipped(cases[i].source);
		provider_judge(&o,
		    provider_send_find(
			rules_source(r, cases[i].source)->provider, "message"),
		    cases[i].status, cases[i].body, strlen(cases[i].body));
		if (o.how != cases[i].how)
			fail_msg("%s: %d, %s", cases[i].body, o.how, o.words);
		assert_string_equal(o.id, cases[i].id);
		if (strstr(o.words, cases[i].words) == NULL)
			fail_msg("%s: %s", cases[i].body, o.words);
		assert_int_equal(o.retry, cases[i].retry);
		rules_free(r);
	}
}

/* What is asked to try a token, and what the answers mean. */
static void
test_check(void **state)
{
	static const struct {
		const char	 *source;
		long		  status;
		const char	 *body;
		enum provider_how how;
		const char	 *words;
	} cases[] = {
		{ "telegram", 200, "{\"ok\":true,\"result\":{\"id\":1}}",
		    PROVIDER_SENT, "" },
		{ "telegram", 401,
		    "{\"ok\":false,\"error_code\":401,\"description\":"
		    "\"Unauthorized\"}",
		    PROVIDER_NEVER, "our token: put" },
		{ "telegram", 429, "", PROVIDER_LATER, "(HTTP 429)" },
		{ "telegram", 200, "<html>", PROVIDER_NEVER, "did not answer" },
		{ "messenger", 200, "{\"id\":\"7\"}", PROVIDER_SENT, "" },
		{ "messenger", 400,
		    "{\"error\":{\"message\":\"expired\",\"code\":190}}",
		    PROVIDER_NEVER, "It said: expired" },
		{ "zalo", 200, "{\"error\":0,\"data\":{}}", PROVIDER_SENT, "" },
		{ "zalo", 200, "{\"error\":-216,\"message\":\"x\"}",
		    PROVIDER_NEVER, "our token: put" },
		{ "zalo", 503, "{\"error\":0}", PROVIDER_LATER, "now" },
	};
	struct provider_letter	letter = { .token = "12:A/b" };
	struct provider_request q;
	struct provider_outcome o;
	struct rules	       *r;
	const struct provider  *p;
	size_t			i;

	(void)state;
	for (i = 0; i < nitems(cases); i++) {
		r = shipped(cases[i].source);
		p = rules_source(r, cases[i].source)->provider;
		assert_true(p->checks);
		assert_null(provider_request_make(&q, &p->check, &letter));
		assert_string_equal(q.method, "GET");
		assert_int_equal(q.body.n, 0);
		assert_true(strstr(q.url, "12:A%2Fb") != NULL ||
		    strstr(q.headers[0], "12:A/b") != NULL);
		provider_request_end(&q);
		provider_check_judge(&o, &p->check, cases[i].status,
		    cases[i].body, strlen(cases[i].body));
		if (o.how != cases[i].how ||
		    strstr(o.words, cases[i].words) == NULL)
			fail_msg("%s: %d, %s", cases[i].body, o.how, o.words);
		rules_free(r);
	}
	r = rules_of("source \"x\" { form = \"data\" contact = \"x\"\n"
		     "secret_file = \"s\"\n"
		     "event \"e\" { id = \"/a\" sender = \"/b\" }\n"
		     "check { url = \"https://a.example/\" status = 204 } }\n");
	p = rules_source(r, "x")->provider;
	provider_check_judge(&o, &p->check, 204, "", 0);
	assert_int_equal(o.how, PROVIDER_SENT);
	provider_check_judge(&o, &p->check, 200, "", 0);
	assert_int_equal(o.how, PROVIDER_NEVER);
	rules_free(r);
}

/* Mistakes are said with their line, and their place in the block. */
static void
test_mistakes(void **state)
{
	static const struct {
		const char *block, *wrong;
	} cases[] = {
		{ "event \"m\" { id = \"/a\" }",
		    "desk.conf:6: sender of source \"x\": This must be given." },
		{ "event \"m\" {\nid = \"/a\"\nsender = \"{/b\" }",
		    "desk.conf:8: sender of source \"x\": A { has no }" },
		{ "event \"m\" { id = \"/a\" sender = \"{who}\" }",
		    "Nothing is known by the name" },
		{ "event \"m\" { id = \"/a\" sender = \"/b~2\" }",
		    "~ is written ~0" },
		{ "event \"m\" { id = \"/a\" sender = \"/b\" when = \"a\" }",
		    "begins with /" },
		{ "event \"m\" { id = \"/a\" sender = \"/b\" kind = \"x\" }",
		    "none of those known" },
		{ "", "1 to 8 event blocks" },
		{ "event \"m\" { id = \"/a\" sender = \"/b\" nose = \"/c\" }",
		    "no such option 'nose'" },
		{ "sign { algorithm = \"md5\" header = \"X\" }", "none of" },
		{ "sign { algorithm = \"sha256\" header = \"X\" }",
		    "needs a base with {secret}" },
		{ "sign { algorithm = \"token\" }", "header of source" },
		{ "verify { challenge = \"c\" }", "token_file" },
		{ "verify { token_file = \"../x\" posted = \"/c\" }",
		    "under state_dir" },
		{ "send \"m\" { url = \"https://{to}/\" body = \"{}\" }",
		    "host of its own" },
		{ "send \"m\" { url = \"file:///etc/passwd\" body = \"{}\" }",
		    "host of its own" },
		{ "send \"m\" { url = \"https://a/\" body = \"{'\" }",
		    "This is no JSON." },
		{ "send \"m\" { url = \"https://a/\" body = '{\"a\":\"{b}\"}' }",
		    "Nothing is known by the name" },
		{ "send \"m\" { url = \"https://a/\" body = '{}' headers = \"a b\" "
		  "}",
		    "A header is" },
	};
	char   text[2000], wrong[2000], *json;
	size_t i;

	(void)state;
	for (i = 0; i < nitems(cases); i++) {
		snprintf(text, sizeof text,
		    DESK "source \"x\" {\nform = \"data\" secret_file = \"s\"\n"
			 "%s\n%s\n}\n",
		    cases[i].block,
		    i < 8 ? "" : "event \"e\" { id = \"/a\" sender = \"/b\" }");
		json = deskconf_json(
		    text, strlen(text), "desk.conf", wrong, sizeof wrong);
		if (json != NULL || strstr(wrong, cases[i].wrong) == NULL)
			fail_msg("%s: %s", cases[i].block, wrong);
	}
	snprintf(text, sizeof text,
	    DESK "source \"x\" { secret_file = \"s\"\ncontact = \"a\" }\n");
	json =
	    deskconf_json(text, strlen(text), "desk.conf", wrong, sizeof wrong);
	assert_null(json);
	assert_non_null(strstr(wrong, "desk.conf:5: contact belongs"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base),
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_judge),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_mistakes),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
