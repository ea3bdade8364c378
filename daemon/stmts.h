/*
 * Every statement that deskd ever sends to PostgreSQL, by pool.  They are
 * prepared on each connection, so that bad SQL fails at start and not in the
 * middle of a day; nothing that a peer sends becomes part of one.
 */
#ifndef STMTS_H
#define STMTS_H

#include <stddef.h>
#include "proto/operation.h"
#include "store/pool.h"

/* The pool that files events. */
enum ingest_stmt {
	ST_INGEST,    /* events jsonb, blobs bytea[], settled bigint[] */
	ST_BLOB_PUT,  /* sha256 hex, place, bytes */
	ST_BLOB_SEAL, /* sha256 hex, size */
	ST_INGEST_COUNT
};

/* The pool of operations and chores; the operations' own come after. */
enum ops_stmt {
	ST_SETTLE,    /* outbox ids bigint[] */
	ST_SWEEP,     /* rows at most */
	ST_LINE_PAGE, /* after which place, rows */
	ST_POLICIES,
	ST_AGENTS_PAGE,
	ST_INDEX, /* rows at most */
	ST_PARTITIONS,
	ST_BLOB_SWEEP,
	ST_LOADS,
	ST_WAKE,	   /* cases at most */
	ST_LEAVING,	   /* cases at most */
	ST_PRESENCE_NOTED, /* login, what, version */
	ST_ALARM,	   /* cases at most */
	ST_RULES_LOOK,	   /* cases of each rule at most */
	ST_RULES_RUN,	   /* things noted at most */
	ST_RULES_SWEEP,	   /* rows at most */
	ST_PATIENCE,	   /* cases at most */
	ST_DRAIN,	   /* queues at most */
	ST_INCIDENT,	   /* cases at most */
	ST_PROMISE,	   /* promises at most */
	ST_SURVEY,	   /* invitations at most */
	ST_CLASS,	   /* courses at most */
	ST_FOLLOWUP,	   /* follow-ups at most */
	ST_ACTION,	   /* actions at most */
	ST_STATEMENT,	   /* statements at most */
	ST_LATE,	   /* promises at most */
	ST_REPORTS_DUE,	   /* reports at most */
	ST_WORTH,	   /* customers at most */
	ST_FRICTION,	   /* cases at most */
	ST_IMPROVE,	   /* improvements at most */
	ST_CX_RUN,	   /* months at most: 1 */
	ST_RETENTION,	   /* customers at most */
	ST_DRAFT_SWEEP,
	ST_CLOSE,	    /* cases at most */
	ST_REPORT,	    /* parts at most */
	ST_JOURNEY,	    /* events at most */
	ST_PEOPLE,	    /* contacts, cases at most */
	ST_BLOB_LEAVE,	    /* blobs at most */
	ST_ERASE_FEED_DONE, /* customer */
	ST_CONFIG,
	ST_LOGIN_BEGIN, /* login, address */
	ST_LOGIN_END,	/* login, address, ok, proof, session (JSON) */
	ST_SETUP_TRY,	/* code hash hex, address */
	ST_SESSION,	/* token hash hex */
	ST_KEY,		/* key hash hex */
	ST_VISITOR,	/* conversation, token hash hex */
	ST_AUDIT,	/* caller, action, object, outcome, detail */
	ST_BLOB_CHUNK,	/* sha256 hex, place */
	ST_CHAT_GONE,	/* visitors as JSON */
	ST_CHAT_BACK,	/* [conversation, ...] */
	ST_CHAT_PACE,
	ST_OUT_CLAIM,	/* daemon, channels, rows */
	ST_OUT_LAPSE,	/* rows at most */
	ST_OUT_COMMIT,	/* outbound id, daemon, attempt */
	ST_OUT_SETTLE,	/* outbound id, daemon, attempt, how, status, said,
			   seconds */
	ST_OUT_RENEW,	/* outbound ids bigint[], daemon */
	ST_OUT_RELEASE, /* the same */
	ST_OUT_STATS,
	ST_CALLS_GONE, /* source, ids that go on, told before */
	ST_HOOK_WORK,  /* daemon, results as JSON, room */
	ST_HOOK_SWEEP, /* rows of each hook at most */
	ST_HOOK_STATS,
	ST_TEST_MAIL,	/* test, came|bounced|answered, from, words */
	ST_TEST_SEEN,	/* test */
	ST_LETTER_BACK, /* outbound row, facts */
	ST_BOARD,
	ST_OPS_FIRST
};

extern const struct pg_stmt stmts_ingest[ST_INGEST_COUNT];

/* The ops pool's list: the above and one for each operation with SQL. */
const struct pg_stmt *stmts_ops(size_t *n);
/* The search pool's: SEARCH alone. */
const struct pg_stmt *stmts_search(size_t *n);
/* The place of an operation's statement in stmts_ops(). */
size_t stmts_of(const struct op *);

#endif
