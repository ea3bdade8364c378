/*
 * desk.conf's surveys: as JSON, and each mistake by its line.
 */
#include "unit.h"
#include <jansson.h>
#include "base/def.h"
#include "desk/deskconf.h"

#define LEAST \
	"company { name = \"S\" }\ndefault_queue = \"a\"\nqueue \"a\" { }\n"
#define NPS	  "question q { kind = nps }\n"
#define SURVEY(s) LEAST "survey s {\n" s "\n}\n"

static void
test_made(void **state)
{
	static const char text[] =
	    SURVEY(NPS "question w { kind = choice vi = \"Sao\u1ea1?\"\n"
		       "when = \"0-6\" required = yes\n"
		       "choice b { vi = B } choice a { en = A } }\n"
		       "after = resolved remind = 3d queues = {a}\n"
		       "via = {mail, chat, mail}");
	char	wrong[1000], *json;
	json_t *made, *want, *list;

	(void)state;
	json =
	    deskconf_json(text, sizeof text - 1, "d.conf", wrong, sizeof wrong);
	if (json == NULL)
		fail_msg("%s", wrong);
	made = json_loads(json, 0, NULL);
	free(json);
	list = json_object_get(made, "surveys");
	assert_int_equal(json_array_size(list), 1);
	want = json_loads(
	    "{\"name\":\"s\",\"title\":\"s\",\"after\":\"resolved\","
	    "\"quiet\":2592000,\"expires\":2592000,\"remind\":259200,"
	    "\"queues\":[\"a\"],\"channels\":[],\"segments\":[],"
	    "\"for\":\"customers\",\"via\":[\"chat\",\"mail\"],"
	    "\"sample\":100,\"public\":false,\"help\":false,\"questions\":["
	    "{\"name\":\"q\",\"kind\":\"nps\",\"required\":false},"
	    "{\"name\":\"w\",\"kind\":\"choice\",\"vi\":\"Sao\u1ea1?\","
	    "\"when\":\"0-6\",\"required\":true,\"choices\":["
	    "{\"name\":\"b\",\"vi\":\"B\"},{\"name\":\"a\",\"en\":\"A\"}]}]}",
	    0, NULL);
	assert_non_null(want);
	if (!json_equal(json_array_get(list, 0), want)) {
		json = json_dumps(json_array_get(list, 0), JSON_INDENT(1));
		fail_msg("%s", json);
	}
	json_decref(want);
	json_decref(made);
}

/* Without one the configuration is as it was before there were any. */
static void
test_none(void **state)
{
	char wrong[1000], *json;

	(void)state;
	json =
	    deskconf_json(LEAST, strlen(LEAST), "d.conf", wrong, sizeof wrong);
	assert_non_null(json);
	assert_null(strstr(json, "surveys"));
	free(json);
}

static const struct {
	int	    line;
	const char *says;
	const char *text;
} mistakes[] = {
	{ 6, "asks nothing", SURVEY("") },
	{ 5, "after cannot", SURVEY("after = never " NPS) },
	{ 5, "delay must", SURVEY("delay = 0 " NPS) },
	{ 5, "no queue \"b\"", SURVEY("queues = {a, b} " NPS) },
	{ 5, "no such channel", SURVEY("channels = fax " NPS) },
	{ 5, "it is no name", SURVEY("segments = \"V I P\" " NPS) },
	{ 5, "mail or chat", SURVEY("via = {social} " NPS) },
	{ 5, "from 1 to 100", SURVEY("sample = 0 " NPS) },
	{ 5, "from 1 to 100", SURVEY("sample = 101 " NPS) },
	{ 5, "quiet must", SURVEY("quiet = 400d " NPS) },
	{ 5, "no hours \"h\"", SURVEY("hours = h " NPS) },
	{ 5, "before the survey", SURVEY("expires = 2d remind = 2d " NPS) },
	{ 5, "must be a name", SURVEY("touchpoint = \"A b\" " NPS) },
	{ 5, "for cannot", SURVEY("for = us " NPS) },
	{ 5, "by hand", SURVEY("for = staff after = resolved " NPS) },
	{ 5, "not public", SURVEY("for = staff public = yes " NPS) },
	{ 5, "no help", SURVEY("for = staff help = yes " NPS) },
	{ 5, "for staff goes", SURVEY("every = week " NPS) },
	{ 5, "every cannot", SURVEY("for = staff every = day " NPS) },
	{ 5, "its kind", SURVEY("question q { }") },
	{ 5, "kind cannot", SURVEY("question q { kind = smile }") },
	{ 5, "about cannot", SURVEY("question q { kind=nps about = me }") },
	{ 5, "Question \"q\" has", SURVEY("question q { kind = text }") },
	{ 5, "question's name", SURVEY("question \"Q\" { kind = nps }") },
	{ 6, "duplicate title", SURVEY(NPS NPS) },
	{ 5, "nothing to choose",
	    SURVEY("question q { kind=choice en=w choice a { en = A } }") },
	{ 6, "Choice \"b\" has",
	    SURVEY("question q { kind=choice en=w choice a { en = A }\n"
		   "choice b { } }") },
	{ 5, "Only a question",
	    SURVEY("question q { kind=csat choice a { en = A } }") },
	{ 5, "whatever was scored",
	    SURVEY("question q { kind=nps when = \"0-6\" }") },
	{ 6, "needs a first",
	    SURVEY("question t { kind=text en=T }\n"
		   "question q { kind=nps when = \"0-6\" }") },
	{ 6, "scores, 0-10",
	    SURVEY(NPS "question w { kind=text en=W when = \"6-0\" }") },
	{ 6, "scores, 0-10",
	    SURVEY(NPS "question w { kind=text en=W when = \"0-11\" }") },
	{ 6, "scores, 0-10",
	    SURVEY(NPS "question w { kind=text en=W when = \"-1\" }") },
	{ 6, "scores, 0-10",
	    SURVEY(NPS "question w { kind=text en=W when = \"0-6 \" }") },
	{ 6, "scores, 0-10",
	    SURVEY(NPS "question w { kind=text en=W when = \"06\" }") },
	{ 6, "scores, 1-5",
	    SURVEY("question c { kind = csat }\n"
		   "question w { kind=text en=W when = \"0-2\" }") },
	{ 5, "no other question",
	    SURVEY("question q { kind=nps about=experience pair = q }") },
	{ 5, "no other question",
	    SURVEY("question q { kind=nps about=experience pair = r }") },
	{ 6, "of one kind",
	    SURVEY(NPS "question r { kind=nps about=experience pair = q }") },
	{ 6, "of one kind",
	    SURVEY("question q { kind=csat about=expectation }\n"
		   "question r { kind=nps about=experience pair = q }") },
	{ 6, "of one kind",
	    SURVEY("question q { kind=nps about=experience }\n"
		   "question r { kind=nps about=experience pair = q }") },
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
		snprintf(at, sizeof at, "d.conf:%d: ", mistakes[i].line);
		if (strncmp(wrong, at, strlen(at)) != 0 ||
		    strstr(wrong, mistakes[i].says) == NULL)
			fail_msg("%s%s, not %s%s", mistakes[i].text, wrong, at,
			    mistakes[i].says);
	}
}

/* Neither more than twenty questions nor more than twenty choices. */
static void
test_many(void **state)
{
	char   text[8000], wrong[1000], *json;
	size_t n, i;
	int    most;

	(void)state;
	for (most = 20; most <= 21; most++) {
		n = (size_t)snprintf(
		    text, sizeof text, "%ssurvey s {\n", LEAST);
		for (i = 0; i < (size_t)most; i++)
			n += (size_t)snprintf(text + n, sizeof text - n,
			    "question q%zu { kind = ces }\n", i);
		snprintf(text + n, sizeof text - n, "}\n");
		json = deskconf_json(
		    text, strlen(text), "d.conf", wrong, sizeof wrong);
		assert_int_equal(json != NULL, most == 20);
		if (json == NULL)
			assert_non_null(strstr(wrong, "at most 20 questions"));
		free(json);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_made),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_many),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
