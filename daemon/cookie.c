/*
 * A browser's cookies; see cookie.h.
 */
#include <stdio.h>
#include <string.h>

#include "cookie.h"
#include "edge/http.h"
#include "proto/http.h"

/* The prefix makes the browser insist on Secure, Path=/ and no Domain. */
#define SESSION_SECURE "__Host-sid"
#define SESSION_PLAIN  "sid"
#define SESSION_LIFE   43200 /* seconds; as long as a session can last */
#define DEVICE_SECURE  "__Host-device"
#define DEVICE_PLAIN   "device"
#define DEVICE_LIFE    2592000 /* thirty days */

static void
value_read(char value[COOKIE_MAX], const char *header, const char *name)
{
	const char *p;
	size_t	    n;

	if (http_cookie(header, name, &p, &n) != 1 || n >= COOKIE_MAX)
		return;
	memcpy(value, p, n);
	value[n] = '\0';
}

void
cookie_read(struct cookies *c, const struct http_request *r, bool secure)
{
	const char *header = http_header(r, "Cookie");

	*c = (struct cookies){ 0 };
	browser_words(c->browser, http_header(r, "User-Agent"));
	if (header == NULL || http_header_twice(r, "Cookie"))
		return;
	value_read(c->session, header, secure ? SESSION_SECURE : SESSION_PLAIN);
	value_read(c->device, header, secure ? DEVICE_SECURE : DEVICE_PLAIN);
}

static void
value_write(char *out, size_t size, const char *name, const char *token,
    int life, bool secure)
{
	snprintf(out, size,
	    "Set-Cookie: %s=%s; Path=/; HttpOnly; SameSite=Strict; "
	    "Max-Age=%d%s",
	    name, token, token[0] != '\0' ? life : 0, secure ? "; Secure" : "");
}

void
cookie_write(char *out, size_t size, const char *token, bool secure)
{
	value_write(out, size, secure ? SESSION_SECURE : SESSION_PLAIN, token,
	    SESSION_LIFE, secure);
}

void
cookie_write_device(char *out, size_t size, const char *token, bool secure)
{
	value_write(out, size, secure ? DEVICE_SECURE : DEVICE_PLAIN, token,
	    DEVICE_LIFE, secure);
}
