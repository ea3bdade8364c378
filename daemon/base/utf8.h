/*
 * UTF-8 (RFC 3629), strict: no overlong forms, no surrogates, nothing above
 * U+10FFFF.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "def.h"

/* Bytes of the first character (1 to 4), or 0 when it is none. */
size_t utf8_get(const char *, size_t n, uint32_t *c);
/* Writes 1 to 4 bytes; c must be a scalar value. */
size_t utf8_put(char out[4], uint32_t c);
/* True when every byte belongs to a character and none is U+0000. */
bool utf8_valid(const char *, size_t n);
/*
 * In place: bytes that are no UTF-8, and U+0000, become '?'.  What follows
 * can stand in a PostgreSQL text.  Returns how many bytes were changed.
 */
size_t utf8_clean(char *, size_t n);
/* C1 controls, bidi controls, line and paragraph separators, BOM: characters
   that change how a line is shown. */
bool utf8_is_unshown(uint32_t c);
/* The longest prefix of at most max bytes that cuts no character. */
size_t utf8_cut(const char *, size_t n, size_t max);

#endif
