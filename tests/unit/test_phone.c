/*
 * Telephone numbers: each way of writing one that STANDARDS asks for, and
 * every prefix renumbered in 2018.
 */
#include "unit.h"
#include "base/def.h"
#include "desk/phone.h"

enum { RENUMBERED = 1, LOCAL = 2 };

static const struct {
	const char *written;
	const char *number; /* NULL: refused; "": withheld */
	const char *extension;
	int	    flags;
	const char *country;
} table[] = {
	{ "0901234567", "+84901234567", "", 0, NULL },
	{ "090 123 4567", "+84901234567", "", 0, NULL },
	{ "090.123.45.67", "+84901234567", "", 0, NULL },
	{ "(090) 123-4567", "+84901234567", "", 0, NULL },
	{ "+84 90 123 45 67", "+84901234567", "", 0, NULL },
	{ "+84 (0)90 123 4567", "+84901234567", "", 0, NULL },
	{ "0084901234567", "+84901234567", "", 0, NULL },
	{ "84901234567", "+84901234567", "", 0, NULL },
	{ "901234567", "+84901234567", "", 0, NULL },
	{ "\xef\xbc\x90\xef\xbc\x99\xef\xbc\x90\xef\xbc\x91\xef\xbc\x92"
	  "\xef\xbc\x93\xef\xbc\x94\xef\xbc\x95\xef\xbc\x96\xef\xbc\x97",
	    "+84901234567", "", 0, NULL },
	{ "\xef\xbc\x8b"
	  "84901234567",
	    "+84901234567", "", 0, NULL },
	{ "tel:+84-90-123-4567", "+84901234567", "", 0, NULL },
	{ "sip:0901234567@203.0.113.5", "+84901234567", "", 0, NULL },
	{ "<sip:+84901234567@pbx>", "+84901234567", "", 0, NULL },
	{ "028 3822 1234", "+842838221234", "", 0, NULL },
	{ "024 3825 5555 ext 12", "+842438255555", "12", 0, NULL },
	{ "024 3825 5555 máy lẻ 12", "+842438255555", "12", 0, NULL },
	{ "0901234567x9", "+84901234567", "9", 0, NULL },
	{ "0901234567;ext=105", "+84901234567", "105", 0, NULL },
	{ "0901234567 #105", "+84901234567", "105", 0, NULL },
	{ "+1 (212) 555-0100", "+12125550100", "", 0, NULL },
	{ "001 212 555 0100", "+12125550100", "", 0, NULL },
	{ "+819012345678", "+819012345678", "", 0, NULL },
	{ "212-555-0100", "+12125550100", "", 0, "1" },
	{ "0901234567", "+65901234567", "", 0, "65" },
	{ "113", "113", "", LOCAL, NULL },
	{ "114", "114", "", LOCAL, NULL },
	{ "115", "115", "", LOCAL, NULL },
	{ "101", "101", "", LOCAL, NULL },
	{ "1800 1090", "18001090", "", LOCAL, NULL },
	{ "19001234", "19001234", "", LOCAL, NULL },
	{ "1900 123 456", "1900123456", "", LOCAL, NULL },
	{ "+84 1900 1234", "19001234", "", LOCAL, NULL },
	{ "01234567890", "+84834567890", "", RENUMBERED, NULL },
	{ "+841234567890", "+84834567890", "", RENUMBERED, NULL },
	{ "0084 123 456 7890", "+84834567890", "", RENUMBERED, NULL },
	/* 15 digits are the most. */
	{ "+123456789012345", "+123456789012345", "", 0, NULL },
	{ "+1234567890123456", NULL, "", 0, NULL },
	{ "09012345678901234", NULL, "", 0, NULL },
	{ "+84", NULL, "", 0, NULL },
	{ "+0901234567", NULL, "", 0, NULL },
	{ "abc", NULL, "", 0, NULL },
	{ "090123x", NULL, "", 0, NULL },
	{ "0901234567 hoặc 0912345678", NULL, "", 0, NULL },
	{ "*98", NULL, "", 0, NULL },
	{ "", "", "", 0, NULL },
	{ "  ", "", "", 0, NULL },
	{ "anonymous", "", "", 0, NULL },
	{ "Anonymous", "", "", 0, NULL },
	{ "sip:anonymous@anonymous.invalid", "", "", 0, NULL },
	{ "withheld", "", "", 0, NULL },
	{ "Ẩn số", "", "", 0, NULL },
	{ "Private", "", "", 0, NULL },
};

static void
check(size_t i)
{
	struct phone   p;
	enum phone_got got;

	got = phone_read(
	    &p, table[i].written, strlen(table[i].written), table[i].country);
	if (table[i].number == NULL) {
		if (got != PHONE_WRONG)
			fail_msg("%s is %s", table[i].written, p.number);
		return;
	}
	if (*table[i].number == '\0') {
		if (got != PHONE_WITHHELD)
			fail_msg("\"%s\" is not withheld", table[i].written);
		return;
	}
	if (got != PHONE_OK || strcmp(p.number, table[i].number) != 0)
		fail_msg("%s is %s, not %s", table[i].written, p.number,
		    table[i].number);
	assert_string_equal(p.extension, table[i].extension);
	assert_int_equal(p.renumbered, (table[i].flags & RENUMBERED) != 0);
	assert_int_equal(p.local, (table[i].flags & LOCAL) != 0);
}

static void
test_table(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < nitems(table); i++)
		check(i);
}

/* The plan of 2018, written down a second time: old prefix, new prefix. */
static const char *const plan[][2] = {
	{ "0120", "070" },
	{ "0121", "079" },
	{ "0122", "077" },
	{ "0126", "076" },
	{ "0128", "078" },
	{ "0123", "083" },
	{ "0124", "084" },
	{ "0125", "085" },
	{ "0127", "081" },
	{ "0129", "082" },
	{ "0162", "032" },
	{ "0163", "033" },
	{ "0164", "034" },
	{ "0165", "035" },
	{ "0166", "036" },
	{ "0167", "037" },
	{ "0168", "038" },
	{ "0169", "039" },
	{ "0186", "056" },
	{ "0188", "058" },
	{ "0199", "059" },
};

static const char *
planned(const char *prefix)
{
	size_t i;

	for (i = 0; i < nitems(plan); i++)
		if (strcmp(plan[i][0], prefix) == 0)
			return (plan[i][1]);
	return (NULL);
}

/* All hundred prefixes 0100 to 0199: those of the plan move, no other. */
static void
test_renumbering(void **state)
{
	struct phone p;
	char	     prefix[8], old[20], want[20];
	const char *new;
	int i;

	(void)state;
	for (i = 100; i < 200; i++) {
		snprintf(prefix, sizeof prefix, "0%d", i);
		snprintf(old, sizeof old, "%s2345678", prefix);
		new = planned(prefix);
		if (new != NULL)
			snprintf(want, sizeof want, "+84%s2345678", new + 1);
		else
			snprintf(want, sizeof want, "+84%s2345678", prefix + 1);
		assert_int_equal(
		    phone_read(&p, old, strlen(old), NULL), PHONE_OK);
		assert_string_equal(p.number, want);
		assert_int_equal(p.renumbered, new != NULL);
		/* Written with ten digits it is no such old number. */
		old[strlen(old) - 1] = '\0';
		assert_int_equal(
		    phone_read(&p, old, strlen(old), NULL), PHONE_OK);
		assert_false(p.renumbered);
	}
}

/* Any bytes: never a number that is none. */
static void
test_long(void **state)
{
	struct phone p;
	char	     s[300];
	size_t	     n;

	(void)state;
	memset(s, '1', sizeof s);
	for (n = 18; n < sizeof s; n++)
		assert_int_equal(phone_read(&p, s, n, NULL), PHONE_WRONG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_renumbering),
		cmocka_unit_test(test_long),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
