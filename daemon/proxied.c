/*
 * Who asks behind a proxy; see proxied.h.
 */
#include <arpa/inet.h>
#include <string.h>

#include "proxied.h"

/* An address of either family in one form: IPv4 as ::ffff:a.b.c.d. */
static bool
address_read(struct in6_addr *a, const char *text, size_t n)
{
	char word[46];

	if (n == 0 || n >= sizeof word)
		return (false);
	memset(a, 0, sizeof *a);
	memcpy(word, text, n);
	word[n] = '\0';
	if (inet_pton(AF_INET, word, &a->s6_addr[12]) == 1) {
		a->s6_addr[10] = a->s6_addr[11] = 0xff;
		return (true);
	}
	return (inet_pton(AF_INET6, word, a) == 1);
}

/* The next word of the list, its length in n; NULL when there is none. */
static const char *
list_word(const char *list, size_t *n)
{
	list += strspn(list, " \t");
	*n = strcspn(list, " \t");
	return (*n != 0 ? list : NULL);
}

bool
proxied_list_ok(const char *list)
{
	struct in6_addr a;
	size_t		n;

	for (; (list = list_word(list, &n)) != NULL; list += n)
		if (!address_read(&a, list, n))
			return (false);
	return (true);
}

static bool
list_has(const char *list, const struct in6_addr *a)
{
	struct in6_addr one;
	size_t		n;

	for (; (list = list_word(list, &n)) != NULL; list += n)
		if (address_read(&one, list, n) &&
		    memcmp(&one, a, sizeof one) == 0)
			return (true);
	return (false);
}

bool
proxied_trusted(const char *list, const char *address)
{
	struct in6_addr a;

	return (list[0] != '\0' && address_read(&a, address, strlen(address)) &&
	    list_has(list, &a));
}

/* One element without the blanks around it. */
static bool
element_read(struct in6_addr *a, const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	while (end > p && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	return (address_read(a, p, (size_t)(end - p)));
}

bool
proxied_read(char out[46], const char *list, const char *value)
{
	const char     *end = value + strlen(value), *p;
	struct in6_addr a;

	for (;; end = p - 1) {
		for (p = end; p > value && p[-1] != ','; p--)
			;
		out[0] = '\0';
		if (!element_read(&a, p, end))
			return (true);
		if (!list_has(list, &a)) {
			if (IN6_IS_ADDR_V4MAPPED(&a))
				inet_ntop(AF_INET, &a.s6_addr[12], out, 46);
			else
				inet_ntop(AF_INET6, &a, out, 46);
			return (true);
		}
		if (p == value)
			return (false);
	}
}
