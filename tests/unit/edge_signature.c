/*
 * Providers' signatures: every algorithm and encoding; vectors made with
 * `openssl dgst`.
 */
#include "unit.h"

#include "base/mem.h"
#include "desk/provider.h"
#include "edge/signature.h"

static const char *given; /* what X-S says */

static const char *
header(void *arg, const char *name)
{
	(void)arg;
	return (strcmp(name, "X-S") == 0 ? given : NULL);
}

static const char *
check(const char *members, const char *secret)
{
	struct provider_post post = {
		.body = "{\"a\":\"1\"}", .n = 9, .header = header
	};
	struct provider_fault fault;
	struct arena	      a;
	struct provider	     *p;
	const char	     *wrong;
	char		      text[500];
	json_t		     *j;

	snprintf(text, sizeof text,
	    "{\"contact\":\"x\",\"sign\":{\"header\":\"X-S\",%s},\"events\":[{"
	    "\"name\":\"m\",\"id\":\"/a\",\"sender\":\"/a\"}]}",
	    members);
	j = json_loads(text, 0, NULL);
	assert_non_null(j);
	arena_init(&a, 1 << 20);
	p = provider_load(&a, j, &fault);
	if (p == NULL)
		fail_msg("%s: %s", fault.member, fault.what);
	post.json = provider_parse(post.body, post.n, &wrong);
	wrong = signature_wrong(&p->sign, &post, secret, 1700000000);
	json_decref(post.json);
	json_decref(j);
	arena_free(&a);
	return (wrong);
}

static void
test_algorithms(void **state)
{
	static const struct {
		const char *members, *header;
	} good[] = {
		/* printf '{"a":"1"}' | openssl dgst -sha256 -hmac key */
		{ "\"algorithm\":\"hmac-sha256\"",
		    "08b87b39d6d0f3a5afb07e4ba880c8a88edc06a03e3adfc9699b3489aa805882" },
		{ "\"algorithm\":\"hmac-sha256\",\"prefix\":\"sha256=\"",
		    "sha256=08b87b39d6d0f3a5afb07e4ba880c8a88edc06a03e3adfc9699b3489aa805882" },
		/* … -binary | base64 */
		{ "\"algorithm\":\"hmac-sha256\",\"encoding\":\"base64\"",
		    "CLh7OdbQ86WvsH5LqIDIqI7cBqA+Ot/JaZs0iaqAWII=" },
		/* … -sha1 -hmac key */
		{ "\"algorithm\":\"hmac-sha1\"",
		    "6f4db9dcd649c791af6f65c0c9b72ee16504b3df" },
		/* printf '1{"a":"1"}key' | openssl dgst -sha256 */
		{ "\"algorithm\":\"sha256\",\"base\":\"{/a}{body}{secret}\"",
		    "c928a73b3c027b01f270063326fbfdc62530e2357e117c85f1f5dcabcf488700" },
		{ "\"algorithm\":\"token\"", "key" },
	};
	char   bad[200];
	size_t i, n;

	(void)state;
	for (i = 0; i < nitems(good); i++) {
		given = good[i].header;
		assert_null(check(good[i].members, "key"));
		/* During a rotation either secret will do. */
		assert_null(check(good[i].members, "new\nkey"));
		assert_null(check(good[i].members, "key\r\nold\n"));
		assert_non_null(check(good[i].members, "kez"));
		assert_non_null(check(good[i].members, ""));
		assert_non_null(check(good[i].members, "\n\n"));
		/* Any other letter, one less and one more. */
		n = strlen(given);
		snprintf(bad, sizeof bad, "%s", given);
		given = bad;
		bad[n - 3] ^= 1;
		assert_non_null(check(good[i].members, "key"));
		bad[n - 3] ^= 1;
		strcat(bad, "0");
		assert_non_null(check(good[i].members, "key"));
		bad[n - 1] = '\0';
		assert_non_null(check(good[i].members, "key"));
		given = "";
		assert_non_null(check(good[i].members, "key"));
		given = NULL;
		assert_non_null(check(good[i].members, "key"));
	}
}

static void
test_case(void **state)
{
	(void)state;
	given =
	    "08B87B39D6D0F3A5AFB07E4BA880C8A88EDC06A03E3ADFC9699B3489AA805882";
	assert_null(check("\"algorithm\":\"hmac-sha256\"", "key"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_algorithms),
		cmocka_unit_test(test_case),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
