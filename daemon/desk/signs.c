/*
 * Signs looked for in a text; see signs.h.
 *
 * They stand in lists by a hash of their first byte and of the last of the
 * first four: most emoji have three bytes in common.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "signs.h"

#define SIGN_LISTS 256
#define SIGN_NONE  (-1)

struct sign {
	char   bytes[SIGN_MAX];
	size_t n;
	int    next; /* of its list, none longer than the one before it */
};

struct signs {
	struct sign *list;
	int	     n, size;
	int	     first[SIGN_LISTS];
};

/* Of what is as long as its first byte says (RFC 3629); ASCII: by itself. */
static unsigned
sign_list(const char *s, size_t n)
{
	unsigned char lead = (unsigned char)s[0];
	size_t	      len = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 1;

	if (len > n)
		len = n;
	return ((unsigned)(lead * 7 + (unsigned char)s[len - 1]) % SIGN_LISTS);
}

struct signs *
signs_new(void)
{
	struct signs *s = xcalloc(1, sizeof *s);
	size_t	      i;

	for (i = 0; i < SIGN_LISTS; i++)
		s->first[i] = SIGN_NONE;
	return (s);
}

void
signs_free(struct signs *s)
{
	if (s == NULL)
		return;
	free(s->list);
	free(s);
}

bool
signs_add(struct signs *s, const char *bytes, size_t n)
{
	struct sign *sign;
	int	    *at;

	if (n == 0 || n > SIGN_MAX)
		return (false);
	if (s->n == s->size) {
		s->size = s->size != 0 ? 2 * s->size : 64;
		s->list =
		    xreallocarray(s->list, (size_t)s->size, sizeof *s->list);
	}
	sign = &s->list[s->n];
	memcpy(sign->bytes, bytes, n);
	sign->n = n;
	at = &s->first[sign_list(bytes, n)];
	while (*at != SIGN_NONE && s->list[*at].n > n)
		at = &s->list[*at].next;
	sign->next = *at;
	*at = s->n++;
	return (true);
}

int
signs_find(const struct signs *s, const char *text, size_t n, size_t *len)
{
	int i;

	for (i = s->first[sign_list(text, n)]; i != SIGN_NONE;
	     i = s->list[i].next)
		if (s->list[i].n <= n &&
		    memcmp(s->list[i].bytes, text, s->list[i].n) == 0) {
			*len = s->list[i].n;
			return (i);
		}
	return (-1);
}
