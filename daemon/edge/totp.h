/*
 * Codes of an authenticator app (TOTP, RFC 6238) by liboath: SHA-1, six
 * digits, steps of 30 seconds, which is what every app understands.
 */
#ifndef EDGE_TOTP_H
#define EDGE_TOTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/def.h"

#define TOTP_SECRET_LEN 20 /* bytes; RFC 4226 section 4 asks for 160 bits */
#define TOTP_TEXT_LEN	32 /* of its base32 */

/* Once, before the others; false: liboath cannot work. */
bool totp_init(void) MUSTCHECK;
/* The secret as people type it: base32 (RFC 4648 section 6). */
bool totp_text(char out[TOTP_TEXT_LEN + 1],
    const uint8_t   secret[TOTP_SECRET_LEN]) MUSTCHECK;
/*
 * The otpauth:// URI that an app reads as a picture (Google's Key Uri
 * Format): issuer and account as they are, any UTF-8.
 */
void totp_uri(
    struct buf *, const char *issuer, const char *account, const char *text);
/*
 * The time step that the code belongs to, of the three around now (seconds
 * since 1970): a clock may be off by one, RFC 6238 section 5.2.  0: it is not
 * right.  That a step is taken once is for the caller to see to.  The time
 * that this takes does not tell how much of the code was right.
 */
int64_t totp_step(const uint8_t secret[TOTP_SECRET_LEN], const char *code,
    int64_t now) MUSTCHECK;

#endif
