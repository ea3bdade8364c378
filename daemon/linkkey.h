/*
 * Operations of pages that a link alone opens: its token goes on as a digest,
 * and who tries many that open nothing is told to wait (tries.h).
 */
#ifndef LINKKEY_H
#define LINKKEY_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "base/def.h"

struct ask;

/* Sets the member to the secret's SHA-256, in hex; false when it cannot. */
bool linkkey_put(json_t *, const char *member, const char *secret) MUSTCHECK;
/*
 * Puts "hash" in the place of the argument "token"; false, and answered, when
 * it cannot or its sender has to wait.
 */
bool linkkey_begin(struct ask *) MUSTCHECK;
/*
 * False, and answered, where SQL's answer is null: there was no such link, or
 * it ended; nobody learns which.
 */
bool linkkey_opens(struct ask *, const char *json) MUSTCHECK;
/* For dispatch_sql_then(): answers as SQL did, if the link opened something. */
void linkkey_told(struct ask *, const char *json, size_t);

#endif
