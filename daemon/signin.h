/*
 * What the operations of access have in common: secrets, the limits on
 * trying, the session that begins, and the proof of a second factor.
 */
#ifndef SIGNIN_H
#define SIGNIN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include "ask.h"
#include "edge/hmac.h"
#include "password.h"
#include "store/pool.h"

#define SECRET_TEXT 40
#define SECRET_HASH (2 * SHA256_LEN + 1)

/* A new secret as text (192 bits), and its SHA-256 as hexadecimal. */
bool secret_make(char text[SECRET_TEXT], char hash[SECRET_HASH]) MUSTCHECK;
/* The SHA-256 of a secret that was shown; "" when there is no digest. */
void secret_hash(char hash[SECRET_HASH], const char *text);
/* A new code for people to copy (desk/typed.h), and the same. */
bool secret_typed(char text[SECRET_TEXT], char hash[SECRET_HASH]) MUSTCHECK;

/*
 * Asks what there is to compare the password of that login with; the try
 * counts from here on.
 */
void signin_ask(struct ask *, const char *login, pg_got *);
/*
 * What was said of the account: the typed password goes to be compared,
 * unless it has to wait, and the ask is then answered.  The account's second
 * factor, or null, stands in the ask's args as "totp".
 */
void signin_compare(struct ask *, const struct pg_reply *, const char *typed,
    password_checked *);
/*
 * The same without a password, for what a code alone proves; false: the ask
 * is answered.
 */
bool signin_may(struct ask *, const struct pg_reply *) MUSTCHECK;

/*
 * What desk.factor_good() takes, of the ask's "code", the account's "totp"
 * and the device that it came from.  NULL, and the ask answered, when this
 * daemon cannot tell.
 */
json_t *signin_proof(struct ask *) MUSTCHECK;

/*
 * What desk.session_begin() takes, with a fresh token in a->kept, and csrf in
 * the caller; a device's token stands in args as "device" when the ask is to
 * "remember".  NULL: there is no randomness, and the ask is answered.
 */
json_t *signin_session(struct ask *) MUSTCHECK;
/* Answers with the session that has begun for this caller (JSON). */
void signin_done(struct ask *, const json_t *caller);

/*
 * Puts what the browser came with into args, while dispatch_ask() runs: "here"
 * (its device), "ended" (its session so far), both hashed, and "browser".
 */
void signin_here(struct ask *);

#endif
