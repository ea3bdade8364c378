/*
 * The database's version, for deskctl doctor.
 */
#ifndef CTL_MIGRATE_H
#define CTL_MIGRATE_H

#include <libpq-fe.h>

/* Where `make install' puts schema/ and functions/. */
#define MIGRATE_SQL PKGDATADIR "/sql"

/* Files of schema/ that the database has not seen; -1: cannot be told. */
int migrate_missing(PGconn *, const char *sql);

#endif
