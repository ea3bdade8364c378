/*
 * A browser in words, "Firefox, Windows", out of what it says of itself
 * (User-Agent, RFC 9110 section 10.1.5): for people to know their own
 * sessions by, and for nothing else, since anybody can say anything.
 */
#ifndef DESK_BROWSER_H
#define DESK_BROWSER_H

#include <stddef.h>

#define BROWSER_WORDS 48

/* "" when it is none that we know; s may be NULL, and any bytes. */
void browser_words(char out[BROWSER_WORDS], const char *s);

#endif
