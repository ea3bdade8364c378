/*
 * Addresses in the one form in which they are compared.
 */
#include "unit.h"
#include "base/mem.h"
#include "desk/contact.h"

#define A16 "aaaaaaaaaaaaaaaa"
#define A62 A16 A16 A16 "aaaaaaaaaaaaaa"

static const char *const emails[][2] = {
	{ "Lan.Tran@Shop.Example", "lan.tran@shop.example" },
	{ "a+b=c@x.example", "a+b=c@x.example" },
	{ "ĐÔNG@x.example", "đông@x.example" },
	{ "a@x", "a@x" },
	/* RFC 5321 4.1.2: quotes only where they are needed. */
	{ "\"a b\"@example.com", "\"a b\"@example.com" },
	{ "\"A.b\"@example.com", "a.b@example.com" },
	{ "\"a\\b\"@example.com", "ab@example.com" },
	{ "\"a\\ b\"@example.com", "\"a b\"@example.com" },
	{ "\"a\\\"b\\\\\"@example.com", "\"a\\\"b\\\\\"@example.com" },
	{ "\"a@b\"@example.com", "\"a@b\"@example.com" },
	{ "\"a..b\"@example.com", "\"a..b\"@example.com" },
	{ "\".\"@example.com", "\".\"@example.com" },
	{ "\"\"@example.com", "\"\"@example.com" },
	{ "\"Đ <x>\"@example.com", "\"đ <x>\"@example.com" },
	{ "\"" A62 "\"@x", A62 "@x" },
	{ "\"\\\"" A16 A16   A16 "aaaaaaaaaaaa\"@x",
	    "\"\\\"" A16 A16 A16 "aaaaaaaaaaaa\"@x" },
	{ A62 "aa@x", A62 "aa@x" },
	/* None. */
	{ "", NULL },
	{ "@x", NULL },
	{ "a", NULL },
	{ "a@", NULL },
	{ "a b@x", NULL },
	{ "a..b@x", NULL },
	{ "a@b@x", NULL },
	{ "a@x..y", NULL },
	{ "a@[127.0.0.1]", NULL },
	{ "a\xe2\x80\xae@x", NULL },
	{ A62 "aaa@x", NULL },
	{ "\"" A62 "a\"@x", NULL },
	{ "\"@x", NULL },
	{ "\"a@x", NULL },
	{ "a\"@x", NULL },
	{ "\"\\\"@x", NULL },
	{ "\"a\\\"@x", NULL },
	{ "\"a\"b\"@x", NULL },
	{ "a.\"b\"@x", NULL },
	{ "\"a\"b@x", NULL },
	{ "\"a\tb\"@x", NULL },
	{ "\"a\nb\"@x", NULL },
	{ "\"a\x7f\"@x", NULL },
	{ "\"a b\"@x y", NULL },
	{ "\"a b\"@", NULL },
};

static void
test_emails(void **state)
{
	struct arena a;
	const char  *got, *again;
	size_t	     i;

	(void)state;
	arena_init(&a, 1 << 16);
	for (i = 0; i < nitems(emails); i++) {
		got = contact_email(&a, emails[i][0]);
		if ((got == NULL) != (emails[i][1] == NULL) ||
		    (got != NULL && strcmp(got, emails[i][1]) != 0))
			fail_msg(
			    "%s: %s", emails[i][0], got != NULL ? got : "none");
		/* Its form is one that stays. */
		if (got == NULL)
			continue;
		again = contact_email(&a, got);
		assert_non_null(again);
		assert_string_equal(again, got);
	}
	arena_free(&a);
}

/* Cut anywhere it is read to its end and no further. */
static void
test_cut(void **state)
{
	static const char text[] = "\"a\\\"b \\\\c\\ đ\"@shop.example";
	struct arena	  a;
	char		 *copy;
	size_t		  n;

	(void)state;
	arena_init(&a, 1 << 16);
	for (n = 0; n < sizeof text; n++) {
		copy = xstrndup(text, n);
		assert_int_equal(contact_email(&a, copy) != NULL,
		    n > 15 && text[n - 1] != '.');
		free(copy);
	}
	arena_free(&a);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_emails),
		cmocka_unit_test(test_cut),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
