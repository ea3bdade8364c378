/*
 * desk.conf: the sample as JSON, and each mistake by its line.
 */
#include "unit.h"
#include <jansson.h>
#include "base/buf.h"
#include "base/mem.h"
#include "desk/deskconf.h"

#define LEAST \
	"company { name = \"S\" }\ndefault_queue = \"a\"\nqueue \"a\" { }\n"

#define HOOK  "hook h { secret_file = k\n"
#define HTTPS "url = \"https://x.example/\"\n"

static char *
slurp(const char *path, size_t *n)
{
	const char *top = getenv("DESKD_TESTS");
	char	    name[1000], *p;
	FILE	   *f;

	snprintf(name, sizeof name, "%s/%s", top != NULL ? top : "tests", path);
	if ((f = fopen(name, "rb")) == NULL)
		fail_msg("cannot open %s", name);
	p = xmalloc(1 << 20);
	*n = fread(p, 1, (1 << 20) - 1, f);
	p[*n] = '\0';
	fclose(f);
	return (p);
}

static json_t *
must_make(const char *text, size_t n)
{
	char	wrong[4000], *json;
	json_t *made;

	json = deskconf_json(text, n, "desk.conf", wrong, sizeof wrong);
	if (json == NULL)
		fail_msg("%s", wrong);
	assert_string_equal(wrong, "");
	made = json_loads(json, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(made);
	free(json);
	return (made);
}

static const char *
str(const json_t *list, size_t i, const char *name)
{
	return (
	    json_string_value(json_object_get(json_array_get(list, i), name)));
}

static void
test_sample(void **state)
{
	static const char *const agents[] = { "admin", "an", "binh", "chi",
		"dung", "sup" };
	static const char *const queues[] = { "sales", "shipping", "technical",
		"warehouse" };
	json_t			*made, *list, *one;
	char			*text;
	size_t			 n, i;

	(void)state;
	text = slurp("../conf/desk.conf", &n);
	made = must_make(text, n);
	free(text);
	list = json_object_get(made, "agents");
	assert_int_equal(json_array_size(list), nitems(agents));
	for (i = 0; i < nitems(agents); i++)
		assert_string_equal(str(list, i, "name"), agents[i]);
	assert_string_equal(str(list, 0, "role"), "admin");
	assert_string_equal(str(list, 1, "display"), "An Nguyễn");
	assert_string_equal(str(list, 1, "extension"), "101");
	assert_string_equal(str(list, 5, "role"), "supervisor");
	list = json_object_get(made, "queues");
	assert_int_equal(json_array_size(list), nitems(queues));
	for (i = 0; i < nitems(queues); i++)
		assert_string_equal(str(list, i, "name"), queues[i]);
	one = json_array_get(list, 0);
	assert_int_equal(
	    json_integer_value(json_object_get(one, "first")), 1800);
	assert_int_equal(
	    json_integer_value(json_object_get(one, "next")), 3600);
	assert_int_equal(json_integer_value(json_object_get(one, "offer")), 30);
	assert_true(json_is_false(json_object_get(one, "members_only")));
	list = json_object_get(made, "served");
	assert_int_equal(json_array_size(list), 7);
	assert_string_equal(str(list, 0, "address"), "hello@shop.example");
	assert_null(str(list, 0, "queue"));
	assert_string_equal(str(list, 1, "address"), "sales@shop.example");
	assert_string_equal(str(list, 1, "queue"), "sales");
	assert_string_equal(str(list, 6, "address"), "19001234");
	assert_string_equal(str(list, 6, "kind"), "phone");
	list = json_object_get(made, "sources");
	assert_string_equal(str(list, 0, "form"), "freeswitch");
	assert_string_equal(str(list, 1, "name"), "pbx");
	one = json_object_get(made, "company");
	assert_string_equal(
	    json_string_value(json_object_get(one, "country")), "84");
	assert_string_equal(
	    json_string_value(json_object_get(made, "default_queue")), "sales");
	json_decref(made);
}

/* Rules stay in their order; other lists are sorted, without repeats. */
static void
test_order(void **state)
{
	static const char text[] = LEAST
	    "queue b { phone = {\"0901234567\"} members_only = yes "
	    "next = 1d }\n"
	    "rule z { segment = vip priority = 9 }\n"
	    "rule c { keywords = {\"b\", \"a\"} queue = b skills = {z, a, z} }\n"
	    "units { chat = 10 } # {\n/* { */ // {\n"
	    "agent x { display = \"{\" }\n";
	json_t *made, *list;
	char   *rule;

	(void)state;
	made = must_make(text, sizeof text - 1);
	list = json_object_get(made, "rules");
	assert_string_equal(str(list, 0, "name"), "z");
	rule =
	    json_dumps(json_array_get(list, 1), JSON_COMPACT | JSON_SORT_KEYS);
	assert_string_equal(rule,
	    "{\"keywords\":[\"b\",\"a\"],\"name\":\"c\",\"queue\":\"b\","
	    "\"skills\":[\"a\",\"z\"],\"weight\":1}");
	free(rule);
	list = json_object_get(made, "served");
	assert_string_equal(str(list, 0, "address"), "+84901234567");
	list = json_object_get(made, "queues");
	assert_int_equal(json_integer_value(
			     json_object_get(json_array_get(list, 1), "next")),
	    86400);
	assert_true(json_is_true(
	    json_object_get(json_array_get(list, 1), "members_only")));
	json_decref(made);
}

static const struct {
	int	    line; /* 0: none is named */
	const char *says;
	const char *text;
} mistakes[] = {
	{ 0, "no queue", "company { name = \"S\" }\n" },
	{ 4, "needs a url", LEAST "hook h { secret_file = k }\n" },
	{ 4, "secret_file", LEAST "hook h { url = \"https://x.example\" }\n" },
	{ 5, "http:// only", LEAST HOOK "url = \"http://x.example\"\n}\n" },
	{ 5, "http:// only", LEAST HOOK "url = \"ftp://x\"\nallow={::1}\n}\n" },
	{ 5, "login", LEAST HOOK "url = \"https://u@x.example/\"\n}\n" },
	{ 5, "a url", LEAST HOOK "url = \"https:///x\"\n}\n" },
	{ 6, "state", LEAST HOOK HTTPS "notices = {event, state}\n}\n" },
	{ 6, "\"b\"", LEAST HOOK HTTPS "queues = {b}\n}\n" },
	{ 6, "a network", LEAST HOOK HTTPS "allow = {localhost}\n}\n" },
	{ 6, "a network", LEAST HOOK HTTPS "allow = {\"10.0.0.0/33\"}\n}\n" },
	{ 6, "a network", LEAST HOOK HTTPS "allow = {\"10.0.0.0/\"}\n}\n" },
	{ 6, "under state_dir", LEAST HOOK HTTPS "ca = \"/etc/x\"\n}\n" },
	{ 6, "keep", LEAST HOOK HTTPS "keep = ever\n}\n" },
	{ 6, "secret", LEAST HOOK HTTPS "secret = x\n}\n" },
	{ 0, "default_queue", "company { name = \"S\" }\nqueue a { }\n" },
	{ 0, "a name", "default_queue = a\nqueue a { }\n" },
	{ 4, "\"b\"", LEAST "rule r { keywords = {x} queue = b }\n" },
	{ 5, "\"b\"", LEAST "agent x {\n\tqueues = {\"a\", \"b\"}\n}\n" },
	{ 4, "title", LEAST "queue \"a\" { }\n" },
	{ 4, "colour", LEAST "colour = red\n" },
	{ 5, "first", LEAST "queue b {\n\tfirst = soon\n}\n" },
	{ 5, "first", LEAST "queue b {\n\tfirst = 366d\n}\n" },
	{ 5, "offer", LEAST "queue b {\n\toffer = 0\n}\n" },
	{ 5, "mail address", LEAST "queue b {\n\temail = {\"x\"}\n}\n" },
	{ 5, "plus", LEAST "queue b {\n\temail = {\"x+y@z.example\"}\n}\n" },
	{ 5, "telephone", LEAST "queue b {\n\tphone = {\"none\"}\n}\n" },
	{ 5, "served already",
	    LEAST "email = {\"x@y.example\"}\nqueue b { email = "
		  "{\"X@y.example\"} }\n" },
	{ 4, "role", LEAST "agent x { role = king }\n" },
	{ 4, "capacity", LEAST "agent x { capacity = 0 }\n" },
	{ 5, "another agent",
	    LEAST "agent x { extension = 1 }\nagent y { extension = 1 }\n" },
	{ 4, "condition", LEAST "rule r { queue = a }\n" },
	{ 4, "nothing", LEAST "rule r { keywords = {x} }\n" },
	{ 4, "priority", LEAST "rule r { order = true priority = 100 }\n" },
	{ 4, "weight", LEAST "rule r { order = true queue = a weight = 0 }\n" },
	{ 4, "channel", LEAST "rule r { channel = fax queue = a }\n" },
	{ 4, "letters", LEAST "rule r { keywords = {\"!\"} queue = a }\n" },
	{ 4, "regular", LEAST "order_pattern = {\"(a+)+\"}\n" },
	{ 4, "form", LEAST "source s { form = x trust = {\"::1\"} }\n" },
	{ 4, "trust", LEAST "source s { trust = {\"localhost\"} }\n" },
	{ 4, "nobody could post", LEAST "source s { form = generic }\n" },
	{ 4, "state_dir", LEAST "source s { secret_file = \"../x\" }\n" },
	{ 4, "state_dir", LEAST "source s { secret_file = \"/x\" }\n" },
	{ 4, "from 1 to 100.", LEAST "units { mail = 0 }\n" },
	{ 4, "name must", LEAST "agent \"Á\" { }\n" },
	{ 4, "environment", LEAST "agent x { display = \"${HOME}\" }\n" },
	{ 4, "", LEAST "include(\"/etc/passwd\")\n" },
	{ 4, "one line", LEAST "agent x { display = \"a\\nb\" }\n" },
	{ 4, "one line", LEAST "agent x { display = \"\\xff\" }\n" },
	{ 4, "control", LEAST "agent x { display = \"\x01\" }\n" },
	{ 0, "UTF-8", LEAST "agent x { display = \"\xff\" }\n" },
	{ 4, "no end", LEAST "queue b {\n" },
	{ 4, "no end",
	    LEAST "queue b { # }\n\ttitle = \"}\\\"}\" /* }\n} */ // }\n" },
	{ 4, "mon-fri", LEAST "hours h { week = {\"mon 8-12\"} }\n" },
	{ 4, "mon-fri",
	    LEAST "hours h { week = {\"fri-mon 08:00-12:00\"} }\n" },
	{ 4, "mon-fri", LEAST "hours h { week = {\"mon 08:00-08:00\"} }\n" },
	{ 4, "mon-fri", LEAST "hours h { week = {\"mon 24:00-02:00\"} }\n" },
	{ 4, "mon-fri", LEAST "hours h { week = {\"mon 08:00-24:01\"} }\n" },
	{ 4, "never open", LEAST "hours h { }\n" },
	{ 4, "does nothing", LEAST "class promoter { }\n" },
	{ 4, "set score", LEAST "class a { action = x }\n" },
	{ 4, "set score", LEAST "class passive { kind=csat action=x }\n" },
	{ 4, "such as 0-6", LEAST "class a { score = \"0-11\" action=x }\n" },
	{ 4, "such as 0-6", LEAST "class a { score = \"6-0\" action=x }\n" },
	{ 4, "such as 0-6", LEAST "class a { score = \"-1\" action=x }\n" },
	{ 4, "such as 0-6", LEAST "class a { score = \"06\" action=x }\n" },
	{ 4, "such as 0-6",
	    LEAST "class a { kind = ces score = \"0-3\" action = x }\n" },
	{ 4, "kind cannot", LEAST "class promoter { kind=b action=x }\n" },
	{ 4, "no queue \"b\"", LEAST "class promoter { open = b }\n" },
	{ 4, "no queue \"b\"", LEAST "class promoter { open=a queue=b }\n" },
	{ 4, "no survey", LEAST "class promoter { open=a survey=b }\n" },
	{ 4, "set open", LEAST "class promoter { action=x within = 1h }\n" },
	{ 4, "least a minute", LEAST "class promoter { open=a within=9s }\n" },
	{ 4, "no agent", LEAST "class promoter { open = a agent = x }\n" },
	{ 4, "no template", LEAST "class promoter { send = x }\n" },
	{ 4, "needs send", LEAST "class promoter { open=a ask=review }\n" },
	{ 5, "needs link",
	    LEAST "template t { vi = a }\nclass promoter { send=t ask=review }"
		  "\n" },
	{ 5, "{code}",
	    LEAST "template t { vi = a }\nclass promoter { send=t "
		  "ask=referral link=\"https://a/r\" }\n" },
	{ 4, "an address", LEAST "class promoter { open=a link = \"r\" }\n" },
	{ 4, "by itself",
	    LEAST "template t { vi = \"{customer}\" }\nclass promoter { "
		  "send = t }\n" },
	{ 4, "no hours \"h\"", LEAST "class promoter { open=a hours=h }\n" },
	{ 4, "promises nothing", LEAST "target t { warn = \"80%\" }\n" },
	{ 4, "60-99", LEAST "target t { first = 1h priority = \"99-60\" }\n" },
	{ 4, "60-99", LEAST "target t { first = 1h priority = \"1-100\" }\n" },
	{ 4, "80%", LEAST "target t { first = 1h warn = \"100%\" }\n" },
	{ 4, "80%", LEAST "target t { first = 1h warn = \"080%\" }\n" },
	{ 4, "no such channel",
	    LEAST "target t { first = 1h channel = fax }\n" },
	{ 4, "no queue \"b\"", LEAST "target t { first = 1h queue = b }\n" },
	{ 4, "no hours \"h\"", LEAST "target t { first = 1h hours = h }\n" },
	{ 4, "reopen", LEAST "target t { first = 1h reopen = later }\n" },
	{ 4, "first must be", LEAST "target t { first = soon }\n" },
	{ 4, "raise 20",
	    LEAST "target t { first=1h on_warn={\"raise 0\"} }\n" },
	{ 4, "raise 20",
	    LEAST "target t { first=1h on_warn={\"call an\"} }\n" },
	{ 4, "no queue \"b\"",
	    LEAST "target t { first=1h on_breach={\"move b\"} }\n" },
	{ 4, "no agent \"x\"",
	    LEAST "target t { first=1h on_breach={\"notify x\"} }\n" },
	{ 5, "holidays",
	    LEAST "hours h { week = {\"mon 08:00-12:00\"}\n"
		  "holidays = {\"2027-02-29 x\"} }\n" },
	{ 5, "holidays",
	    LEAST "hours h { week = {\"mon 08:00-12:00\"}\n"
		  "holidays = {\"2027-02-09..2027-02-01 x\"} }\n" },
	{ 5, "holidays",
	    LEAST "hours h { week = {\"mon 08:00-12:00\"}\n"
		  "holidays = {\"2027-02-04 11:30-08:00 x\"} }\n" },
	{ 5, "holidays",
	    LEAST "hours h { week = {\"mon 08:00-12:00\"}\n"
		  "holidays = {\"2027-02-04 08:00-09:00,08:30-10:00\"} }\n" },
	{ 5, "holidays",
	    LEAST "hours h { week = {\"mon 08:00-12:00\"}\n"
		  "holidays = {\"tet 2030..2027\"} }\n" },
	{ 5, "holidays",
	    LEAST "hours h { week = {\"mon 08:00-12:00\"}\n"
		  "holidays = {\"tet 2027 90d\"} }\n" },
	{ 5, "holidays",
	    LEAST "hours h { week = {\"mon 08:00-12:00\"}\n"
		  "holidays = {\"gio-to +027\"} }\n" },
	{ 4, "no text", LEAST "template t { subject_vi = x }\n" },
	{ 5, "{name} stands", LEAST "template t {\n\tvi = \"a {name}\"\n}\n" },
	{ 4, "{name} stands", LEAST "template t { vi = \"{name|x}\" }\n" },
	{ 4, "1 to 4000", LEAST "template t { vi = \"a\\tb\" }\n" },
	{ 4, "one line",
	    LEAST "template t { vi = x subject_vi = \"a\\nb\" }\n" },
	{ 5, "sent by itself",
	    LEAST "queue b { acknowledge = t }\n"
		  "template t { vi = \"{subject}\" }\n" },
	{ 4, "no hours", LEAST "queue b { hours = h }\n" },
	{ 4, "no template", LEAST "queue b { signature = t }\n" },
	{ 1, "lang", "company { name = S lang = fr }\n" LEAST },
	{ 1, "calling code", "company { name = S country = \"+84\" }\n" LEAST },
	{ 1, "timezone",
	    "company { name = S timezone = \"../etc/x\" }\n" LEAST },
	{ 1, "close_after",
	    "company { name = S close_after = never }\n" LEAST },
	{ 4, "exchange", LEAST "limits { exchange = 0 }\n" },
	{ 5, "flood", LEAST "limits {\n\tflood = -1\n}\n" },
	{ 4, "hour", LEAST "widget { gone = \"2h\" }\n" },
	{ 4, "mode cannot", LEAST "queue b { mode = push }\n" },
	{ 4, "strategy cannot", LEAST "queue b { strategy = best }\n" },
	{ 5, "a step is", LEAST "queue b {\n\twiden = \"1m nobody\"\n}\n" },
	{ 4, "come later",
	    LEAST "queue b { widen = {\"2m preferred\", \"120s anyone\"} }\n" },
	{ 4, "no queue \"c\"",
	    LEAST "queue b { widen = \"1m overflow c\" }\n" },
	{ 4, "into itself", LEAST "queue b { widen = \"1m overflow b\" }\n" },
	{ 4, "no agent \"x\"", LEAST "queue b { order = x }\n" },
	{ 5, "\"x\" twice", LEAST "agent x { }\nqueue b { order = {x, x} }\n" },
	{ 4, "same_agent must", LEAST "queue b { same_agent = ever }\n" },
	{ 4, "same_within must", LEAST "queue b { same_within = 1s }\n" },
	{ 4, "from 5s", LEAST "queue b { offer_by = \"chat 2s\" }\n" },
	{ 4, "\"chat\" twice",
	    LEAST "queue b { offer_by = {\"chat 20s\", \"chat 30s\"} }\n" },
	{ 4, "at most 1h", LEAST "queue b { wrap_up = \"call 2h\" }\n" },
	{ 4, "full must", LEAST "queue b { full = -1 }\n" },
	{ 4, "when_full is", LEAST "queue b { when_full = wait }\n" },
	{ 4, "no queue \"c\"",
	    LEAST "queue b { when_closed = \"overflow c\" }\n" },
	{ 4, "into itself",
	    LEAST "queue b { patience = \"chat 1m overflow b\" }\n" },
	{ 4, "\"chat\" twice",
	    LEAST "queue b { patience = {\"chat 1m\", \"chat 2m message\"} }"
		  "\n" },
	{ 4, "with chat or call",
	    LEAST "queue b { patience = \"mail 1m message\" }\n" },
	{ 4, "short_abandon must", LEAST "queue b { short_abandon = 2m }\n" },
	{ 4, "when_abandoned cannot be",
	    LEAST "queue b { when_abandoned = message }\n" },
	{ 4, "no template \"t\"", LEAST "queue b { turned_away = t }\n" },
	{ 5, "in a ring",
	    LEAST "queue b { when_full = \"overflow c\" }\n"
		  "queue c { patience = \"chat 1m overflow b\" }\n" },
	{ 5, "\"a\" twice", LEAST "agent x {\n\tqueues={a, \"a 2\"}\n}\n" },
	{ 4, "no queue \"c\"", LEAST "agent x { queues = \"c 2\" }\n" },
	{ 4, "after 60s", LEAST "agent x { queues = \"a 12\" }\n" },
	{ 4, "from 1 to 5", LEAST "agent x { skills = \"en 6\" }\n" },
	{ 4, "it is no name", LEAST "agent x { skills = \"EN\" }\n" },
	{ 4, "\"en\" twice", LEAST "agent x { skills = {en, \"en 2\"} }\n" },
	{ 4, "from 1 to 1000", LEAST "agent x { limits = \"chat 0\" }\n" },
	{ 4, "least level", LEAST "rule r { order=yes prefer = \"a?\" }\n" },
	{ 4, "grace must", LEAST "presence { grace = 2h }\n" },
	{ 4, "chat_grace must", LEAST "presence { chat_grace = 1s }\n" },
	{ 4, "leave must", LEAST "presence { leave = never }\n" },
	{ 4, "a reason is", LEAST "presence { reasons = {\"\"} }\n" },
	{ 4, "transcript", LEAST "widget { transcript = \"x\" }\n" },
	{ 4, "require_identity", LEAST "widget { require_identity = true }\n" },
	{ 4, "state_dir", LEAST "widget { secret_file = \"/etc/x\" }\n" },
	{ 4, "queue", LEAST "widget { queue = \"moon\" }\n" },
	{ 4, "loops", LEAST "limits { loops = 3 }\n" },
	{ 4, "undo_seconds", LEAST "mail { undo_seconds = 601 }\n" },
	{ 4, "retry_hours", LEAST "mail { retry_hours = 0 }\n" },
	{ 4, "quote", LEAST "mail { quote = perhaps }\n" },
};

static void
test_mistakes(void **state)
{
	char   wrong[4000], at[40], *json;
	size_t i;

	(void)state;
	for (i = 0; i < nitems(mistakes); i++) {
		json = deskconf_json(mistakes[i].text, strlen(mistakes[i].text),
		    "d.conf", wrong, sizeof wrong);
		if (json != NULL)
			fail_msg("%s is taken", mistakes[i].text);
		snprintf(at, sizeof at,
		    mistakes[i].line > 0 ? "d.conf:%d: " : "d.conf",
		    mistakes[i].line);
		if (strncmp(wrong, at, strlen(at)) != 0 ||
		    strstr(wrong, mistakes[i].says) == NULL)
			fail_msg("%s%s, not %s", mistakes[i].text, wrong, at);
	}
}

static void
test_answers(void **state)
{
	static const char text[] = LEAST
	    "hours h { week = {\"mon-fri 08:00-12:00\", \"sat 08:00-24:00\"}\n"
	    "holidays = {\"2028-02-29 Nhu\u1eadn\", "
	    "\"2027-02-05..2027-02-11\"} }\n"
	    "template t { vi = \"Ch\u00e0o {customer|b\u1ea1n},\n{ticket} { x }\"\n"
	    "\tsubject_en = \"#{ticket}\" }\n"
	    "queue b { hours = h signature = t }\n";
	json_t *made, *one;

	(void)state;
	made = must_make(text, sizeof text - 1);
	one = json_array_get(json_object_get(made, "hours"), 0);
	assert_string_equal(
	    str(json_object_get(made, "hours"), 0, "name"), "h");
	assert_int_equal(json_array_size(json_object_get(one, "week")), 2);
	assert_int_equal(json_array_size(json_object_get(one, "holidays")), 2);
	one = json_array_get(json_object_get(made, "templates"), 0);
	assert_string_equal(json_string_value(json_object_get(one, "vi")),
	    "Ch\u00e0o {customer|b\u1ea1n},\n{ticket} { x }");
	assert_null(json_object_get(one, "en"));
	one = json_array_get(json_object_get(made, "queues"), 1);
	assert_string_equal(
	    json_string_value(json_object_get(one, "signature")), "t");
	json_decref(made);
}

static void
test_hook(void **state)
{
	static const char text[] = LEAST
	    "hook b { secret_file = b.key url = \"https://x.example/in?k=1\" }\n"
	    "hook a { secret_file = a.key\nurl = \"http://10.0.0.5:8069/\"\n"
	    "notices = {resolve, event, event}\nqueues = {a}\nkeep = 1d\n"
	    "allow = {\"10.0.0.5\", \"fd00::/8\"}\nca = \"ca.pem\" }\n";
	json_t *made = must_make(text, sizeof text - 1), *want;

	(void)state;
	want = json_pack("[{s:s,s:s,s:s,s:i,s:[ss],s:[s],s:[ss],s:s},"
			 "{s:s,s:s,s:i,s:[],s:[],s:[],s:s}]",
	    "url", "http://10.0.0.5:8069/", "secret_file", "a.key", "ca",
	    "ca.pem", "keep", 86400, "notices", "event", "resolve", "queues",
	    "a", "allow", "10.0.0.5", "fd00::/8", "name", "a", "url",
	    "https://x.example/in?k=1", "secret_file", "b.key", "keep", 604800,
	    "notices", "queues", "allow", "name", "b");
	assert_non_null(want);
	assert_true(json_equal(json_object_get(made, "hooks"), want));
	json_decref(want);
	json_decref(made);
}

/* All of the mistakes are told, one a line, as far as there is room. */
static void
test_many_mistakes(void **state)
{
	static const char text[] = LEAST "agent x { role = king }\n"
					 "agent y { queues = {b} }\n"
					 "rule r { queue = c }\n";
	char		  wrong[4000];
	size_t		  size;

	(void)state;
	assert_null(
	    deskconf_json(text, sizeof text - 1, "d", wrong, sizeof wrong));
	assert_non_null(strstr(wrong, "d:4: "));
	assert_non_null(strstr(wrong, "\nd:5: "));
	assert_non_null(strstr(wrong, "\nd:6: "));
	for (size = 1; size < 100; size++) {
		memset(wrong, 'X', sizeof wrong);
		assert_null(
		    deskconf_json(text, sizeof text - 1, "d", wrong, size));
		assert_true(strlen(wrong) < size);
		assert_int_equal(wrong[size], 'X');
	}
}

static void
test_size(void **state)
{
	struct buf b;
	char	   wrong[200];

	(void)state;
	buf_init(&b, 0);
	buf_str(&b, LEAST);
	while (b.n < DESKCONF_MAX)
		buf_char(&b, '\n');
	json_decref(must_make(b.p, b.n));
	buf_char(&b, '\n');
	assert_null(deskconf_json(b.p, b.n, "d", wrong, sizeof wrong));
	assert_non_null(strstr(wrong, "larger"));
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sample),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_hook),
		cmocka_unit_test(test_many_mistakes),
		cmocka_unit_test(test_size),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
