/*
 * A session's settings; see pgsession.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "pgsession.h"

/*
 * A commit that only another machine or nobody keeps is none:
 * synchronous_commit is at least on.  Our statements are short: to compile
 * one, or to start processes for it, takes longer than to run it.
 */
const char pgsession_sql[] =
    "SELECT set_config('statement_timeout', $1, false),"
    " set_config('lock_timeout', '5s', false),"
    " set_config('idle_in_transaction_session_timeout', '10s', false),"
    " set_config('synchronous_commit',"
    "  CASE current_setting('synchronous_commit') WHEN 'remote_apply'"
    "  THEN 'remote_apply' ELSE 'on' END, false),"
    " set_config('jit', 'off', false),"
    " set_config('max_parallel_workers_per_gather', '0', false),"
    " set_config('TimeZone', 'UTC', false),"
    " set_config('DateStyle', 'ISO, YMD', false),"
    " current_setting('fsync'), current_setting('full_page_writes'),"
    " CASE WHEN pg_is_in_recovery() THEN '' ELSE"
    "  (SELECT system_identifier FROM pg_control_system()) || '.' ||"
    "  left(pg_walfile_name(pg_current_wal_lsn()), 8) END";

/* Its columns that say something. */
enum { COL_FSYNC = 8, COL_PAGES, COL_RECORDS, COLUMNS };

bool
pgsession_read(struct pgsession *s, const PGresult *res)
{
	if (PQresultStatus(res) != PGRES_TUPLES_OK ||
	    PQnfields(res) != COLUMNS || PQntuples(res) != 1)
		return (false);
	s->fsync = strcmp(PQgetvalue(res, 0, COL_FSYNC), "on") == 0;
	s->full_page_writes = strcmp(PQgetvalue(res, 0, COL_PAGES), "on") == 0;
	snprintf(s->records, sizeof s->records, "%s",
	    PQgetvalue(res, 0, COL_RECORDS));
	return (true);
}

void
pgsession_warn(const struct pgsession *s, const char *name)
{
	static const char lost[] =
	    "what is accepted can be lost when the machine stops";

	if (!s->fsync)
		log_warn("%s finds fsync off: %s", name, lost);
	if (!s->full_page_writes)
		log_warn("%s finds full_page_writes off: %s", name, lost);
}
