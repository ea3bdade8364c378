/*
 * Hexadecimal and base64url (RFC 4648).
 */
#include "unit.h"
#include "base/hex.h"

static void
test_hex(void **state)
{
	uint8_t all[256], back[256];
	char	s[513];
	int	i, digits = 0;

	(void)state;
	for (i = 0; i < 256; i++)
		all[i] = (uint8_t)i;
	hex_put(s, all, sizeof all);
	assert_int_equal(strlen(s), 512);
	assert_memory_equal(s + 0xab * 2, "abac", 4);
	assert_int_equal(hex_get(back, sizeof back, s, 512), 256);
	assert_memory_equal(all, back, sizeof all);
	assert_int_equal(hex_get(back, 2, "ABcd", 4), 2);
	assert_int_equal(back[0], 0xab);
	/* Too long, half a byte, no digit. */
	assert_int_equal(hex_get(back, 1, "abcd", 4), -1);
	assert_int_equal(hex_get(back, 2, "abc", 3), -1);
	assert_int_equal(hex_get(back, 2, "ag", 2), -1);
	assert_int_equal(hex_get(back, 2, " a", 2), -1);
	assert_int_equal(hex_get(back, 0, "", 0), 0);
	/* Of all bytes 22 are digits. */
	for (i = 0; i < 256; i++)
		if (hex_digit((char)i) >= 0)
			back[digits++] = (uint8_t)hex_digit((char)i);
	assert_int_equal(digits, 22);
	assert_memory_equal(back + 9, "\x9\xa\xb\xc\xd\xe\xf\xa", 8);
}

/* RFC 4648 section 10, without padding; and its own two letters. */
static void
test_base64url(void **state)
{
	static const char *const want[] = { "", "Zg", "Zm8", "Zm9v", "Zm9vYg",
		"Zm9vYmE", "Zm9vYmFy" };
	char			 s[16];
	size_t			 n;

	(void)state;
	for (n = 0; n <= 6; n++) {
		memset(s, 'x', sizeof s);
		base64url_put(s, (const uint8_t *)"foobar", n);
		assert_string_equal(s, want[n]);
		assert_true(strlen(s) + 1 <= (4 * n + 2) / 3 + 1);
	}
	base64url_put(s, (const uint8_t *)"\xfb\xff\xbf", 3);
	assert_string_equal(s, "-_-_");
}

/* RFC 4648 section 10; and what is no base64. */
static void
test_base64_get(void **state)
{
	static const char *const text[] = { "", "Zg==", "Zm8=", "Zm9v",
		"Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" };
	static const char *const bad[] = { "Z", "Zg",
		"Zg=", "Z===", "====", "Zg==Zg==", "Zm9-", "Zm9_", "Zm 9",
		"Zm9v\n" };
	uint8_t			 back[8];
	size_t			 i;

	(void)state;
	for (i = 0; i < nitems(text); i++) {
		assert_int_equal(
		    base64_get(back, i, text[i], strlen(text[i])), i);
		assert_memory_equal(back, "foobar", i);
		if (i > 0)
			assert_int_equal(
			    base64_get(back, i - 1, text[i], strlen(text[i])),
			    -1);
	}
	for (i = 0; i < nitems(bad); i++)
		assert_int_equal(
		    base64_get(back, sizeof back, bad[i], strlen(bad[i])), -1);
	assert_int_equal(base64_get(back, 3, "+/+/", 4), 3);
	assert_memory_equal(back, "\xfb\xff\xbf", 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_base64url),
		cmocka_unit_test(test_base64_get),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
