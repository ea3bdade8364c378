/*
 * Operations of access: logins and sessions.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "daemon.h"
#include "dispatch.h"
#include "opdo.h"
#include "outbox.h"
#include "signin.h"
#include "stats.h"
#include "stmts.h"
#include "store/pgparam.h"

/* Who was not let in: by his password, or by the second factor. */
static void
login_refuse(struct ask *a, const char *code)
{
	if (code != NULL && strcmp(code, "wanted") == 0) {
		ask_refuse(a, ASK_NOAUTH, "code",
		    "The password is right; give the code of your app too.");
		return;
	}
	stats_add(COUNT_LOGIN_FAILURES, 1);
	if (code != NULL)
		ask_refuse(a, ASK_NOAUTH, "code",
		    "That code is not right, or was used before.");
	else
		ask_refuse(a, ASK_NOAUTH, NULL,
		    "That login and password do not belong together.");
}

static void
login_ended(uint64_t id, const struct pg_reply *r)
{
	struct ask *a = ask_find(id);
	json_t	   *j;

	if (a == NULL)
		return;
	if (r->how != PG_DONE) {
		ask_refuse_pg(a, r);
		return;
	}
	j = PQgetisnull(r->res, 0, 0)
	    ? NULL
	    : json_loads(PQgetvalue(r->res, 0, 0), JSON_DECODE_ANY, NULL);
	/* The session that this browser had is over. */
	outbox_take_json(a->d->outbox, PQgetvalue(r->res, 0, 1),
	    (size_t)PQgetlength(r->res, 0, 1));
	if (ask_text(a, "ended") != NULL)
		access_forget(a->d->access);
	if (json_object_get(j, "who") != NULL)
		signin_done(a, j);
	else
		login_refuse(a, json_string_value(json_object_get(j, "code")));
	json_decref(j);
}

/*
 * The password was compared: the database counts, looks at the second factor,
 * and opens the session.
 */
static void
login_checked(uint64_t id, bool right)
{
	struct pg_param p[5];
	struct ask     *a = ask_find(id);
	json_t	       *proof, *session;
	char	       *proved, *begun;

	if (a == NULL || (proof = signin_proof(a)) == NULL)
		return;
	if ((session = signin_session(a)) == NULL) {
		json_decref(proof);
		return;
	}
	proved = json_dumps(proof, JSON_COMPACT);
	begun = json_dumps(session, JSON_COMPACT);
	json_decref(proof);
	json_decref(session);
	p[0] = pgparam_str(ask_text(a, "login"));
	p[1] = pgparam_str(a->caller.from);
	p[2] = pgparam_str(right ? "true" : "false");
	p[3] = pgparam_str(proved);
	p[4] = pgparam_str(begun);
	if (!pool_ask(a->d->pg_ops, a->id, ST_LOGIN_END, p, login_ended))
		ask_refuse(a, ASK_TRYAGAIN, NULL,
		    "The desk's records cannot be reached now. Try again.");
	free(proved);
	free(begun);
}

static void
login_begun(uint64_t id, const struct pg_reply *r)
{
	struct ask *a = ask_find(id);

	if (a != NULL)
		signin_compare(a, r, ask_text(a, "password"), login_checked);
}

void
op_do_LOGIN(struct ask *a)
{
	signin_here(a);
	signin_ask(a, ask_text(a, "login"), login_begun);
}

static void
logout_got(struct ask *a, const char *json, size_t n)
{
	access_forget(a->d->access);
	ask_answer(a, &(struct answer){ .json = json, .n = n, .cookie = "" });
}

void
op_do_LOGOUT(struct ask *a)
{
	/* The session is the caller's own: he cannot name another. */
	json_object_set_new(a->args, "token", json_string(a->caller.token));
	dispatch_sql_then(a, logout_got);
}

static void
whoami_got(struct ask *a, const char *json, size_t n)
{
	json_t *j = json_loadb(json, n, 0, NULL);

	if (!json_is_object(j)) {
		json_decref(j);
		ask_refuse(a, ASK_INTERNAL, NULL, "The desk does not know.");
		return;
	}
	json_object_set_new(j, "csrf", json_string(a->caller.csrf));
	ask_done_json(a, j);
}

void
op_do_WHOAMI(struct ask *a)
{
	dispatch_sql_then(a, whoami_got);
}

void
op_do_SESSION_LIST(struct ask *a)
{
	signin_here(a);
	json_object_set_new(a->args, "token", json_string(a->caller.token));
	if (ask_text(a, "here") != NULL)
		json_object_set(
		    a->args, "device", json_object_get(a->args, "here"));
	dispatch_sql(a);
}

static void
session_ended(struct ask *a, const char *json, size_t n)
{
	access_forget(a->d->access);
	ask_done(a, json, n);
}

void
op_do_SESSION_END(struct ask *a)
{
	dispatch_sql_then(a, session_ended);
}
