/*
 * Providers described in data: the blocks of conf/sources against what the
 * providers publish that they post and answer (the names of their pages stand
 * in those files), and against what nobody would.
 */
#include "unit.h"
#include <jansson.h>
#include "base/mem.h"
#include "base/utf8.h"
#include "desk/deskconf.h"
#include "desk/event.h"
#include "desk/provider.h"
#include "desk/rules.h"

#define DESK \
	"company { name = \"S\" }\ndefault_queue = \"a\"\nqueue \"a\" { }\n"

static char *
slurp(const char *path)
{
	const char *top = getenv("DESKD_TESTS");
	char	    name[1000], *p;
	FILE	   *f;

	snprintf(name, sizeof name, "%s/%s", top != NULL ? top : "tests", path);
	if ((f = fopen(name, "rb")) == NULL)
		fail_msg("cannot open %s", name);
	p = xcalloc(1, 1 << 20);
	assert_true(fread(p, 1, (1 << 20) - 1, f) > 0);
	fclose(f);
	return (p);
}

static struct rules *
rules_of(const char *blocks)
{
	struct rules *rules;
	char	     *text, *json, wrong[2000];
	size_t	      n = strlen(DESK) + strlen(blocks) + 1;

	text = xmalloc(n);
	snprintf(text, n, "%s%s", DESK, blocks);
	json = deskconf_json(text, n - 1, "desk.conf", wrong, sizeof wrong);
	if (json == NULL)
		fail_msg("%s", wrong);
	rules = rules_load(json, strlen(json), wrong, sizeof wrong);
	if (rules == NULL)
		fail_msg("%s", wrong);
	free(json);
	free(text);
	return (rules);
}

static struct rules *
shipped(const char *name)
{
	char	      path[100], *blocks;
	struct rules *rules;

	snprintf(path, sizeof path, "../conf/sources/%s.conf", name);
	blocks = slurp(path);
	rules = rules_of(blocks);
	free(blocks);
	return (rules);
}

static const char *
no_header(void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return (NULL);
}

static struct provider_items items;

/* Reads a post by that source; the items stay until items_end(). */
static void
read_post(const struct rules *rules, const char *source, const char *body)
{
	struct provider_post post = {
		.body = body, .n = strlen(body), .header = no_header
	};
	const char *wrong = NULL;
	size_t	    i;

	post.json = provider_parse(body, post.n, &wrong);
	assert_true(provider_items(&items,
	    rules_source(rules, source)->provider, source, "84", &post));
	json_decref(post.json);
	for (i = 0; i < items.n; i++) {
		struct event *e = items.list[i].event;
		struct buf    b;
		json_t	     *j;

		assert_true(event_finish(e, rules));
		buf_init(&b, 0);
		event_write(&b, e);
		assert_true(utf8_valid(b.p, b.n));
		j = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(j);
		json_decref(j);
		buf_free(&b);
	}
}

static const struct event *
one_event(const struct rules *rules, const char *source, const char *body)
{
	read_post(rules, source, body);
	assert_int_equal(items.n, 1);
	return (items.list[0].event);
}

/* Messenger ----------------------------------------------------------------- */

/* After developers.facebook.com/docs/messenger-platform/reference/
   webhook-events/messages; "'" stands for a quote. */
#define PAGE(entry)                                                               \
	"{\"object\":\"page\",\"entry\":[{\"id\":\"109\",\"time\":1458692752478," \
	"\"messaging\":[" entry "]}]}"
#define FROM_TO                                                        \
	"\"sender\":{\"id\":\"7001\"},\"recipient\":{\"id\":\"109\"}," \
	"\"timestamp\":1458692752478"

static void
test_messenger_text(void **state)
{
	struct rules	   *r = shipped("messenger");
	const struct event *e = one_event(r, "messenger",
	    PAGE("{" FROM_TO ",\"message\":{\"mid\":\"m_1\","
		 "\"text\":\"xin chào\",\"reply_to\":{\"mid\":\"m_0\"}}}"));

	(void)state;
	assert_string_equal(e->channel, "social");
	assert_string_equal(e->kind, "message");
	assert_string_equal(e->id, "messenger:m_1");
	assert_string_equal(e->refs[0], "messenger:m_1");
	assert_string_equal(e->contacts[0].kind, "messenger");
	assert_string_equal(e->contacts[0].address, "7001");
	assert_string_equal(e->to[0], "109");
	assert_string_equal(e->text, "xin chào");
	assert_string_equal(e->at, "2016-03-23T00:25:52.478000Z");
	assert_int_equal(e->nthread, 2);
	assert_string_equal(e->thread[0], "messenger:m_0");
	assert_string_equal(e->thread[1], "line:messenger:109/7001");
	assert_string_equal(
	    e->facts, "{\"of\":\"message\",\"source\":\"messenger\"}");
	assert_null(e->quarantine);
	provider_items_drop(&items);
	rules_free(r);
}

/* Several pages, several messages; echoes, receipts and typing among them. */
static void
test_messenger_batch(void **state)
{
	struct rules *r = shipped("messenger");

	(void)state;
	read_post(r, "messenger",
	    "{\"object\":\"page\",\"entry\":[{\"id\":\"109\",\"messaging\":["
	    "{" FROM_TO ",\"message\":{\"mid\":\"m_1\",\"text\":\"một\"}},"
	    "{" FROM_TO ",\"message\":{\"mid\":\"m_e\",\"is_echo\":true,"
	    "\"app_id\":1517776481860111,\"text\":\"ours\"}},"
	    "{" FROM_TO ",\"delivery\":{\"mids\":[\"m_e\"],"
	    "\"watermark\":1458668856253}},"
	    "{" FROM_TO ",\"read\":{\"watermark\":1458668856253}}]},"
	    "{\"id\":\"110\",\"messaging\":["
	    "{" FROM_TO ",\"message\":{\"mid\":\"m_2\",\"attachments\":["
	    "{\"type\":\"image\",\"payload\":{\"url\":\"https://x.example/s.png\","
	    "\"sticker_id\":369239263222822}}]}},"
	    "{" FROM_TO ",\"postback\":{\"mid\":\"m_3\",\"title\":\"Mua ngay\","
	    "\"payload\":\"BUY\"}}]}]}");
	assert_int_equal(items.n, 3);
	assert_string_equal(items.list[0].event->id, "messenger:m_1");
	assert_string_equal(items.list[1].event->id, "messenger:m_2");
	assert_string_equal(
	    items.list[1].event->text, "[image] https://x.example/s.png");
	assert_string_equal(items.list[1].event->meta,
	    "{\"links\":[{\"type\":\"image\",\"url\":\"https://x.example/s.png\"}],"
	    "\"page\":\"109\"}");
	assert_string_equal(items.list[2].event->text, "Mua ngay");
	provider_items_drop(&items);
	rules_free(r);
}

static void
test_messenger_edits(void **state)
{
	struct rules	   *r = shipped("messenger");
	const struct event *e;

	(void)state;
	e = one_event(r, "messenger",
	    PAGE("{" FROM_TO ",\"message_edit\":{\"mid\":\"m_1\","
		 "\"text\":\"hai\",\"num_edit\":2}}"));
	assert_string_equal(e->id, "messenger:m_1/2");
	assert_string_equal(e->thread[0], "messenger:m_1");
	assert_string_equal(e->text, "[sửa tin] hai");
	provider_items_drop(&items);
	e = one_event(r, "messenger",
	    PAGE("{" FROM_TO
		 ",\"message\":{\"mid\":\"m_1\",\"is_deleted\":true}}"));
	assert_string_equal(e->id, "messenger:m_1/unsent");
	assert_string_equal(e->thread[0], "messenger:m_1");
	provider_items_drop(&items);
	rules_free(r);
}

#define CHANGE(field, value)                                                      \
	"{\"object\":\"page\",\"entry\":[{\"id\":\"109\",\"time\":1,\"changes\":" \
	"[{\"field\":\"" field "\",\"value\":{" value "}}]}]}"

static void
test_messenger_feedback(void **state)
{
	struct rules	   *r = shipped("messenger");
	const struct event *e;

	(void)state;
	e = one_event(r, "messenger",
	    CHANGE("feed",
		"\"item\":\"comment\",\"verb\":\"add\",\"comment_id\":\"9_8\","
		"\"post_id\":\"109_9\",\"parent_id\":\"109_9\","
		"\"from\":{\"id\":\"7002\",\"name\":\"Lan\"},"
		"\"message\":\"giá bao nhiêu\",\"created_time\":1714000000"));
	assert_string_equal(e->kind, "feedback");
	assert_string_equal(e->id, "messenger:9_8");
	assert_string_equal(e->name, "Lan");
	assert_string_equal(e->to[0], "109");
	assert_string_equal(e->at, "2024-04-24T23:06:40.000000Z");
	assert_string_equal(e->facts,
	    "{\"of\":\"comment\",\"reply_id\":\"9_8\",\"source\":\"messenger\"}");
	provider_items_drop(&items);
	/* What the page itself wrote, and what was changed or liked. */
	read_post(r, "messenger",
	    CHANGE("feed",
		"\"item\":\"comment\",\"verb\":\"add\",\"comment_id\":\"9_9\","
		"\"from\":{\"id\":\"109\",\"name\":\"Shop\"}"));
	assert_int_equal(items.n, 0);
	read_post(r, "messenger",
	    CHANGE("feed", "\"item\":\"reaction\",\"verb\":\"add\""));
	assert_int_equal(items.n, 0);
	e = one_event(r, "messenger",
	    CHANGE("ratings",
		"\"item\":\"rating\",\"verb\":\"add\",\"reviewer_id\":\"7003\","
		"\"reviewer_name\":\"Minh\",\"recommendation_type\":\"NEGATIVE\","
		"\"review_text\":\"giao chậm\",\"open_graph_story_id\":\"55\","
		"\"created_time\":1714000000"));
	assert_string_equal(e->facts,
	    "{\"of\":\"comment\",\"rating\":{\"of\":5,\"value\":1},"
	    "\"reply_id\":\"55\",\"source\":\"messenger\"}");
	provider_items_drop(&items);
	rules_free(r);
}

/* Zalo ---------------------------------------------------------------------- */

static void
test_zalo(void **state)
{
	struct rules	   *r = shipped("zalo");
	const struct event *e;

	(void)state;
	e = one_event(r, "zalo",
	    "{\"app_id\":\"360846524940903967\",\"user_id_by_app\":\"55\","
	    "\"event_name\":\"user_send_text\",\"timestamp\":\"1749526513984\","
	    "\"sender\":{\"id\":\"246845883529197922\"},"
	    "\"recipient\":{\"id\":\"388613280878808645\"},"
	    "\"message\":{\"msg_id\":\"96d3cdf3af150460909\",\"text\":\"alo\"}}");
	assert_string_equal(e->id, "zalo:96d3cdf3af150460909");
	assert_string_equal(e->contacts[0].kind, "zalo");
	assert_string_equal(e->at, "2025-06-10T03:35:13.984000Z");
	assert_string_equal(e->facts,
	    "{\"of\":\"message\",\"reply_id\":\"96d3cdf3af150460909\","
	    "\"source\":\"zalo\"}");
	provider_items_drop(&items);
	e = one_event(r, "zalo",
	    "{\"event_name\":\"user_send_image\",\"timestamp\":\"1749526513984\","
	    "\"sender\":{\"id\":\"2\"},\"recipient\":{\"id\":\"3\"},"
	    "\"message\":{\"msg_id\":\"m\",\"attachments\":[{\"payload\":"
	    "{\"thumbnail\":\"https://t\",\"url\":\"https://u\"},"
	    "\"type\":\"image\"},{\"payload\":{\"coordinates\":"
	    "{\"latitude\":\"10.76\",\"longitude\":\"106.68\"}},"
	    "\"type\":\"location\"}]}}");
	assert_string_equal(
	    e->text, "[image] https://u\n[location] geo:10.76,106.68");
	provider_items_drop(&items);
	read_post(r, "zalo",
	    "{\"event_name\":\"user_seen_message\",\"timestamp\":\"1\","
	    "\"sender\":{\"id\":\"2\"},\"message\":{\"msg_ids\":[\"m\"]}}");
	assert_int_equal(items.n, 0);
	read_post(r, "zalo",
	    "{\"event_name\":\"oa_send_text\",\"timestamp\":\"1\","
	    "\"sender\":{\"id\":\"3\"},\"message\":{\"msg_id\":\"o\"}}");
	assert_int_equal(items.n, 0);
	rules_free(r);
}

/* Telegram ------------------------------------------------------------------ */

#define TG_FROM                                                                  \
	"\"from\":{\"id\":1111111,\"is_bot\":false,\"first_name\":\"Test\","     \
	"\"last_name\":\"Lan\"},\"chat\":{\"id\":1111111,\"type\":\"private\"}," \
	"\"date\":1441645532,\"message_id\":1365"

static void
test_telegram(void **state)
{
	struct rules	   *r = shipped("telegram");
	const struct event *e;

	(void)state;
	e = one_event(r, "telegram",
	    "{\"update_id\":10000,\"message\":{" TG_FROM
	    ",\"text\":\"/start\",\"reply_to_message\":{\"message_id\":1360}}}");
	assert_string_equal(e->id, "telegram:1111111/1365");
	assert_string_equal(e->contacts[0].address, "1111111");
	assert_string_equal(e->name, "Test Lan");
	assert_string_equal(e->text, "/start");
	assert_string_equal(e->thread[0], "telegram:1111111/1360");
	assert_string_equal(e->at, "2015-09-07T17:05:32.000000Z");
	provider_items_drop(&items);
	e = one_event(r, "telegram",
	    "{\"update_id\":10001,\"message\":{" TG_FROM
	    ",\"sticker\":{\"emoji\":\"😀\"}}}");
	assert_string_equal(e->text, "[nhãn dán] 😀");
	provider_items_drop(&items);
	e = one_event(r, "telegram",
	    "{\"update_id\":10002,\"edited_message\":{" TG_FROM
	    ",\"edit_date\":1441645600,\"text\":\"Edited\"}}");
	assert_string_equal(e->id, "telegram:1111111/1365/1441645600");
	assert_string_equal(e->thread[0], "telegram:1111111/1365");
	provider_items_drop(&items);
	read_post(r, "telegram",
	    "{\"update_id\":1,\"callback_query\":{\"id\":\"4382\"}}");
	assert_int_equal(items.n, 0);
	rules_free(r);
}

/* What nobody publishes ------------------------------------------------------ */

static void
test_quarantine(void **state)
{
	struct rules *r = shipped("generic");

	(void)state;
	read_post(r, "shop",
	    "{\"messages\":[{\"id\":\"a\",\"from\":\"u\",\"text\":\"one\"},"
	    "{\"id\":\"b\",\"text\":\"nobody's\"},"
	    "{\"from\":\"u\",\"text\":\"no id\"},"
	    "{\"id\":{},\"from\":\"u\"},7,null,"
	    "{\"id\":\"c\",\"from\":\"u\",\"text\":\"last\"}]}");
	assert_int_equal(items.n, 7);
	assert_null(items.list[0].event->quarantine);
	assert_non_null(items.list[1].event->quarantine);
	assert_non_null(strstr(items.list[1].raw, "nobody's"));
	assert_string_equal(items.list[1].event->contacts[0].kind, "anonymous");
	assert_int_equal(strlen(items.list[1].event->raw), 64);
	assert_non_null(items.list[2].event->quarantine);
	assert_non_null(items.list[3].event->quarantine);
	assert_non_null(items.list[4].event->quarantine);
	assert_null(items.list[6].event->quarantine);
	provider_items_drop(&items);
	/* No JSON at all: kept as it came. */
	read_post(r, "shop", "{\"messages\":[");
	assert_int_equal(items.n, 1);
	assert_non_null(items.list[0].event->quarantine);
	assert_string_equal(items.list[0].raw, "{\"messages\":[");
	provider_items_drop(&items);
	rules_free(r);
}

/* Halves of pairs, U+0000 and bytes that are none: mended, not refused. */
static void
test_mended(void **state)
{
	struct rules	   *r = shipped("generic");
	const struct event *e;

	(void)state;
	e = one_event(r, "shop",
	    "{\"messages\":[{\"id\":\"a\",\"from\":\"u\","
	    "\"text\":\"x\\ud83d y\\u0000z \\ud83d\\ude00 \\\\ud83d \xff\"}]}");
	assert_string_equal(e->text, "x\uFFFD y\uFFFDz \U0001F600 \\ud83d ?");
	provider_items_drop(&items);
	rules_free(r);
}

static void
test_large(void **state)
{
	struct rules *r = shipped("generic");
	size_t	      n = 400000, at;
	char	     *body = xmalloc(n + 200);

	(void)state;
	at = (size_t)sprintf(
	    body, "{\"messages\":[{\"id\":\"a\",\"from\":\"u\",\"text\":\"");
	memset(body + at, 'x', n);
	strcpy(body + at + n, "\"}]}");
	read_post(r, "shop", body);
	assert_int_equal(items.n, 1);
	assert_null(items.list[0].event->quarantine);
	assert_int_equal(strlen(items.list[0].event->text), EVENT_TEXT_MAX - 4);
	assert_non_null(strstr(items.list[0].event->meta, "\"cut\":true"));
	provider_items_drop(&items);
	/* 64 KB are kept whole. */
	strcpy(body + at + 65536, "\"}]}");
	read_post(r, "shop", body);
	assert_int_equal(strlen(items.list[0].event->text), 65536);
	provider_items_drop(&items);
	/* An id that is too long is known by its digest. */
	sprintf(body, "{\"messages\":[{\"from\":\"u\",\"id\":\"");
	at = strlen(body);
	memset(body + at, 'i', 5000);
	strcpy(body + at + 5000, "\"}]}");
	read_post(r, "shop", body);
	assert_memory_equal(items.list[0].event->id, "shop:sha256:", 12);
	provider_items_drop(&items);
	free(body);
	rules_free(r);
}

static void
test_too_many(void **state)
{
	struct rules	    *r = shipped("generic");
	size_t		     i, n = PROVIDER_ITEMS;
	char		    *body = xmalloc(n * 40 + 100), *p = body;
	struct provider_post post = { .header = no_header };
	const char	    *wrong;

	(void)state;
	p += sprintf(p, "{\"messages\":[{\"id\":\"x\",\"from\":\"u\"}");
	for (i = 1; i < n; i++)
		p += sprintf(p, ",{\"id\":\"%zu\",\"from\":\"u\"}", i);
	strcpy(p, "]}");
	read_post(r, "shop", body);
	assert_int_equal(items.n, PROVIDER_ITEMS);
	provider_items_drop(&items);
	strcpy(p, ",{\"id\":\"more\",\"from\":\"u\"}]}");
	post.body = body;
	post.n = strlen(body);
	post.json = provider_parse(body, post.n, &wrong);
	assert_false(provider_items(
	    &items, rules_source(r, "shop")->provider, "shop", "84", &post));
	assert_int_equal(items.n, 0);
	json_decref(post.json);
	free(body);
	rules_free(r);
}

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
		cmocka_unit_test(test_messenger_text),
		cmocka_unit_test(test_messenger_batch),
		cmocka_unit_test(test_messenger_edits),
		cmocka_unit_test(test_messenger_feedback),
		cmocka_unit_test(test_zalo),
		cmocka_unit_test(test_telegram),
		cmocka_unit_test(test_quarantine),
		cmocka_unit_test(test_mended),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_base),
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_judge),
		cmocka_unit_test(test_mistakes),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
