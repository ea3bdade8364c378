/*
 * The session's cookie; see cookie.h.
 */
#include <stdio.h>
#include <string.h>

#include "cookie.h"
#include "proto/http.h"

/* The prefix makes the browser insist on Secure, Path=/ and no Domain. */
#define NAME_SECURE "__Host-sid"
#define NAME_PLAIN  "sid"
#define LIFE	    43200 /* seconds; as long as a session can last */

void
cookie_read(
    char value[COOKIE_MAX], const char *header, bool several, bool secure)
{
	const char *p;
	size_t	    n;

	value[0] = '\0';
	if (header == NULL || several ||
	    http_cookie(header, secure ? NAME_SECURE : NAME_PLAIN, &p, &n) !=
		1 ||
	    n >= COOKIE_MAX)
		return;
	memcpy(value, p, n);
	value[n] = '\0';
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
