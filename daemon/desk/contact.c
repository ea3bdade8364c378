/*
 * Addresses in the one form in which they are compared; see contact.h.
 */
#include <string.h>

#include <glib.h>

#include "base/utf8.h"
#include "contact.h"
#include "event.h"
#include "phone.h"

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

const char *
contact_email(struct arena *a, const char *s)
{
	const char *at;
	size_t	    n, i;
	uint32_t    c;

	n = strlen(s);
	if (n > CONTACT_ADDRESS_MAX || !utf8_valid(s, n) ||
	    (at = strrchr(s, '@')) == NULL || at - s > 64 || at == s)
		return (NULL);
	for (i = 0; i < n; i += utf8_get(s + i, n - i, &c))
		if (utf8_get(s + i, n - i, &c) == 0 || utf8_is_unshown(c))
			return (NULL);
	if (!contact_dotted(s, (size_t)(at - s), "()<>[]:;@\\,\"") ||
	    !contact_dotted(at + 1, n - (size_t)(at + 1 - s),
		"()<>[]:;@\\,\"_/=+*!#$%&'?^`{|}~"))
		return (NULL);
	return (contact_lower(a, s, n));
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
