/*
 * Posts of providers described in data; see hookdata.h.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "access.h"
#include "base/clock.h"
#include "base/idmap.h"
#include "base/mem.h"
#include "daemon.h"
#include "desk/event.h"
#include "desk/provider.h"
#include "desk/rules.h"
#include "edge/hmac.h"
#include "edge/signature.h"
#include "hookdata.h"
#include "ingest.h"
#include "opdo.h"
#include "proto/http.h"
#include "statefile.h"

#define SECRETS_MAX   1024 /* bytes: a few, during a rotation */
#define CHALLENGE_MAX 256

/* One post whose events are being filed. */
struct hooking {
	uint64_t	ask;
	uint64_t	id;
	struct daemon  *d;
	char	       *source;
	char	       *body; /* for what PostgreSQL refuses */
	size_t		n;
	size_t		left;
	json_t	       *events; /* answers so far */
	enum ingest_how worst;
};

static struct idmap hookings;

static const char *
post_header(void *arg, const char *name)
{
	return (proof_header(arg, name));
}

/* NULL when the sender proved himself, else what is missing. */
static const char *
post_wrong(
    struct ask *a, const struct source *s, const struct provider_post *post)
{
	char secret[SECRETS_MAX];

	if (a->caller.role >= ROLE_SERVICE)
		return (NULL); /* an API key */
	if (!a->proof->forwarded && hook_trusted(s, a->caller.from))
		return (NULL);
	if (!s->provider->signs ||
	    statefile_read(a->d, s->secret_file, secret, sizeof secret) == 0)
		return ("This source has no secret to prove itself by.");
	return (signature_wrong(&s->provider->sign, post, secret, time(NULL)));
}

/* Filing --------------------------------------------------------------------- */

static void
hooking_end(struct hooking *h)
{
	struct ask *a = ask_find(h->ask);
	json_t	   *answer;

	idmap_drop(&hookings, h->id);
	if (a == NULL) {
		/* Nobody is left to tell; he will come again. */
	} else if (h->worst == INGEST_DONE) {
		answer = json_object();
		json_object_set(answer, "events", h->events);
		ask_done_json(a, answer);
	} else if (h->worst == INGEST_NEVER)
		ask_refuse(a, ASK_INTERNAL, NULL,
		    "The desk's records refuse this; its log says why.");
	else
		ask_refuse(a, ASK_TRYAGAIN, NULL,
		    "Not every event could be filed now. Send the post again: "
		    "each is kept once.");
	json_decref(h->events);
	free(h->source);
	free(h->body);
	free(h);
}

/* One of its events is through, in whatever way. */
static void
hooking_left(struct hooking *h, enum ingest_how how)
{
	if (how != INGEST_DONE && h->worst != INGEST_LATER)
		h->worst = how == INGEST_FULL ? INGEST_LATER : how;
	if (--h->left == 0)
		hooking_end(h);
}

static void hook_done(void *arg, uint64_t id, const struct ingest_outcome *);
static void hook_done_kept(
    void *arg, uint64_t id, const struct ingest_outcome *);

/* False: too much waits; the event is gone all the same. */
static bool
hooking_file(struct hooking *h, struct event *e, ingest_done *done)
{
	char now[32];
	bool taken = false;

	if (e->at == NULL) {
		clock_rfc3339(now, sizeof now, clock_wall());
		e->at = arena_str(&e->arena, now);
	}
	if (e->at == NULL || !event_finish(e, h->d->rules))
		event_drop(e);
	else
		taken = ingest_take(h->d->ingest, e, done, NULL, h->id);
	free(e);
	return (taken);
}

/*
 * PostgreSQL refuses an event: the post is kept for a person to look at, so
 * that the provider does not send it for ever.
 */
static void
hooking_keep(struct hooking *h)
{
	struct event *e;

	e = provider_quarantine(h->source,
	    "The desk's records refused a message of this post.", h->body,
	    h->n);
	if (!hooking_file(h, e, hook_done_kept))
		hooking_left(h, INGEST_LATER);
}

static void
hooking_answered(struct hooking *h, const struct ingest_outcome *o)
{
	json_t *one;

	if (o->how == INGEST_DONE &&
	    (one = json_loadb(o->answer, o->n, 0, NULL)) != NULL)
		json_array_append_new(h->events, one);
	hooking_left(h, o->how);
}

static void
hook_done(void *arg, uint64_t id, const struct ingest_outcome *o)
{
	struct hooking *h = idmap_get(&hookings, id);

	(void)arg;
	if (h == NULL)
		return;
	if (o->how == INGEST_NEVER)
		hooking_keep(h);
	else
		hooking_answered(h, o);
}

static void
hook_done_kept(void *arg, uint64_t id, const struct ingest_outcome *o)
{
	struct hooking *h = idmap_get(&hookings, id);

	(void)arg;
	if (h != NULL)
		hooking_answered(h, o);
}

static void
hook_file(struct ask *a, const struct source *s, struct provider_items *items)
{
	struct hooking *h;
	size_t		i;
	bool		held = true;

	if (items->n == 0) {
		opdo_done_later(a, json_pack("{s:[]}", "events"));
		return;
	}
	h = xcalloc(1, sizeof *h);
	*h = (struct hooking){ .ask = a->id,
		.d = a->d,
		.source = xstrdup(s->name),
		.body = xmalloc(a->nraw + 1),
		.n = a->nraw,
		.left = items->n,
		.events = json_array(),
		.worst = INGEST_DONE };
	memcpy(h->body, a->raw, a->nraw);
	h->id = idmap_add(&hookings, h);
	for (i = 0; i < items->n; i++)
		if (!hooking_file(h, items->list[i], hook_done)) {
			h->worst = INGEST_LATER;
			h->left--;
			held = false;
		}
	items->n = 0; /* all are ingest's now */
	/* When none was taken, nothing comes back: said at the turn's end. */
	if (!held && h->left == 0) {
		opdo_later(a, ASK_TRYAGAIN,
		    "Too many events wait to be filed. Send it again.");
		h->ask = 0;
		hooking_end(h);
	}
}

/* The post -------------------------------------------------------------------- */

/* What some providers ask in a post of its own: the text they want back. */
static const char *
post_challenge(const struct provider *p, json_t *json)
{
	const struct spot whole = { .path = { json }, .n = 1 };

	if (!p->verifies || !p->verify.posts || json == NULL)
		return (NULL);
	return (json_string_value(pointer_get(&p->verify.posted, &whole)));
}

void
hook_data(struct ask *a, const struct source *s)
{
	const struct company  *company = rules_company(a->d->rules);
	struct provider_post   post = { .body = a->raw != NULL ? a->raw : "",
		  .n = a->nraw,
		  .header = post_header,
		  .arg = (void *)(uintptr_t)a->proof };
	struct provider_items *items;
	const char	      *wrong, *challenge;

	if (a->raw == NULL)
		a->raw = "";
	/* A stranger's bytes are parsed only where the proof stands in them. */
	if (provider_sign_reads(s->provider))
		post.json = provider_parse(post.body, post.n, &wrong);
	if ((wrong = post_wrong(a, s, &post)) != NULL) {
		opdo_later_member(a, ASK_NOAUTH, "", wrong);
		json_decref(post.json);
		return;
	}
	if (post.json == NULL)
		post.json = provider_parse(post.body, post.n, &wrong);
	if ((challenge = post_challenge(s->provider, post.json)) != NULL)
		opdo_text_later(a, challenge);
	else {
		items = xcalloc(1, sizeof *items);
		if (provider_items(
			items, s->provider, s->name, company->country, &post))
			hook_file(a, s, items);
		else
			opdo_later(a, ASK_TOOLARGE,
			    "There are more than 1000 events in this post.");
		provider_items_drop(items);
		free(items);
	}
	json_decref(post.json);
}

/* Before the first post -------------------------------------------------------- */

/* The parameter's value, decoded; false when it is not there or too long. */
static bool
query_get(const char *query, size_t n, const char *name, char *out, size_t size)
{
	const char	*at = query;
	struct http_pair pair;
	ssize_t		 len;
	char		 key[256];

	while (http_pair(&at, query + n, &pair)) {
		if (pair.nname >= sizeof key || pair.nvalue >= size)
			continue;
		len = http_decode(key, pair.name, pair.nname, true);
		if (len < 0 || (size_t)len != strlen(name) ||
		    memcmp(key, name, (size_t)len) != 0)
			continue;
		len = http_decode(out, pair.value, pair.nvalue, true);
		if (len < 0)
			return (false);
		out[len] = '\0';
		return (true);
	}
	return (false);
}

static bool
challenge_good(const char *s)
{
	size_t n = strlen(s);

	for (; *s != '\0'; s++)
		if (*s <= ' ' || *s == 0x7f || strchr("<>&\"'", *s) != NULL)
			return (false);
	return (n > 0);
}

static void
verify_answer(struct ask *a, const struct provider_verify *v)
{
	char   challenge[CHALLENGE_MAX], token[256], ours[256];
	size_t n = statefile_read(a->d, v->token_file, ours, sizeof ours);

	if (n == 0 || a->raw == NULL ||
	    !query_get(a->raw, a->nraw, v->token, token, sizeof token) ||
	    !same_secret(token, strlen(token), ours, n))
		opdo_later(
		    a, ASK_DENIED, "That is not the token of this source.");
	else if (!query_get(a->raw, a->nraw, v->challenge, challenge,
		     sizeof challenge) ||
	    !challenge_good(challenge))
		opdo_later(a, ASK_INVALID, "There is no challenge to answer.");
	else
		opdo_text_later(a, challenge);
}

void
op_do_HOOK_VERIFY(struct ask *a)
{
	const struct source *s = NULL;

	if (a->d->rules == NULL) {
		opdo_later(a, ASK_TRYAGAIN,
		    "The desk is only starting, or not configured yet (deskctl apply).");
		return;
	}
	s = rules_source(a->d->rules, ask_text(a, "source"));
	if (s == NULL || s->provider == NULL || !s->provider->verifies ||
	    s->provider->verify.challenge == NULL)
		opdo_later(
		    a, ASK_NOTFOUND, "No source of that name asks here.");
	else
		verify_answer(a, &s->provider->verify);
}
