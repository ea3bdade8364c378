/*
 * Answers on social networks; see socialout.h.
 *
 * A request is on record before it is begun: where this process ends while
 * one is under way, nobody knows whether it arrived.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "base/idmap.h"
#include "base/mem.h"
#include "daemon.h"
#include "desk/jsonin.h"
#include "desk/provider.h"
#include "desk/rules.h"
#include "socialout.h"
#include "statefile.h"

#define ANSWER_MAX 65536 /* bytes of an answer that are looked at */
#define TOKEN_MAX  4096
#define BLOCK_MAX  160 /* "SOURCE/BLOCK" */

/*
 * One request under way.  The configuration may change meanwhile: the block
 * is looked up again by its name when the answer comes.
 */
struct posting {
	struct daemon *d;
	uint64_t       ref;
	uint64_t       id;   /* here */
	uint64_t    courier; /* 0: it is only told, at the loop's next turn */
	char	    block[BLOCK_MAX];
	const char *words;
};

static struct idmap postings;

static bool
socialout_able(struct daemon *d)
{
	return (d->rules != NULL);
}

/* The block for "SOURCE/BLOCK"; NULL when desk.conf has none (any more). */
static const struct provider_send *
block_find(const struct daemon *d, const char *block)
{
	const struct source *s;
	char		     name[BLOCK_MAX], *slash;

	if (d->rules == NULL)
		return (NULL);
	snprintf(name, sizeof name, "%s", block);
	if ((slash = strchr(name, '/')) != NULL)
		*slash = '\0';
	s = rules_source(d->rules, name);
	if (s == NULL || s->provider == NULL)
		return (NULL);
	return (provider_send_find(
	    s->provider, slash != NULL ? slash + 1 : "message"));
}

static struct posting *
posting_new(struct daemon *d, uint64_t ref, const char *block)
{
	struct posting *p = xcalloc(1, sizeof *p);

	*p = (struct posting){ .d = d, .ref = ref };
	snprintf(p->block, sizeof p->block, "%s", block);
	p->id = idmap_add(&postings, p);
	return (p);
}

static void
posting_end(struct posting *p, const struct courier_result *r)
{
	idmap_drop(&postings, p->id);
	outbound_ended(p->d->outbound, p->ref, r);
	free(p);
}

/* What the provider's answer means, as the courier would have said it. */
static void
posting_judge(const struct posting *p, struct courier_result *r,
    struct provider_outcome *o)
{
	static const enum courier_how hows[] = { [PROVIDER_SENT] = COURIER_DONE,
		[PROVIDER_LATER] = COURIER_LATER,
		[PROVIDER_NEVER] = COURIER_NEVER,
		[PROVIDER_UNKNOWN] = COURIER_UNKNOWN };
	const struct provider_send   *block = block_find(p->d, p->block);

	if (r->status == 0)
		return;
	if (block == NULL) {
		/* Nobody is left to read it, and the id in it is not known. */
		if (r->how == COURIER_DONE)
			r->words = "";
		return;
	}
	provider_judge(o, block, r->status, r->body != NULL ? r->body : "",
	    r->body != NULL ? r->n : 0);
	r->how = hows[o->how];
	/* desk.outbound_settle(): what was sent is known by its id there. */
	r->words = o->how == PROVIDER_SENT ? o->id : o->words;
	if (o->retry > r->retry)
		r->retry = o->retry;
}

static void
posted(void *arg, uint64_t id, const struct courier_result *got)
{
	struct posting	       *p = idmap_get(&postings, id);
	struct courier_result	r = *got;
	struct provider_outcome o;

	(void)arg;
	if (p == NULL)
		return;
	posting_judge(p, &r, &o);
	posting_end(p, &r);
}

/* What was found out at once is told from the loop. */
static void
posting_told(evutil_socket_t fd, short what, void *arg)
{
	uint64_t       *id = arg;
	struct posting *p = idmap_get(&postings, *id);

	(void)fd;
	(void)what;
	free(id);
	if (p != NULL)
		posting_end(p,
		    &(struct courier_result){
			.how = COURIER_LATER, .words = p->words });
}

/* Tried again later, for a reason that a person may mend; constant. */
static bool
posting_later(
    struct daemon *d, uint64_t ref, const char *block, const char *words)
{
	const struct timeval now = { 0, 0 };
	struct posting	    *p = posting_new(d, ref, block);
	uint64_t	    *id = xmalloc(sizeof *id);

	p->words = words;
	*id = p->id;
	if (event_base_once(d->base, -1, EV_TIMEOUT, posting_told, id, &now) ==
	    0)
		return (true);
	idmap_drop(&postings, p->id);
	free(p);
	free(id);
	return (false);
}

static bool
posting_begin(struct posting *p, const struct provider_send *block,
    const struct provider_request *r)
{
	p->courier = courier_post(p->d->courier,
	    &(struct courier_post){ .method = r->method,
		.url = r->url,
		.headers = r->headers,
		.nheaders = r->nheaders,
		.body = r->body.p,
		.n = r->body.n,
		.guard = true,
		.timeout_ms = (int64_t)block->timeout * 1000,
		.max_answer = ANSWER_MAX },
	    posted, NULL, p->id);
	if (p->courier != 0)
		return (true);
	idmap_drop(&postings, p->id);
	free(p);
	return (false);
}

/* A sentence for this call only, or NULL: see struct sender. */
static bool
send_request(struct daemon *d, const json_t *message, uint64_t ref,
    const struct provider_send *block, const struct provider_letter *letter,
    const char **wrong)
{
	static char		said[400];
	struct provider_request r;
	const char	       *bad;
	bool			begun = false;

	if ((bad = provider_request_make(&r, block, letter)) != NULL) {
		snprintf(said, sizeof said, "%s", bad);
		*wrong = said;
	} else
		begun = posting_begin(
		    posting_new(d, ref, jsonin_str(message, "source")), block,
		    &r);
	provider_request_end(&r);
	return (begun);
}

static bool
socialout_send(
    struct daemon *d, const json_t *message, uint64_t ref, const char **wrong)
{
	const char		   *source = jsonin_str(message, "source");
	const struct provider_send *block;
	char			    token[TOKEN_MAX], id[32];
	struct provider_letter	    letter = {
		     .text = jsonin_str(message, "text"),
		     .to = jsonin_str(message, "address"),
		     .reply = jsonin_str(message, "reply_id"),
		     .id = id,
	};

	*wrong = NULL;
	if (source == NULL || letter.text == NULL || letter.to == NULL) {
		*wrong = "This customer did not write through a source that "
			 "desk.conf describes: there is no way to answer.";
		return (false);
	}
	if ((block = block_find(d, source)) == NULL) {
		*wrong = "desk.conf has no send block for this source (any "
			 "more).";
		return (false);
	}
	if (block->token_file != NULL) {
		if (statefile_read(d, block->token_file, token, sizeof token) ==
		    0)
			return (posting_later(d, ref, source,
			    "The provider's token is not in its file: put it "
			    "there, and this is sent."));
		letter.token = token;
	}
	snprintf(id, sizeof id, "deskd-%lld",
	    (long long)json_integer_value(json_object_get(message, "id")));
	return (send_request(d, message, ref, block, &letter, wrong));
}

struct stopping {
	uint64_t ref;
};

static void
stop_one(uint64_t id, void *what, void *arg)
{
	struct posting	      *p = what;
	const struct stopping *s = arg;

	if (s != NULL && p->ref != s->ref)
		return;
	if (p->courier != 0)
		courier_stop(p->d->courier, p->courier);
	idmap_drop(&postings, id);
	free(p);
}

static void
socialout_stop(struct daemon *d, uint64_t ref)
{
	(void)d;
	idmap_each(&postings, stop_one, &(struct stopping){ ref });
}

void
socialout_close(void)
{
	idmap_each(&postings, stop_one, NULL);
	idmap_free(&postings);
}

const struct sender socialout_sender = {
	.channel = "social",
	.pauses = false,
	.able = socialout_able,
	.send = socialout_send,
	.stop = socialout_stop,
};
