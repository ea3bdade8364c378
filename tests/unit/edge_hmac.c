/*
 * Signatures and digests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "edge/hmac.h"

/* Webhooks sign id.timestamp.body; a vector made with `openssl dgst`. */
static void
test_webhook(void **state)
{
	static const char good[] =
	    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
	static const char  body[] = "{\"test\": 2432232314}";
	uint8_t		   key[64];
	struct webhook_key keys[2] = { { "other", 5 } };
	struct webhook w = { "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", good,
		body, sizeof body - 1 };
	int64_t	       at = 1614265330;
	long	       n;
	char	       text[200];

	(void)state;
	n = webhook_key_read(
	    key, sizeof key, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
	assert_int_equal(n, 24);
	keys[1] = (struct webhook_key){ key, (size_t)n };
	assert_null(webhook_check(&w, keys, 2, at));
	/* The same, signed by us, with both keys of a rotation. */
	assert_true(webhook_signature(text, sizeof text, &w, keys + 1, 1));
	assert_string_equal(text, good);
	assert_true(webhook_signature(text, sizeof text, &w, keys, 2));
	assert_int_equal(strlen(text), 2 * strlen(good) + 1);
	assert_string_equal(text + strlen(good) + 1, good);
	assert_false(
	    webhook_signature(text, 2 * strlen(good) + 1, &w, keys, 2));
	assert_false(webhook_signature(text, sizeof text, &w, keys, 0));
	assert_null(webhook_check(&w, keys, 2, at + 300));
	assert_null(webhook_check(&w, keys, 2, at - 300));
	assert_non_null(webhook_check(&w, keys, 2, at + 301));
	assert_non_null(webhook_check(&w, keys, 2, at - 301));
	assert_non_null(webhook_check(&w, keys, 1, at));
	assert_non_null(webhook_check(&w, keys, 0, at));
	snprintf(text, sizeof text, "v1a,xx v1,AAAA %s", good);
	w.signature = text;
	assert_null(webhook_check(&w, keys, 2, at));
	text[strlen(text) - 3] ^= 1;
	assert_non_null(webhook_check(&w, keys, 2, at));
	w.signature = "v0,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
	assert_non_null(webhook_check(&w, keys, 2, at));
	w.signature = NULL;
	assert_non_null(webhook_check(&w, keys, 2, at));
	w.signature = good;
	w.n--;
	assert_non_null(webhook_check(&w, keys, 2, at));
	w.n++;
	w.id = "msg_p5jXN8AQM9LWM0D4loKWxJel";
	assert_non_null(webhook_check(&w, keys, 2, at));
	w.id = "";
	assert_non_null(webhook_check(&w, keys, 2, at));
	w.id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
	w.timestamp = "1614265330 ";
	assert_non_null(webhook_check(&w, keys, 2, at));
	assert_int_equal(webhook_key_read(key, sizeof key, "whsec_A==="), -1);
	assert_int_equal(webhook_key_read(key, sizeof key, "whsec_AA=A"), -1);
	assert_int_equal(webhook_key_read(key, sizeof key, "whsec_"), -1);
	assert_int_equal(webhook_key_read(key, sizeof key, ""), -1);
	assert_int_equal(webhook_key_read(key, 2, "whsec_AAAA"), -1);
	assert_int_equal(webhook_key_read(key, sizeof key, "plain"), 5);
}

static void
test_basic(void **state)
{
	char s[16];

	(void)state;
	/* "user:pass:word", as RFC 7617 has it; a name may be empty. */
	assert_true(basic_password(s, sizeof s, "basic  dXNlcjpwYXNzOndvcmQ="));
	assert_string_equal(s, "pass:word");
	assert_true(basic_password(s, sizeof s, "Basic Ong="));
	assert_string_equal(s, "x");
	assert_false(basic_password(s, 9, "Basic dXNlcjpwYXNzOndvcmQ="));
	assert_false(basic_password(s, sizeof s, "Basic dXNlcg=="));
	assert_false(basic_password(s, sizeof s, "Basic AA=="));
	assert_false(basic_password(s, sizeof s, "Basic x"));
	assert_false(basic_password(s, sizeof s, "Basic "));
	assert_false(basic_password(s, sizeof s, "Bearer dXNlcjpw"));
}

static void
test_digests(void **state)
{
	static const uint8_t abc[4] = { 0xba, 0x78, 0x16, 0xbf };
	/* RFC 4231 section 4.3. */
	static const uint8_t jefe[4] = { 0x5b, 0xdc, 0xc1, 0x46 };
	static const char    what[] = "what do ya want for nothing?";
	uint8_t		     out[SHA256_LEN], more[SHA256_LEN];

	(void)state;
	assert_true(sha256(out, "abc", 3));
	assert_memory_equal(out, abc, 4);
	assert_true(hmac_sha256(out, "Jefe", 4, what, sizeof what - 1));
	assert_memory_equal(out, jefe, 4);
	assert_true(random_bytes(out, sizeof out));
	assert_true(random_bytes(more, sizeof more));
	assert_false(same_bytes(out, more, sizeof out));
	assert_true(same_secret("abc", 3, "abc", 3));
	assert_false(same_secret("abc", 3, "abd", 3));
	assert_false(same_secret("abc", 3, "ab", 2));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_webhook),
		cmocka_unit_test(test_basic),
		cmocka_unit_test(test_digests),
	};

	return (cmocka_run_group_tests_name("hmac", tests, NULL, NULL));
}
