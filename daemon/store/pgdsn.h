/*
 * Where PostgreSQL is: a conninfo string or URI as keywords for
 * PQconnectStartParams(), with every host name resolved, since libpq would
 * resolve it anew, and blocking, at each connect.
 */
#ifndef STORE_PGDSN_H
#define STORE_PGDSN_H

#include <stdbool.h>
#include <stddef.h>
#include <libpq-fe.h>
#include "base/def.h"

struct pgdsn {
	char **keys; /* end with NULL */
	char **values;
	size_t n;
	size_t hosts; /* in the lists of host, port and hostaddr */
};

/*
 * Reads the DSN; name becomes its application_name where it says none.  With
 * several hosts and no target_session_attrs it is the primary among them that
 * is wanted.  May block.  False, and *wrong a sentence (good until the next call), when it is
 * no DSN or a name is unknown.  Hosts that come from the environment or a
 * service file (not from the DSN) are left to libpq.
 */
bool pgdsn_open(struct pgdsn *, const char *dsn, const char *name,
    const char **wrong) MUSTCHECK;
void pgdsn_free(struct pgdsn *);
/*
 * Of several hosts the next try begins with the one that the connection is at
 * or, when that one hangs, with the one after it: libpq tries them in their
 * order and would wait for the first again.
 */
void pgdsn_begin_with(struct pgdsn *, const PGconn *, bool after);
/* The value of a keyword, or NULL. */
const char *pgdsn_get(const struct pgdsn *, const char *key);

#endif
