/*
 * desk.conf's stages, touchpoints and journeys: as JSON, and each mistake by
 * its line.
 */
#include "unit.h"
#include <jansson.h>
#include "base/def.h"
#include "desk/deskconf.h"

#define LEAST \
	"company { name = \"S\" }\ndefault_queue = \"a\"\nqueue \"a\" { }\n"
#define TOUCH(s) LEAST "touchpoint t {\n" s "\n}\n"
#define WAY(s)	 LEAST "journey j {\n" s "\n}\n"
#define AIM(s)	 LEAST "objective o {\n" s "\n}\n"

static void
test_made(void **state)
{
	static const char text[] = LEAST
	    "stage s1 { vi = \"M\u1ed9t\" } stage s0 { }\n"
	    "touchpoint t { stage = s0 en = T department = a target = 4.2\n"
	    "queue = {a} channel = {order, chat} kind = order\n"
	    "status = {paid, \"\u0110\u00e3 giao\"} keywords = \"b\u1ea3o h\u00e0nh\" }\n"
	    "touchpoint n { stage = s1 target = \"nps -20\" }\n"
	    "journey j { stages = {s1, s0} segments = {vip} }\n"
	    "objective o { measure = nps target = \"-12.5\" department = a }\n";
	char			 wrong[1000], *json;
	json_t			*made, *want;
	size_t			 i;
	static const char *const lists[] = { "stages", "touchpoints",
		"journeys", "objectives" };

	(void)state;
	json =
	    deskconf_json(text, sizeof text - 1, "d.conf", wrong, sizeof wrong);
	if (json == NULL)
		fail_msg("%s", wrong);
	made = json_loads(json, 0, NULL);
	free(json);
	want = json_loads(
	    "{\"stages\":[{\"name\":\"s1\",\"vi\":\"M\u1ed9t\"},"
	    "{\"name\":\"s0\"}],"
	    "\"touchpoints\":[{\"name\":\"t\",\"stage\":\"s0\",\"en\":\"T\","
	    "\"department\":\"a\",\"target\":\"4.2\",\"queue\":[\"a\"],"
	    "\"channel\":[\"chat\",\"order\"],\"kind\":[\"order\"],"
	    "\"status\":[\"paid\",\"\u0110\u00e3 giao\"],"
	    "\"keywords\":[\"b\u1ea3o h\u00e0nh\"]},"
	    "{\"name\":\"n\",\"stage\":\"s1\",\"target\":\"nps -20\",\"queue\":[],\"channel\":[],"
	    "\"kind\":[],\"status\":[],\"keywords\":[]}],"
	    "\"journeys\":[{\"name\":\"j\",\"stages\":[\"s0\",\"s1\"],"
	    "\"segments\":[\"vip\"]}],"
	    "\"objectives\":[{\"name\":\"o\",\"measure\":\"nps\","
	    "\"target\":\"-12.5\",\"department\":\"a\"}]}",
	    0, NULL);
	assert_non_null(want);
	for (i = 0; i < nitems(lists); i++)
		if (!json_equal(json_object_get(made, lists[i]),
			json_object_get(want, lists[i]))) {
			json = json_dumps(json_object_get(made, lists[i]), 0);
			fail_msg("%s", json);
		}
	json_decref(want);
	json_decref(made);
}

/* Without any the configuration is as it was before there were any. */
static void
test_none(void **state)
{
	char wrong[1000], *json;

	(void)state;
	json =
	    deskconf_json(LEAST, strlen(LEAST), "d.conf", wrong, sizeof wrong);
	assert_non_null(json);
	assert_null(strstr(json, "stages"));
	assert_null(strstr(json, "touchpoints"));
	assert_null(strstr(json, "journeys"));
	free(json);
}

static const struct {
	int	    line;
	const char *says;
	const char *text;
} mistakes[] = {
	{ 6, "is in no stage", TOUCH("") },
	{ 5, "no stage \"u\"", TOUCH("stage = u") },
	{ 5, "no stage \"use\"", TOUCH("stage = use } stage x {") },
	{ 5, "no queue \"b\"", TOUCH("stage = use queue = {a, b}") },
	{ 5, "no queue \"b\"", TOUCH("stage = use department = b") },
	{ 5, "no agent \"b\"", TOUCH("stage = use owner = b") },
	{ 5, "a mark of 5", TOUCH("stage = use target = 5.1") },
	{ 5, "a mark of 5", TOUCH("stage = use target = 0") },
	{ 5, "a mark of 5", TOUCH("stage = use target = 4.255") },
	{ 5, "a mark of 5", TOUCH("stage = use target = \"4.\"") },
	{ 5, "a mark of 5", TOUCH("stage = use target = \"nps 101\"") },
	{ 5, "a mark of 5", TOUCH("stage = use target = \"gut 4\"") },
	{ 5, "a mark of 5", TOUCH("stage = use target = \"promise 90\"") },
	{ 5, "no such channel", TOUCH("stage = use channel = desk") },
	{ 5, "it is no name", TOUCH("stage = use kind = \"a b\"") },
	{ 5, "no letter or digit", TOUCH("stage = use keywords = \"?!\"") },
	{ 6, "has no stages", WAY("") },
	{ 5, "no stage \"u\"", WAY("stages = {use, u}") },
	{ 5, "it is no name", WAY("stages = use segments = \"V I P\"") },
	{ 5, "has no measure", AIM("target = 4") },
	{ 5, "has no target", AIM("measure = csat") },
	{ 5, "measure must be", AIM("measure = joy target = 4") },
	{ 5, "on the scale of ces", AIM("measure = ces target = 7.5") },
	{ 5, "on the scale of promise",
	    AIM("measure = promise target = \"-1\"") },
	{ 5, "on the scale of mood", AIM("measure = mood target = \"0.1x\"") },
	{ 5, "no queue \"b\"",
	    AIM("measure = csat target = 4 department = b") },
	{ 5, "no touchpoint \"b\"",
	    AIM("measure = csat target = 4 touchpoint = b") },
	{ 6, "duplicate title", LEAST "stage s { }\n\nstage s { }\n" },
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
		snprintf(at, sizeof at, "d.conf:%d: ", mistakes[i].line);
		if (json != NULL || strstr(wrong, at) == NULL ||
		    strstr(wrong, mistakes[i].says) == NULL)
			fail_msg("%s: %s%s, not \"%s\"", mistakes[i].text, at,
			    json != NULL ? json : wrong, mistakes[i].says);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_made),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_mistakes),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
