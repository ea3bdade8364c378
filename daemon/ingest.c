/*
 * Events into batches, batches into PostgreSQL; see ingest.h.
 *
 * An item is an event as the JSON that desk.ingest() takes, and its blobs.
 * Some blobs of one chunk travel with the batch; the others are put chunk by
 * chunk first (upload), and only then does the item wait for a batch.  A
 * daemon that dies in between leaves chunks without a seal: desk.blob_sweep()
 * takes them away, no event ever names them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/idmap.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon.h"
#include "desk/event.h"
#include "ingest.h"
#include "outbox.h"
#include "settings.h"
#include "stats.h"
#include "stmts.h"
#include "store/pgparam.h"
#include "store/pool.h"

#define BLOB_CHUNK	262144	/* bytes; no longer blob travels inline */
#define BLOBS_INLINE	1048576 /* bytes of one event that travel so */
#define BATCH_BYTES	4194304 /* of JSON and blobs in one call */
#define BATCH_FILL	8	/* fewer wait for the batch under way */
#define SETTLED_AT_ONCE 512
#define DISK_MAILS	8 /* of mail_max, that may wait in files */

struct blob {
	char	    sha256[65];
	const char *bytes;
	size_t	    n;
	bool	    travels; /* with the batch */
};

struct item {
	struct link    link; /* on waiting, or in a batch */
	struct ingest *in;
	uint64_t       id; /* while it uploads */
	char	      *json;
	size_t	       njson;
	struct spill   source; /* blobs[] point into these two */
	struct spill   files;
	struct blob   *blobs;
	size_t	       nblobs;
	size_t	       travels; /* bytes that go with the batch */
	size_t	       weight;	/* bytes it holds in memory, for the cap */
	size_t	       disk;	/* … and in files */
	bool	       alone;	/* PostgreSQL refused it in company */
	bool	       lost;	/* its upload could not be asked */
	size_t	       up_blob, up_chunk;
	ingest_done   *done;
	void	      *arg;
	uint64_t       ref;
};

struct batch {
	struct ingest *in;
	struct list    items;
	int64_t	       settled[SETTLED_AT_ONCE];
	size_t	       nsettled;
	int64_t	       began;
};

struct ingest {
	struct daemon *d;
	struct list    waiting;
	size_t	       bytes; /* in memory */
	size_t	       disk;  /* in files (base/spill.h) */
	size_t	       count;
	size_t	       batches; /* under way */
	size_t	       lost;	/* of the waiting: see item_upload() */
};

/* Whom PostgreSQL's late answers are for. */
static struct idmap uploads; /* struct item */
static struct idmap batches; /* struct batch */

struct ingest *
ingest_open(struct daemon *d)
{
	struct ingest *in;

	in = xcalloc(1, sizeof *in);
	in->d = d;
	return (in);
}

static void
item_free(struct item *it)
{
	it->in->bytes -= it->weight;
	it->in->disk -= it->disk;
	it->in->count--;
	free(it->json);
	spill_free(&it->source);
	spill_free(&it->files);
	free(it->blobs);
	free(it);
}

static void
item_tell(struct item *it, const struct ingest_outcome *o)
{
	switch (o->how) {
	case INGEST_DONE:
		stats_add(o->duplicate ? COUNT_DUPLICATES : COUNT_EVENTS, 1);
		break;
	case INGEST_LATER:
	case INGEST_FULL:
		stats_add(COUNT_LATER, 1);
		break;
	case INGEST_NEVER:
		stats_add(COUNT_NEVER, 1);
		break;
	}
	it->done(it->arg, it->ref, o);
	item_free(it);
}

/* The event goes away now; what is large is not copied but taken over. */
static void
item_take_blobs(struct item *it, struct event *e)
{
	struct blob *b;
	size_t	     i;

	it->blobs = xcalloc(e->nattachments + 1, sizeof *it->blobs);
	if (e->raw[0] != '\0' && e->source.n != 0) {
		it->blobs[0].bytes = (const char *)e->source.p;
		it->blobs[0].n = e->source.n;
		memcpy(it->blobs[0].sha256, e->raw, sizeof e->raw);
		it->nblobs = 1;
	}
	for (i = 0; i < e->nattachments; i++) {
		const struct attachment *a = &e->attachments[i];

		if (a->bytes == NULL && a->size != 0)
			continue; /* it was uploaded before */
		b = &it->blobs[it->nblobs++];
		b->bytes = (const char *)a->bytes;
		b->n = a->size;
		memcpy(b->sha256, a->sha256, sizeof a->sha256);
	}
	for (i = 0; i < it->nblobs; i++) {
		b = &it->blobs[i];
		b->travels =
		    b->n <= BLOB_CHUNK && it->travels + b->n <= BLOBS_INLINE;
		if (b->travels)
			it->travels += b->n;
	}
	it->source = spill_take(&e->source);
	it->files = spill_take(&e->files);
	it->weight = spill_in_memory(&it->source) + spill_in_memory(&it->files);
	it->disk = spill_on_disk(&it->source) + spill_on_disk(&it->files);
}

/* Whether any blob has to go up before the event. */
static bool
item_uploads(const struct item *it)
{
	size_t i;

	for (i = 0; i < it->nblobs; i++)
		if (!it->blobs[i].travels)
			return (true);
	return (false);
}

/* A mail and its attachments take less than twice its size. */
static size_t
disk_max(const struct ingest *in)
{
	size_t mails = (size_t)in->d->settings->mail_max * DISK_MAILS;
	size_t waiting = (size_t)in->d->settings->waiting_max;

	return (mails > waiting ? mails : waiting);
}

static void item_upload(struct item *);

bool
ingest_take(struct ingest *in, struct event *e, ingest_done *done, void *arg,
    uint64_t ref)
{
	struct item *it;
	struct buf   b;

	it = xcalloc(1, sizeof *it);
	it->in = in;
	item_take_blobs(it, e);
	buf_init(&b, 0);
	event_write(&b, e);
	event_drop(e);
	it->json = buf_take(&b, &it->njson);
	it->weight += it->njson + sizeof *it;
	it->travels += it->njson;
	it->done = done;
	it->arg = arg;
	it->ref = ref;
	in->count++;
	in->bytes += it->weight;
	in->disk += it->disk;
	if (in->bytes > (size_t)in->d->settings->waiting_max ||
	    in->disk > disk_max(in)) {
		stats_add(COUNT_LATER, 1);
		item_free(it);
		return (false);
	}
	if (item_uploads(it)) {
		it->id = idmap_add(&uploads, it);
		item_upload(it);
	} else
		list_append(&in->waiting, &it->link);
	return (true);
}

bool
ingest_has_room(const struct ingest *in, size_t n)
{
	size_t memory = n < SPILL_MEMORY ? n : SPILL_MEMORY;

	return (in->bytes + memory <= (size_t)in->d->settings->waiting_max &&
	    in->disk + n <= disk_max(in));
}

size_t
ingest_waiting(const struct ingest *in)
{
	return (in->count);
}

/*
 * Only what PostgreSQL says of the data itself (class 22, 23, our DK001) is for
 * good.  Any other refusal is our own fault, a bug or SQL of another version:
 * the sender keeps the event until it is mended.
 */
static enum ingest_how
how_of(const struct pg_reply *r)
{
	if (r->how == PG_LATER)
		return (strcmp(r->sqlstate, "53100") == 0 ? INGEST_FULL
							  : INGEST_LATER);
	return (strncmp(r->sqlstate, "22", 2) == 0 ||
		    strncmp(r->sqlstate, "23", 2) == 0 ||
		    strcmp(r->sqlstate, "DK001") == 0
		? INGEST_NEVER
		: INGEST_LATER);
}

static size_t
blob_chunks(const struct blob *b)
{
	return ((b->n + BLOB_CHUNK - 1) / BLOB_CHUNK);
}

/* PostgreSQL has the chunk: its pages need not stay in memory. */
static void
item_pass(const struct item *it)
{
	const struct blob  *b = &it->blobs[it->up_blob];
	const struct spill *s;
	size_t		    at = it->up_chunk * BLOB_CHUNK;

	s = b->bytes == (const char *)it->source.p ? &it->source : &it->files;
	spill_pass(s,
	    (size_t)(b->bytes - (const char *)s->p) +
		(at + BLOB_CHUNK < b->n ? at + BLOB_CHUNK : b->n));
}

static void
item_uploaded(uint64_t id, const struct pg_reply *r)
{
	struct item *it = idmap_get(&uploads, id);

	if (it == NULL)
		return;
	if (r->how != PG_DONE) {
		idmap_drop(&uploads, id);
		item_tell(it, &(struct ingest_outcome){ .how = how_of(r) });
		return;
	}
	item_pass(it);
	/* After the last chunk came the seal. */
	if (it->up_chunk++ == blob_chunks(&it->blobs[it->up_blob])) {
		it->up_blob++;
		it->up_chunk = 0;
	}
	item_upload(it);
}

/* One chunk, or the seal of a blob whose chunks are all there. */
static bool
item_put(struct item *it)
{
	const struct blob *b = &it->blobs[it->up_blob];
	size_t		   at = it->up_chunk * BLOB_CHUNK, n;
	struct pool	  *pool = it->in->d->pg_ingest;
	struct pg_param	   p[3];
	char		   num[24];

	p[0] = pgparam_str(b->sha256);
	if (it->up_chunk == blob_chunks(b)) {
		snprintf(num, sizeof num, "%zu", b->n);
		p[1] = pgparam_str(num);
		return (pool_ask(pool, it->id, ST_BLOB_SEAL, p, item_uploaded));
	}
	n = b->n - at < BLOB_CHUNK ? b->n - at : BLOB_CHUNK;
	snprintf(num, sizeof num, "%zu", it->up_chunk);
	p[1] = pgparam_str(num);
	p[2] = (struct pg_param){ b->bytes + at, (int)n, true };
	return (pool_ask(pool, it->id, ST_BLOB_PUT, p, item_uploaded));
}

static void
item_upload(struct item *it)
{
	while (it->up_blob < it->nblobs && it->blobs[it->up_blob].travels)
		it->up_blob++;
	if (it->up_blob < it->nblobs && item_put(it))
		return;
	idmap_drop(&uploads, it->id);
	/* What could not be asked is told in the turn, with the batch. */
	it->lost = it->up_blob < it->nblobs;
	it->in->lost += it->lost;
	list_append(&it->in->waiting, &it->link);
}

static void
batch_free(struct batch *b)
{
	b->in->batches--;
	free(b);
}

/* The outcome is not the events' own: everybody comes again. */
static void
batch_fail(struct batch *b, const struct ingest_outcome *o)
{
	struct link *l;

	outbox_unsettle(b->in->d->outbox, b->settled, b->nsettled);
	while ((l = list_shift(&b->items)) != NULL)
		item_tell(list_of(l, struct item, link), o);
	batch_free(b);
}

/* One of them is poison: each goes again alone, before all others. */
static void
batch_part(struct batch *b)
{
	struct list  rest = { 0 };
	struct link *l;

	outbox_unsettle(b->in->d->outbox, b->settled, b->nsettled);
	while ((l = list_shift(&b->in->waiting)) != NULL)
		list_append(&rest, l);
	while ((l = list_shift(&b->items)) != NULL) {
		list_of(l, struct item, link)->alone = true;
		list_append(&b->in->waiting, l);
	}
	while ((l = list_shift(&rest)) != NULL)
		list_append(&b->in->waiting, l);
	batch_free(b);
}

static void
batch_take_outbox(struct batch *b, const PGresult *res, int row)
{
	outbox_take(b->in->d->outbox,
	    strtoll(PQgetvalue(res, row, 2), NULL, 10), PQgetvalue(res, row, 3),
	    (size_t)PQgetlength(res, row, 3));
}

static void
batch_take_row(struct batch *b, struct item *it, const PGresult *res, int row)
{
	const char *answer = PQgetvalue(res, row, 1);
	bool	    again = PQgetisnull(res, row, 2);

	if (!again)
		batch_take_outbox(b, res, row);
	item_tell(it,
	    &(struct ingest_outcome){ .how = INGEST_DONE,
		.answer = answer,
		.n = (size_t)PQgetlength(res, row, 1),
		.duplicate = again });
}

static void
batch_got(uint64_t id, const struct pg_reply *r)
{
	struct batch *b = idmap_drop(&batches, id);
	struct link  *l;
	int	      row = 0;

	if (b == NULL)
		return;
	if (r->how == PG_LATER) {
		batch_fail(b, &(struct ingest_outcome){ .how = how_of(r) });
		return;
	}
	if (r->how == PG_NEVER && b->items.count > 1) {
		log_warn("batch refused: %s %s (%zu events, each goes alone)",
		    r->sqlstate, log_shown(r->message, strlen(r->message)),
		    b->items.count);
		batch_part(b);
		return;
	}
	if (r->how == PG_NEVER || (size_t)PQntuples(r->res) < b->items.count) {
		log_error("event refused: %s %s", r->sqlstate,
		    log_shown(r->message, strlen(r->message)));
		batch_fail(b,
		    &(struct ingest_outcome){
			.how = r->how == PG_NEVER ? how_of(r) : INGEST_LATER });
		return;
	}
	FAILPOINT("committed");
	stats_batch(b->items.count, clock_micros() - b->began);
	while ((l = list_shift(&b->items)) != NULL)
		batch_take_row(b, list_of(l, struct item, link), r->res, row++);
	/* What rules did besides answers no event. */
	for (; row < PQntuples(r->res); row++)
		batch_take_outbox(b, r->res, row);
	batch_free(b);
}

/* The event's object, with the places of its blobs put in at its end. */
static void
batch_write_item(struct buf *json, const struct item *it, size_t *place)
{
	size_t i, n = 0;

	buf_add(json, it->json, it->njson - 1);
	for (i = 0; i < it->nblobs; i++)
		if (it->blobs[i].travels)
			buf_printf(json, "%s{\"sha256\":\"%s\",\"at\":%zu}",
			    n++ == 0 ? ",\"blobs\":[" : ",",
			    it->blobs[i].sha256, (*place)++);
	buf_str(json, n != 0 ? "]}" : "}");
}

/* The blobs that travel with the batch, in the order of their places. */
static void
batch_write_blobs(struct buf *out, const struct batch *b, size_t n)
{
	struct pg_bytes *list;
	size_t		 i, at = 0;

	list = xcalloc(n, sizeof *list);
	LIST_EACH (l, &b->items) {
		const struct item *it = list_of(l, struct item, link);

		for (i = 0; i < it->nblobs; i++)
			if (it->blobs[i].travels)
				list[at++] =
				    (struct pg_bytes){ it->blobs[i].bytes,
					    it->blobs[i].n };
	}
	pgparam_bytea_array(out, list, at);
	free(list);
}

/* Moves what fits from the waiting ones. */
static struct batch *
batch_gather(struct ingest *in)
{
	size_t	      most = (size_t)in->d->settings->batch_max, bytes = 0;
	struct batch *b;
	struct item  *it;

	b = xcalloc(1, sizeof *b);
	b->in = in;
	b->began = clock_micros();
	in->batches++;
	while (in->waiting.first != NULL && b->items.count < most) {
		it = list_of(in->waiting.first, struct item, link);
		if (b->items.count > 0 &&
		    (it->alone || bytes + it->travels > BATCH_BYTES))
			break;
		list_remove(&in->waiting, &it->link);
		list_append(&b->items, &it->link);
		bytes += it->travels;
		if (it->alone)
			break;
	}
	b->nsettled =
	    outbox_settled(in->d->outbox, b->settled, nitems(b->settled));
	return (b);
}

static void
batch_begin(struct ingest *in)
{
	struct buf	json, blobs, settled;
	struct batch   *b = batch_gather(in);
	struct pg_param p[3];
	uint64_t	id;
	size_t		place = 0, n = 0;

	buf_init(&json, 0);
	buf_init(&blobs, 0);
	buf_init(&settled, 0);
	LIST_EACH (l, &b->items) {
		buf_char(&json, n++ == 0 ? '[' : ',');
		batch_write_item(&json, list_of(l, struct item, link), &place);
	}
	buf_char(&json, ']');
	batch_write_blobs(&blobs, b, place);
	pgparam_int8_array(&settled, b->settled, b->nsettled);
	p[0] = pgparam_text(json.p, json.n);
	p[1] = pgparam_buf(&blobs);
	p[2] = pgparam_buf(&settled);
	id = idmap_add(&batches, b);
	if (!pool_ask(in->d->pg_ingest, id, ST_INGEST, p, batch_got)) {
		idmap_drop(&batches, id);
		batch_fail(b, &(struct ingest_outcome){ .how = INGEST_LATER });
	}
	buf_free(&json);
	buf_free(&blobs);
	buf_free(&settled);
}

/* Tells those whose upload could not even be asked. */
static void
ingest_tell_lost(struct ingest *in)
{
	if (in->lost == 0)
		return;
	in->lost = 0;
	LIST_EACH (l, &in->waiting) {
		struct item *it = list_of(l, struct item, link);

		if (it->lost) {
			list_remove(&in->waiting, l);
			item_tell(it,
			    &(struct ingest_outcome){ .how = INGEST_LATER });
		}
	}
}

void
ingest_turn(struct ingest *in)
{
	ingest_tell_lost(in);
	while (in->waiting.count > 0 &&
	    (pool_free(in->d->pg_ingest) > 0 || in->batches == 0)) {
		/* A few may as well join the batch that comes next. */
		if (in->batches > 0 && in->waiting.count < BATCH_FILL)
			break;
		batch_begin(in);
	}
}

static void
upload_drop(uint64_t id, void *item, void *arg)
{
	(void)arg;
	idmap_drop(&uploads, id);
	item_free(item);
}

static void
batch_drop(uint64_t id, void *batch, void *arg)
{
	struct batch *b = batch;
	struct link  *l;

	(void)arg;
	idmap_drop(&batches, id);
	while ((l = list_shift(&b->items)) != NULL)
		item_free(list_of(l, struct item, link));
	batch_free(b);
}

void
ingest_close(struct ingest *in)
{
	struct link *l;

	idmap_each(&uploads, upload_drop, NULL);
	idmap_each(&batches, batch_drop, NULL);
	while ((l = list_shift(&in->waiting)) != NULL)
		item_free(list_of(l, struct item, link));
	idmap_free(&uploads);
	idmap_free(&batches);
	free(in);
}
