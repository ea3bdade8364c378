/*
 * Charsets as UTF-8; see charset.h.
 */
#include <errno.h>
#include <glib.h>
#include <iconv.h>
#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"
#include "charset.h"
#include "vietset.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
#define CHARSET_MAX 64

/*
 * Names that iconv does not know, or that mean more in mail than they say:
 * nobody sends C1 controls, so Latin-1 is windows-1252 (as in WHATWG's
 * Encoding), and Korean and Chinese senders name the smaller set.
 */
static const struct {
	const char *name;
	const char *iconv;
} aliases[] = {
	{ "utf8", "UTF-8" },
	{ "utf-8", "UTF-8" },
	{ "unicode-1-1-utf-8", "UTF-8" },
	{ "cp65001", "UTF-8" },
	{ "us-ascii", "ASCII" },
	{ "ansi_x3.4-1968", "ASCII" },
	{ "default", "ASCII" },
	{ "tcvn", "TCVN5712-1" },
	{ "tcvn3", "TCVN5712-1" },
	{ "tcvn5712", "TCVN5712-1" },
	{ "tcvn-5712", "TCVN5712-1" },
	{ "tcvn-5712-1", "TCVN5712-1" },
	{ "tcvn5712-1:1993", "TCVN5712-1" },
	{ "x-viet-tcvn", "TCVN5712-1" },
	{ "x-viet-tcvn5712", "TCVN5712-1" },
	{ "viscii1.1-1", "VISCII" },
	{ "csviscii", "VISCII" },
	{ "x-viet-viscii", "VISCII" },
	{ "vni", VIETSET_VNI },
	{ "vni-windows", VIETSET_VNI },
	{ "x-viet-vni", VIETSET_VNI },
	{ "x-vni-windows", VIETSET_VNI },
	{ "windows-1258", "CP1258" },
	{ "x-cp1258", "CP1258" },
	{ "windows-1252", "CP1252" },
	{ "iso-8859-1", "CP1252" },
	{ "iso8859-1", "CP1252" },
	{ "iso_8859-1", "CP1252" },
	{ "8859-1", "CP1252" },
	{ "latin1", "CP1252" },
	{ "latin-1", "CP1252" },
	{ "ansi", "CP1252" },
	{ "gb2312", "GB18030" },
	{ "gbk", "GB18030" },
	{ "ks_c_5601-1987", "CP949" },
	{ "euc-kr", "CP949" },
	{ "shift_jis", "CP932" },
};

/* How far a label is believed. */
enum trust {
	TRUST_ABSENT, /* there is none, or "us-ascii", which is none */
	TRUST_NONE,   /* nobody knows that charset */
	TRUST_UTF8,
	TRUST_SOME, /* people's software writes it over bytes of others */
	TRUST_ALL,
	TRUST_FORBIDDEN, /* UTF-7 */
};

/* The name by which it is decoded, in out; false when it can be none. */
static bool
name_get(const char *label, char out[CHARSET_MAX])
{
	const char *real = NULL;
	size_t	    i, n = 0;

	for (; *label != '\0' && n + 1 < CHARSET_MAX; label++) {
		/* '/' would be glibc's "//TRANSLIT" and the like. */
		if (g_ascii_isalnum(*label) || strchr("-_.:+()", *label))
			out[n++] = g_ascii_tolower(*label);
		else if (strchr(" \t\"'", *label) == NULL)
			return (false);
	}
	out[n] = '\0';
	for (i = 0; i < nitems(aliases) && real == NULL; i++)
		if (strcmp(aliases[i].name, out) == 0)
			real = aliases[i].iconv;
	if (real != NULL)
		memcpy(out, real, strlen(real) + 1);
	return (n != 0 && *label == '\0');
}

/* UTF-8 as it came, with U+FFFD for each byte that is none. */
static void
utf8_repair(const char *p, size_t n, GString *out, size_t max)
{
	uint32_t c;
	size_t	 len;

	for (; n > 0 && out->len < max; p += len, n -= len) {
		if ((len = utf8_get(p, n, &c)) == 0) {
			g_string_append(out, REPLACEMENT);
			len = 1;
		} else
			g_string_append_len(out, p, (gssize)len);
	}
}

static void
utf8_append(const char *p, size_t n, GString *out, size_t max)
{
	size_t room = max > out->len ? max - out->len : 0;

	g_string_append_len(out, p, (gssize)utf8_cut(p, n, room));
}

/* Everything that iconv makes of the bytes; U+FFFD for what it cannot. */
static void
iconv_append(iconv_t cd, const char *p, size_t n, GString *out, size_t max)
{
	char   piece[4096], *in = (char *)p, *to;
	size_t left;

	while (n > 0 && out->len < max) {
		to = piece;
		left = sizeof piece;
		if (iconv(cd, &in, &n, &to, &left) == (size_t)-1 &&
		    errno != E2BIG) {
			g_string_append_len(out, piece, to - piece);
			g_string_append(out, REPLACEMENT);
			if (errno == EINVAL)
				return; /* ends within a character */
			in++;
			n--;
			iconv(cd, NULL, NULL, NULL, NULL);
			continue;
		}
		g_string_append_len(out, piece, to - piece);
	}
	to = piece; /* windows-1258 and TCVN hold the last letter back */
	left = sizeof piece;
	iconv(cd, NULL, NULL, &to, &left);
	g_string_append_len(out, piece, to - piece);
}

/* False, and nothing is appended, when there is no such charset. */
static bool
named_append(
    const char *name, const char *p, size_t n, GString *out, size_t max)
{
	iconv_t cd;

	if (strcmp(name, VIETSET_VNI) == 0) {
		vietset_vni(out, p, n, max);
		return (true);
	}
	if ((cd = iconv_open("UTF-8", name)) == (iconv_t)-1)
		return (false);
	iconv_append(cd, p, n, out, max);
	iconv_close(cd);
	return (true);
}

/* Any name of it that iconv knows: it is shown as it came, never decoded. */
static bool
is_utf7(const char *name)
{
	return (g_ascii_strncasecmp(name, "utf-7", 5) == 0 ||
	    g_ascii_strncasecmp(name, "utf7", 4) == 0 ||
	    g_ascii_strcasecmp(name, "unicode-1-1-utf-7") == 0 ||
	    g_ascii_strcasecmp(name, "csunicode11utf7") == 0);
}

static enum trust
trust_of(const char *name)
{
	static const char *const some[] = { "CP1252", "CP1258", "TCVN5712-1",
		"VISCII", VIETSET_VNI };
	size_t			 i;

	if (is_utf7(name))
		return (TRUST_FORBIDDEN);
	if (strcmp(name, "UTF-8") == 0)
		return (TRUST_UTF8);
	if (strcmp(name, "ASCII") == 0)
		return (TRUST_ABSENT);
	for (i = 0; i < nitems(some); i++)
		if (g_ascii_strcasecmp(some[i], name) == 0)
			return (TRUST_SOME);
	return (TRUST_ALL);
}

/*
 * Whether bytes that are not UTF-8 throughout were never meant to be: no
 * letter of two bytes or more is among them.
 */
static bool
never_utf8(const char *p, size_t n)
{
	uint32_t c;
	size_t	 len;

	for (; n > 0; p += len, n -= len)
		if ((len = utf8_get(p, n, &c)) > 1)
			return (false);
		else if (len == 0)
			len = 1;
	return (true);
}

/* As utf8_valid(), but U+0000 is let pass: it is taken out later. */
static bool
is_utf8(const char *p, size_t n)
{
	const char *end = p + n, *nul;

	for (; (nul = memchr(p, '\0', (size_t)(end - p))) != NULL; p = nul + 1)
		if (!utf8_valid(p, (size_t)(nul - p)))
			return (false);
	return (utf8_valid(p, (size_t)(end - p)));
}

/* TCVN 5712-1 and VISCII have letters where others have controls. */
static bool
has_controls(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if ((unsigned char)p[i] < 0x20 && p[i] != '\t' &&
		    p[i] != '\n' && p[i] != '\r')
			return (true);
	return (false);
}

static bool
is_ascii(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if ((unsigned char)p[i] >= 0x80)
			return (false);
	return (true);
}

/* Bytes that are not UTF-8, under a name that may be wrong. */
static unsigned
doubt_append(enum trust trust, const char *name, const char *p, size_t n,
    GString *out, size_t max)
{
	const char *real;

	real = vietset_guess(trust == TRUST_SOME ? name : "CP1252", p, n);
	if (real == NULL && trust == TRUST_SOME) {
		named_append(name, p, n, out, max);
		return (0);
	}
	if (real == NULL && trust == TRUST_UTF8 && !never_utf8(p, n))
		utf8_repair(p, n, out, max);
	else
		named_append(real != NULL ? real : "CP1252", p, n, out, max);
	return (CHARSET_GUESSED);
}

unsigned
charset_decode(
    GString *out, const char *label, const char *p, size_t n, size_t max)
{
	char	   name[CHARSET_MAX];
	enum trust trust = TRUST_NONE;
	unsigned   odd = 0;

	if (label == NULL)
		trust = TRUST_ABSENT;
	else if (name_get(label, name))
		trust = trust_of(name);
	switch (trust) {
	case TRUST_FORBIDDEN:
		utf8_repair(p, n, out, max);
		return (CHARSET_UTF7);
	case TRUST_ALL:
		if (named_append(name, p, n, out, max))
			return (0);
		trust = TRUST_NONE;
		/* FALLTHROUGH */
	case TRUST_NONE:
		odd = CHARSET_GUESSED;
		break;
	case TRUST_SOME:
		if (!is_ascii(p, n))
			odd = CHARSET_GUESSED; /* should it be UTF-8 */
		else if (has_controls(p, n)) {
			named_append(name, p, n, out, max);
			return (0);
		}
		break;
	case TRUST_UTF8:
	case TRUST_ABSENT:
		break;
	}
	/* Hardly any text of another charset is valid UTF-8 by chance. */
	if (is_utf8(p, n)) {
		utf8_append(p, n, out, max);
		return (odd);
	}
	return (doubt_append(trust, name, p, n, out, max));
}
