/*
 * deskctl doctor: PostgreSQL and Redis; see doctor.h.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <hiredis/hiredis.h>

#include "base/clock.h"
#include "base/mem.h"
#include "doctor.h"
#include "migrate.h"

#define STORE_WAIT_S 5
#define PG_OLDEST    150000
#define REDIS_OLDEST 7

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

static PGconn *
pg_connect(const char *conninfo)
{
	/* What the administrator's string says goes before our time limit. */
	const char *const names[] = { "connect_timeout", "dbname", NULL };
	const char *const values[] = { "5", conninfo, NULL };

	return (PQconnectdbParams(names, values, 1));
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
	PGconn *pg = pg_connect(conf->postgres);
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

/* "host:port", "unix:PATH" or "redis://[user:password@]host:port[/db]". */
static redisContext *
redis_connect(const char *at, char **user, char **password)
{
	struct timeval wait = { STORE_WAIT_S, 0 };
	redisContext  *c;
	const char    *sign, *colon;
	char	      *host;
	size_t	       n;
	int	       port = 6379;

	*user = *password = NULL;
	if (strncmp(at, "unix:", 5) == 0)
		return (redisConnectUnixWithTimeout(at + 5, wait));
	if (strncmp(at, "redis://", 8) == 0)
		at += 8;
	if ((sign = strrchr(at, '@')) != NULL) {
		colon = memchr(at, ':', (size_t)(sign - at));
		*user =
		    xstrndup(at, (size_t)((colon != NULL ? colon : at) - at));
		*password = xstrndup(colon != NULL ? colon + 1 : at,
		    (size_t)(sign - (colon != NULL ? colon + 1 : at)));
		at = sign + 1;
	}
	host = xstrndup(at, strcspn(at, "/"));
	n = strcspn(host, ":");
	if (host[n] == ':')
		port = atoi(host + n + 1);
	host[n] = '\0';
	c = redisConnectWithTimeout(host, port, wait);
	free(host);
	return (c);
}

/* NULL when it refuses or has gone. */
static redisReply *
redis_ask(redisContext *c, const char *words)
{
	redisReply *r = redisCommand(c, words);

	if (r != NULL && r->type == REDIS_REPLY_ERROR) {
		freeReplyObject(r);
		return (NULL);
	}
	return (r);
}

/* A line of INFO's, up to its end; free() it. */
static char *
info_line(const redisReply *info, const char *name)
{
	const char *at;

	if (info == NULL || info->type != REDIS_REPLY_STRING ||
	    (at = strstr(info->str, name)) == NULL)
		return (xstrdup("unknown"));
	at += strlen(name);
	return (xstrndup(at, strcspn(at, "\r\n")));
}

static void
redis_policy(struct doctor *d, redisContext *c)
{
	redisReply *info = redis_ask(c, "INFO memory");
	char	   *policy = info_line(info, "maxmemory_policy:");

	doctor_note(d, strcmp(policy, "noeviction") == 0 ? FIND_OK : FIND_BAD,
	    "Redis maxmemory-policy",
	    "set maxmemory-policy noeviction: an evicted line is a forgotten "
	    "ticket until the next rebuild",
	    "%s", policy);
	free(policy);
	if (info != NULL)
		freeReplyObject(info);
}

static void
redis_persistence(struct doctor *d, redisContext *c)
{
	redisReply *info = redis_ask(c, "INFO persistence");
	redisReply *save = redis_ask(c, "CONFIG GET save");
	char	   *aof = info_line(info, "aof_enabled:");
	bool	    saves = save != NULL && save->type == REDIS_REPLY_ARRAY &&
	    save->elements == 2 && save->element[1]->len > 0;

	doctor_note(d, strcmp(aof, "1") == 0 || saves ? FIND_OK : FIND_WARN,
	    "Redis persistence",
	    "set appendonly yes: without it agents' states and the feed are "
	    "lost with each restart (tickets are not)",
	    "%s",
	    strcmp(aof, "1") == 0 ? "append-only file"
		: saves		  ? "snapshots"
				  : "none");
	free(aof);
	if (info != NULL)
		freeReplyObject(info);
	if (save != NULL)
		freeReplyObject(save);
}

static void
redis_clock(struct doctor *d, redisContext *c)
{
	int64_t	    asked = clock_wall();
	redisReply *r = redis_ask(c, "TIME");

	if (r != NULL && r->type == REDIS_REPLY_ARRAY && r->elements == 2)
		doctor_clock(d, "Redis's clock",
		    atoll(r->element[0]->str) * 1000 +
			atoll(r->element[1]->str) / 1000,
		    asked);
	if (r != NULL)
		freeReplyObject(r);
}

static bool
redis_login(redisContext *c, const char *user, const char *password)
{
	redisReply *r;
	bool	    good;

	if (password == NULL)
		return (true);
	if (user[0] != '\0')
		r = redisCommand(c, "AUTH %s %s", user, password);
	else
		r = redisCommand(c, "AUTH %s", password);
	good = r != NULL && r->type == REDIS_REPLY_STATUS;
	if (r != NULL)
		freeReplyObject(r);
	return (good);
}

static void
redis_checks(struct doctor *d, redisContext *c)
{
	redisReply *info = redis_ask(c, "INFO server");
	char	   *version = info_line(info, "redis_version:");

	doctor_note(d, atoi(version) >= REDIS_OLDEST ? FIND_OK : FIND_BAD,
	    "Redis",
	    info != NULL ? "deskd needs version 7.0 or later"
			 : "check the password in `redis' of deskd.conf",
	    "version %s", version);
	free(version);
	if (info == NULL)
		return;
	freeReplyObject(info);
	redis_policy(d, c);
	redis_persistence(d, c);
	redis_clock(d, c);
}

void
doctor_redis(struct doctor *d, const struct deskdconf *conf)
{
	struct timeval wait = { STORE_WAIT_S, 0 };
	redisContext  *c;
	char	      *user, *password;

	c = redis_connect(conf->redis, &user, &password);
	if (c == NULL || c->err != 0) {
		doctor_note(d, FIND_BAD, "Redis",
		    "start it, and check `redis' in deskd.conf", "%s",
		    c != NULL ? c->errstr : "no memory");
	} else if (redisSetTimeout(c, wait) != REDIS_OK ||
	    !redis_login(c, user, password)) {
		doctor_note(d, FIND_BAD, "Redis",
		    "check the password in `redis' of deskd.conf",
		    "it does not let us in");
	} else {
		redis_checks(d, c);
	}
	if (c != NULL)
		redisFree(c);
	free(user);
	free(password);
}
