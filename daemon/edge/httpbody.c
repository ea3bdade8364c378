/*
 * Bodies that are not held: a request's, handed on as it comes in, and an
 * answer's, sent as it can be had; see http.h.
 */
#include <stdlib.h>

#include "answer.h"
#include "asker.h"
#include "base/clock.h"
#include "base/log.h"
#include "conn.h"

/* Of an answer that lasts, so much stands unsent at a time. */
#define PIECE 65536

struct asker *
asker_find(struct http_server *s, uint64_t id, enum asker_at at)
{
	struct asker *w = idmap_get(&s->asked, id);

	if (w == NULL || w->at != at || conn_closing(w->conn))
		return (NULL);
	return (w);
}

/* ---- a request's */

bool
http_body_take(struct http_server *s, uint64_t id, uint64_t max)
{
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
	struct asker	 *w = asker_find(s, id, AT_ASKED);

	if (w == NULL || w->reading == NULL)
		return (false);
	w->at = AT_UPLOAD;
	w->reading->max = max;
	w->reading->began = clock_now();
	asker_deadline(w, BODY_MS);
	if (w->reading->head.expect)
		conn_write(w->conn, go_on, sizeof go_on - 1);
	/* What came meanwhile is asked about again, held or not. */
	w->held = false;
	conn_hold(w->conn, false);
	return (true);
}

void
asker_give_up(struct asker *w)
{
	struct http_server *s = w->server;

	idmap_drop(&s->asked, w->id);
	if (s->conf.gone != NULL)
		s->conf.gone(s->conf.arg, w->id);
}

/* False: the request is over. */
static bool
upload_piece(struct asker *w, const char *p, size_t n)
{
	struct http_server *s = w->server;
	struct reading	   *r = w->reading;

	if (n > r->max - r->taken) {
		asker_give_up(w);
		asker_refuse(w, 413, "The file is too large.");
		return (false);
	}
	r->taken += n;
	return (n == 0 || s->conf.piece(s->conf.arg, w->id, p, n));
}

/* It has all come; what follows is the next request. */
static void
upload_whole(struct asker *w)
{
	struct http_server *s = w->server;
	struct reading	   *r = w->reading;

	w->reading = NULL;
	free(r->bytes);
	free(r);
	w->at = AT_ASKED;
	asker_deadline(w, ANSWER_MS);
	s->conf.whole(s->conf.arg, w->id);
}

static size_t
upload_length(struct asker *w, const char *p, size_t n)
{
	struct reading *r = w->reading;

	if (n > r->head.length - r->taken)
		n = (size_t)(r->head.length - r->taken);
	if (upload_piece(w, p, n) && r->taken == r->head.length)
		upload_whole(w);
	return (n);
}

static size_t
upload_chunks(struct asker *w, const char *p, size_t n)
{
	struct reading *r = w->reading;
	const char     *data;
	size_t		at = 0, ndata;
	ssize_t		took;

	while (at < n && r->chunks.at != CHUNK_DONE) {
		took = http_chunk(&r->chunks, p + at, n - at, &data, &ndata);
		if (took == -1) {
			asker_give_up(w);
			asker_refuse(
			    w, 400, "The body is not validly chunked.");
			return (n);
		}
		if (took == 0)
			return (at);
		at += (size_t)took;
		if (!upload_piece(w, data, ndata))
			return (n);
	}
	if (r->chunks.at == CHUNK_DONE)
		upload_whole(w);
	return (at);
}

size_t
asker_read_upload(struct asker *w, const uint8_t *p, size_t n)
{
	struct reading *r = w->reading;
	size_t		took;
	int64_t		late;

	if (r->head.chunked)
		took = upload_chunks(w, (const char *)p, n);
	else
		took = upload_length(w, (const char *)p, n);
	if (w->at != AT_UPLOAD)
		return (took);
	/* 500 bytes a second, from its beginning. */
	late = r->began + BODY_MS + 2 * (int64_t)r->taken - clock_now();
	asker_deadline(w, late > 0 ? late : 1);
	return (took);
}

/* ---- an answer's */

bool
http_send_begin(struct http_server *s, uint64_t id, const struct http_answer *a)
{
	struct asker	 *w = asker_find(s, id, AT_ASKED);
	struct answer_how how = { 0 };

	if (w == NULL)
		return (false);
	how.tls = conn_is_tls(w->conn);
	how.close = a->close || w->close || s->stopping;
	buf_reset(&s->out);
	if (w->head || a->n == 0 || !answer_head(&s->out, a, &how)) {
		idmap_drop(&s->asked, id);
		asker_answer(w, a);
		return (false);
	}
	w->close = how.close;
	w->left = a->n;
	w->from = NULL;
	w->at = AT_SENDING;
	asker_deadline(w, ANSWER_MS);
	conn_write(w->conn, s->out.p, s->out.n);
	return (true);
}

bool
http_send(struct http_server *s, uint64_t id, const char *p, size_t n)
{
	struct asker *w = asker_find(s, id, AT_SENDING);

	if (w == NULL)
		return (false);
	if (n > w->left)
		bug("http sends more than it said");
	w->left -= n;
	conn_write(w->conn, p, n);
	if (w->left != 0) {
		asker_deadline(w, ANSWER_MS);
		return (true);
	}
	idmap_drop(&s->asked, id);
	if (!w->close) {
		asker_rest(w);
		return (false);
	}
	w->at = AT_END;
	conn_close(w->conn, "answered");
	return (false);
}

void
asker_send_more(struct asker *w)
{
	size_t	    n = w->left < PIECE ? w->left : PIECE;
	const char *p = w->from;

	w->from += n;
	http_send(w->server, w->id, p, n);
}

bool
http_answer_lasting(
    struct http_server *s, uint64_t id, const struct http_answer *a)
{
	struct asker *w = asker_find(s, id, AT_ASKED);

	if (w == NULL)
		return (false);
	if (http_send_begin(s, id, a)) {
		w->from = a->body;
		asker_send_more(w);
	}
	return (true);
}

void
http_send_fail(struct http_server *s, uint64_t id)
{
	struct asker *w = asker_find(s, id, AT_SENDING);

	if (w == NULL)
		return;
	idmap_drop(&s->asked, id);
	w->at = AT_END;
	conn_abort(w->conn, "the rest of the answer cannot be had");
}
