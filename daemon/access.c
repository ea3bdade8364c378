/*
 * From a secret to a caller; see access.h.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/idmap.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "access.h"
#include "daemon.h"
#include "edge/hmac.h"
#include "stmts.h"
#include "store/pgparam.h"
#include "store/pool.h"

/* Callers remembered at once: a power of two, by the secret's hash. */
#define KNOWN 4096

struct known {
	char		 hash[65];
	enum access_kind kind;
	int64_t		 until;
	struct caller	 caller;
};

struct look {
	struct link	 link; /* on ready, when known already */
	struct access	*ac;
	char		 hash[65];
	enum access_kind kind;
	struct caller	 caller;
	access_got	*got;
	void		*arg;
	uint64_t	 ref;
};

struct access {
	struct daemon *d;
	struct known  *known[KNOWN];
	struct list    ready;
};

static struct idmap looks;

struct access *
access_open(struct daemon *d)
{
	struct access *ac;

	ac = xcalloc(1, sizeof *ac);
	ac->d = d;
	return (ac);
}

/* The place in the cache that this hash shares with few others. */
static struct known **
known_at(struct access *ac, const char *hash)
{
	uint8_t b[2];

	if (hex_get(b, sizeof b, hash, 4) != 2)
		b[0] = b[1] = 0;
	return (&ac->known[(size_t)(b[0] << 8 | b[1]) % KNOWN]);
}

static void
known_put(struct access *ac, const struct look *l)
{
	struct known **at = known_at(ac, l->hash);

	if (*at == NULL)
		*at = xcalloc(1, sizeof **at);
	memcpy((*at)->hash, l->hash, sizeof l->hash);
	(*at)->kind = l->kind;
	(*at)->until = clock_now() + ACCESS_TTL_MS;
	(*at)->caller = l->caller;
}

/* The caller as known, but coming the way this look came. */
static bool
known_get(struct access *ac, struct look *l)
{
	struct known *k = *known_at(ac, l->hash);
	struct caller c;

	if (k == NULL || k->kind != l->kind || strcmp(k->hash, l->hash) != 0 ||
	    clock_now() > k->until)
		return (false);
	if (l->caller.conversation[0] != '\0' &&
	    strcmp(l->caller.conversation, k->caller.conversation) != 0)
		return (false);
	c = k->caller;
	c.cookie = l->caller.cookie;
	c.via = l->caller.via;
	memcpy(c.from, l->caller.from, sizeof c.from);
	l->caller = c;
	return (true);
}

static void
look_tell(struct look *l, enum access_how how)
{
	l->got(l->arg, l->ref, how, how == ACCESS_YES ? &l->caller : NULL);
	free(l);
}

static bool
look_take(struct look *l, const PGresult *res)
{
	json_t *j;
	bool	good;

	if (PQntuples(res) == 0 || PQgetisnull(res, 0, 0))
		return (false);
	j = json_loads(PQgetvalue(res, 0, 0), JSON_DECODE_ANY, NULL);
	if (l->caller.conversation[0] != '\0') {
		good = json_is_object(j);
		l->caller.role = ROLE_VISITOR;
		l->caller.ticket =
		    json_integer_value(json_object_get(j, "ticket"));
	} else
		good = json_is_object(j) && caller_take(&l->caller, j);
	json_decref(j);
	return (good);
}

/* A visitor's first message is about to give him a ticket. */
static bool
is_changing(const struct caller *c)
{
	return (c->role == ROLE_VISITOR && c->ticket == 0);
}

static void
look_got(uint64_t id, const struct pg_reply *r)
{
	struct look *l = idmap_drop(&looks, id);

	if (l == NULL)
		return;
	if (r->how == PG_DONE && look_take(l, r->res)) {
		if (!is_changing(&l->caller))
			known_put(l->ac, l);
		look_tell(l, ACCESS_YES);
	} else
		look_tell(l, r->how == PG_LATER ? ACCESS_LATER : ACCESS_NO);
}

static void
look_begin(struct look *l)
{
	static const size_t stmt_of[] = { ST_SESSION, ST_KEY, ST_VISITOR };
	struct pg_param	    p[2];
	uint64_t	    id;

	memcpy(l->caller.token, l->hash, sizeof l->hash);
	if (known_get(l->ac, l)) {
		list_append(&l->ac->ready, &l->link);
		return;
	}
	id = idmap_add(&looks, l);
	p[0] = pgparam_str(l->hash);
	if (l->kind == ACCESS_VISITOR) {
		p[0] = pgparam_str(l->caller.conversation);
		p[1] = pgparam_str(l->hash);
	}
	if (!pool_ask(l->ac->d->pg_ops, id, stmt_of[l->kind], p, look_got)) {
		idmap_drop(&looks, id);
		l->caller.role = 0; /* told LATER in the turn */
		list_append(&l->ac->ready, &l->link);
	}
}

void
access_ask(struct access *ac, enum access_kind kind, const char *secret,
    const char *conversation, const char *via, const char *from,
    access_got *got, void *arg, uint64_t ref)
{
	struct look *l;
	uint8_t	     hash[SHA256_LEN];

	l = xcalloc(1, sizeof *l);
	l->ac = ac;
	l->kind = kind;
	l->got = got;
	l->arg = arg;
	l->ref = ref;
	caller_public(&l->caller, via, from);
	if (conversation != NULL && strlen(conversation) == 36)
		memcpy(l->caller.conversation, conversation, 37);
	if (!sha256(hash, secret, strlen(secret)))
		memset(hash, 0, sizeof hash); /* matches nothing */
	hex_put(l->hash, hash, sizeof hash);
	l->caller.cookie = kind == ACCESS_SESSION && strcmp(via, "http") == 0;
	look_begin(l);
}

void
access_ask_hash(struct access *ac, enum access_kind kind, const char *hash,
    access_got *got, uint64_t ref)
{
	struct look *l;

	l = xcalloc(1, sizeof *l);
	l->ac = ac;
	l->kind = kind;
	l->got = got;
	l->ref = ref;
	caller_public(&l->caller, "check", "");
	memcpy(l->hash, hash, sizeof l->hash);
	look_begin(l);
}

void
access_turn(struct access *ac)
{
	struct link *l;
	struct look *look;

	while ((l = list_shift(&ac->ready)) != NULL) {
		look = list_of(l, struct look, link);
		look_tell(
		    look, look->caller.role != 0 ? ACCESS_YES : ACCESS_LATER);
	}
}

bool
access_pending(const struct access *ac)
{
	return (ac->ready.first != NULL);
}

void
access_forget(struct access *ac)
{
	size_t i;

	for (i = 0; i < KNOWN; i++) {
		free(ac->known[i]);
		ac->known[i] = NULL;
	}
}

static void
look_drop(uint64_t id, void *look, void *arg)
{
	(void)arg;
	idmap_drop(&looks, id);
	free(look);
}

void
access_close(struct access *ac)
{
	struct link *l;

	while ((l = list_shift(&ac->ready)) != NULL)
		free(list_of(l, struct look, link));
	idmap_each(&looks, look_drop, NULL);
	idmap_free(&looks);
	access_forget(ac);
	free(ac);
}
