/*
 * Files on their way in; see upload.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/failpoint.h"
#include "base/hex.h"
#include "base/idmap.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/spill.h"
#include "daemon.h"
#include "dispatch.h"
#include "edge/hmac.h"
#include "edge/http.h"
#include "opdo.h"
#include "proto/filename.h"
#include "settings.h"
#include "stmts.h"
#include "store/pgparam.h"
#include "store/pool.h"
#include "upload.h"

#define CHUNK	     262144 /* as desk.blob_put() takes them */
#define AT_ONCE	     32	    /* files coming in; past it: try again */
#define OF_ONE	     2	    /* of one conversation */
#define OF_ADDRESS   8	    /* of visitors from one address */
#define OF_STRANGERS 24	    /* of all visitors: the rest is our own people's */

struct upload {
	struct link	    link;
	uint64_t	    id;
	struct daemon	   *d;
	const struct op	   *op;
	struct caller	    caller;
	json_t		   *args;
	struct upload_front front;
	struct spill	    bytes;
	struct sha256	   *digest;
	char		    sha256[65];
	size_t		    at; /* bytes that are put */
	bool		    sealed;
	bool		    left; /* its sender; what is under way ends first */
};

static struct list  uploads;
static struct idmap ids;

/* The first step ------------------------------------------------------------ */

/* Visitors who are slow on purpose keep nobody else out. */
static bool
room_for(const struct caller *c)
{
	size_t own = 0, near = 0, strangers = 0;

	if (uploads.count >= AT_ONCE)
		return (false);
	if (c->conversation[0] == '\0')
		return (true);
	LIST_EACH (l, &uploads) {
		const struct upload *u = list_of(l, struct upload, link);

		if (u->caller.conversation[0] == '\0')
			continue;
		strangers++;
		near += strcmp(u->caller.from, c->from) == 0;
		own += strcmp(u->caller.conversation, c->conversation) == 0;
	}
	return (own < OF_ONE && near < OF_ADDRESS && strangers < OF_STRANGERS);
}

static void
upload_allowed(struct ask *a, const char *json, size_t n)
{
	(void)json;
	(void)n;
	ask_answer(a, &(struct answer){ .json = "{}", .n = 2, .body = true });
}

void
upload_ask(struct ask *a, const struct upload_head *h)
{
	char	name[FILENAME_MAX_BYTES + 1], type[101];
	int64_t most = a->d->settings->attachment_max;

	if (h == NULL) {
		opdo_later(a, ASK_INVALID,
		    "Files come over HTTP, and not empty: POST the file's "
		    "bytes (curl --data-binary @FILE).");
		return;
	}
	/* A form's wrapping would be kept as the file, to nobody's use. */
	if (h->type != NULL &&
	    strncasecmp(h->type, "multipart/form-data", 19) == 0) {
		opdo_later(a, ASK_INVALID,
		    "This is a form. POST the file's own bytes (curl "
		    "--data-binary @FILE), its name as ?name=.");
		return;
	}
	if (h->length > most) {
		opdo_later(a, ASK_TOOLARGE, "The file is too large.");
		return;
	}
	if (!room_for(&a->caller)) {
		opdo_later(a, ASK_TRYAGAIN,
		    "Too many files come in at once. Try again.");
		return;
	}
	if (ask_text(a, "name") != NULL)
		filename_clean(
		    name, ask_text(a, "name"), strlen(ask_text(a, "name")));
	else if (h->disposition == NULL || !filename_read(name, h->disposition))
		filename_clean(name, "", 0);
	media_type_read(type, h->type);
	json_object_set_new(a->args, "name", json_string(name));
	json_object_set_new(a->args, "type", json_string(type));
	json_object_set_new(
	    a->args, "size", json_integer(h->length > 0 ? h->length : 0));
	json_object_set_new(a->args, "most", json_integer(most));
	dispatch_sql_then(a, upload_allowed);
}

/* The bytes ------------------------------------------------------------------ */

static struct upload *
upload_find(struct http_server *server, uint64_t http)
{
	LIST_EACH (l, &uploads) {
		struct upload *u = list_of(l, struct upload, link);

		if (u->front.server == server && u->front.http == http)
			return (u);
	}
	return (NULL);
}

static void
upload_free(struct upload *u)
{
	list_remove(&uploads, &u->link);
	idmap_drop(&ids, u->id);
	spill_free(&u->bytes);
	sha256_free(u->digest);
	json_decref(u->args);
	free(u);
}

static void
upload_refuse(struct upload *u, enum ask_code code, const char *words)
{
	http_problem(u->front.server, u->front.http,
	    &(struct http_problem){ .status = ask_code_status(code),
		.code = ask_code_name(code),
		.detail = words,
		.retry = code == ASK_TRYAGAIN ? 2 : 0,
		.headers = u->front.headers });
	upload_free(u);
}

void
upload_begin(const struct ask *a, const struct upload_front *front)
{
	struct upload *u = xcalloc(1, sizeof *u);
	/* Others may have begun since this one was asked about. */
	bool room = room_for(&a->caller);

	u->d = a->d;
	u->op = a->op;
	u->caller = a->caller;
	u->args = json_incref(a->args);
	u->front = *front;
	u->digest = sha256_new();
	u->id = idmap_add(&ids, u);
	list_append(&uploads, &u->link);
	if (!room)
		upload_refuse(u, ASK_TRYAGAIN,
		    "Too many files come in at once. Try again.");
	else if (u->digest == NULL)
		upload_refuse(u, ASK_INTERNAL, "There is no digest.");
	else if (!http_body_take(front->server, front->http,
		     (uint64_t)a->d->settings->attachment_max))
		upload_free(u);
}

bool
upload_piece(struct http_server *server, uint64_t http, const char *p, size_t n)
{
	struct upload *u = upload_find(server, http);

	if (u == NULL)
		return (false);
	if (!sha256_add(u->digest, p, n) || !spill_add(&u->bytes, p, n)) {
		upload_refuse(u, ASK_TRYAGAIN,
		    "There is no room for the file now. Try again.");
		return (false);
	}
	return (true);
}

/* The last step: whose it is.  Its answer goes where the first one's went. */
static void
upload_note(struct upload *u)
{
	struct ask *a;

	json_object_set_new(u->args, "sha256", json_string(u->sha256));
	json_object_set_new(
	    u->args, "size", json_integer((json_int_t)u->bytes.n));
	a = ask_new(u->d, u->op, json_incref(u->args), &u->caller);
	a->answer = u->front.answer;
	a->front = u->front.front;
	a->ref = u->front.http;
	upload_free(u);
	FAILPOINT("uploaded");
	dispatch_sql(a);
}

static void upload_put(struct upload *);

static void
upload_putted(uint64_t id, const struct pg_reply *r)
{
	struct upload *u = idmap_get(&ids, id);

	if (u == NULL)
		return;
	if (u->left)
		upload_free(u);
	else if (r->how != PG_DONE)
		upload_refuse(u, ASK_TRYAGAIN,
		    "The desk's records cannot be reached now. Try again.");
	else if (u->sealed)
		upload_note(u);
	else
		upload_put(u);
}

/* One chunk, or the seal when all are there. */
static void
upload_put(struct upload *u)
{
	struct pg_param p[3];
	char		num[24];
	size_t		n = u->bytes.n - u->at;
	bool		taken;

	p[0] = pgparam_str(u->sha256);
	if (n == 0) {
		u->sealed = true;
		snprintf(num, sizeof num, "%zu", u->bytes.n);
		p[1] = pgparam_str(num);
		taken = pool_ask(
		    u->d->pg_ingest, u->id, ST_BLOB_SEAL, p, upload_putted);
	} else {
		n = n < CHUNK ? n : CHUNK;
		snprintf(num, sizeof num, "%zu", u->at / CHUNK);
		p[1] = pgparam_str(num);
		p[2] = (struct pg_param){ (const char *)u->bytes.p + u->at,
			(int)n, true };
		taken = pool_ask(
		    u->d->pg_ingest, u->id, ST_BLOB_PUT, p, upload_putted);
		u->at += n;
		spill_pass(&u->bytes, u->at);
	}
	if (!taken)
		upload_refuse(u, ASK_TRYAGAIN,
		    "The desk's records cannot be reached now. Try again.");
}

void
upload_whole(struct http_server *server, uint64_t http)
{
	struct upload *u = upload_find(server, http);
	uint8_t	       digest[SHA256_LEN];

	if (u == NULL)
		return;
	if (u->bytes.n == 0)
		upload_refuse(u, ASK_INVALID, "The file is empty.");
	else if (!sha256_end(u->digest, digest) || !spill_seal(&u->bytes))
		upload_refuse(u, ASK_TRYAGAIN,
		    "There is no room for the file now. Try again.");
	else {
		hex_put(u->sha256, digest, sizeof digest);
		upload_put(u);
	}
}

void
upload_gone(struct http_server *server, uint64_t http)
{
	struct upload *u = upload_find(server, http);

	if (u == NULL)
		return;
	if (u->sha256[0] == '\0')
		upload_free(u); /* nothing is under way for it */
	else
		u->left = true;
}

void
upload_close(void)
{
	while (uploads.first != NULL)
		upload_free(list_of(uploads.first, struct upload, link));
	idmap_free(&ids);
}
