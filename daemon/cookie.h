/*
 * The session's cookie (RFC 6265): read from the Cookie header, written for
 * Set-Cookie.
 */
#ifndef COOKIE_H
#define COOKIE_H

#include <stdbool.h>
#include <stddef.h>

#define COOKIE_MAX 64

/*
 * The session's token, "" when there is none or two of the name: then
 * somebody planted one, and none is believed.  header may be NULL; several:
 * the request had more than one such header.  secure: under the name that a
 * browser takes from ourselves alone, and no other.
 */
void cookie_read(
    char value[COOKIE_MAX], const char *header, bool several, bool secure);
/* "Set-Cookie: …" for the token; "": ends it. */
void cookie_write(char *out, size_t, const char *token, bool secure);

#endif
