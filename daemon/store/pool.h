/*
 * A pool of connections to one PostgreSQL: asks go in, answers come out of
 * the loop.  Each ask is one prepared statement and therefore one
 * transaction; a connection carries one ask at a time, so that what is lost
 * with a connection is one ask whose outcome is unknown, and no ask stands
 * behind a slow one while another connection is idle.
 *
 * No call here blocks after pool_open().  When PostgreSQL hangs, an ask is
 * given up after answer_ms by dropping its connection (PQcancel would block);
 * statement_ms, which the server itself keeps, is best set below that.
 */
#ifndef STORE_POOL_H
#define STORE_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <libpq-fe.h>
#include "base/def.h"
#include "pgparam.h"

struct event_base;
struct pool;

enum pg_how {
	PG_DONE,  /* committed; res holds the rows */
	PG_LATER, /* not done, or outcome unknown: ask again later */
	PG_NEVER  /* refused for good */
};

/*
 * What came of an ask; everything in it is gone when the callback returns.
 * The texts are never NULL.  They may hold what a peer sent (PostgreSQL
 * quotes values): log_shown() them.  SQLSTATE is "" when PostgreSQL said
 * nothing (connection lost: outcome unknown); "53100" is a full disk, "DK001"
 * a refusal of our own (detail: code, hint: member at fault).
 */
struct pg_reply {
	enum pg_how	how;
	const PGresult *res; /* PG_DONE only, text format; else NULL */
	char		sqlstate[6];
	const char     *message;
	const char     *detail;
	const char     *hint;
};

/* Called from the loop, never inside the ask, once for each ask taken; NULL
   when nobody waits for it. */
typedef void pg_got(uint64_t id, const struct pg_reply *);

struct pg_stmt {
	const char *name; /* of the prepared statement; unique in the pool */
	const char *sql;
	int	    nparams;
};

/* Everything it points to must outlive the pool. */
struct pool_conf {
	const char	     *name;	   /* log prefix and application_name */
	const char	     *dsn;	   /* libpq's conninfo or URI */
	unsigned	      size;	   /* connections, 1 to 64 */
	size_t		      max_waiting; /* asks not yet sent; 0: 1,000 */
	size_t		      max_bytes;   /* their parameters; 0: 64 MiB */
	int64_t		      answer_ms;   /* waiting, and again once sent */
	int		      statement_ms; /* statement_timeout */
	const struct pg_stmt *stmts;
	size_t		      nstmts;
	/* "LISTEN channel", by the first connection, or NULL; and where the
	   payload of what comes there goes.  It may be lost with a connection,
	   and none comes of a standby: what matters must be looked for, too. */
	const char *listen;
	void (*heard)(const char *payload);
	/* Which records these are, told with each connection that is made: others
	   are another system's, or another timeline's (a standby that took over
	   may lack what was committed last; so may what was restored).  A text
	   without blanks; may be NULL. */
	void (*records)(const char *which);
};

struct pool_stats {
	unsigned connected;
	unsigned busy;
	size_t	 waiting;  /* asks not yet sent */
	uint64_t asked;	   /* asks taken since the start */
	uint64_t refused;  /* asks not taken */
	uint64_t later;	   /* asks that ended in PG_LATER */
	uint64_t never;	   /* … and in PG_NEVER */
	uint64_t repeated; /* serialization failures and deadlocks retried */
	uint64_t connects; /* connections made since the start */
};

/*
 * Starts connecting; may block, to resolve host names (getaddrinfo): libpq
 * would do that anew, blocking, at every reconnect, so names are turned into
 * hostaddr here, once; a server whose address changes needs a restart.  NULL
 * when the DSN is wrong or a name unknown: *wrong is a sentence, good until
 * the next call.
 */
struct pool *pool_open(struct event_base *, const struct pool_conf *,
    const char **wrong) MUSTCHECK;
/*
 * Runs stmts[stmt] with its nparams parameters, which are copied.  False:
 * too many wait, or nothing has been connected for a second or longer; the
 * caller answers "try again" at once and got is not called.
 */
bool pool_ask(struct pool *, uint64_t id, size_t stmt, const struct pg_param *,
    pg_got *) MUSTCHECK;
/* Connections that could take an ask now: the ingest's group commit. */
unsigned pool_free(const struct pool *);
/* At least one connection stands. */
bool pool_up(const struct pool *);
/* Why the last connection ended or failed, safe to show; "" when none did. */
const char	 *pool_wrong(const struct pool *);
struct pool_stats pool_stats(const struct pool *);
/*
 * Ends it at once; asks under way are forgotten untold.  Not from inside a
 * callback of its own.
 */
void pool_close(struct pool *);

#endif
