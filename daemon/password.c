/*
 * Passwords; see password.h.
 */
#include <argon2.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "base/jobs.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "edge/hmac.h"
#include "password.h"

#define MEMORY_KIB 19456
#define PASSES	   2
#define LANES	   1
#define SALT_LEN   16
#define HASH_LEN   32

/* A hash of nothing that anybody can type: see password_check(). */
static const char nobody[] =
    "$argon2id$v=19$m=19456,t=2,p=1$ZGVza2Qgbm9ib2R5IQ$"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

struct work {
	char		 *password;
	char		  encoded[PASSWORD_ENCODED_MAX];
	bool		  known;
	bool		  good;
	password_made	 *made;
	password_checked *checked;
	uint64_t	  ref;
};

bool
password_is_long(const char *s)
{
	size_t	 n = 0, len, left = strlen(s);
	uint32_t c;

	for (; left > 0; s += len, left -= len, n++)
		if ((len = utf8_get(s, left, &c)) == 0)
			len = 1;
	return (n >= PASSWORD_MIN);
}

static void
work_hash(void *arg)
{
	struct work *w = arg;
	uint8_t	     salt[SALT_LEN];

	w->good = random_bytes(salt, sizeof salt) &&
	    argon2id_hash_encoded(PASSES, MEMORY_KIB, LANES, w->password,
		strlen(w->password), salt, sizeof salt, HASH_LEN, w->encoded,
		sizeof w->encoded) == ARGON2_OK;
}

static void
work_verify(void *arg)
{
	struct work *w = arg;

	w->good = argon2id_verify(w->encoded, w->password,
		      strlen(w->password)) == ARGON2_OK &&
	    w->known;
}

static void
work_free(struct work *w)
{
	OPENSSL_cleanse(w->password, strlen(w->password));
	free(w->password);
	free(w);
}

static void
work_done(void *arg)
{
	struct work *w = arg;

	if (w->made != NULL)
		w->made(w->ref, w->good ? w->encoded : NULL);
	else
		w->checked(w->ref, w->good);
	work_free(w);
}

static bool
work_ask(struct jobs *jobs, struct work *w, void (*run)(void *))
{
	if (jobs_ask(jobs, run, work_done, w))
		return (true);
	work_free(w);
	return (false);
}

bool
password_make(
    struct jobs *jobs, const char *password, password_made *made, uint64_t ref)
{
	struct work *w;

	w = xcalloc(1, sizeof *w);
	w->password = xstrdup(password);
	w->made = made;
	w->ref = ref;
	return (work_ask(jobs, w, work_hash));
}

bool
password_check(struct jobs *jobs, const char *encoded, const char *password,
    password_checked *checked, uint64_t ref)
{
	struct work *w;

	w = xcalloc(1, sizeof *w);
	w->password = xstrdup(password);
	w->known = encoded != NULL && strlen(encoded) < sizeof w->encoded;
	memcpy(w->encoded, w->known ? encoded : nobody,
	    strlen(w->known ? encoded : nobody) + 1);
	w->checked = checked;
	w->ref = ref;
	return (work_ask(jobs, w, work_verify));
}
