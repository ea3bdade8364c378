/*
 * From a secret that a peer showed to who he is.  Sessions, API keys and
 * visitors' tokens are kept only as their SHA-256; what the database said of
 * one is believed for ACCESS_TTL_MS, so that a login that is ended ends
 * everywhere within seconds and a busy client costs no look-up a request.
 */
#ifndef ACCESS_H
#define ACCESS_H

#include <stdbool.h>
#include <stdint.h>
#include "caller.h"

#define ACCESS_TTL_MS 2000

struct access;
struct daemon;

enum access_kind { ACCESS_SESSION, ACCESS_KEY, ACCESS_VISITOR };

enum access_how {
	ACCESS_YES,
	ACCESS_NO,   /* nobody has that secret */
	ACCESS_LATER /* the records cannot be reached */
};

typedef void access_got(
    void *arg, uint64_t ref, enum access_how, const struct caller *);

struct access *access_open(struct daemon *) MUSTCHECK;
/*
 * Looks the secret up.  via and from are what the caller is to be known by;
 * conversation (uuid) is a visitor's, else NULL.  got() is called at the
 * turn's end or later, never from within.
 */
void access_ask(struct access *, enum access_kind, const char *secret,
    const char *conversation, const char *via, const char *from, access_got *,
    void *arg, uint64_t ref);
/* The same by the secret's SHA-256 (hexadecimal), to look at it again. */
void access_ask_hash(struct access *, enum access_kind, const char *hash,
    access_got *, uint64_t ref);
/* Answers those whose caller was known already; once a turn. */
void access_turn(struct access *);
bool access_pending(const struct access *);
/* Forgets everybody: somebody's rights have changed. */
void access_forget(struct access *);
void access_close(struct access *);

#endif
