/*
 * Every statement; see stmts.h.
 */
#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "stmts.h"

const struct pg_stmt stmts_ingest[ST_INGEST_COUNT] = {
	[ST_INGEST] = { "ingest",
	    "SELECT ord, answer::text, outbox, apply::text"
	    " FROM desk.ingest($1::jsonb, $2::bytea[], $3::bigint[])"
	    " ORDER BY ord",
	    3 },
	[ST_BLOB_PUT] = { "blob_put",
	    "SELECT desk.blob_put(decode($1, 'hex'), $2::int, $3::bytea)", 3 },
	[ST_BLOB_SEAL] = { "blob_seal",
	    "SELECT desk.blob_seal(decode($1, 'hex'), $2::bigint)", 2 },
};

static const struct pg_stmt fixed[ST_OPS_FIRST] = {
	[ST_SETTLE] = { "settle", "SELECT desk.outbox_settle($1::bigint[])",
	    1 },
	[ST_SWEEP] = { "sweep",
	    "SELECT outbox, apply::text"
	    " FROM desk.outbox_sweep('5 seconds'::interval, $1::int)",
	    1 },
	[ST_LINE_PAGE] = { "line_page",
	    "SELECT place, apply FROM desk.line_page($1, $2::int)", 2 },
	[ST_POLICIES] = { "policies", "SELECT desk.policies()::text", 0 },
	[ST_AGENTS_PAGE] = { "agents_page", "SELECT desk.agents_page()::text",
	    0 },
	[ST_INDEX] = { "index_run", "SELECT desk.index_run($1::int)", 1 },
	[ST_PARTITIONS] = { "partitions", "SELECT desk.partitions()", 0 },
	[ST_BLOB_SWEEP] = { "blob_sweep", "SELECT desk.blob_sweep()", 0 },
	[ST_LOADS] = { "ticket_loads", "SELECT desk.ticket_loads()::text", 0 },
	[ST_WAKE] = { "wake_due",
	    "SELECT n, desk.wake_next(), desk.automations_mine() FROM"
	    " (SELECT desk.wake_due($1::int) AS n OFFSET 0) s",
	    1 },
	[ST_LEAVING] = { "leaving_run",
	    "SELECT n, desk.leaving_next(), desk.automations_mine() FROM"
	    " (SELECT desk.leaving_run($1::int) AS n OFFSET 0) s",
	    1 },
	[ST_ALARM] = { "alarms_due",
	    "SELECT n, desk.alarms_next(), desk.automations_mine() FROM"
	    " (SELECT desk.alarms_due($1::int) AS n OFFSET 0) s",
	    1 },
	[ST_PRESENCE_NOTED] = { "presence_noted",
	    "SELECT desk.presence_noted($1, $2, $3::bigint)::text", 3 },
	[ST_RULES_LOOK] = { "automations_look",
	    "SELECT desk.automations_look($1::int)", 1 },
	[ST_RULES_RUN] = { "automations_run",
	    "SELECT r, desk.outbox_mine()::text,"
	    " EXISTS (SELECT FROM desk.automation) FROM"
	    " (SELECT desk.automations_run($1::int) AS r OFFSET 0) s",
	    1 },
	[ST_RULES_SWEEP] = { "automations_sweep",
	    "SELECT desk.automations_sweep($1::int)", 1 },
	[ST_PATIENCE] = { "patience_due",
	    "SELECT n, desk.patience_next() FROM"
	    " (SELECT desk.patience_due($1::int) AS n OFFSET 0) s",
	    1 },
	[ST_DRAIN] = { "drain_due",
	    "SELECT n, desk.drain_next() FROM"
	    " (SELECT desk.drain_due($1::int) AS n OFFSET 0) s",
	    1 },
	[ST_INCIDENT] = { "incidents_run",
	    "SELECT n, desk.incidents_next(), desk.outbox_mine()::text FROM"
	    " (SELECT desk.incidents_run($1::int) AS n OFFSET 0) s",
	    1 },
	[ST_PROMISE] = { "promises_due",
	    "SELECT n, desk.promises_next(), desk.outbox_mine()::text FROM"
	    " (SELECT desk.promises_due($1::int) AS n OFFSET 0) s",
	    1 },
	[ST_SURVEY] = { "survey_due",
	    "SELECT n, desk.survey_next(), desk.outbox_mine()::text FROM"
	    " (SELECT desk.survey_due($1::int) AS n OFFSET 0) s",
	    1 },
	[ST_CLASS] = { "classes_run",
	    "SELECT n, desk.classes_next(), desk.outbox_mine()::text FROM"
	    " (SELECT desk.classes_run($1::int) AS n OFFSET 0) s",
	    1 },
	[ST_FOLLOWUP] = { "followups_due",
	    "SELECT n, desk.followups_next(), desk.outbox_mine()::text FROM"
	    " (SELECT desk.followups_due($1::int) AS n OFFSET 0) s",
	    1 },
	[ST_ACTION] = { "actions_due",
	    "SELECT n, desk.actions_next(), desk.outbox_mine()::text FROM"
	    " (SELECT desk.actions_due($1::int) AS n OFFSET 0) s",
	    1 },
	[ST_STATEMENT] = { "statements_due",
	    "SELECT n, desk.statements_next(), desk.outbox_mine()::text FROM"
	    " (SELECT desk.statements_due($1::int) AS n OFFSET 0) s",
	    1 },
	[ST_LATE] = { "late_due",
	    "SELECT n, desk.late_next(), desk.outbox_mine()::text FROM"
	    " (SELECT desk.late_due($1::int) AS n OFFSET 0) s",
	    1 },
	[ST_REPORTS_DUE] = { "reports_due",
	    "SELECT n, desk.reports_next() FROM"
	    " (SELECT desk.reports_due($1::int) AS n OFFSET 0) s",
	    1 },
	[ST_WORTH] = { "worth_run",
	    "SELECT desk.worth_run($1::int), desk.due_in(NULL)", 1 },
	[ST_FRICTION] = { "friction_run",
	    "SELECT desk.friction_run($1::int), desk.due_in(NULL)", 1 },
	[ST_IMPROVE] = { "improvements_judge",
	    "SELECT n, desk.improve_next(), desk.outbox_mine()::text FROM"
	    " (SELECT desk.improvements_judge($1::int) AS n OFFSET 0) s",
	    1 },
	[ST_CX_RUN] = { "cx_runs_keep",
	    "SELECT $1::int * desk.cx_runs_keep(), desk.due_in(NULL)", 1 },
	[ST_RETENTION] = { "retention_run",
	    "SELECT desk.retention_run($1::int), desk.due_in(NULL)", 1 },
	[ST_DRAFT_SWEEP] = { "draft_sweep", "SELECT desk.draft_sweep()", 0 },
	[ST_CLOSE] = { "close_due",
	    "SELECT n, desk.automations_mine() FROM"
	    " (SELECT desk.close_due($1::int) AS n OFFSET 0) s",
	    1 },
	[ST_REPORT] = { "report_keep", "SELECT desk.report_keep($1::int)", 1 },
	[ST_JOURNEY] = { "journey_run", "SELECT desk.journey_run($1::int)", 1 },
	[ST_PEOPLE] = { "people_chores", "SELECT desk.people_chores($1::int)",
	    1 },
	[ST_BLOB_LEAVE] = { "blob_leave", "SELECT desk.blob_leave($1::int)",
	    1 },
	[ST_ERASE_FEED_DONE] = { "erase_feed_done",
	    "SELECT desk.erase_feed_done($1::bigint)", 1 },
	[ST_CONFIG] = { "config_get",
	    "SELECT desk.config_get()::text, encode(desk.token_key(), 'hex')",
	    0 },
	[ST_LOGIN_BEGIN] = { "login_begin",
	    "SELECT desk.login_begin($1, $2)::text", 2 },
	[ST_LOGIN_END] = { "login_end",
	    "SELECT r::text, desk.outbox_mine()::text FROM"
	    " (SELECT desk.login_end($1, $2, $3::boolean, $4::jsonb,"
	    " $5::jsonb) AS r OFFSET 0) s",
	    5 },
	[ST_SETUP_TRY] = { "setup_try",
	    "SELECT desk.setup_try(decode($1, 'hex'), $2)", 2 },
	[ST_SESSION] = { "session_of",
	    "SELECT desk.session_of(decode($1, 'hex'))::text", 1 },
	[ST_KEY] = { "key_of", "SELECT desk.key_of(decode($1, 'hex'))::text",
	    1 },
	[ST_VISITOR] = { "chat_visitor",
	    "SELECT desk.chat_visitor($1::uuid, decode($2, 'hex'))::text", 2 },
	[ST_BLOB_CHUNK] = { "blob_chunk",
	    "SELECT desk.blob_chunk_of(decode($1, 'hex'), $2::int)", 2 },
	[ST_CHAT_GONE] = { "chat_gone",
	    "SELECT r::text, desk.outbox_mine()::text FROM"
	    " (SELECT desk.chat_gone($1::jsonb) AS r OFFSET 0) s",
	    1 },
	[ST_CHAT_BACK] = { "chat_back",
	    "SELECT r::text, desk.outbox_mine()::text FROM"
	    " (SELECT desk.chat_here($1::jsonb) AS r OFFSET 0) s",
	    1 },
	[ST_CHAT_PACE] = { "chat_pace", "SELECT desk.chat_pace()::text", 0 },
	[ST_AUDIT] = { "audit_put",
	    "SELECT desk.audit_put($1::jsonb, $2, $3, $4, $5::jsonb)", 5 },
	[ST_OUT_CLAIM] = { "outbound_claim",
	    "SELECT id, message::text"
	    " FROM desk.outbound_claim($1, $2::text[], $3::int)",
	    3 },
	[ST_OUT_LAPSE] = { "outbound_lapse",
	    "SELECT r, desk.outbox_mine()::text FROM"
	    " (SELECT desk.outbound_lapse($1::int) AS r OFFSET 0) s",
	    1 },
	[ST_OUT_COMMIT] = { "outbound_commit",
	    "SELECT desk.outbound_commit($1::bigint, $2, $3::int)", 3 },
	[ST_OUT_SETTLE] = { "outbound_settle",
	    "SELECT r, desk.outbox_mine()::text FROM"
	    " (SELECT desk.outbound_settle($1::bigint, $2, $3::int, $4,"
	    " $5::int, $6, $7::int) AS r OFFSET 0) s",
	    7 },
	[ST_OUT_RENEW] = { "outbound_renew",
	    "SELECT desk.outbound_renew($1::bigint[], $2)", 2 },
	[ST_OUT_RELEASE] = { "outbound_release",
	    "SELECT desk.outbound_release($1::bigint[], $2)", 2 },
	[ST_OUT_STATS] = { "outbound_stats",
	    "SELECT desk.outbound_stats()::text", 0 },
	[ST_CALLS_GONE] = { "calls_gone",
	    "SELECT id, direction, address, answered"
	    " FROM desk.calls_gone($1, $2::jsonb, $3::timestamptz)",
	    3 },
	[ST_HOOK_WORK] = { "hook_work",
	    "SELECT r::text, desk.outbox_mine()::text FROM"
	    " (SELECT desk.hook_work($1, $2::jsonb, $3::int) AS r OFFSET 0) s",
	    3 },
	[ST_HOOK_SWEEP] = { "hook_sweep", "SELECT desk.hook_sweep($1::int)",
	    1 },
	[ST_HOOK_STATS] = { "hook_stats", "SELECT desk.hook_stats()::text", 0 },
	[ST_TEST_MAIL] = { "channel_test_mail",
	    "SELECT desk.channel_test_mail($1::bigint, $2, $3, $4)", 4 },
	[ST_TEST_SEEN] = { "channel_test_seen",
	    "SELECT desk.channel_test_seen($1::bigint)::text", 1 },
	[ST_LETTER_BACK] = { "letter_back",
	    "SELECT desk.letter_back($1::bigint, $2::jsonb)", 2 },
	[ST_BOARD] = { "board", "SELECT desk.board()::text", 0 },
};

static struct pg_stmt all[ST_OPS_FIRST + OP_COUNT];
static struct pg_stmt search[1];
static size_t	      nall;
static size_t	      places[OP_COUNT];

static struct pg_stmt
stmt_of(const struct op *op)
{
	char sql[200];

	/* The function runs first: outbox_mine() tells what it wrote. */
	snprintf(sql, sizeof sql,
	    "SELECT r::text, desk.outbox_mine()::text FROM"
	    " (SELECT desk.%s($1::jsonb, $2::jsonb) AS r OFFSET 0) s",
	    op->sql);
	return ((struct pg_stmt){ op->sql, xstrdup(sql), 2 });
}

const struct pg_stmt *
stmts_ops(size_t *n)
{
	size_t i;

	if (nall == 0) {
		for (nall = 0; nall < ST_OPS_FIRST; nall++)
			all[nall] = fixed[nall];
		for (i = 0; i < OP_COUNT; i++) {
			if (ops[i].sql == NULL)
				continue;
			places[i] = nall;
			all[nall++] = stmt_of(&ops[i]);
		}
	}
	*n = nall;
	return (all);
}

const struct pg_stmt *
stmts_search(size_t *n)
{
	if (search[0].name == NULL)
		search[0] = stmt_of(&ops[OP_SEARCH]);
	*n = nitems(search);
	return (search);
}

size_t
stmts_of(const struct op *op)
{
	if (places[op_id(op)] == 0)
		bug("operation %s has no statement", op->name);
	return (places[op_id(op)]);
}
