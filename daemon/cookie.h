/*
 * The session's cookie (RFC 6265): read from the Cookie header, written for
 * Set-Cookie.
 */
#ifndef COOKIE_H
#define COOKIE_H

#include <stdbool.h>
#include <stddef.h>

struct cookie_read {
	char value[64];
	bool found;
	bool twice; /* two of the name: somebody planted one, believe none */
};

/* header may be NULL; several: the request had more than one such header. */
void cookie_read(struct cookie_read *, const char *header, bool several);
/* "Set-Cookie: …" for the token; "": ends it. */
void cookie_write(char *out, size_t, const char *token, bool secure);

#endif
