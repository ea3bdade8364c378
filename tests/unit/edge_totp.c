/*
 * Codes of authenticator apps, and the seal on their secrets.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/def.h"
#include "edge/seal.h"
#include "edge/totp.h"

/* RFC 6238 appendix B (SHA-1), the last six of its eight digits. */
static const uint8_t secret[] = "12345678901234567890";
static const struct {
	int64_t	    at;
	const char *code;
} vectors[] = {
	{ 59, "287082" },
	{ 1111111109, "081804" },
	{ 1111111111, "050471" },
	{ 1234567890, "005924" },
	{ 2000000000, "279037" },
	{ 20000000000, "353130" },
};

static void
test_step(void **state)
{
	static const char *const none[] = { "", "28708", "2870820", "28708a",
		"      ", "\xff\xff\xff\xff\xff\xff" };
	size_t			 i;
	int			 off;

	(void)state;
	for (i = 0; i < nitems(vectors); i++) {
		int64_t at = vectors[i].at, step = at / 30;

		assert_int_equal(totp_step(secret, vectors[i].code, at), step);
		/* Whoever's clock is off by one step, and no more. */
		for (off = -90; off <= 90; off += 30)
			assert_int_equal(
			    totp_step(secret, vectors[i].code, at + off),
			    off >= -30 && off <= 30 ? step : 0);
	}
	for (i = 0; i < nitems(none); i++)
		assert_int_equal(totp_step(secret, none[i], 59), 0);
}

static void
test_text(void **state)
{
	static const uint8_t high[TOTP_SECRET_LEN] = { 0xff, 0, 0x80 };
	struct buf	     b = { 0 };
	char		     text[TOTP_TEXT_LEN + 1];

	(void)state;
	assert_true(totp_text(text, secret));
	assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
	assert_true(totp_text(text, high));
	assert_string_equal(text, "74AIAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
	totp_uri(&b, "Tiệm A&B: 1", "an@x", "GEZD");
	assert_string_equal(b.p,
	    "otpauth://totp/Ti%E1%BB%87m%20A%26B%3A%201:an%40x?secret=GEZD"
	    "&issuer=Ti%E1%BB%87m%20A%26B%3A%201&algorithm=SHA1&digits=6"
	    "&period=30");
	buf_free(&b);
}

/* Test case 14 of the GCM specification (McGrew and Viega, appendix B):
   what opens it elsewhere opens it here. */
static void
test_seal_vector(void **state)
{
	static const uint8_t key[SEAL_KEY_LEN] = { 0 };
	uint8_t		     out[16], zero[16] = { 0 };

	(void)state;
	assert_true(seal_get(out, sizeof out, key, "",
	    "000000000000000000000000"
	    "cea7403d4d606b6e074ec5d3baf39d18"
	    "d0d1c8a799996bf0265b98b5d48ab919"));
	assert_memory_equal(out, zero, sizeof out);
}

static void
test_seal(void **state)
{
	uint8_t key[SEAL_KEY_LEN], other[SEAL_KEY_LEN], out[20];
	char	text[SEAL_TEXT(20)], again[SEAL_TEXT(20)], was;
	size_t	i;

	(void)state;
	memset(key, 7, sizeof key);
	memset(other, 8, sizeof other);
	assert_true(seal_put(text, key, "totp:1", secret, 20));
	assert_int_equal(strlen(text), SEAL_TEXT(20) - 1);
	assert_true(seal_put(again, key, "totp:1", secret, 20));
	assert_string_not_equal(text, again);
	assert_true(seal_get(out, 20, key, "totp:1", text));
	assert_memory_equal(out, secret, 20);
	/* Another's, under another key, of another length, changed. */
	assert_false(seal_get(out, 20, key, "totp:2", text));
	assert_false(seal_get(out, 20, other, "totp:1", text));
	assert_false(seal_get(out, 19, key, "totp:1", text));
	assert_false(seal_get(out, 20, key, "totp:1", ""));
	assert_false(seal_get(out, 20, key, "totp:1", "zz"));
	for (i = 0; text[i] != '\0'; i++) {
		was = text[i];
		text[i] = was == '0' ? '1' : '0';
		assert_false(seal_get(out, 20, key, "totp:1", text));
		text[i] = was;
	}
	assert_true(seal_get(out, 20, key, "totp:1", text));
	/* More than is ever sealed. */
	assert_false(seal_put(text, key, "", key, 65));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_step),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_seal_vector),
		cmocka_unit_test(test_seal),
	};

	if (!totp_init())
		return (1);
	return (cmocka_run_group_tests_name("totp", tests, NULL, NULL));
}
