/*
 * deskctl doctor: PostgreSQL; see doctor.h.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "doctor.h"
#include "migrate.h"

#define PG_OLDEST  150000
#define STORE_WAIT "5" /* s */

/* One value; free() it.  NULL when there is none. */
static char *
pg_value(PGconn *pg, const char *sql)
{
	PGresult *r = PQexec(pg, sql);
	char	 *value = NULL;

	if (PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) == 1)
		value = xstrdup(PQgetvalue(r, 0, 0));
	PQclear(r);
	return (value);
}

static void
pg_setting(struct doctor *d, PGconn *pg, const char *name, const char *mend)
{
	char  sql[64], what[64];
	char *value;
	bool  good;

	snprintf(sql, sizeof sql, "SHOW %s", name);
	snprintf(what, sizeof what, "PostgreSQL %s", name);
	value = pg_value(pg, sql);
	good = value != NULL && strcmp(value, "off") != 0 &&
	    strcmp(value, "local") != 0;
	doctor_note(d, good ? FIND_OK : FIND_BAD, what, mend, "%s",
	    value != NULL ? value : "unknown");
	free(value);
}

static void
pg_schema(struct doctor *d, PGconn *pg)
{
	int missing = migrate_missing(pg, d->sql);

	if (missing == -1)
		doctor_note(d, FIND_WARN, "schema",
		    "install deskd's SQL files, or say where they are: doctor --sql DIR",
		    "cannot be compared");
	else
		doctor_note(d, missing == 0 ? FIND_OK : FIND_BAD, "schema",
		    "run deskctl migrate", "%d migrations to run", missing);
}

/* A database of another version is told of above. */
static void
pg_seal(struct doctor *d, PGconn *pg, const char *dir)
{
	char   *value = pg_value(pg, "SELECT desk.factor_keys()");
	json_t *keys = value != NULL ? json_loads(value, 0, NULL) : NULL;

	if (keys != NULL)
		doctor_seal(d, dir, keys);
	json_decref(keys);
	free(value);
}

void
doctor_postgres(struct doctor *d, const struct deskdconf *conf)
{
	PGconn *pg = migrate_connect(conf->postgres, STORE_WAIT);
	int64_t asked;
	char   *value;

	if (PQstatus(pg) != CONNECTION_OK) {
		doctor_note(d, FIND_BAD, "PostgreSQL",
		    "start it, and check `postgres' in deskd.conf", "%s",
		    PQerrorMessage(pg));
		PQfinish(pg);
		return;
	}
	doctor_note(d, PQserverVersion(pg) >= PG_OLDEST ? FIND_OK : FIND_BAD,
	    "PostgreSQL", "deskd needs version 15 or later", "version %d.%d",
	    PQserverVersion(pg) / 10000, PQserverVersion(pg) % 10000);
	pg_setting(d, pg, "fsync",
	    "set fsync = on in postgresql.conf: without it a power cut "
	    "loses the desk");
	pg_setting(d, pg, "full_page_writes",
	    "set full_page_writes = on in postgresql.conf");
	pg_setting(d, pg, "synchronous_commit",
	    "set synchronous_commit = on: what deskd acknowledges must be "
	    "on disk");
	pg_schema(d, pg);
	asked = clock_wall();
	value = pg_value(pg,
	    "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint");
	if (value != NULL)
		doctor_clock(d, "PostgreSQL's clock", atoll(value), asked);
	free(value);
	if ((value = pg_value(pg, "SELECT desk.mail_waiting()")) != NULL)
		d->waiting = atol(value);
	free(value);
	pg_seal(d, pg, conf->state_dir);
	PQfinish(pg);
}
