/*
 * Passwords, hashed by argon2id (RFC 9106; m = 19 MiB, t = 2, p = 1, the
 * lesser of OWASP ASVS 5.0 appendix C, because the smallest server has
 * 512 MB) in threads of their own: each costs some 20 ms on purpose.
 */
#ifndef PASSWORD_H
#define PASSWORD_H

#include <stdbool.h>
#include <stdint.h>
#include "base/def.h"

struct jobs;

#define PASSWORD_ENCODED_MAX 128
#define PASSWORD_MIN	     10 /* characters, of a new one */

/* Whether a new one is long enough. */
bool password_is_long(const char *) MUSTCHECK;

/* encoded: what to store, or NULL when it could not be made. */
typedef void password_made(uint64_t ref, const char *encoded);
typedef void password_checked(uint64_t ref, bool right);

/* False: too many wait (tell the peer to come again). */
bool password_make(struct jobs *, const char *password, password_made *,
    uint64_t ref) MUSTCHECK;
/*
 * encoded NULL: nobody has that login; the same work is done, so that the
 * time does not tell, and the answer is no.
 */
bool password_check(struct jobs *, const char *encoded, const char *password,
    password_checked *, uint64_t ref) MUSTCHECK;

#endif
