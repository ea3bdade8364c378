/*
 * Bytes as text: hexadecimal, base64 and base64url (RFC 4648 sections 8, 4
 * and 5).
 */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "def.h"

/* The digit's value, in either case, or -1 when it is none. */
int hex_digit(char);
/* Lower case; out holds 2n + 1 bytes. */
void hex_put(char *out, const uint8_t *, size_t n);
/* Bytes written, or -1 when the text is not whole hexadecimal or too long. */
ssize_t hex_get(uint8_t *out, size_t size, const char *, size_t n);
/* Unpadded; out holds (4n + 2) / 3 + 1 bytes. */
void base64url_put(char *out, const uint8_t *, size_t n);
/*
 * Bytes written, or -1 when the text is no whole padded base64 or too long.
 * out may be the text itself.
 */
ssize_t base64_get(uint8_t *out, size_t size, const char *, size_t n);

#endif
