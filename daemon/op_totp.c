/*
 * Operations of the second factor: begun with the password, confirmed by the
 * first code, ended by another.
 */
#include <jansson.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "base/buf.h"
#include "base/mem.h"
#include "daemon.h"
#include "desk/rules.h"
#include "dispatch.h"
#include "edge/seal.h"
#include "edge/totp.h"
#include "opdo.h"
#include "settings.h"
#include "signin.h"

#define RECOVERY_CODES 10

/* Only an agent has a second factor; he tries under a login's limits. */
static void
totp_ask(struct ask *a, pg_got *got)
{
	if (a->caller.agent == 0)
		opdo_later(a, ASK_INVALID,
		    "Only an agent has this: log in with a password.");
	else if (a->d->totp_key_id[0] == '\0')
		opdo_later(a, ASK_INTERNAL,
		    "This daemon has no totp.key in its state_dir; its log "
		    "says why.");
	else
		signin_ask(a, a->caller.who, got);
}

/* {"secret","uri"}, kept until the records have the secret sealed. */
static char *
totp_shown(const struct ask *a, const char *text)
{
	struct buf uri;
	json_t	  *j;
	char	  *shown;

	buf_init(&uri, 0);
	totp_uri(&uri,
	    a->d->rules != NULL ? rules_company(a->d->rules)->name
				: a->d->settings->hostname,
	    a->caller.who, text);
	j = json_pack("{s:s,s:s}", "secret", text, "uri", uri.p);
	shown = json_dumps(j, JSON_COMPACT);
	json_decref(j);
	buf_free(&uri);
	return (shown);
}

static void
totp_begun(struct ask *a, const char *json, size_t n)
{
	(void)json;
	(void)n;
	ask_done(a, a->kept, strlen(a->kept));
}

static void
totp_begin_checked(uint64_t id, bool right)
{
	struct ask *a = ask_find(id);
	uint8_t	    secret[TOTP_SECRET_LEN];
	char	    text[TOTP_TEXT_LEN + 1], sealed[SEAL_TEXT(TOTP_SECRET_LEN)];
	char	    bound[32];
	bool	    good;

	if (a == NULL)
		return;
	if (!right) {
		ask_refuse(
		    a, ASK_DENIED, "password", "That is not your password.");
		return;
	}
	snprintf(bound, sizeof bound, "totp:%d", a->caller.agent);
	good = random_bytes(secret, sizeof secret) && totp_text(text, secret) &&
	    seal_put(sealed, a->d->totp_key, bound, secret, sizeof secret);
	OPENSSL_cleanse(secret, sizeof secret);
	if (!good || (a->kept = totp_shown(a, text)) == NULL) {
		ask_refuse(a, ASK_INTERNAL, NULL, "There is no randomness.");
		return;
	}
	json_object_clear(a->args);
	json_object_set_new(a->args, "sealed", json_string(sealed));
	json_object_set_new(a->args, "key", json_string(a->d->totp_key_id));
	dispatch_sql_then(a, totp_begun);
}

static void
totp_begin_got(uint64_t id, const struct pg_reply *r)
{
	struct ask *a = ask_find(id);

	if (a != NULL)
		signin_compare(
		    a, r, ask_text(a, "password"), totp_begin_checked);
}

void
op_do_TOTP_BEGIN(struct ask *a)
{
	totp_ask(a, totp_begin_got);
}

static void
totp_confirmed(struct ask *a, const char *json, size_t n)
{
	(void)json;
	(void)n;
	access_forget(a->d->access);
	ask_done(a, a->kept, strlen(a->kept));
}

/* Ten fresh codes: what is shown in a->kept, their digests for the records. */
static json_t *
recovery_make(struct ask *a)
{
	char	text[SECRET_TEXT], hash[SECRET_HASH];
	json_t *codes = json_array(), *hashes = json_array(), *shown;
	int	i;

	for (i = 0; i < RECOVERY_CODES; i++) {
		if (!secret_typed(text, hash)) {
			json_decref(codes);
			json_decref(hashes);
			return (NULL);
		}
		json_array_append_new(codes, json_string(text));
		json_array_append_new(hashes, json_string(hash));
	}
	shown = json_pack("{s:o}", "codes", codes);
	a->kept = json_dumps(shown, JSON_COMPACT);
	json_decref(shown);
	return (hashes);
}

static void
totp_confirm_got(uint64_t id, const struct pg_reply *r)
{
	struct ask *a = ask_find(id);
	json_t	   *proof, *recovery, *totp, *step;

	if (a == NULL || !signin_may(a, r))
		return;
	totp = json_object_get(a->args, "totp");
	if (!json_is_object(totp)) {
		ask_refuse(a, ASK_INVALID, NULL,
		    "There is nothing to confirm: begin a second factor "
		    "first.");
		return;
	}
	if ((proof = signin_proof(a)) == NULL)
		return;
	step = json_object_get(proof, "step");
	if (step == NULL) {
		ask_refuse(a, ASK_DENIED, "code",
		    "That code is not right, or was used before.");
	} else if ((recovery = recovery_make(a)) == NULL) {
		ask_refuse(a, ASK_INTERNAL, NULL, "There is no randomness.");
	} else {
		json_object_set(a->args, "step", step);
		json_object_set(
		    a->args, "sealed", json_object_get(totp, "sealed"));
		json_object_set_new(a->args, "recovery", recovery);
		json_object_set_new(
		    a->args, "token", json_string(a->caller.token));
		json_object_del(a->args, "code");
		dispatch_sql_then(a, totp_confirmed);
	}
	json_decref(proof);
}

void
op_do_TOTP_CONFIRM(struct ask *a)
{
	totp_ask(a, totp_confirm_got);
}

static void
totp_ended(struct ask *a, const char *json, size_t n)
{
	access_forget(a->d->access);
	ask_done(a, json, n);
}

static void
totp_end_got(uint64_t id, const struct pg_reply *r)
{
	struct ask *a = ask_find(id);
	json_t	   *proof;

	if (a == NULL || !signin_may(a, r) || (proof = signin_proof(a)) == NULL)
		return;
	json_object_set_new(a->args, "proof", proof);
	json_object_set_new(a->args, "token", json_string(a->caller.token));
	json_object_del(a->args, "code");
	dispatch_sql_then(a, totp_ended);
}

void
op_do_TOTP_END(struct ask *a)
{
	totp_ask(a, totp_end_got);
}
