/*
 * Signed reply addresses: made, read back in any case, and not to be forged;
 * digests against FIPS 180-4's own examples.
 */
#include "unit.h"
#include "base/def.h"
#include "desk/digest.h"
#include "desk/token.h"

static const uint8_t key[] = "a key of thirty-two bytes, or so";

static void
test_made_and_read_back(void **state)
{
	static const int64_t tickets[] = { 1, 42, INT64_MAX };
	char		     token[TOKEN_MAX], address[128];
	size_t		     i, j;

	(void)state;
	for (i = 0; i < nitems(tickets); i++) {
		assert_true(token_make(
		    token, sizeof token, key, sizeof key, tickets[i]));
		snprintf(
		    address, sizeof address, "hello+%s@shop.example", token);
		assert_int_equal(
		    token_check(address, key, sizeof key), tickets[i]);
		/* Mail systems change the case, and the shop has a '+'. */
		for (j = 0; address[j] != '\0'; j++)
			if (address[j] >= 'a' && address[j] <= 'z')
				address[j] &= (char)~0x20;
		assert_int_equal(
		    token_check(address, key, sizeof key), tickets[i]);
		snprintf(address, sizeof address, "a+b+%s@shop.example", token);
		assert_int_equal(
		    token_check(address, key, sizeof key), tickets[i]);
	}
}

static void
test_not_to_be_forged(void **state)
{
	static const uint8_t other[] = "another key of the same length, so";
	char		     token[TOKEN_MAX], address[128], *c;

	(void)state;
	assert_true(token_make(token, sizeof token, key, sizeof key, 42));
	snprintf(address, sizeof address, "hello+%s@shop.example", token);
	assert_int_equal(token_check(address, other, sizeof other), 0);
	assert_int_equal(token_check(address, key, 0), 0);
	/* Any one character changed. */
	for (c = strchr(address, '+') + 1; *c != '@'; c++) {
		char was = *c;

		*c = was == 'z' ? 'y' : was == '.' ? '-' : was + 1;
		assert_int_equal(token_check(address, key, sizeof key), 0);
		*c = was;
	}
	assert_int_equal(token_check(address, key, sizeof key), 42);
}

static void
test_what_is_no_token(void **state)
{
	static const char *const none[] = { "", "@", "a@b", "a+@b", "a+t@b",
		"a+t.@b", "a+t1.@b", "a+t1.aaaaaaaaaaaaaaaaaaaa@b",
		"a+t01.aaaaaaaaaaaaaaaaaaaa@b", "a+t-1.aaaaaaaaaaaaaaaaaaaa@b",
		"a+t99999999999999999999.aaaaaaaaaaaaaaaaaaaa@b",
		"a+t1.aaaaaaaaaaaaaaaaaaaaa@b", "t1.aaaaaaaaaaaaaaaaaaaa",
		"+t1.aaaaaaaaaaaaaaaaaaaa" };
	char			 out[TOKEN_MAX];
	size_t			 i;

	(void)state;
	for (i = 0; i < nitems(none); i++)
		assert_int_equal(token_check(none[i], key, sizeof key), 0);
	assert_false(token_make(out, sizeof out - 1, key, sizeof key, 1));
	assert_false(token_make(out, sizeof out, key, sizeof key, 0));
	assert_false(token_make(out, sizeof out, key, 0, 1));
}

static void
test_digest(void **state)
{
	struct digest d;
	char	      whole[DIGEST_HEX], pieces[DIGEST_HEX];

	(void)state;
	digest_hex(whole, "abc", 3);
	assert_string_equal(whole,
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	digest_hex(whole, "", 0);
	assert_string_equal(whole,
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	digest_hex(whole, "abc", 3);
	digest_start(&d);
	digest_add(&d, "a", 1);
	digest_add(&d, "", 0);
	digest_add(&d, "bc", 2);
	digest_end(&d, pieces);
	assert_string_equal(pieces, whole);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_made_and_read_back),
		cmocka_unit_test(test_not_to_be_forged),
		cmocka_unit_test(test_what_is_no_token),
		cmocka_unit_test(test_digest),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
