/*
 * What every session with PostgreSQL has, and what it says of the server.
 */
#ifndef STORE_PGSESSION_H
#define STORE_PGSESSION_H

#include <stdbool.h>
#include <libpq-fe.h>
#include "base/def.h"

struct pgsession {
	bool fsync, full_page_writes;
	char records[48]; /* see pool.h; "" on a standby */
};

/* The first statement; its parameter is the statement_timeout. */
extern const char pgsession_sql[];

/* False when the result is none of it. */
bool pgsession_read(struct pgsession *, const PGresult *) MUSTCHECK;
/* Warns of what can lose what was accepted; name: the log prefix. */
void pgsession_warn(const struct pgsession *, const char *name);

#endif
