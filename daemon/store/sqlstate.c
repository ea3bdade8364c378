/*
 * SQLSTATEs by meaning; see sqlstate.h and appendix A of PostgreSQL's manual.
 */
#include <stdio.h>
#include <string.h>

#include "base/def.h"
#include "sqlstate.h"

struct state {
	const char	 *prefix; /* of the five characters */
	enum pg_how	  how;
	enum sqlstate_act act;
};

/* The first whose prefix fits; the last fits all. */
static const struct state states[] = {
	{ "08", PG_LATER, ACT_REDIAL },	   /* connection exceptions */
	{ "0A000", PG_LATER, ACT_REDIAL }, /* a plan outlived its table */
	{ "25006", PG_LATER, ACT_KEEP },   /* read only: a standby, or set so */
	{ "25", PG_LATER, ACT_REDIAL },	   /* in a transaction we know not of */
	{ "26000", PG_LATER, ACT_REDIAL }, /* our statements are gone */
	{ "40001", PG_LATER, ACT_REPEAT }, /* serialization failure */
	{ "40P01", PG_LATER, ACT_REPEAT }, /* deadlock */
	{ "40003", PG_LATER, ACT_REDIAL }, /* completion unknown */
	{ "53", PG_LATER, ACT_KEEP },	   /* disk, memory, connections */
	{ "55006", PG_LATER, ACT_KEEP },   /* object in use */
	{ "55P03", PG_LATER, ACT_KEEP },   /* lock_timeout */
	{ "57014", PG_LATER, ACT_KEEP },   /* statement_timeout, or cancelled */
	{ "57P", PG_LATER, ACT_REDIAL },   /* shut down, crashed, starting */
	{ "58", PG_LATER, ACT_KEEP },	   /* the operating system's errors */
	{ "DK002", PG_LATER, ACT_KEEP },   /* a blob is not whole (yet) */
	{ "", PG_NEVER, ACT_KEEP },
};

static const struct state *
state_find(const char *s)
{
	size_t i;

	for (i = 0; i < nitems(states) - 1; i++)
		if (strncmp(s, states[i].prefix, strlen(states[i].prefix)) == 0)
			break;
	return (&states[i]);
}

static const char *
field(const PGresult *res, int which)
{
	const char *s = PQresultErrorField(res, which);

	return (s != NULL ? s : "");
}

static enum sqlstate_act
judge_error(const PGresult *res, struct pg_reply *r)
{
	const char	   *said = field(res, PG_DIAG_SQLSTATE);
	const struct state *s = state_find(said);

	r->how = s->how;
	snprintf(r->sqlstate, sizeof r->sqlstate, "%s", said);
	r->message = field(res, PG_DIAG_MESSAGE_PRIMARY);
	r->detail = field(res, PG_DIAG_MESSAGE_DETAIL);
	r->hint = field(res, PG_DIAG_MESSAGE_HINT);
	return (s->act);
}

enum sqlstate_act
sqlstate_judge(const PGresult *res, struct pg_reply *r)
{
	*r = (struct pg_reply){ .detail = "", .hint = "" };
	switch (PQresultStatus(res)) { /* of NULL: PGRES_FATAL_ERROR */
	case PGRES_TUPLES_OK:
	case PGRES_COMMAND_OK:
		r->how = PG_DONE;
		r->res = res;
		r->message = "";
		return (ACT_KEEP);
	case PGRES_FATAL_ERROR:
		if (field(res, PG_DIAG_SQLSTATE)[0] != '\0')
			return (judge_error(res, r));
		r->how = PG_LATER; /* libpq's own: PostgreSQL said nothing */
		r->message = "outcome unknown: the connection was lost";
		return (ACT_REDIAL);
	default: /* COPY, an empty text: a statement that is no query */
		r->how = PG_NEVER;
		r->message = "the statement is no query";
		return (ACT_REDIAL);
	}
}
