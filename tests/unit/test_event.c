/*
 * Events as JSON: what is read, what is refused and by which name, and what
 * desk.ingest() is given.
 */
#include "unit.h"
#include <jansson.h>
#include "base/mem.h"
#include "desk/event.h"
#include "desk/fold.h"

#define FROM  "\"from\":{\"kind\":\"email\",\"address\":\"A.B@Shop.Example\"}"
#define LEAST "\"channel\":\"mail\",\"id\":\"x1\"," FROM

static bool
read_json(struct event *e, const char *json, const char **member)
{
	const char *wrong = NULL;
	bool	    good;

	event_begin(e, 4 << 20);
	good = event_from_json(e, json, strlen(json), NULL, member, &wrong);
	if (!good) {
		assert_non_null(wrong);
		assert_true(strlen(wrong) > 5);
	}
	return (good);
}

static void
must_read(struct event *e, const char *json)
{
	const char *member = "";

	if (!read_json(e, json, &member))
		fail_msg("%s: member %s", json, member);
}

static void
test_whole(void **state)
{
	struct event e;

	(void)state;
	must_read(&e,
	    "{\"channel\":\"chat\",\"id\":\"u-1\","
	    "\"at\":\"2026-11-21T08:15:04.5+07:00\","
	    "\"from\":{\"kind\":\"phone\",\"address\":\"0123 456 7890\","
	    "\"name\":\"An\"},\"to\":\"shop.example\",\"subject\":\"S\","
	    "\"text\":\"Đơn hàng\",\"thread\":[\"<a@b>\",\"c\"],"
	    "\"order\":\"DH1\",\"lang\":\"vi\",\"meta\":{\"k\":1},"
	    "\"other\":[true]}");
	assert_string_equal(e.channel, "chat");
	assert_string_equal(e.kind, "message");
	assert_string_equal(e.id, "u-1");
	assert_string_equal(e.at, "2026-11-21T08:15:04.5+07:00");
	assert_int_equal(e.ncontacts, 1);
	assert_string_equal(e.contacts[0].kind, "phone");
	assert_string_equal(e.contacts[0].address, "+84834567890");
	assert_string_equal(e.contacts[0].original, "0123 456 7890");
	assert_string_equal(e.contacts[0].flags, "renumbered");
	assert_string_equal(e.name, "An");
	assert_string_equal(e.to[0], "shop.example");
	assert_string_equal(e.subject, "S");
	assert_string_equal(e.text, "Đơn hàng");
	assert_int_equal(e.nthread, 2);
	assert_string_equal(e.thread[0], "a@b");
	assert_string_equal(e.thread[1], "c");
	assert_string_equal(e.order_no, "DH1");
	assert_string_equal(e.lang, "vi");
	assert_string_equal(e.meta, "{\"k\":1,\"other\":[true]}");
	assert_string_equal(e.refs[0], "u-1");
	event_drop(&e);
}

static void
test_least(void **state)
{
	struct event e;

	(void)state;
	must_read(&e, "{" LEAST "}");
	assert_null(e.at);
	assert_null(e.meta);
	assert_null(e.text);
	assert_string_equal(e.contacts[0].address, "a.b@shop.example");
	event_drop(&e);

	/* null is as good as absent; empty texts are none. */
	must_read(&e, "{" LEAST ",\"text\":null,\"subject\":\"\",\"meta\":{}}");
	assert_null(e.text);
	assert_null(e.subject);
	assert_null(e.meta);
	event_drop(&e);

	/* HTML alone is read as text. */
	must_read(&e, "{" LEAST ",\"html\":\"<p>Hello <b>you</b></p>\"}");
	assert_non_null(strstr(e.text, "Hello"));
	assert_null(strchr(e.text, '<'));
	event_drop(&e);
}

/* Without an id the bytes name the event: the same ones the same way. */
static void
test_digest_id(void **state)
{
	const char  *json = "{\"channel\":\"store\"," FROM "}";
	struct event e, f;

	(void)state;
	must_read(&e, json);
	must_read(&f, json);
	assert_int_equal(strncmp(e.id, "sha256:", 7), 0);
	assert_int_equal(strlen(e.id), 7 + 64);
	assert_string_equal(e.id, f.id);
	assert_int_equal(e.nrefs, 0);
	event_drop(&f);
	must_read(&f, "{\"channel\":\"store\", " FROM "}");
	assert_string_not_equal(e.id, f.id);
	event_drop(&e);
	event_drop(&f);
}

static void
test_withheld(void **state)
{
	struct event e;

	(void)state;
	must_read(&e,
	    "{\"channel\":\"call\",\"id\":\"c9\",\"from\":{\"kind\":\"phone\","
	    "\"address\":\"anonymous\"},\"call\":{\"id\":\"u7\","
	    "\"state\":\"missed\"}}");
	assert_string_equal(e.contacts[0].kind, "anonymous");
	assert_string_equal(e.contacts[0].address, "u7");
	assert_string_equal(e.kind, "call");
	assert_string_equal(e.call->direction, "in");
	assert_int_equal(e.call->duration, -1);
	event_drop(&e);
}

static const struct {
	const char *member;
	const char *json;
} refusals[] = {
	{ "", "" },
	{ "", "[]" },
	{ "", "1" },
	{ "", "{" },
	{ "", "{" LEAST "} x" },
	{ "", "{" LEAST ",\"id\":\"twice\"}" },
	{ "", "{" LEAST ",\"text\":\"a\\u0000b\"}" },
	{ "", "{" LEAST ",\"text\":\"\\ud800\"}" },
	{ "", "{" LEAST ",\"text\":\"\xff\"}" },
	{ "", "{" LEAST ",\"n\":99999999999999999999}" },
	{ "", "{" LEAST ",\"n\":NaN}" },
	{ "channel", "{\"id\":\"x\"," FROM "}" },
	{ "channel", "{\"channel\":\"fax\",\"id\":\"x\"," FROM "}" },
	{ "channel", "{\"channel\":1,\"id\":\"x\"," FROM "}" },
	{ "id", "{\"channel\":\"mail\",\"id\":\"\"," FROM "}" },
	{ "id", "{\"channel\":\"mail\",\"id\":7," FROM "}" },
	{ "id", "{\"channel\":\"mail\",\"id\":\"a\\nb\"," FROM "}" },
	{ "from", "{\"channel\":\"mail\",\"id\":\"x\"}" },
	{ "from", "{\"channel\":\"mail\",\"id\":\"x\",\"from\":\"a@b\"}" },
	{ "from",
	    "{\"channel\":\"mail\",\"id\":\"x\",\"from\":{\"kind\":\"email\","
	    "\"address\":\"a@b\",\"mail\":1}}" },
	{ "from.kind",
	    "{\"channel\":\"mail\",\"from\":{\"kind\":\"E Mail\","
	    "\"address\":\"a@b\"}}" },
	{ "from.address",
	    "{\"channel\":\"mail\",\"from\":{\"kind\":\"email\"}}" },
	{ "from.address",
	    "{\"channel\":\"mail\",\"from\":{\"kind\":\"email\","
	    "\"address\":\"nobody\"}}" },
	{ "from.address",
	    "{\"channel\":\"mail\",\"from\":{\"kind\":\"email\","
	    "\"address\":\"a b@c.d\"}}" },
	{ "from.address",
	    "{\"channel\":\"mail\",\"from\":{\"kind\":\"phone\","
	    "\"address\":\"tomorrow\"}}" },
	{ "from.address",
	    "{\"channel\":\"mail\",\"from\":{\"kind\":\"zalo\","
	    "\"address\":\" \"}}" },
	{ "from.name",
	    "{\"channel\":\"mail\",\"from\":{\"kind\":\"zalo\","
	    "\"address\":\"9\",\"name\":4}}" },
	{ "at", "{" LEAST ",\"at\":\"yesterday\"}" },
	{ "at", "{" LEAST ",\"at\":\"2026-11-21T08:15:04\"}" },
	{ "at", "{" LEAST ",\"at\":\"2026-02-30T08:15:04Z\"}" },
	{ "at", "{" LEAST ",\"at\":\"2026-11-21T24:15:04Z\"}" },
	{ "at", "{" LEAST ",\"at\":1}" },
	{ "text", "{" LEAST ",\"text\":{}}" },
	{ "thread", "{" LEAST ",\"thread\":\"x\"}" },
	{ "thread", "{" LEAST ",\"thread\":[1]}" },
	{ "lang", "{" LEAST ",\"lang\":\"xx\"}" },
	{ "meta", "{" LEAST ",\"meta\":[]}" },
	{ "call", "{" LEAST ",\"call\":{\"id\":\"c\",\"state\":\"ended\"}}" },
	{ "call.state",
	    "{\"channel\":\"call\"," FROM
	    ",\"call\":{\"id\":\"c\",\"state\":\"x\"}}" },
	{ "call.id",
	    "{\"channel\":\"call\"," FROM ",\"call\":{\"state\":\"ended\"}}" },
	{ "call.direction",
	    "{\"channel\":\"call\"," FROM
	    ",\"call\":{\"id\":\"c\",\"state\":\"ended\",\"direction\":"
	    "\"up\"}}" },
	{ "call.duration",
	    "{\"channel\":\"call\"," FROM
	    ",\"call\":{\"id\":\"c\",\"state\":\"ended\",\"duration\":-1}}" },
};

static void
test_refusals(void **state)
{
	struct event e;
	const char  *member;
	size_t	     i;

	(void)state;
	for (i = 0; i < nitems(refusals); i++) {
		member = NULL;
		if (read_json(&e, refusals[i].json, &member))
			fail_msg("%s is taken", refusals[i].json);
		if (strcmp(member, refusals[i].member) != 0)
			fail_msg("%s: %s, not %s", refusals[i].json, member,
			    refusals[i].member);
		event_drop(&e);
	}
}

/* JSON with a member of n times the letter. */
static char *
long_member(const char *name, size_t n)
{
	struct buf b;

	buf_init(&b, 0);
	buf_str(&b, "{\"channel\":\"mail\"," FROM ",\"");
	buf_str(&b, name);
	buf_str(&b, "\":\"");
	while (n-- > 0)
		buf_char(&b, 'a');
	buf_str(&b, "\"}");
	return (buf_take(&b, NULL));
}

static void
test_sizes(void **state)
{
	static const struct {
		const char *name;
		size_t	    most;
	} caps[] = { { "id", EVENT_ID_MAX }, { "subject", EVENT_SUBJECT_MAX },
		{ "text", EVENT_TEXT_MAX }, { "html", EVENT_TEXT_MAX },
		{ "order", 64 } };
	struct event e;
	const char  *member;
	char	    *json;
	size_t	     i;

	(void)state;
	for (i = 0; i < nitems(caps); i++) {
		json = long_member(caps[i].name, caps[i].most);
		must_read(&e, json);
		event_drop(&e);
		free(json);
		json = long_member(caps[i].name, caps[i].most + 1);
		assert_false(read_json(&e, json, &member));
		assert_string_equal(member, caps[i].name);
		event_drop(&e);
		free(json);
	}
	json = long_member("unknown", EVENT_META_MAX + 1);
	assert_false(read_json(&e, json, &member));
	assert_string_equal(member, "meta");
	event_drop(&e);
	free(json);
}

static void
test_depth(void **state)
{
	struct event e;
	struct buf   b;
	const char  *member;
	int	     depth, i;

	(void)state;
	for (depth = EVENT_DEPTH - 1; depth <= EVENT_DEPTH; depth++) {
		buf_init(&b, 0);
		/* Brackets within strings do not count. */
		buf_str(&b, "{" LEAST ",\"text\":\"[[\\\"[\",\"deep\":");
		for (i = 0; i < depth; i++)
			buf_char(&b, '[');
		for (i = 0; i < depth; i++)
			buf_char(&b, ']');
		buf_char(&b, '}');
		assert_int_equal(
		    read_json(&e, b.p, &member), depth < EVENT_DEPTH);
		event_drop(&e);
		buf_free(&b);
	}
}

/* A small arena is an ordinary refusal at every size, never a crash. */
static void
test_arena_full(void **state)
{
	const char  *json = "{" LEAST ",\"at\":\"2026-11-21T08:15:04Z\","
			    "\"text\":\"hello there\",\"meta\":{\"a\":1}}";
	const char  *member, *wrong;
	struct event e;
	size_t	     cap;
	bool	     good = false;

	(void)state;
	for (cap = 0; cap < 4096 && !good; cap += 16) {
		event_begin(&e, cap);
		good = event_from_json(
			   &e, json, strlen(json), NULL, &member, &wrong) &&
		    event_finish(&e, NULL);
		event_drop(&e);
	}
	assert_true(good);
	assert_true(cap > 64);
}

/* What a survey is answered by is not kept of who quotes the mail. */
static void
test_hides_links(void **state)
{
#define KEY "Abcdefgh-jklmnop_rstuvwxyz012345"
	static const char *const said[][2] = {
		{ "> https://d.example/survey/" KEY "/leave\nok",
		    "> https://d.example/survey/\u2026/leave\nok" },
		{ "/survey/" KEY "?score=9 /survey/" KEY,
		    "/survey/\u2026?score=9 /survey/\u2026" },
		{ "https://safe.example/?u=https%3a%2f%2fd%2fsurvey%2f" KEY
		  "%3fscore%3d9&x",
		    "https://safe.example/?u=https%3a%2f%2fd%2fsurvey%2f\u2026"
		    "%3fscore%3d9&x" },
		{ "/survey/" KEY "6 /survey/short /surve/" KEY,
		    "/survey/" KEY "6 /survey/short /surve/" KEY },
	};
	struct event e;
	size_t	     i;

	(void)state;
	for (i = 0; i < nitems(said); i++) {
		event_begin(&e, 1 << 20);
		e.channel = "mail";
		e.text = e.own = e.html = said[i][0];
		assert_true(event_finish(&e, NULL));
		assert_string_equal(e.text, said[i][1]);
		assert_string_equal(e.own, said[i][1]);
		assert_string_equal(e.html, said[i][1]);
		assert_int_equal(i < 3, strstr(e.preview, KEY) == NULL);
		event_drop(&e);
	}
}

static void
test_finish(void **state)
{
	struct event e;

	(void)state;
	event_begin(&e, 1 << 20);
	e.channel = "chat";
	e.name = "Trần Bình";
	e.subject = "Đơn hàng";
	e.text = "  Giao\n\n hàng   trễ quá  ";
	assert_true(event_finish(&e, NULL));
	assert_string_equal(e.preview, "Giao hàng trễ quá");
	assert_string_equal(e.name_folded, "tran binh");
	assert_string_equal(e.words, "don hang tran binh giao tre qua");
	assert_string_equal(e.lang, "vi");
	assert_int_equal(e.ncandidates, 0);
	event_drop(&e);
}

static void
test_preview_cut(void **state)
{
	struct event e;
	struct buf   b;
	size_t	     pad;

	(void)state;
	for (pad = 195; pad <= 201; pad++) {
		buf_init(&b, 0);
		while (b.n < pad)
			buf_char(&b, 'x');
		buf_str(&b, "ễễ");
		event_begin(&e, 1 << 20);
		e.channel = "chat";
		e.text = b.p;
		assert_true(event_finish(&e, NULL));
		assert_true(strlen(e.preview) <= EVENT_PREVIEW_MAX);
		assert_true(strlen(e.preview) >= EVENT_PREVIEW_MAX - 5);
		assert_memory_equal(e.preview, b.p, strlen(e.preview));
		event_drop(&e);
		buf_free(&b);
	}
}

/* The members of ARCHITECTURE.md's table, exactly these and no others. */
static void
test_write(void **state)
{
	static const char *const names[] = { "channel", "id", "at", "kind",
		"contacts", "name", "name_folded", "subject", "text", "html",
		"preview", "lang", "order", "meta", "words", "thread", "token",
		"refs", "auth", "candidates", "units", "conversation", "call",
		"automatic", "quarantine", "attachments", "raw" };
	static struct attachment a = { .name = "a \"b\".png",
		.type = "image/png",
		.size = 3,
		.sha256 = "aa" };
	static struct call	 call = { .id = "c",
		      .state = "missed",
		      .direction = "in",
		      .duration = -1,
		      .wait = 4 };
	struct event		 e;
	struct buf		 b;
	json_t			*j;
	size_t			 i;

	(void)state;
	event_begin(&e, 1 << 20);
	e.channel = "call";
	e.id = "1";
	e.at = "2026-11-21T08:15:04Z";
	e.kind = "call";
	e.contacts[0] = (struct contact){ "phone", "+84901234567", "0901",
		"renumbered local" };
	e.ncontacts = 1;
	e.name = "A";
	e.name_folded = "a";
	e.subject = e.text = e.html = e.preview = e.words = "w";
	e.lang = "vi";
	e.order_no = "DH1";
	e.meta = "{\"k\":1}";
	e.thread[0] = "t";
	e.nthread = 1;
	e.token = 12;
	e.refs[0] = "r";
	e.nrefs = 1;
	e.auth = AUTH_PASS;
	e.candidates[0] =
	    (struct candidate){ "vip", "sales", 70, "vi en", "why" };
	e.ncandidates = 1;
	e.units = 100;
	e.conversation = "uuid";
	e.call = &call;
	e.automatic = true;
	e.quarantine = "q";
	e.attachments = &a;
	e.nattachments = 1;
	strcpy(e.raw, "bb");
	buf_init(&b, 0);
	event_write(&b, &e);
	/* Where ingest adds its blobs. */
	assert_int_equal(b.p[b.n - 1], '}');
	j = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(j);
	assert_int_equal(json_object_size(j), nitems(names));
	for (i = 0; i < nitems(names); i++)
		if (json_object_get(j, names[i]) == NULL)
			fail_msg("no %s", names[i]);
	assert_non_null(strstr(b.p, "\"flags\":[\"renumbered\",\"local\"]"));
	assert_non_null(strstr(b.p, "\"skills\":[\"vi\",\"en\"]"));
	assert_non_null(strstr(b.p, "\"wait\":4"));
	assert_null(strstr(b.p, "duration"));
	json_decref(j);
	buf_free(&b);

	/* And of a bare one only what it must have. */
	e = (struct event){ .arena = e.arena,
		.channel = "mail",
		.id = "1",
		.kind = "message" };
	event_write(&b, &e);
	assert_string_equal(b.p,
	    "{\"channel\":\"mail\",\"id\":\"1\",\"kind\":\"message\","
	    "\"contacts\":[],\"auth\":\"none\",\"candidates\":[],\"units\":0}");
	buf_free(&b);
	event_drop(&e);
}

/* What is read, written and read again is the same. */
static void
test_there_and_back(void **state)
{
	struct event e, f;
	struct buf   b;

	(void)state;
	must_read(&e,
	    "{\"channel\":\"call\",\"id\":\"u/a/missed\","
	    "\"at\":\"2026-11-21T08:15:04+07:00\",\"from\":{\"kind\":\"phone\","
	    "\"address\":\"01234567890\",\"name\":\"Tám\"},"
	    "\"to\":\"19001234\",\"text\":\"Cuộc gọi nhỡ\","
	    "\"call\":{\"id\":\"u\",\"state\":\"missed\",\"agent\":\"101\","
	    "\"direction\":\"in\",\"wait\":9},\"extra\":{\"a\":[1,2]}}");
	buf_init(&b, 0);
	event_to_json(&b, &e);
	must_read(&f, b.p);
	assert_string_equal(e.id, f.id);
	assert_string_equal(e.at, f.at);
	assert_string_equal(e.contacts[0].address, f.contacts[0].address);
	assert_string_equal(f.contacts[0].flags, "renumbered");
	assert_string_equal(e.name, f.name);
	assert_string_equal(e.to[0], f.to[0]);
	assert_string_equal(e.text, f.text);
	assert_string_equal(f.call->agent, "101");
	assert_int_equal(f.call->wait, 9);
	assert_int_equal(f.call->duration, -1);
	assert_string_equal(e.meta, f.meta);
	buf_free(&b);
	event_drop(&e);
	event_drop(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_least),
		cmocka_unit_test(test_digest_id),
		cmocka_unit_test(test_withheld),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_arena_full),
		cmocka_unit_test(test_finish),
		cmocka_unit_test(test_hides_links),
		cmocka_unit_test(test_preview_cut),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_there_and_back),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
