/*
 * Operations of access: logins, passwords, API keys.
 */
#include <jansson.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "base/hex.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "daemon.h"
#include "dispatch.h"
#include "edge/hmac.h"
#include "opdo.h"
#include "password.h"
#include "stats.h"
#include "stmts.h"
#include "store/pgparam.h"

#define TOKEN_BYTES 24 /* 192 bits; ASVS 7.2.3 asks for 128 */

/* A new secret as text, and its SHA-256 as hexadecimal. */
static bool
secret_make(char text[40], char hash[65])
{
	uint8_t bytes[TOKEN_BYTES], digest[SHA256_LEN];

	if (!random_bytes(bytes, sizeof bytes))
		return (false);
	base64url_put(text, bytes, sizeof bytes);
	if (!sha256(digest, text, strlen(text)))
		return (false);
	hex_put(hash, digest, sizeof digest);
	return (true);
}

static void
login_ended(uint64_t id, const struct pg_reply *r)
{
	struct ask *a = ask_find(id);
	json_t	   *j, *out;
	char	   *text;

	if (a == NULL)
		return;
	if (r->how != PG_DONE) {
		ask_refuse_pg(a, r);
		return;
	}
	j = PQgetisnull(r->res, 0, 0)
	    ? NULL
	    : json_loads(PQgetvalue(r->res, 0, 0), JSON_DECODE_ANY, NULL);
	if (!json_is_object(j)) {
		json_decref(j);
		stats_add(COUNT_LOGIN_FAILURES, 1);
		ask_refuse(a, ASK_NOAUTH, NULL,
		    "That login and password do not belong together.");
		return;
	}
	out = json_pack("{s:O?,s:O?,s:s}", "login", json_object_get(j, "who"),
	    "role", json_object_get(j, "role"), "csrf", a->caller.csrf);
	json_decref(j);
	text = out != NULL ? json_dumps(out, JSON_COMPACT) : NULL;
	json_decref(out);
	if (text == NULL)
		ask_refuse(a, ASK_INTERNAL, NULL, "The login went wrong.");
	else
		ask_answer(a,
		    &(struct answer){
			.json = text, .n = strlen(text), .cookie = a->kept });
	free(text);
}

/* The password was compared: the database counts, and opens the session. */
static void
login_checked(uint64_t id, bool right)
{
	struct pg_param p[5];
	struct ask     *a = ask_find(id);
	char		token[40], hash[65], csrf[40], unused[65];

	if (a == NULL)
		return;
	if (!secret_make(token, hash) || !secret_make(csrf, unused)) {
		ask_refuse(a, ASK_INTERNAL, NULL, "There is no randomness.");
		return;
	}
	free(a->kept);
	a->kept = xstrdup(token);
	snprintf(a->caller.csrf, sizeof a->caller.csrf, "%s", csrf);
	p[0] = pgparam_str(ask_text(a, "login"));
	p[1] = pgparam_str(a->caller.from);
	p[2] = pgparam_str(right ? "true" : "false");
	p[3] = pgparam_str(hash);
	p[4] = pgparam_str(csrf);
	if (!pool_ask(a->d->pg_ops, a->id, ST_LOGIN_END, p, login_ended))
		ask_refuse(a, ASK_TRYAGAIN, NULL,
		    "The desk's records cannot be reached now. Try again.");
}

/*
 * What login_begin() said of an account: the typed password goes to be
 * compared, unless it has to wait.
 */
static void
login_compare(struct ask *a, const struct pg_reply *r, const char *typed,
    password_checked *checked)
{
	json_t *j;
	int64_t wait;

	if (r->how != PG_DONE) {
		ask_refuse_pg(a, r);
		return;
	}
	j = json_loads(PQgetvalue(r->res, 0, 0), JSON_DECODE_ANY, NULL);
	wait = json_integer_value(json_object_get(j, "wait"));
	if (wait > 0)
		ask_answer(a,
		    &(struct answer){ .code = ASK_TOOMANY,
			.words = "Too many tries. Wait a little.",
			.retry = (int)wait });
	else if (!password_check(a->d->hashing,
		     json_string_value(json_object_get(j, "password")), typed,
		     checked, a->id))
		ask_refuse(a, ASK_TOOMANY, NULL,
		    "Many log in at this moment. Try again.");
	json_decref(j);
}

/* Asks what there is to compare with; the try counts from here on. */
static void
login_ask(struct ask *a, pg_got *got)
{
	struct pg_param p[2];

	p[0] = pgparam_str(ask_text(a, "login"));
	p[1] = pgparam_str(a->caller.from);
	if (!pool_ask(a->d->pg_ops, a->id, ST_LOGIN_BEGIN, p, got))
		opdo_later(a, ASK_TRYAGAIN,
		    "The desk's records cannot be reached now. Try again.");
}

static void
login_begun(uint64_t id, const struct pg_reply *r)
{
	struct ask *a = ask_find(id);

	if (a != NULL)
		login_compare(a, r, ask_text(a, "password"), login_checked);
}

void
op_do_LOGIN(struct ask *a)
{
	login_ask(a, login_begun);
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

void
op_do_WHOAMI(struct ask *a)
{
	json_t *j;

	j = json_pack("{s:s,s:s,s:s}", "login", a->caller.who, "role",
	    role_name(a->caller.role), "csrf", a->caller.csrf);
	opdo_done_later(a, j);
}

static void
access_changed(struct ask *a, const char *json, size_t n)
{
	access_forget(a->d->access);
	ask_done(a, json, n);
}

static void
user_password_made(uint64_t id, const char *encoded)
{
	struct ask *a = ask_find(id);

	if (a == NULL)
		return;
	if (encoded == NULL) {
		ask_refuse(
		    a, ASK_INTERNAL, NULL, "The password could not be hashed.");
		return;
	}
	json_object_del(a->args, "password");
	json_object_del(a->args, "old");
	json_object_set_new(a->args, "encoded", json_string(encoded));
	dispatch_sql_then(a, access_changed);
}

static void
user_password_hash(struct ask *a)
{
	if (!password_make(a->d->hashing, ask_text(a, "password"),
		user_password_made, a->id))
		opdo_later(
		    a, ASK_TOOMANY, "Many log in at this moment. Try again.");
}

static void
user_old_checked(uint64_t id, bool right)
{
	struct ask *a = ask_find(id);

	if (a == NULL)
		return;
	if (!right)
		ask_refuse(a, ASK_DENIED, "old",
		    "That is not your password until now.");
	else
		user_password_hash(a);
}

/* The attempt limits of a login hold here too. */
static void
user_old_got(uint64_t id, const struct pg_reply *r)
{
	struct ask *a = ask_find(id);
	const char *old;

	if (a == NULL)
		return;
	old = ask_text(a, "old");
	login_compare(a, r, old != NULL ? old : "", user_old_checked);
}

static size_t
characters(const char *s)
{
	size_t	 n = 0, len, left = strlen(s);
	uint32_t c;

	for (; left > 0; s += len, left -= len, n++)
		if ((len = utf8_get(s, left, &c)) == 0)
			len = 1;
	return (n);
}

void
op_do_USER_PASSWORD(struct ask *a)
{
	const char *login = ask_text(a, "login");
	bool	    own;

	if (strcmp(login, "me") == 0) {
		json_object_set_new(
		    a->args, "login", json_string(a->caller.who));
		login = ask_text(a, "login");
	}
	own = strcmp(login, a->caller.who) == 0;
	if (!own && a->caller.role < ROLE_ADMIN) {
		opdo_later(a, ASK_DENIED,
		    "Only an administrator sets another's password.");
		return;
	}
	if (characters(ask_text(a, "password")) < PASSWORD_MIN) {
		opdo_later(
		    a, ASK_INVALID, "A password has 10 characters at least.");
		return;
	}
	if (!own || a->caller.role == ROLE_ADMIN) {
		user_password_hash(a);
		return;
	}
	login_ask(a, user_old_got);
}

static void
key_added(struct ask *a, const char *json, size_t n)
{
	json_t *j = json_loadb(json, n, 0, NULL);

	if (!json_is_object(j))
		j = json_object();
	json_object_set_new(j, "key", json_string(a->kept));
	ask_done_json(a, j);
}

void
op_do_KEY_ADD(struct ask *a)
{
	char text[40], hash[65];

	if (!secret_make(text, hash)) {
		opdo_later(a, ASK_INTERNAL, "There is no randomness.");
		return;
	}
	a->kept = xstrdup(text);
	OPENSSL_cleanse(text, sizeof text);
	json_object_set_new(a->args, "hash", json_string(hash));
	dispatch_sql_then(a, key_added);
}

void
op_do_KEY_REVOKE(struct ask *a)
{
	dispatch_sql_then(a, access_changed);
}
