/*
 * What logins have in common; see signin.h.
 */
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/log.h"
#include "base/mem.h"
#include "cookie.h"
#include "daemon.h"
#include "desk/typed.h"
#include "edge/seal.h"
#include "edge/totp.h"
#include "opdo.h"
#include "signin.h"
#include "stmts.h"
#include "store/pgparam.h"

#define TOKEN_BYTES 24 /* 192 bits; ASVS 7.2.3 asks for 128 */

static const char records_away[] =
    "The desk's records cannot be reached now. Try again.";

bool
secret_make(char text[SECRET_TEXT], char hash[SECRET_HASH])
{
	uint8_t bytes[TOKEN_BYTES];

	if (!random_bytes(bytes, sizeof bytes))
		return (false);
	base64url_put(text, bytes, sizeof bytes);
	secret_hash(hash, text);
	return (hash[0] != '\0');
}

void
secret_hash(char hash[SECRET_HASH], const char *text)
{
	uint8_t digest[SHA256_LEN];

	hash[0] = '\0';
	if (sha256(digest, text, strlen(text)))
		hex_put(hash, digest, sizeof digest);
}

bool
secret_typed(char text[SECRET_TEXT], char hash[SECRET_HASH])
{
	uint8_t bytes[TYPED_BYTES];
	char	letters[TYPED_LETTERS + 1];

	if (!random_bytes(bytes, sizeof bytes))
		return (false);
	typed_put(text, bytes);
	if (!typed_read(letters, text))
		return (false);
	secret_hash(hash, letters);
	return (hash[0] != '\0');
}

void
signin_ask(struct ask *a, const char *login, pg_got *got)
{
	struct pg_param p[2];

	p[0] = pgparam_str(login);
	p[1] = pgparam_str(a->caller.from);
	if (!pool_ask(a->d->pg_ops, a->id, ST_LOGIN_BEGIN, p, got))
		opdo_later(a, ASK_TRYAGAIN, records_away);
}

/* What login_begin() said; NULL, and the ask answered, when he has to wait. */
static json_t *
account_of(struct ask *a, const struct pg_reply *r)
{
	json_t *j;
	int64_t wait;

	if (r->how != PG_DONE) {
		ask_refuse_pg(a, r);
		return (NULL);
	}
	j = json_loads(PQgetvalue(r->res, 0, 0), JSON_DECODE_ANY, NULL);
	wait = json_integer_value(json_object_get(j, "wait"));
	if (wait > 0) {
		ask_answer(a,
		    &(struct answer){ .code = ASK_TOOMANY,
			.words = "Too many tries. Wait a little.",
			.retry = (int)wait });
		json_decref(j);
		return (NULL);
	}
	json_object_set(a->args, "totp", json_object_get(j, "totp"));
	json_object_set(a->args, "account", json_object_get(j, "agent"));
	return (j);
}

void
signin_compare(struct ask *a, const struct pg_reply *r, const char *typed,
    password_checked *checked)
{
	json_t *j = account_of(a, r);

	if (j == NULL)
		return;
	if (!password_check(a->d->hashing,
		json_string_value(json_object_get(j, "password")), typed,
		checked, a->id))
		ask_refuse(a, ASK_TOOMANY, NULL,
		    "Many log in at this moment. Try again.");
	json_decref(j);
}

bool
signin_may(struct ask *a, const struct pg_reply *r)
{
	json_t *j = account_of(a, r);

	json_decref(j);
	return (j != NULL);
}

/* The step of an app's code; false when this daemon has not the key. */
static bool
step_of(struct ask *a, const char *code, int64_t *step)
{
	const json_t *totp = json_object_get(a->args, "totp");
	const char   *key = json_string_value(json_object_get(totp, "key"));
	const char *sealed = json_string_value(json_object_get(totp, "sealed"));
	uint8_t	    secret[TOTP_SECRET_LEN];
	char	    bound[32];

	*step = 0;
	if (sealed == NULL || key == NULL)
		return (true);
	snprintf(bound, sizeof bound, "totp:%lld",
	    (long long)json_integer_value(json_object_get(a->args, "account")));
	if (strcmp(key, a->d->totp_key_id) != 0 ||
	    !seal_get(secret, sizeof secret, a->d->totp_key, bound, sealed)) {
		log_error("a second factor is sealed by key %s, and this "
			  "daemon's totp.key is %s",
		    key,
		    a->d->totp_key_id[0] != '\0' ? a->d->totp_key_id
						 : "missing");
		return (false);
	}
	*step = totp_step(secret, code, clock_wall() / 1000);
	OPENSSL_cleanse(secret, sizeof secret);
	return (true);
}

json_t *
signin_proof(struct ask *a)
{
	const char *code = ask_text(a, "code");
	char	    letters[TYPED_LETTERS + 1], hash[SECRET_HASH], app[8];
	json_t	   *proof = json_object();
	int64_t	    step;
	size_t	    n = 0;

	if (ask_text(a, "here") != NULL)
		json_object_set(
		    proof, "device", json_object_get(a->args, "here"));
	if (code == NULL || code[0] == '\0')
		return (proof);
	json_object_set_new(proof, "code", json_true());
	if (typed_read(letters, code)) {
		secret_hash(hash, letters);
		json_object_set_new(proof, "recovery", json_string(hash));
		return (proof);
	}
	/* Apps show "123 456". */
	for (; *code != '\0' && n < sizeof app; code++)
		if (*code != ' ')
			app[n++] = *code;
	if (n != 6)
		return (proof);
	app[n] = '\0';
	if (!step_of(a, app, &step)) {
		json_decref(proof);
		ask_refuse(a, ASK_INTERNAL, "code",
		    "This daemon cannot check codes of an app; its log says "
		    "why. A recovery code is well.");
		return (NULL);
	}
	if (step > 0)
		json_object_set_new(proof, "step", json_integer(step));
	return (proof);
}

json_t *
signin_session(struct ask *a)
{
	char	token[SECRET_TEXT], csrf[SECRET_TEXT], device[SECRET_TEXT];
	char	hash[SECRET_HASH], unused[SECRET_HASH], known[SECRET_HASH];
	json_t *j;

	if (!secret_make(token, hash) || !secret_make(csrf, unused) ||
	    !secret_make(device, known)) {
		ask_refuse(a, ASK_INTERNAL, NULL, "There is no randomness.");
		return (NULL);
	}
	free(a->kept);
	a->kept = xstrdup(token);
	snprintf(a->caller.csrf, sizeof a->caller.csrf, "%s", csrf);
	j = json_pack("{s:s,s:s,s:O*,s:O*}", "token", hash, "csrf", csrf,
	    "browser", json_object_get(a->args, "browser"), "ended",
	    json_object_get(a->args, "ended"));
	if (ask_flag(a, "remember")) {
		json_object_set_new(j, "remember", json_string(known));
		json_object_set_new(a->args, "device", json_string(device));
	}
	OPENSSL_cleanse(token, sizeof token);
	OPENSSL_cleanse(device, sizeof device);
	return (j);
}

void
signin_done(struct ask *a, const json_t *caller)
{
	bool remembered = json_is_true(json_object_get(caller, "remembered"));
	json_t *out;
	char   *text;

	out = json_pack("{s:O?,s:O?,s:s,s:b}", "login",
	    json_object_get(caller, "who"), "role",
	    json_object_get(caller, "role"), "csrf", a->caller.csrf,
	    "must_change",
	    json_is_true(json_object_get(caller, "must_change")));
	text = out != NULL ? json_dumps(out, JSON_COMPACT) : NULL;
	json_decref(out);
	if (text == NULL)
		ask_refuse(a, ASK_INTERNAL, NULL, "The login went wrong.");
	else
		ask_answer(a,
		    &(struct answer){ .json = text,
			.n = strlen(text),
			.cookie = a->kept,
			.device = remembered ? ask_text(a, "device") : NULL });
	free(text);
}

void
signin_here(struct ask *a)
{
	char hash[SECRET_HASH];

	if (a->cookies == NULL)
		return;
	if (a->cookies->device[0] != '\0') {
		secret_hash(hash, a->cookies->device);
		json_object_set_new(a->args, "here", json_string(hash));
	}
	if (a->cookies->session[0] != '\0') {
		secret_hash(hash, a->cookies->session);
		json_object_set_new(a->args, "ended", json_string(hash));
	}
	json_object_set_new(
	    a->args, "browser", json_string(a->cookies->browser));
}
