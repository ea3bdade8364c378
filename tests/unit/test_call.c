/*
 * Arguments of operations, as they come over RESP and over HTTP.
 */
#include "unit.h"
#include "proto/call.h"

/* Reads a line of words as a request and maps it; the JSON, or the refusal
   as "member wrong". */
static const char *
by_resp(const char *line)
{
	static char	    text[2048];
	struct resp_request r;
	const struct op	   *op;
	const char	   *member, *wrong;
	json_t		   *args;
	char		   *json;

	snprintf(text, sizeof text, "%s\n", line);
	if (resp_request(&r, text, strlen(text), &resp_known) <= 0)
		fail_msg("no request: %s: %s", line, r.wrong);
	assert_non_null(op = op_find(r.argv[0].p, r.argv[0].n));
	if (!call_from_resp(op, &r, &args, &member, &wrong)) {
		assert_null(args);
		snprintf(text, sizeof text, "%s %s", member, wrong);
		return (text);
	}
	json = json_dumps(args, JSON_COMPACT | JSON_SORT_KEYS);
	snprintf(text, sizeof text, "%s", json);
	free(json);
	json_decref(args);
	return (text);
}

static void
test_resp_good(void **state)
{
	static const char *const good[][2] = {
		{ "TICKET.GET 5", "{\"ticket\":5}" },
		{ "ticket.get 5 LIMIT 10 after 9",
		    "{\"after\":9,\"limit\":10,\"ticket\":5}" },
		{ "TICKET.GET 9223372036854775807",
		    "{\"ticket\":9223372036854775807}" },
		{ "TICKET.LIST", "{}" },
		{ "TICKET.REPLY 5 x CC '[\"a@b.c\"]'",
		    "{\"cc\":[\"a@b.c\"],\"text\":\"x\",\"ticket\":5}" },
		{ "TICKET.LIST Queue sales state open",
		    "{\"queue\":\"sales\",\"state\":\"open\"}" },
		{ "TICKET.TAG 5 vip OFF yes",
		    "{\"off\":true,\"tag\":\"vip\",\"ticket\":5}" },
		{ "TICKET.TAG 5 vip off no",
		    "{\"off\":false,\"tag\":\"vip\",\"ticket\":5}" },
		{ "EVENT.ADD '{\"a\":{\"b\":[1,2.5,null]}}'",
		    "{\"json\":{\"a\":{\"b\":[1,2.5,null]}}}" },
		{ "EVENT.ADD json {}", "{\"json\":{}}" },
		{ "CONFIG.APPLY JSON '{}' DRY yes OVER 3",
		    "{\"config\":{},\"dry\":true,\"over\":3}" },
		{ "FEED.READ 1700000000000-0",
		    "{\"offset\":\"1700000000000-0\"}" },
		{ "TICKET.NOTE 1 'đơn hàng'",
		    "{\"text\":\"đơn hàng\",\"ticket\":1}" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < nitems(good); i++)
		assert_string_equal(by_resp(good[i][0]), good[i][1]);
}

static void
test_resp_bad(void **state)
{
	static const char *const bad[][2] = {
		{ "TICKET.GET", "ticket is missing" },
		{ "TICKET.GET five", "ticket must be a positive whole number" },
		{ "TICKET.GET 0", "ticket must be a positive whole number" },
		{ "TICKET.GET -1", "ticket must be a positive whole number" },
		{ "TICKET.GET 9223372036854775808",
		    "ticket must be a positive whole number" },
		{ "TICKET.GET 5 COLOUR red", "COLOUR is not known here" },
		{ "TICKET.GET 5 LIMIT", "limit has no value" },
		{ "TICKET.GET 5 LIMIT 1 LIMIT 2", "limit is given twice" },
		{ "TICKET.GET 5 TICKET 6", "TICKET is not known here" },
		{ "TICKET.TAG 5 vip OFF true", "off must be yes or no" },
		{ "TICKET.LIST STATE sold", "state must be one of its words" },
		{ "EVENT.ADD", "json is missing" },
		{ "EVENT.ADD JSON", "json must be a JSON object" },
		{ "EVENT.ADD '[]'", "json must be a JSON object" },
		{ "EVENT.ADD '{\"a\":1}x'", "json must be a JSON object" },
		{ "EVENT.ADD '{\"a\":1,\"a\":2}'",
		    "json has the same member twice" },
		{ "EVENT.ADD '{\"a\":\"\\u0000\"}'",
		    "json must not hold U+0000" },
		{ "EVENT.ADD '{\"a\":\xff}'",
		    "json must be UTF-8 without NUL" },
		{ "EVENT.ADD '{\"a\":99999999999999999999}'",
		    "json has a number that is too large" },
		{ "TICKET.REPLY 5 x CC '[{}]'",
		    "cc must be a JSON list of texts: [\"one\", \"two\"]" },
		{ "TICKET.REPLY 5 x CC a@b.c",
		    "cc must be a JSON list of texts: [\"one\", \"two\"]" },
		{ "TICKET.REPLY 5 x ATTACHMENTS x",
		    "attachments must be a JSON list of objects" },
		{ "AGENT.STATE an ready now please", "now is not known here" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < nitems(bad); i++)
		assert_string_equal(by_resp(bad[i][0]), bad[i][1]);
}

/* 64 levels are read, 65 are not, however deep the rest goes. */
static void
test_json_depth(void **state)
{
	static char deep[200000];
	const char *wrong;
	json_t	   *json;

	(void)state;
	memset(deep, '[', 64);
	memset(deep + 64, ']', 64);
	json = call_json(deep, 128, &wrong);
	assert_non_null(json);
	json_decref(json);
	memset(deep, '[', 65);
	memset(deep + 65, ']', 65);
	assert_null(call_json(deep, 130, &wrong));
	assert_string_equal(wrong, "is nested too deeply");
	memset(deep, '[', sizeof deep);
	assert_null(call_json(deep, sizeof deep, &wrong));
	/* Brackets in a text are no nesting. */
	memset(deep, '[', 300);
	deep[0] = '[';
	deep[1] = '"';
	deep[2] = '\\';
	deep[3] = '"';
	deep[298] = '"';
	deep[299] = ']';
	json = call_json(deep, 300, &wrong);
	assert_non_null(json);
	json_decref(json);
}

static void
test_event_bytes(void **state)
{
	struct resp_request r;
	const char	   *p;
	size_t		    n;

	(void)state;
	assert_true(
	    resp_request(&r, "EVENT.ADD JSON {}\n", 18, &resp_known) > 0);
	assert_true(call_event(&r, &p, &n));
	assert_int_equal(n, 2);
	assert_memory_equal(p, "{}", 2);
	assert_true(resp_request(&r, "EVENT.ADD {}\n", 13, &resp_known) > 0);
	assert_true(call_event(&r, &p, &n));
	assert_memory_equal(p, "{}", 2);
	assert_true(resp_request(&r, "EVENT.ADD\n", 10, &resp_known) > 0);
	assert_false(call_event(&r, &p, &n));
	assert_true(resp_request(&r, "EVENT.ADD {} {}\n", 16, &resp_known) > 0);
	assert_false(call_event(&r, &p, &n));
}

static const char *
by_http(enum http_method method, const char *target, const char *body)
{
	static char	text[2048];
	struct op_match m;
	const char     *question = strchr(target, '?'), *member, *wrong;
	json_t	       *args;
	char	       *json;
	size_t		n;

	n = question != NULL ? (size_t)(question - target) : strlen(target);
	if (!op_match(&m, method, target, n))
		fail_msg("no such path: %s", target);
	if (!call_from_http(m.op, &m, question != NULL ? question + 1 : NULL,
		body, strlen(body), &args, &member, &wrong)) {
		assert_null(args);
		snprintf(text, sizeof text, "%s %s", member, wrong);
		return (text);
	}
	json = json_dumps(args, JSON_COMPACT | JSON_SORT_KEYS);
	snprintf(text, sizeof text, "%s", json);
	free(json);
	json_decref(args);
	return (text);
}

static void
test_http(void **state)
{
	static const struct {
		enum http_method method;
		const char	*target;
		const char	*body;
		const char	*want;
	} cases[] = {
		{ HTTP_GET, "/api/v1/tickets/5?limit=10", "",
		    "{\"limit\":10,\"ticket\":5}" },
		{ HTTP_GET, "/api/v1/tickets?", "", "{}" },
		{ HTTP_GET, "/api/v1/search?query=%C4%91%C6%A1n+h%c3%a0ng&", "",
		    "{\"query\":\"đơn hàng\"}" },
		{ HTTP_GET, "/api/v1/queues/sale%73/stats", "",
		    "{\"queue\":\"sales\"}" },
		{ HTTP_GET, "/api/v1/queues/sales+x/stats", "",
		    "{\"queue\":\"sales+x\"}" },
		{ HTTP_POST, "/api/v1/events", "{\"channel\":\"mail\"}",
		    "{\"json\":{\"channel\":\"mail\"}}" },
		{ HTTP_PUT, "/api/v1/config",
		    "{\"config\":{\"a\":1},\"dry\":true,\"over\":7}",
		    "{\"config\":{\"a\":1},\"dry\":true,\"over\":7}" },
		{ HTTP_POST, "/api/v1/tickets/5/take", "", "{\"ticket\":5}" },
		{ HTTP_POST, "/api/v1/tickets/5/transfer",
		    "{\"queue\":\"warehouse\"}",
		    "{\"queue\":\"warehouse\",\"ticket\":5}" },
		{ HTTP_DELETE, "/api/v1/keys/web", "", "{\"name\":\"web\"}" },
		{ HTTP_POST, "/hooks/pbx", "{\"call\":\"c-81\",\"source\":5}",
		    "{\"source\":\"pbx\"}" },
		{ HTTP_POST, "/hooks/pbx", "call=c-81",
		    "{\"source\":\"pbx\"}" },

		{ HTTP_GET, "/api/v1/tickets/5%", "",
		    "ticket must be percent-encoded, without NUL" },
		{ HTTP_GET, "/api/v1/tickets/%zz", "",
		    "ticket must be percent-encoded, without NUL" },
		{ HTTP_GET, "/api/v1/queues/a%00b/stats", "",
		    "queue must be percent-encoded, without NUL" },
		{ HTTP_GET, "/api/v1/search?query=%00", "",
		    "query must be percent-encoded, without NUL" },
		{ HTTP_GET, "/api/v1/search?query=%ff", "",
		    "query must be UTF-8 without NUL" },
		{ HTTP_GET, "/api/v1/search", "", "query is missing" },
		{ HTTP_GET, "/api/v1/tickets?limit=5&limit=6", "",
		    "limit is given twice" },
		{ HTTP_GET, "/api/v1/tickets?x%1b=5", "",
		    "x%1b is not known here" },
		{ HTTP_GET, "/api/v1/tickets?\x1b[2J=5", "",
		    "\\x1b[2J is not known here" },
		{ HTTP_GET, "/api/v1/tickets?limit", "",
		    "limit is not known here" },
		{ HTTP_GET, "/api/v1/tickets?limit=201", "",
		    "limit must be a whole number from 1 to 200" },
		{ HTTP_GET, "/api/v1/tickets/5?ticket=6", "",
		    "ticket is given twice" },
		{ HTTP_GET, "/api/v1/tickets", "{}", " must have no body" },
		{ HTTP_POST, "/api/v1/tickets/5/take?x=1", "",
		    "x is not known here" },
		{ HTTP_POST, "/api/v1/tickets/5/transfer", "",
		    "queue is missing" },
		{ HTTP_POST, "/api/v1/tickets/5/transfer",
		    "{\"queue\":\"a\",\"ticket\":6}", "ticket is given twice" },
		{ HTTP_POST, "/api/v1/tickets/5/transfer",
		    "{\"queue\":\"a\",\"Note\":\"x\"}",
		    "Note is not known here" },
		{ HTTP_POST, "/api/v1/tickets/5/transfer", "{\"queue\":5}",
		    "queue must be a string" },
		{ HTTP_POST, "/api/v1/tickets/5/transfer", "[]",
		    " must be a JSON object" },
		{ HTTP_POST, "/api/v1/tickets/5/transfer",
		    "{\"queue\":\"a\",\"queue\":\"b\"}",
		    " has the same member twice" },
		{ HTTP_POST, "/api/v1/events", "",
		    "json must be a JSON object" },
		{ HTTP_PUT, "/api/v1/tickets/5/priority",
		    "{\"priority\":\"50\"}",
		    "priority must be a whole number" },
		{ HTTP_PUT, "/api/v1/tickets/5/priority", "{\"priority\":-1}",
		    "priority must be a whole number from 1 to 99" },
		{ HTTP_PUT, "/api/v1/config", "{\"config\":[]}",
		    "config must be a JSON object" },
		{ HTTP_PUT, "/api/v1/config", "{\"config\":{},\"dry\":\"yes\"}",
		    "dry must be true or false" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < nitems(cases); i++)
		assert_string_equal(
		    by_http(cases[i].method, cases[i].target, cases[i].body),
		    cases[i].want);
}

/* A refusal over HTTP repeats no more of a name than its first bytes. */
static void
test_unknown_name_is_cut(void **state)
{
	char	    target[1000] = "/api/v1/tickets?";
	size_t	    n = strlen(target);
	const char *got;

	(void)state;
	memset(target + n, 'x', sizeof target - n - 3);
	strcpy(target + sizeof target - 3, "=1");
	got = by_http(HTTP_GET, target, "");
	assert_true(strlen(got) < 100);
	assert_non_null(strstr(got, "is not known here"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resp_good),
		cmocka_unit_test(test_resp_bad),
		cmocka_unit_test(test_json_depth),
		cmocka_unit_test(test_event_bytes),
		cmocka_unit_test(test_http),
		cmocka_unit_test(test_unknown_name_is_cut),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
