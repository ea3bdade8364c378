/*
 * Telephone numbers, brought to one form; see phone.h.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/def.h"
#include "fold.h"
#include "phone.h"

/* E.164 section 6.1; the country code counts. */
#define PHONE_DIGITS	 15
#define PHONE_DIGITS_MIN 7
/* Internal extensions and emergency numbers. */
#define PHONE_SHORT 6
#define PHONE_TEXT  128

/*
 * Ministry of Information and Communications, decision 798/QD-BTTTT of 2018:
 * the 11-digit mobile prefixes and what they became on 2018-09-15.
 */
static const struct {
	char old[4]; /* without the trunk 0, seven digits to follow */
	char new[3];
} renumbered[] = {
	{ "120", "70" }, { "121", "79" }, { "122", "77" }, /* MobiFone */
	{ "126", "76" }, { "128", "78" }, { "123", "83" }, { "124", "84" },
	{ "125", "85" }, /* VinaPhone */
	{ "127", "81" }, { "129", "82" }, { "162", "32" }, { "163", "33" },
	{ "164", "34" }, /* Viettel */
	{ "165", "35" }, { "166", "36" }, { "167", "37" }, { "168", "38" },
	{ "169", "39" }, { "186", "56" }, { "188", "58" }, /* Vietnamobile */
	{ "199", "59" },				   /* Gmobile */
};

/* What exchanges and networks write for a caller who is not shown; folded. */
static const char *const withheld[] = {
	"anonymous",
	"asserted",
	"unknown",
	"unavailable",
	"withheld",
	"private",
	"restricted",
	"blocked",
	"no number",
	"not available",
	"an danh",
	"an so",
	"khong ro",
	"so an",
	"so rieng",
};

/* What may stand before an extension; folded, longest first. */
static const char *const before_extension[] = {
	"extension",
	"may nhanh",
	"so may le",
	"may le",
	"nhanh",
	"ext=",
	"ext",
	"x",
	"#",
};

/* The folded text without what surrounds the number itself. */
static const char *
phone_bare(char *s)
{
	static const char *const scheme[] = { "tel:", "sips:", "sip:" };
	char			*end;
	size_t			 i;

	s += strspn(s, " \t<\"");
	for (i = 0; i < nitems(scheme); i++) {
		if (strncmp(s, scheme[i], strlen(scheme[i])) != 0)
			continue;
		s += strlen(scheme[i]);
		/* The host is the exchange's; the number is the user part. */
		if ((end = strchr(s, '@')) != NULL)
			*end = '\0';
		break;
	}
	for (end = s + strlen(s); end > s && strchr(" \t>\"", end[-1]) != NULL;)
		*--end = '\0';
	return (s);
}

static bool
phone_is_withheld(const char *s)
{
	size_t i, n;

	n = strcspn(s, "@");
	while (n > 0 && s[n - 1] == ' ')
		n--;
	if (n == 0)
		return (true);
	for (i = 0; i < nitems(withheld); i++)
		if (n == strlen(withheld[i]) && strncmp(s, withheld[i], n) == 0)
			return (true);
	return (false);
}

/*
 * Takes the extension's digits from where the number's own end.  False when
 * what stands there is neither an extension nor nothing.
 */
static bool
phone_take_extension(struct phone *p, const char *s)
{
	size_t i, n;

	s += strspn(s, " .;,:(-");
	if (*s == '\0')
		return (true);
	for (i = 0; i < nitems(before_extension); i++) {
		n = strlen(before_extension[i]);
		if (strncmp(s, before_extension[i], n) == 0) {
			s += n;
			break;
		}
	}
	if (i == nitems(before_extension))
		return (false);
	s += strspn(s, " .:=");
	n = strspn(s, "0123456789");
	if (n == 0 || n >= sizeof p->extension)
		return (false);
	memcpy(p->extension, s, n);
	p->extension[n] = '\0';
	s += n;
	s += strspn(s, " )");
	return (*s == '\0');
}

/*
 * The digits up to the first character that cannot stand in a number; *rest
 * is where that is.  Returns how many.
 */
static size_t
phone_digits(char digits[PHONE_TEXT], const char *s, const char **rest)
{
	size_t n = 0;

	for (; *s != '\0'; s++) {
		if (*s >= '0' && *s <= '9')
			digits[n++] = *s;
		else if (strchr(" .-()/\t", *s) == NULL)
			break;
	}
	digits[n] = '\0';
	*rest = s;
	return (n);
}

static bool
has_prefix(const char *s, const char *prefix)
{
	return (strncmp(s, prefix, strlen(prefix)) == 0);
}

/* Vietnam's service numbers: 1800 and 1900, then four or six digits. */
static bool
phone_is_service(const char *digits, size_t n)
{
	return ((n == 8 || n == 10) &&
	    (has_prefix(digits, "1800") || has_prefix(digits, "1900")));
}

static void
phone_put(struct phone *p, const char *country, const char *national)
{
	snprintf(p->number, sizeof p->number, "+%.4s%.15s", country, national);
}

/* A number of Vietnam's own, without country code and trunk 0. */
static void
phone_put_home(struct phone *p, const char *national, size_t n)
{
	char new[PHONE_TEXT];
	size_t i;

	if (phone_is_service(national, n)) {
		snprintf(p->number, sizeof p->number, "%.15s", national);
		p->local = true;
		return;
	}
	for (i = 0; n == 10 && i < nitems(renumbered); i++) {
		if (!has_prefix(national, renumbered[i].old))
			continue;
		snprintf(
		    new, sizeof new, "%s%.7s", renumbered[i].new, national + 3);
		phone_put(p, PHONE_HOME, new);
		p->renumbered = true;
		return;
	}
	phone_put(p, PHONE_HOME, national);
}

static void
phone_put_national(
    struct phone *p, const char *country, const char *national, size_t n)
{
	if (strcmp(country, PHONE_HOME) == 0)
		phone_put_home(p, national, n);
	else
		phone_put(p, country, national);
}

/* The digits say their country: after a plus or a 00. */
static enum phone_got
phone_put_foreign(struct phone *p, const char *country, const char *digits)
{
	size_t n, code = strlen(country);

	n = strlen(digits);
	if (digits[0] == '0' || n < PHONE_DIGITS_MIN)
		return (PHONE_WRONG);
	if (has_prefix(digits, country) && n > code) {
		/* "+84 (0)90…": the trunk 0 has no place there. */
		digits += code;
		if (*digits == '0')
			digits++;
		n = strlen(digits);
		if (n == 0 || n + code > PHONE_DIGITS)
			return (PHONE_WRONG);
		phone_put_national(p, country, digits, n);
		return (PHONE_OK);
	}
	if (n > PHONE_DIGITS)
		return (PHONE_WRONG);
	phone_put(p, "", digits);
	return (PHONE_OK);
}

/* The digits are as one dials them at home. */
static enum phone_got
phone_put_dialled(
    struct phone *p, const char *country, const char *digits, size_t n)
{
	size_t code = strlen(country);

	if (n <= PHONE_SHORT || phone_is_service(digits, n)) {
		snprintf(p->number, sizeof p->number, "%.15s", digits);
		p->local = true;
		return (PHONE_OK);
	}
	if (has_prefix(digits, "00"))
		return (phone_put_foreign(p, country, digits + 2));
	if (digits[0] == '0') {
		digits++;
		n--;
	} else if (has_prefix(digits, country) && n >= code + 9) {
		/* Exchanges leave the plus out: 84901234567. */
		return (phone_put_foreign(p, country, digits));
	}
	if (n < PHONE_DIGITS_MIN || n + code > PHONE_DIGITS)
		return (PHONE_WRONG);
	phone_put_national(p, country, digits, n);
	return (PHONE_OK);
}

enum phone_got
phone_read(struct phone *p, const char *s, size_t n, const char *country)
{
	char	    folded[FOLD_ROOM(PHONE_TEXT)], digits[PHONE_TEXT];
	const char *bare, *rest;
	size_t	    count;
	bool	    plus;

	*p = (struct phone){ 0 };
	if (country == NULL)
		country = PHONE_HOME;
	if (n >= PHONE_TEXT)
		return (PHONE_WRONG);
	/* Folding also brings full-width digits and pluses to ASCII. */
	fold_text(folded, sizeof folded, s, n);
	bare = phone_bare(folded);
	if (phone_is_withheld(bare))
		return (PHONE_WITHHELD);
	plus = *bare == '+';
	if (plus)
		bare++;
	if (strlen(bare) >= PHONE_TEXT)
		return (PHONE_WRONG);
	count = phone_digits(digits, bare, &rest);
	if (count == 0 || !phone_take_extension(p, rest))
		return (PHONE_WRONG);
	if (plus)
		return (phone_put_foreign(p, country, digits));
	return (phone_put_dialled(p, country, digits, count));
}
