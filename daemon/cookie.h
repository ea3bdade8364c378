/*
 * A browser's cookies (RFC 6265): the session's, and the device's, which
 * spares it the code of a second factor; read from the Cookie header, written
 * for Set-Cookie.
 */
#ifndef COOKIE_H
#define COOKIE_H

#include <stdbool.h>
#include <stddef.h>
#include "desk/browser.h"

#define COOKIE_MAX 64

struct http_request;

/* What a browser came with; a token is "" when there is none. */
struct cookies {
	char session[COOKIE_MAX];
	char device[COOKIE_MAX];
	char browser[BROWSER_WORDS];
};

/*
 * No token when there are two of its name: then somebody planted one, and
 * none is believed; nor when the request had more than one such header.
 * secure: under the name that a browser takes from ourselves alone, and no
 * other.
 */
void cookie_read(struct cookies *, const struct http_request *, bool secure);
/* "Set-Cookie: …" for the session's token; "": ends it. */
void cookie_write(char *out, size_t, const char *token, bool secure);
/* The same for the device's. */
void cookie_write_device(char *out, size_t, const char *token, bool secure);

#endif
