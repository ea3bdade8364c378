/*
 * Operations of access: passwords and API keys.
 */
#include <jansson.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "base/mem.h"
#include "daemon.h"
#include "dispatch.h"
#include "opdo.h"
#include "password.h"
#include "signin.h"

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
	/* His own session stays; a new password of another's ends them all. */
	if (strcmp(ask_text(a, "login"), a->caller.who) == 0)
		json_object_set_new(
		    a->args, "token", json_string(a->caller.token));
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
	signin_compare(a, r, old != NULL ? old : "", user_old_checked);
}

/* Refuses what may not be at all; whose it is, is known. */
static bool
user_password_may(struct ask *a, bool own)
{
	const char *old = ask_text(a, "old");

	if (!own && (a->caller.role < ROLE_ADMIN || a->caller.must_change)) {
		opdo_later(a, ASK_DENIED,
		    a->caller.must_change
			? "Change your own password first."
			: "Only an administrator sets another's password.");
		return (false);
	}
	if (!password_is_long(ask_text(a, "password"))) {
		opdo_later_member(a, ASK_INVALID, "password",
		    "A password has 10 characters at least.");
		return (false);
	}
	if (own && old != NULL && strcmp(old, ask_text(a, "password")) == 0) {
		opdo_later_member(a, ASK_INVALID, "password",
		    "That is the password that you have.");
		return (false);
	}
	return (true);
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
	if (!user_password_may(a, own))
		return;
	if (own)
		signin_ask(a, login, user_old_got);
	else
		user_password_hash(a);
}

void
op_do_USER_TOTP_RESET(struct ask *a)
{
	dispatch_sql_then(a, access_changed);
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
	char text[SECRET_TEXT], hash[SECRET_HASH];

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
