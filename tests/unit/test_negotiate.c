/*
 * Accept-Encoding and If-None-Match (RFC 9110 sections 12.5.3 and 13.1.2).
 */
#include "unit.h"
#include "proto/negotiate.h"

#define ALL (BIT(CODING_BR) | BIT(CODING_GZIP) | BIT(CODING_PLAIN))

static enum coding
best(const char *field, unsigned there)
{
	struct codings c;

	codings_none(&c);
	if (field != NULL)
		codings_read(&c, field);
	return (codings_best(&c, there));
}

static void
test_codings(void **state)
{
	static const struct {
		const char *field;
		enum coding want;
	} of[] = {
		{ NULL, CODING_PLAIN },
		{ "", CODING_PLAIN },
		{ " \t", CODING_PLAIN },
		{ "gzip, deflate, br, zstd", CODING_BR },
		{ "GZIP", CODING_GZIP },
		{ "x-gzip", CODING_GZIP },
		{ "deflate", CODING_PLAIN },
		{ "*", CODING_BR },
		{ "br;q=0.5, gzip", CODING_GZIP },
		{ "br;q=0, *", CODING_GZIP },
		{ "br ; q=0.000 , gzip\t;\tQ=0.001", CODING_GZIP },
		{ "br;q=0,gzip;q=0", CODING_PLAIN },
		{ "identity, br;q=0.9", CODING_PLAIN },
		{ "identity;q=0.5, br;q=0.5", CODING_BR },
		{ "identity;q=0, gzip", CODING_GZIP },
		{ "identity;q=0, *;q=0", CODING_PLAIN },
		{ "*;q=0", CODING_PLAIN },
		{ "br;q=0, br", CODING_PLAIN },
		/* What is no weight is no member. */
		{ "br;q=1.001", CODING_PLAIN },
		{ "br;q=2, gzip", CODING_GZIP },
		{ "br;q=0.1234, gzip", CODING_GZIP },
		{ "br;q=-1, gzip", CODING_GZIP },
		{ "br;q=, gzip;q=1.", CODING_GZIP },
		{ "br;level=11, gzip", CODING_GZIP },
		{ "br;q=1;q=1, gzip", CODING_GZIP },
		{ "br gzip", CODING_PLAIN },
		{ ",,;q=1,,gzip,", CODING_GZIP },
		{ "brx, xbr, b", CODING_PLAIN },
	};
	size_t i;

	(void)state;
	for (i = 0; i < nitems(of); i++)
		if (best(of[i].field, ALL) != of[i].want)
			fail_msg("%s: %d", of[i].field, best(of[i].field, ALL));
	/* Only what is there. */
	assert_int_equal(best("br, gzip", BIT(CODING_GZIP)), CODING_GZIP);
	assert_int_equal(best("br, gzip", 0), CODING_PLAIN);
}

/* The field may stand in the request more than once. */
static void
test_codings_in_parts(void **state)
{
	struct codings c;

	(void)state;
	codings_none(&c);
	codings_read(&c, "br;q=0.1");
	codings_read(&c, "gzip");
	assert_int_equal(codings_best(&c, ALL), CODING_GZIP);
	codings_read(&c, "br");
	assert_int_equal(codings_best(&c, ALL), CODING_GZIP);
}

static void
test_etags(void **state)
{
	static const char *const yes[] = { "*", "\"ab\"", "W/\"ab\"",
		"\"x\", \"ab\"", " \"x\" ,, W/\"ab\" ", "\"a,b\", \"ab\"" };
	static const char *const no[] = { "", "ab", "\"ab", "\"abc\"", "\"AB\"",
		"\"x\"\"ab\"", "\"x\" \"ab\"", "* , \"x\"", "x, \"ab\"",
		"\"x\\\"ab\"", "w/\"ab\"", "\"", "W/" };
	size_t			 i;

	(void)state;
	for (i = 0; i < nitems(yes); i++)
		if (!etag_listed(yes[i], "\"ab\""))
			fail_msg("not in %s", yes[i]);
	for (i = 0; i < nitems(no); i++)
		if (etag_listed(no[i], "\"ab\""))
			fail_msg("in %s", no[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codings),
		cmocka_unit_test(test_codings_in_parts),
		cmocka_unit_test(test_etags),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
