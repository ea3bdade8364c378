/*
 * Providers described in data: the blocks of conf/sources against what the
 * providers publish that they post and answer (the names of their pages stand
 * in those files), and against what nobody would.
 */
#include "unit.h"
#include <jansson.h>
#include "base/mem.h"
#include "base/utf8.h"
#include "desk/event.h"
#include "desk/provider.h"
#include "desk/rules.h"
#include "providers.h"

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
		struct event *e = items.list[i];
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
	return (items.list[0]);
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
	assert_string_equal(items.list[0]->id, "messenger:m_1");
	assert_string_equal(items.list[1]->id, "messenger:m_2");
	assert_string_equal(
	    items.list[1]->text, "[image] https://x.example/s.png");
	assert_string_equal(items.list[1]->meta,
	    "{\"links\":[{\"type\":\"image\",\"url\":\"https://x.example/s.png\"}],"
	    "\"page\":\"109\"}");
	assert_string_equal(items.list[2]->text, "Mua ngay");
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
	assert_null(items.list[0]->quarantine);
	assert_non_null(items.list[1]->quarantine);
	assert_non_null(strstr((char *)items.list[1]->source.p, "nobody's"));
	assert_string_equal(items.list[1]->contacts[0].kind, "anonymous");
	assert_int_equal(strlen(items.list[1]->raw), 64);
	assert_non_null(items.list[2]->quarantine);
	assert_non_null(items.list[3]->quarantine);
	assert_non_null(items.list[4]->quarantine);
	assert_null(items.list[6]->quarantine);
	provider_items_drop(&items);
	/* No JSON at all: kept as it came. */
	read_post(r, "shop", "{\"messages\":[");
	assert_int_equal(items.n, 1);
	assert_non_null(items.list[0]->quarantine);
	assert_memory_equal(items.list[0]->source.p, "{\"messages\":[", 13);
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
	assert_null(items.list[0]->quarantine);
	assert_int_equal(strlen(items.list[0]->text), EVENT_TEXT_MAX - 4);
	assert_non_null(strstr(items.list[0]->meta, "\"cut\":true"));
	provider_items_drop(&items);
	/* 64 KB are kept whole. */
	strcpy(body + at + 65536, "\"}]}");
	read_post(r, "shop", body);
	assert_int_equal(strlen(items.list[0]->text), 65536);
	provider_items_drop(&items);
	/* An id that is too long is known by its digest. */
	sprintf(body, "{\"messages\":[{\"from\":\"u\",\"id\":\"");
	at = strlen(body);
	memset(body + at, 'i', 5000);
	strcpy(body + at + 5000, "\"}]}");
	read_post(r, "shop", body);
	assert_memory_equal(items.list[0]->id, "shop:sha256:", 12);
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
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
