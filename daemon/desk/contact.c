/*
 * Addresses in the one form in which they are compared; see contact.h.
 */
#include <string.h>

#include <glib.h>

#include "base/utf8.h"
#include "contact.h"
#include "event.h"
#include "phone.h"

#define LOCAL_MAX     64 /* RFC 5321 4.5.3.1.1 */
#define LOCAL_REFUSED "()<>[]:;@\\,\""

bool
contact_kind_valid(const char *kind)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
	size_t		  n = strlen(kind);

	return (n > 0 && n <= CONTACT_KIND_MAX &&
	    strchr(letters, kind[0]) != NULL &&
	    strspn(kind, "abcdefghijklmnopqrstuvwxyz0123456789_-") == n);
}

/* A local part of dots and atoms, or a domain of dots and labels. */
static bool
contact_dotted(const char *s, size_t n, const char *refused)
{
	const char *end = s + n;
	char	    before = '.';

	for (; s < end; before = *s++) {
		if ((unsigned char)*s <= ' ' || *s == 0x7f ||
		    strchr(refused, *s) != NULL)
			return (false);
		if (*s == '.' && before == '.')
			return (false);
	}
	return (before != '.');
}

/* Lower case; any script.  NULL when the arena is full. */
static const char *
contact_lower(struct arena *a, const char *s, size_t n)
{
	char  *copy, *low;
	size_t i;

	for (i = 0; i < n && (unsigned char)s[i] < 0x80; i++)
		continue;
	if (i < n) {
		low = g_utf8_strdown(s, (gssize)n);
		copy = arena_str(a, low);
		g_free(low);
		return (copy);
	}
	if ((copy = arena_dup(a, s, n)) == NULL)
		return (NULL);
	for (i = 0; i < n; i++)
		copy[i] = g_ascii_tolower(copy[i]);
	return (copy);
}

/*
 * A quoted local part in its one form: without quotes where it needs none,
 * else with the escapes that it needs.  Returns its bytes, n at most; 0 when
 * it is none.
 */
static size_t
contact_unquote(char out[LOCAL_MAX], const char *s, size_t n)
{
	char   bare[LOCAL_MAX] = { 0 };
	size_t i, len = 0, to = 0;

	if (n < 2 || n > LOCAL_MAX || s[0] != '"' || s[n - 1] != '"')
		return (0);
	for (i = 1; i < n - 1; i++) {
		if (s[i] == '"' || (s[i] == '\\' && ++i == n - 1) ||
		    (unsigned char)s[i] < ' ' || s[i] == 0x7f)
			return (0);
		bare[len++] = s[i];
	}
	if (contact_dotted(bare, len, LOCAL_REFUSED)) {
		memcpy(out, bare, len);
		return (len);
	}
	out[to++] = '"';
	for (i = 0; i < len; i++) {
		if (bare[i] == '"' || bare[i] == '\\')
			out[to++] = '\\';
		out[to++] = bare[i];
	}
	out[to++] = '"';
	return (to);
}

const char *
contact_email(struct arena *a, const char *s)
{
	char	    out[CONTACT_ADDRESS_MAX];
	const char *at;
	size_t	    n, i, local;
	uint32_t    c;

	n = strlen(s);
	if (n > CONTACT_ADDRESS_MAX || !utf8_valid(s, n) ||
	    (at = strrchr(s, '@')) == NULL || at - s > LOCAL_MAX || at == s)
		return (NULL);
	for (i = 0; i < n; i += utf8_get(s + i, n - i, &c))
		if (utf8_get(s + i, n - i, &c) == 0 || utf8_is_unshown(c))
			return (NULL);
	local = (size_t)(at - s);
	n -= local;
	if (!contact_dotted(at + 1, n - 1, "()<>[]:;@\\,\"_/=+*!#$%&'?^`{|}~"))
		return (NULL);
	if (s[0] != '"')
		return (contact_dotted(s, local, LOCAL_REFUSED)
			? contact_lower(a, s, local + n)
			: NULL);
	if ((local = contact_unquote(out, s, local)) == 0)
		return (NULL);
	memcpy(out + local, at, n);
	return (contact_lower(a, out, local + n));
}

/* A copy without the blanks around it; NULL when the arena is full. */
static const char *
contact_bare(struct arena *a, const char *s)
{
	size_t n;

	s += strspn(s, " \t\r\n");
	n = strlen(s);
	while (n > 0 && strchr(" \t\r\n", s[n - 1]) != NULL)
		n--;
	return (arena_dup(a, s, n));
}

static enum contact_got
contact_phone(
    struct arena *a, struct contact *c, const char *country, const char **wrong)
{
	struct phone phone;

	switch (phone_read(&phone, c->address, strlen(c->address), country)) {
	case PHONE_WITHHELD:
		return (CONTACT_WITHHELD);
	case PHONE_WRONG:
		*wrong = "This is not a telephone number.";
		return (CONTACT_WRONG);
	case PHONE_OK:
		break;
	}
	if ((c->address = arena_str(a, phone.number)) == NULL)
		return (CONTACT_FULL);
	if (phone.renumbered)
		c->flags = "renumbered";
	else if (phone.local)
		c->flags = "local";
	return (CONTACT_OK);
}

enum contact_got
contact_read(struct arena *a, struct contact *c, const char *kind,
    const char *address, const char *country, const char **wrong)
{
	const char	*bare;
	enum contact_got got = CONTACT_OK;

	*c = (struct contact){ 0 };
	if (strlen(address) > CONTACT_ADDRESS_MAX) {
		*wrong = "This address is too long.";
		return (CONTACT_WRONG);
	}
	if ((bare = contact_bare(a, address)) == NULL ||
	    (c->kind = arena_str(a, kind)) == NULL)
		return (CONTACT_FULL);
	c->address = bare;
	if (strcmp(kind, "phone") == 0)
		got = contact_phone(a, c, country, wrong);
	else if (*bare == '\0') {
		*wrong = "This address is empty.";
		got = CONTACT_WRONG;
	} else if (strcmp(kind, "email") == 0 &&
	    (c->address = contact_email(a, bare)) == NULL) {
		*wrong = "This is not a mail address.";
		got = CONTACT_WRONG;
	}
	if (got == CONTACT_OK && strcmp(c->address, bare) != 0)
		c->original = bare;
	return (got);
}
