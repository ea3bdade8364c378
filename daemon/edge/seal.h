/*
 * Secrets that are stored where others may read (AES-256-GCM, NIST SP
 * 800-38D; random nonces of 96 bits, far fewer than 2^32 under a key), as
 * hexadecimal.
 */
#ifndef EDGE_SEAL_H
#define EDGE_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/def.h"

#define SEAL_KEY_LEN 32
/* What seal_put() writes of n bytes, with the NUL. */
#define SEAL_TEXT(n) (2 * ((n) + 12 + 16) + 1)

/*
 * bound is what the secret belongs to: under another it does not open.
 * False: there is no randomness or no cipher; out is not to be used.
 */
bool seal_put(char *out, const uint8_t key[SEAL_KEY_LEN], const char *bound,
    const uint8_t *, size_t n) MUSTCHECK;
/* Exactly n bytes; false when it was sealed otherwise, or was changed. */
bool seal_get(uint8_t *out, size_t n, const uint8_t key[SEAL_KEY_LEN],
    const char *bound, const char *text) MUSTCHECK;

#endif
