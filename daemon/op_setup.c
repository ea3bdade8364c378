/*
 * Operations of the first start: a code from this machine's console makes the
 * first administrator.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "base/mem.h"
#include "daemon.h"
#include "desk/typed.h"
#include "dispatch.h"
#include "opdo.h"
#include "password.h"
#include "settings.h"
#include "signin.h"
#include "stats.h"
#include "stmts.h"
#include "store/pgparam.h"

/*
 * Where a browser finds this daemon: by TLS when it has that; by name, unless
 * it listens on one address alone.
 */
static void
setup_link(const struct ask *a, char *out, size_t size, const char *code)
{
	const struct settings *s = a->d->settings;
	bool		       tls = s->listen_https[0] != '\0';
	const char *at = tls ? s->listen_https : s->listen_http, *port;
	bool	    any;

	port = strrchr(at, ':');
	any = at[0] == '*' || at[0] == ':' || strncmp(at, "0.0.0.0:", 8) == 0 ||
	    strncmp(at, "[::]:", 5) == 0;
	snprintf(out, size, "%s://%.*s%s/d/start?code=%s",
	    tls ? "https" : "http",
	    any		       ? (int)strlen(s->hostname)
		: port != NULL ? (int)(port - at)
			       : (int)strlen(at),
	    any ? s->hostname : at, port != NULL ? port : "", code);
}

static void
setup_coded(struct ask *a, const char *json, size_t n)
{
	json_t *j = json_loadb(json, n, 0, NULL);
	char	link[512];

	if (!json_is_object(j))
		j = json_object();
	setup_link(a, link, sizeof link, a->kept);
	json_object_set_new(j, "code", json_string(a->kept));
	json_object_set_new(j, "link", json_string(link));
	ask_done_json(a, j);
}

void
op_do_SETUP_CODE(struct ask *a)
{
	char text[SECRET_TEXT], hash[SECRET_HASH];

	if (strcmp(a->caller.via, "control") != 0) {
		opdo_later(a, ASK_DENIED,
		    "Only this machine's console gives that: deskctl setup.");
		return;
	}
	if (!secret_typed(text, hash)) {
		opdo_later(a, ASK_INTERNAL, "There is no randomness.");
		return;
	}
	a->kept = xstrdup(text);
	json_object_set_new(a->args, "hash", json_string(hash));
	dispatch_sql_then(a, setup_coded);
}

static void
setup_begun(struct ask *a, const char *json, size_t n)
{
	json_t *j = json_loadb(json, n, 0, NULL);

	access_forget(a->d->access);
	signin_done(a, j);
	json_decref(j);
}

static void
setup_password_made(uint64_t id, const char *encoded)
{
	struct ask *a = ask_find(id);
	json_t	   *session;

	if (a == NULL)
		return;
	if (encoded == NULL) {
		ask_refuse(
		    a, ASK_INTERNAL, NULL, "The password could not be hashed.");
		return;
	}
	if ((session = signin_session(a)) == NULL)
		return;
	json_object_del(a->args, "password");
	json_object_del(a->args, "code");
	json_object_set_new(a->args, "encoded", json_string(encoded));
	json_object_set_new(a->args, "session", session);
	dispatch_sql_then(a, setup_begun);
}

/* Nobody has a password hashed here who has not the code. */
static void
setup_tried(uint64_t id, const struct pg_reply *r)
{
	struct ask *a = ask_find(id);
	int	    wait;

	if (a == NULL)
		return;
	if (r->how != PG_DONE) {
		ask_refuse_pg(a, r);
		return;
	}
	wait = atoi(PQgetvalue(r->res, 0, 0));
	if (wait > 0) {
		ask_answer(a,
		    &(struct answer){ .code = ASK_TOOMANY,
			.words = "Too many tries. Wait a little.",
			.retry = wait });
	} else if (wait < 0) {
		stats_add(COUNT_LOGIN_FAILURES, 1);
		ask_refuse(a, ASK_DENIED, "code",
		    "This code is not right, or was used, or is too old.");
	} else if (!password_make(a->d->hashing, ask_text(a, "password"),
		       setup_password_made, a->id)) {
		ask_refuse(a, ASK_TOOMANY, NULL,
		    "Many log in at this moment. Try again.");
	}
}

void
op_do_SETUP_BEGIN(struct ask *a)
{
	char		letters[TYPED_LETTERS + 1], hash[SECRET_HASH];
	struct pg_param p[2];

	if (!password_is_long(ask_text(a, "password"))) {
		opdo_later_member(a, ASK_INVALID, "password",
		    "A password has 10 characters at least.");
		return;
	}
	signin_here(a);
	/* What is no code has the digest of nothing that anybody was given. */
	if (!typed_read(letters, ask_text(a, "code")))
		letters[0] = '\0';
	secret_hash(hash, letters);
	json_object_set_new(a->args, "hash", json_string(hash));
	p[0] = pgparam_str(hash);
	p[1] = pgparam_str(a->caller.from);
	if (!pool_ask(a->d->pg_ops, a->id, ST_SETUP_TRY, p, setup_tried))
		opdo_later(a, ASK_TRYAGAIN,
		    "The desk's records cannot be reached now. Try again.");
}
