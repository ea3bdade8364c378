/*
 * The signed part of a reply address: "hello+t42.<20 characters>@shop.example"
 * names ticket 42, and nobody without the key can make one.  The signature is
 * the first 100 bits of HMAC-SHA-256 over "deskd ticket 42", in base32
 * (RFC 4648 section 6) that is read in either case: mail systems change it.
 */
#ifndef DESK_TOKEN_H
#define DESK_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/def.h"

#define TOKEN_MAX 42 /* "t", 19 digits, ".", 20 characters, NUL */

/*
 * Writes "t<ticket>.<signature>" for ticket > 0.  False when out has not
 * TOKEN_MAX bytes, the ticket is not positive or the key is empty.
 */
bool token_make(char *out, size_t size, const uint8_t *key, size_t keylen,
    int64_t ticket) MUSTCHECK;

/*
 * The ticket that an address "local+token@domain" proves, or 0: no token, a
 * wrong signature, an empty key.  The signature is compared in constant time.
 */
int64_t token_check(const char *address, const uint8_t *key, size_t keylen);

/*
 * The same of a test mail (CHANNEL.TEST): "x42.<20 characters>" over "deskd
 * test 42".  It stands in the addresses and the Message-ID of what we send to
 * try a channel, and names no ticket.
 */
bool token_test_make(char *out, size_t size, const uint8_t *key, size_t keylen,
    int64_t test) MUSTCHECK;
int64_t token_test_check(
    const char *address, const uint8_t *key, size_t keylen);

/*
 * The same of one message that was sent (a row of desk.outbound): "b42.<20
 * characters>" over "deskd sent 42".  It stands in the address that mail is sent
 * from which nobody asked for: what comes there is about that message.
 */
bool token_sent_make(char *out, size_t size, const uint8_t *key, size_t keylen,
    int64_t sent) MUSTCHECK;
int64_t token_sent_check(
    const char *address, const uint8_t *key, size_t keylen);

#endif
