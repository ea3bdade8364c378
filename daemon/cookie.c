/*
 * The session's cookie; see cookie.h.
 */
#include <stdio.h>
#include <string.h>

#include "cookie.h"

/* The prefix makes the browser insist on Secure, Path=/ and no Domain. */
#define NAME_SECURE "__Host-sid"
#define NAME_PLAIN  "sid"
#define LIFE	    43200 /* seconds; as long as a session can last */

static void
cookie_take(struct cookie_read *c, const char *value, size_t n)
{
	if (c->found) {
		c->twice = true;
		return;
	}
	c->found = n > 0 && n < sizeof c->value;
	if (c->found) {
		memcpy(c->value, value, n);
		c->value[n] = '\0';
	}
}

void
cookie_read(struct cookie_read *c, const char *header, bool several)
{
	const char *p = header, *eq;
	size_t	    n;

	*c = (struct cookie_read){ .twice = several };
	while (p != NULL && *p != '\0') {
		p += strspn(p, "; ");
		n = strcspn(p, ";");
		if ((eq = memchr(p, '=', n)) != NULL) {
			size_t name = (size_t)(eq - p);

			if ((name == strlen(NAME_SECURE) &&
				memcmp(p, NAME_SECURE, name) == 0) ||
			    (name == strlen(NAME_PLAIN) &&
				memcmp(p, NAME_PLAIN, name) == 0))
				cookie_take(c, eq + 1, n - name - 1);
		}
		p += n;
	}
}

void
cookie_write(char *out, size_t size, const char *token, bool secure)
{
	snprintf(out, size,
	    "Set-Cookie: %s=%s; Path=/; HttpOnly; SameSite=Strict; "
	    "Max-Age=%d%s",
	    secure ? NAME_SECURE : NAME_PLAIN, token,
	    token[0] != '\0' ? LIFE : 0, secure ? "; Secure" : "");
}
