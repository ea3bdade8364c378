/*
 * One who asks over HTTP; see asker.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "asker.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "conn.h"
#include "pack.h"

#define HEAD_MS	 10000 /* for a head, from its first byte */
#define IDLE_MS	 60000 /* between requests */
#define BODY_MAX (1024 * 1024)
/* With so much of earlier answers unsent, the next request must wait. */
#define BACKLOG (64 * 1024)
/* So much pipelined behind a question, and we read no more. */
#define BEHIND (16 * 1024)
/* New bytes without a line's end are not worth reading the head again. */
#define GLANCE 2048

static size_t asker_input(void *, const uint8_t *, size_t);
static void   asker_sent(void *);
static void   asker_late(void *);
static void   asker_gone(void *, const char *);

const struct conn_kind asker_kind = { .name = "http",
	.in_max = HTTP_HEAD_MAX + BEHIND,
	.out_max = BODY_TOP + STREAM_MAX,
	.first_ms = HEAD_MS,
	.input = asker_input,
	.sent = asker_sent,
	.late = asker_late,
	.gone = asker_gone };

/* ---- answering */

static void
reading_free(struct http_server *s, struct reading *r)
{
	if (r == NULL)
		return;
	s->held -= r->body.size;
	free(r->bytes);
	buf_free(&r->body);
	free(r);
}

void
asker_hold(struct asker *w, bool hold)
{
	if (w->held == hold)
		return;
	w->held = hold;
	conn_hold(w->conn, hold);
}

void
asker_deadline(struct asker *w, int64_t ms)
{
	if (w->server->conf.hurry != 0)
		ms = ms / w->server->conf.hurry + 1;
	conn_deadline(w->conn, ms);
}

void
asker_rest(struct asker *w)
{
	w->at = AT_HEAD;
	w->begun = false;
	w->seen = w->glance = 0;
	asker_deadline(w, IDLE_MS);
	/* What stands behind is asked about again, held or not. */
	w->held = false;
	conn_hold(w->conn, false);
}

void
asker_answer(struct asker *w, const struct http_answer *a)
{
	static const struct http_answer broken = { .status = 500,
		.close = true };
	struct http_server	       *s = w->server;
	const char		       *headers[PACK_HEADERS];
	struct http_answer		packed;
	struct buf			body = { 0 };
	struct answer_how		how = { .tls = conn_is_tls(w->conn),
			      .close =
				  a->close || w->close || s->stopping || w->reading != NULL };

	/* A body that was not taken: what follows is no request. */
	reading_free(s, w->reading);
	w->reading = NULL;
	buf_reset(&s->out);
	if (a->pack && w->gzip && !w->head &&
	    pack_answer(&packed, headers, &body, a))
		a = &packed;
	if (!answer_head(&s->out, a, &how)) {
		log_error(
		    "%s answer with a bad header not sent", conn_name(w->conn));
		a = &broken;
		how.close = true;
		if (!answer_head(&s->out, a, &how))
			bug("no head for 500");
	}
	conn_write(w->conn, s->out.p, s->out.n);
	if (!w->head && a->status != 204 && a->status != 304)
		conn_write(w->conn, a->body, a->n);
	buf_free(&body);
	if (!how.close) {
		asker_rest(w);
		return;
	}
	w->at = AT_END;
	conn_close(w->conn, "answered %d", a->status);
}

void
asker_problem(struct asker *w, const struct http_problem *p, bool close)
{
	const char *headers[20], *const *line;
	char		   again[40];
	struct buf	   body = { 0 };
	size_t		   n = 0;
	struct http_answer a = { .status = p->status,
		.type = "application/problem+json",
		.headers = headers,
		.close = close };

	if (p->retry > 0) {
		snprintf(again, sizeof again, "Retry-After: %d", p->retry);
		headers[n++] = again;
	}
	for (line = p->headers; line != NULL && *line != NULL; line++)
		if (n < nitems(headers) - 1)
			headers[n++] = *line;
	headers[n] = NULL;
	answer_problem(&body, p);
	a.body = body.p;
	a.n = body.n;
	asker_answer(w, &a);
	buf_free(&body);
}

void
asker_refuse(struct asker *w, int status, const char *detail)
{
	const char *code = "INVALID";

	if (status == 413 || status == 414 || status == 431)
		code = "TOOLARGE";
	else if (status == 408 || status == 503)
		code = "TRYAGAIN";
	reading_free(w->server, w->reading);
	w->reading = NULL;
	w->head = false;
	asker_problem(w,
	    &(struct http_problem){ .status = status,
		.code = code,
		.detail = detail,
		.retry = status == 503 ? 5 : 0 },
	    true);
}

static const char *
refused_because(int status)
{
	switch (status) {
	case 414:
		return ("The request's address is too long.");
	case 417:
		return ("Only Expect: 100-continue is understood.");
	case 431:
		return ("The request's header fields are too many or too "
			"long.");
	case 501:
		return ("The method or the transfer coding is not supported.");
	case 505:
		return ("Only HTTP/1.1 and HTTP/1.0 are spoken here.");
	default:
		return ("The request is not valid HTTP/1.1.");
	}
}

/* ---- asking */

/* The head's parts as C strings: what stands behind each is a separator. */
static const char *
part(struct reading *r, struct http_span s, const char *none)
{
	if (s.n == 0)
		return (none);
	r->bytes[s.at + s.n] = '\0';
	return (r->bytes + s.at);
}

static void
asker_ask(struct asker *w, const char *body, size_t n)
{
	struct http_server *s = w->server;
	struct reading	   *r = w->reading;
	struct http_request q = { .id = idmap_add(&s->asked, w),
		.method = part(r, r->head.method, ""),
		.path = part(r, r->head.path, "/"),
		.query = part(r, r->head.query, ""),
		.body = n != 0 ? body : "",
		.nbody = n,
		.peer = conn_peer(w->conn),
		.upload = n == 0 && (r->head.chunked || r->head.length != 0),
		.length = r->head.chunked ? -1 : (int64_t)r->head.length,
		.uid = conn_uid(w->conn),
		.tls = conn_is_tls(w->conn),
		.fields = &r->head,
		.bytes = r->bytes };
	size_t		    i;

	for (i = 0; i < r->head.nfields; i++)
		part(r, r->head.fields[i].value, "");
	if (strcmp(q.method, "HEAD") == 0) {
		q.method = "GET";
		q.head = true;
	}
	w->id = q.id;
	w->head = q.head;
	w->gzip = http_coding(&q, BIT(CODING_GZIP)) == CODING_GZIP;
	w->close = r->head.close;
	w->at = AT_ASKED;
	asker_deadline(w, ANSWER_MS);
	if (q.upload) {
		s->conf.request(s->conf.arg, &q);
		return;
	}
	w->reading = NULL; /* answered within, the connection may go on */
	s->conf.request(s->conf.arg, &q);
	reading_free(s, r);
}

/* ---- reading */

static size_t
asker_body_max(struct asker *w)
{
	const struct http_conf *conf = &w->server->conf;
	struct reading	       *r = w->reading;
	size_t			max = BODY_MAX;
	char			behind;
	char		       *end;

	if (conf->body_max == NULL)
		return (max);
	if (r->head.path.n == 0)
		return (conf->body_max(conf->arg, "/"));
	/* The path as a string, for this call only. */
	end = r->bytes + r->head.path.at + r->head.path.n;
	behind = *end;
	*end = '\0';
	max = conf->body_max(conf->arg, r->bytes + r->head.path.at);
	*end = behind;
	return (max < BODY_TOP ? max : BODY_TOP);
}

/* Whether the owner takes this body in pieces. */
static bool
asker_wanted(struct asker *w)
{
	const struct http_conf *conf = &w->server->conf;
	struct reading	       *r = w->reading;
	char		       *method, *path;
	bool			wanted;

	if (conf->wants == NULL || r->head.path.n == 0)
		return (false);
	method = xstrndup(r->bytes + r->head.method.at, r->head.method.n);
	path = xstrndup(r->bytes + r->head.path.at, r->head.path.n);
	wanted = conf->wants(conf->arg, method, path);
	free(method);
	free(path);
	return (wanted);
}

/* A whole head has come: its body is read, or there is none. */
static void
asker_begin(struct asker *w, const struct http_head *head, const uint8_t *p,
    size_t n, size_t behind)
{
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
	struct reading	 *r = xcalloc(1, sizeof *r);
	size_t		  max;

	r->head = *head;
	r->bytes = xstrndup((const char *)p, n);
	w->reading = r;
	if (!head->chunked && head->length == 0) {
		asker_ask(w, NULL, 0);
		return;
	}
	if (asker_wanted(w)) {
		asker_ask(w, NULL, 0);
		return;
	}
	max = asker_body_max(w);
	/* A buf without a cap has none: a body that may be 0 bytes is none. */
	if (max == 0 || head->length > max) {
		asker_refuse(w, 413, "The request's body is too large.");
		return;
	}
	buf_init(&r->body, max);
	r->began = clock_now();
	w->at = AT_BODY;
	asker_deadline(w, BODY_MS);
	if (head->expect && behind == 0)
		conn_write(w->conn, go_on, sizeof go_on - 1);
}

/* Worth another try: a line has ended, or much has come. */
static bool
asker_worth(struct asker *w, const uint8_t *p, size_t n)
{
	size_t from = w->glance;

	w->glance = n;
	return (
	    n - w->seen >= GLANCE || memchr(p + from, '\n', n - from) != NULL);
}

static size_t
asker_read_head(struct asker *w, const uint8_t *p, size_t n)
{
	struct http_head head;
	ssize_t		 took;
	int		 status;

	if (conn_unsent(w->conn) > BACKLOG) {
		asker_hold(w, true);
		return (0);
	}
	if (!w->begun) {
		w->begun = true;
		asker_deadline(w, HEAD_MS);
	}
	if (!asker_worth(w, p, n))
		return (0);
	w->seen = n;
	took = http_head(&head, (const char *)p, n, &http_limits, &status);
	if (took == 0)
		return (0);
	if (took == -1) {
		/* Not what was sent: a key, a cookie, a customer's link. */
		log_debug("%s refused %d: a head of %zu bytes",
		    conn_name(w->conn), status, n);
		asker_refuse(w, status, refused_because(status));
		return (n);
	}
	asker_begin(w, &head, p, (size_t)took, n - (size_t)took);
	return ((size_t)took);
}

/* Keeps a part of the body; false: refused, since there is no room for it. */
static bool
asker_keep(struct asker *w, const char *p, size_t n)
{
	struct http_server *s = w->server;
	struct buf	   *b = &w->reading->body;

	s->held -= b->size;
	buf_add(b, p, n);
	s->held += b->size;
	if (buf_full(b)) {
		asker_refuse(w, 413, "The request's body is too large.");
		return (false);
	}
	if (s->held > s->conf.held_max) {
		asker_refuse(w, 503, "Too much comes in at once; try again.");
		return (false);
	}
	return (true);
}

static size_t
asker_read_length(struct asker *w, const uint8_t *p, size_t n)
{
	struct reading *r = w->reading;
	size_t		left = (size_t)r->head.length - r->body.n;

	/* Mostly it has all come at once, and need not be copied. */
	if (r->body.n == 0 && n >= left) {
		asker_ask(w, (const char *)p, left);
		return (left);
	}
	if (n > left)
		n = left;
	if (asker_keep(w, (const char *)p, n) && n == left)
		asker_ask(w, r->body.p, r->body.n);
	return (n);
}

static size_t
asker_read_chunks(struct asker *w, const uint8_t *p, size_t n)
{
	struct reading *r = w->reading;
	const char     *data;
	size_t		at = 0, ndata;
	ssize_t		took;

	while (at < n && r->chunks.at != CHUNK_DONE) {
		took = http_chunk(
		    &r->chunks, (const char *)p + at, n - at, &data, &ndata);
		if (took == -1) {
			asker_refuse(
			    w, 400, "The body is not validly chunked.");
			return (n);
		}
		if (took == 0)
			break;
		at += (size_t)took;
		if (!asker_keep(w, data, ndata))
			return (n);
	}
	if (r->chunks.at == CHUNK_DONE)
		asker_ask(w, r->body.p, r->body.n);
	return (at);
}

static size_t
asker_read_body(struct asker *w, const uint8_t *p, size_t n)
{
	struct reading *r = w->reading;
	size_t		took;

	if (r->head.chunked)
		took = asker_read_chunks(w, p, n);
	else
		took = asker_read_length(w, p, n);
	/* 500 bytes a second, from its beginning. */
	if (w->at == AT_BODY) {
		int64_t late = r->began + BODY_MS + 2 * (int64_t)r->body.n;

		late -= clock_now();
		asker_deadline(w, late > 0 ? late : 1);
	}
	return (took);
}

static size_t
asker_input(void *owner, const uint8_t *p, size_t n)
{
	struct asker *w = owner;

	switch (w->at) {
	case AT_HEAD:
		return (asker_read_head(w, p, n));
	case AT_BODY:
		return (asker_read_body(w, p, n));
	case AT_ASKED:
		if (n >= BEHIND)
			asker_hold(w, true);
		return (0);
	case AT_UPLOAD:
		return (asker_read_upload(w, p, n));
	case AT_SENDING:
		if (n >= BEHIND)
			asker_hold(w, true);
		return (0);
	case AT_STREAM:
	case AT_END:
		break;
	}
	return (n);
}

static void
asker_sent(void *owner)
{
	struct asker *w = owner;

	if (w->at == AT_HEAD)
		asker_hold(w, false);
	else if (w->at == AT_SENDING && w->from != NULL)
		asker_send_more(w);
	else if (w->at == AT_SENDING && w->server->conf.sent != NULL)
		w->server->conf.sent(w->server->conf.arg, w->id);
}

static void
asker_late(void *owner)
{
	static const char   ping[] = ": still here\n\n";
	struct asker	   *w = owner;
	struct http_server *s = w->server;

	switch (w->at) {
	case AT_HEAD:
		if (w->glance == 0)
			conn_close(w->conn, "idle");
		else
			asker_refuse(w, 408, "The request took too long.");
		break;
	case AT_BODY:
		asker_refuse(w, 408, "The request's body came too slowly.");
		break;
	case AT_UPLOAD:
		asker_give_up(w);
		asker_refuse(w, 408, "The request's body came too slowly.");
		break;
	case AT_SENDING:
		conn_abort(w->conn, "the rest of the answer never came");
		break;
	case AT_ASKED:
		idmap_drop(&s->asked, w->id);
		log_warn("%s no answer in %d s", conn_name(w->conn),
		    ANSWER_MS / 1000);
		asker_problem(w,
		    &(struct http_problem){ .status = 503,
			.code = "TRYAGAIN",
			.detail = "No answer in time; please try again.",
			.retry = 5 },
		    true);
		if (s->conf.gone != NULL)
			s->conf.gone(s->conf.arg, w->id);
		break;
	case AT_STREAM:
		conn_write(w->conn, ping, sizeof ping - 1);
		asker_deadline(w, PING_MS);
		break;
	case AT_END:
		break;
	}
}

/* ---- coming and going */

static void
asker_gone(void *owner, const char *why)
{
	struct asker	   *w = owner;
	struct http_server *s = w->server;
	bool		    told = w->at >= AT_ASKED && w->at <= AT_STREAM;

	(void)why;
	if (told)
		idmap_drop(&s->asked, w->id);
	if (told && !s->closed && s->conf.gone != NULL)
		s->conf.gone(s->conf.arg, w->id);
	reading_free(w->server, w->reading);
	free(w);
	if (--s->owners == 0 && s->closed)
		http_free(s);
}

void *
asker_accept(void *arg, struct conn *c)
{
	struct http_server *s = arg;
	struct asker	   *w = xcalloc(1, sizeof *w);

	/* The first head's deadline runs from the connection's beginning. */
	*w = (struct asker){ .server = s, .conn = c, .begun = true };
	asker_deadline(w, HEAD_MS);
	s->owners++;
	return (w);
}
