/*
 * The database and its version, for deskctl doctor.
 */
#ifndef CTL_MIGRATE_H
#define CTL_MIGRATE_H

#include <libpq-fe.h>
#include "base/def.h"

/* Where `make install' puts schema/ and functions/. */
#define MIGRATE_SQL PKGDATADIR "/sql"

/*
 * The primary, of several hosts; waits for each so many seconds (NULL: as long
 * as the system does).  PQfinish() it, also when it is no connection.
 */
PGconn *migrate_connect(const char *conninfo, const char *seconds) MUSTCHECK;
/* Files of schema/ that the database has not seen; -1: cannot be told. */
int migrate_missing(PGconn *, const char *sql);

#endif
