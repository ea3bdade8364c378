/*
 * Files on their way out; see download.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hex.h"
#include "base/idmap.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon.h"
#include "download.h"
#include "edge/hmac.h"
#include "edge/http.h"
#include "proto/filename.h"
#include "stmts.h"
#include "store/pgparam.h"
#include "store/pool.h"

struct download {
	struct link	    link;
	uint64_t	    id;
	struct daemon	   *d;
	struct http_server *server;
	uint64_t	    http;
	char		    sha256[65];
	struct sha256	   *digest;
	json_t		   *file;
	const char *const  *headers;
	size_t		    left;
	unsigned	    chunk;
	bool		    asking;
	bool		    begun; /* its head was sent */
};

static struct list  downloads;
static struct idmap ids;

static struct download *
download_find(struct http_server *server, uint64_t http)
{
	LIST_EACH (l, &downloads) {
		struct download *w = list_of(l, struct download, link);

		if (w->server == server && w->http == http)
			return (w);
	}
	return (NULL);
}

static void
download_free(struct download *w)
{
	list_remove(&downloads, &w->link);
	idmap_drop(&ids, w->id);
	sha256_free(w->digest);
	json_decref(w->file);
	free(w);
}

static void
download_fail(struct download *w, const char *why)
{
	log_error("attachment %s not sent: %s", w->sha256, why);
	if (w->begun)
		http_send_fail(w->server, w->http);
	else
		http_problem(w->server, w->http,
		    &(struct http_problem){ .status = 503,
			.code = "TRYAGAIN",
			.detail = "The file cannot be had now. Try again.",
			.retry = 5,
			.headers = w->headers });
	download_free(w);
}

/* The last piece goes out only when the whole is what it should be. */
static bool
download_right(struct download *w)
{
	uint8_t digest[SHA256_LEN];
	char	hex[65];

	if (!sha256_end(w->digest, digest))
		return (false);
	hex_put(hex, digest, sizeof digest);
	return (strcmp(hex, w->sha256) == 0);
}

/* The answer's head, by the file's first bytes; false: that was all. */
static bool
download_head(struct download *w, const char *p, size_t n)
{
	static const char policy[] =
	    "Content-Security-Policy: sandbox; default-src 'none'";
	const char	  *name, *type;
	const char	  *headers[8];
	const char *const *more;
	struct buf	   disposition;
	size_t		   i = 0;
	bool		   shown, goes_on;

	if ((type = json_string_value(json_object_get(w->file, "type"))) ==
	    NULL)
		type = "";
	name = json_string_value(json_object_get(w->file, "name"));
	shown = json_is_true(json_object_get(w->file, "inline")) &&
	    media_type_shown(type, p, n);
	buf_init(&disposition, 0);
	buf_str(&disposition, "Content-Disposition: ");
	filename_write(&disposition, shown ? "inline" : "attachment",
	    name != NULL ? name : "file");
	headers[i++] = disposition.p;
	headers[i++] = policy;
	for (more = w->headers; more != NULL && *more != NULL && i < 7; more++)
		headers[i++] = *more;
	headers[i] = NULL;
	w->begun = true;
	goes_on = http_send_begin(w->server, w->http,
	    &(struct http_answer){ .status = 200,
		.type = media_type_served(type),
		.n = w->left,
		.headers = headers });
	buf_free(&disposition);
	return (goes_on);
}

static void
download_take(struct download *w, const char *p, size_t n)
{
	size_t whole = w->left;

	if (n == 0 || n > w->left || !sha256_add(w->digest, p, n))
		download_fail(w, "its chunks are not its size");
	else if (whole == n && !download_right(w))
		download_fail(w, "its bytes are damaged");
	else if (!w->begun && !download_head(w, p, n))
		download_free(w);
	else {
		w->left -= n;
		if (!http_send(w->server, w->http, p, n))
			download_free(w);
	}
}

static void
download_got(uint64_t id, const struct pg_reply *r)
{
	struct download *w = idmap_get(&ids, id);
	unsigned char	*bytes;
	size_t		 n;

	if (w == NULL)
		return;
	w->asking = false;
	if (r->how != PG_DONE || PQntuples(r->res) != 1) {
		download_fail(w, "a chunk cannot be had");
		return;
	}
	bytes = PQunescapeBytea(
	    (const unsigned char *)PQgetvalue(r->res, 0, 0), &n);
	if (bytes == NULL)
		download_fail(w, "memory is short");
	else
		download_take(w, (const char *)bytes, n);
	PQfreemem(bytes);
}

static void
download_ask(struct download *w)
{
	struct pg_param p[2];
	char		num[24];

	snprintf(num, sizeof num, "%u", w->chunk++);
	p[0] = pgparam_str(w->sha256);
	p[1] = pgparam_str(num);
	w->asking =
	    pool_ask(w->d->pg_ops, w->id, ST_BLOB_CHUNK, p, download_got);
	if (!w->asking)
		download_fail(w, "postgres is away");
}

void
download_begin(struct daemon *d, struct http_server *server, uint64_t http,
    json_t *file, const char *const *more)
{
	struct download *w;

	w = xcalloc(1, sizeof *w);
	w->d = d;
	w->server = server;
	w->http = http;
	w->file = json_incref(file);
	w->headers = more;
	w->left = (size_t)json_integer_value(json_object_get(file, "size"));
	snprintf(w->sha256, sizeof w->sha256, "%s",
	    json_string_value(json_object_get(file, "sha256")));
	w->digest = sha256_new();
	w->id = idmap_add(&ids, w);
	list_append(&downloads, &w->link);
	if (w->digest == NULL)
		download_fail(w, "there is no digest");
	else if (w->left == 0)
		download_free((download_head(w, "", 0), w));
	else
		download_ask(w);
}

void
download_sent(struct http_server *server, uint64_t http)
{
	struct download *w = download_find(server, http);

	/* The head alone was sent, or a chunk: the next one is wanted. */
	if (w != NULL && !w->asking)
		download_ask(w);
}

void
download_gone(struct http_server *server, uint64_t http)
{
	struct download *w = download_find(server, http);

	if (w != NULL)
		download_free(w);
}

void
download_close(void)
{
	while (downloads.first != NULL)
		download_free(list_of(downloads.first, struct download, link));
	idmap_free(&ids);
}
