/*
 * deskctl migrate: the database brought to this version.  Each file of schema/
 * runs once, in its own transaction, and is remembered in desk.migration;
 * functions/ is replaced as a whole in one transaction.  An advisory
 * lock keeps two of these apart; a second run changes nothing.
 */
#include <dirent.h>
#include <getopt.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "ctl.h"
#include "deskdconf.h"
#include "migrate.h"

#define SQL_MAX	 (4u << 20)	    /* bytes of one file */
#define LOCK_KEY "7233170481964142" /* "deskd" of ours, nobody else's */

static void
migrate_quiet(void *arg, const PGresult *notice)
{
	(void)arg;
	(void)notice; /* "does not exist, skipping" helps nobody */
}

static bool
sql_failed(PGconn *pg, const char *what)
{
	struct buf b = { 0 };

	buf_shown(
	    &b, PQerrorMessage(pg), strcspn(PQerrorMessage(pg), "\n"), 500);
	ctl_say("%s: %s", what, b.p != NULL ? b.p : "failed");
	buf_free(&b);
	return (false);
}

static bool
sql_run(PGconn *pg, const char *sql, const char *what)
{
	PGresult      *r = PQexec(pg, sql);
	ExecStatusType got = PQresultStatus(r);

	PQclear(r);
	if (got == PGRES_COMMAND_OK || got == PGRES_TUPLES_OK)
		return (true);
	sql_failed(pg, what);
	return (false);
}

/* The file's SQL with what frames it, as one string. */
static bool
file_run(PGconn *pg, const char *dir, const char *name)
{
	struct buf path = { 0 };
	char	  *sql;
	size_t	   n;
	bool	   good = false;

	buf_printf(&path, "%s/%s", dir, name);
	if ((sql = ctl_read_file(path.p, SQL_MAX, &n)) != NULL)
		good = sql_run(pg, sql, name);
	free(sql);
	buf_free(&path);
	return (good);
}

static int
is_sql(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return (d->d_name[0] != '.' && n > 4 &&
	    strcmp(d->d_name + n - 4, ".sql") == 0);
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return (strcmp((*a)->d_name, (*b)->d_name));
}

/* The SQL files of a directory in order; each and the list to be freed. */
static int
files_list(const char *dir, const char *part, struct dirent ***list)
{
	struct buf path = { 0 };
	int	   n;

	buf_printf(&path, "%s/%s", dir, part);
	if ((n = scandir(path.p, list, is_sql, by_name)) <= 0) {
		ctl_say("%s: no SQL files there", path.p);
		if (n == 0)
			free(*list);
		n = -1;
	}
	buf_free(&path);
	return (n);
}

static void
files_free(struct dirent **list, int n)
{
	while (n-- > 0)
		free(list[n]);
	free(list);
}

/* 1: applied before, 0: not, -1: failed. */
static int
migration_known(PGconn *pg, const char *name)
{
	PGresult *r;
	int	  known;

	r = PQexec(pg, "SELECT to_regclass('desk.migration') IS NOT NULL");
	if (PQresultStatus(r) != PGRES_TUPLES_OK) {
		PQclear(r);
		sql_failed(pg, name);
		return (-1);
	}
	known = strcmp(PQgetvalue(r, 0, 0), "t") == 0;
	PQclear(r);
	if (!known)
		return (0);
	r = PQexecParams(pg, "SELECT FROM desk.migration WHERE name = $1", 1,
	    NULL, &name, NULL, NULL, 0);
	known = PQresultStatus(r) == PGRES_TUPLES_OK ? PQntuples(r) > 0 : -1;
	PQclear(r);
	if (known == -1)
		sql_failed(pg, name);
	return (known);
}

static bool
migration_note(PGconn *pg, const char *name)
{
	PGresult *r;
	bool	  good;

	r = PQexecParams(pg, "INSERT INTO desk.migration (name) VALUES ($1)", 1,
	    NULL, &name, NULL, NULL, 0);
	good = PQresultStatus(r) == PGRES_COMMAND_OK;
	PQclear(r);
	return (good ? true : sql_failed(pg, name));
}

static bool
migration_run(PGconn *pg, const char *dir, const char *name)
{
	int known = migration_known(pg, name);

	if (known != 0)
		return (known == 1);
	if (!sql_run(pg, "BEGIN", name))
		return (false);
	if (!file_run(pg, dir, name) || !migration_note(pg, name) ||
	    !sql_run(pg, "COMMIT", name)) {
		sql_run(pg, "ROLLBACK", name);
		return (false);
	}
	printf("schema/%s\n", name);
	return (true);
}

static bool
schema_run(PGconn *pg, const char *sql)
{
	struct dirent **list;
	struct buf	dir = { 0 };
	int		i, n;
	bool		good = true;

	if ((n = files_list(sql, "schema", &list)) == -1)
		return (false);
	buf_printf(&dir, "%s/schema", sql);
	for (i = 0; i < n && good; i++)
		good = migration_run(pg, dir.p, list[i]->d_name);
	buf_free(&dir);
	files_free(list, n);
	return (good);
}

/*
 * Drops the functions that this transaction did not make and that nothing
 * else depends on.  After the files: what older versions left, which calls
 * with default arguments would find first.  Before them: all, since one of the
 * same name whose result or parameter names differ stands in the way.  The
 * daemons that run meanwhile do not see either half.
 */
static const char functions_drop[] =
    "DO $$ DECLARE f regprocedure; BEGIN"
    " FOR f IN SELECT p.oid FROM pg_proc p"
    " WHERE p.pronamespace = 'desk'::regnamespace"
    " AND p.xmin <> pg_current_xact_id()::xid AND NOT EXISTS ("
    "  SELECT FROM pg_depend d WHERE d.refclassid = 'pg_proc'::regclass"
    "  AND d.refobjid = p.oid) AND NOT EXISTS ("
    "  SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass"
    "  AND d.objid = p.oid AND d.deptype = 'e') LOOP"
    " EXECUTE format('DROP ROUTINE %s', f);"
    " END LOOP; END $$";

/* Functions call each other: their bodies are checked when they run. */
static bool
functions_try(
    PGconn *pg, const char *dir, struct dirent **list, int n, bool drop)
{
	bool good;
	int  i;

	good = sql_run(pg, "BEGIN", "functions") &&
	    sql_run(pg, "SET LOCAL check_function_bodies = off", "functions");
	if (good && drop)
		good = sql_run(pg, functions_drop, "functions");
	for (i = 0; i < n && good; i++)
		good = file_run(pg, dir, list[i]->d_name);
	good = good && sql_run(pg, functions_drop, "functions");
	if (good && sql_run(pg, "COMMIT", "functions"))
		return (true);
	PQclear(PQexec(pg, "ROLLBACK"));
	return (false);
}

static bool
functions_run(PGconn *pg, const char *sql)
{
	struct dirent **list;
	struct buf	dir = { 0 };
	int		i, n;
	bool		good;

	if ((n = files_list(sql, "functions", &list)) == -1)
		return (false);
	buf_printf(&dir, "%s/functions", sql);
	good = functions_try(pg, dir.p, list, n, false);
	if (!good) {
		ctl_say("once more, with the old functions dropped first");
		good = functions_try(pg, dir.p, list, n, true);
	}
	for (i = 0; i < n && good; i++)
		printf("functions/%s\n", list[i]->d_name);
	buf_free(&dir);
	files_free(list, n);
	return (good);
}

int
migrate_missing(PGconn *pg, const char *sql)
{
	struct dirent **list;
	int		i, n, known, missing = 0;

	if ((n = files_list(sql, "schema", &list)) == -1)
		return (-1);
	for (i = 0; i < n && missing != -1; i++) {
		known = migration_known(pg, list[i]->d_name);
		missing = known == -1 ? -1 : missing + (known == 0);
	}
	files_free(list, n);
	return (missing);
}

PGconn *
migrate_connect(const char *conninfo, const char *seconds)
{
	/* What the administrator's string says goes before these. */
	const char *const names[] = { "target_session_attrs", "connect_timeout",
		"dbname", NULL };
	const char *const values[] = { "primary", seconds, conninfo, NULL };

	return (PQconnectdbParams(names, values, 1));
}

static enum ctl_exit
migrate_run(const char *conninfo, const char *sql)
{
	PGconn	     *pg = migrate_connect(conninfo, NULL);
	enum ctl_exit status = CTL_REFUSED;

	PQsetNoticeReceiver(pg, migrate_quiet, NULL);
	if (PQstatus(pg) != CONNECTION_OK) {
		sql_failed(pg, "PostgreSQL");
		PQfinish(pg);
		return (CTL_NO_DAEMON);
	}
	if (sql_run(pg, "SELECT pg_advisory_lock(" LOCK_KEY ")", "lock") &&
	    schema_run(pg, sql) && functions_run(pg, sql)) {
		puts("The database is of this version.");
		status = CTL_OK;
	}
	PQfinish(pg); /* the lock goes with the session */
	return (status);
}

enum ctl_exit
ctl_migrate(struct ctl *ctl, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "sql", required_argument, NULL, 's' }, { 0 }
	};
	struct deskdconf *conf;
	const char	 *sql = getenv("DESKD_SQL");
	enum ctl_exit	  status;
	int		  c;

	if (sql == NULL)
		sql = MIGRATE_SQL;
	optind = 0;
	while ((c = getopt_long(argc, argv, "f:", longs, NULL)) != -1) {
		if (c == 's')
			sql = optarg;
		else if (c == 'f')
			ctl->conf = optarg;
		else
			return (ctl_usage("migrate"));
	}
	if (optind != argc)
		return (ctl_usage("migrate"));
	if ((conf = deskdconf_read(ctl)) == NULL)
		return (CTL_REFUSED);
	status = migrate_run(conf->postgres, sql);
	deskdconf_free(conf);
	return (status);
}
