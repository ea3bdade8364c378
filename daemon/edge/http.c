/*
 * An HTTP/1.1 server on conn; see http.h.  How one connection reads and is
 * answered is in asker.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "answer.h"
#include "asker.h"
#include "base/mem.h"
#include "conn.h"
#include "http.h"
#include "sse.h"

/* As the mail server's: strangers' halves do not fill the memory. */
#define HELD_MAX (64 * 1024 * 1024)

void
http_free(struct http_server *s)
{
	idmap_free(&s->asked);
	buf_free(&s->out);
	free(s);
}

struct http_server *
http_listen(
    struct event_base *base, const struct http_conf *conf, const char **wrong)
{
	static const char   busy[] = "HTTP/1.1 503 Service Unavailable\r\n"
				     "Retry-After: 5\r\nContent-Length: 0\r\n"
				     "Connection: close\r\n\r\n";
	struct http_server *s = xcalloc(1, sizeof *s);

	s->conf = *conf;
	if (s->conf.held_max == 0)
		s->conf.held_max = HELD_MAX;
	s->listener = listen_open(base,
	    &(struct listen_conf){ .at = conf->at,
		.tls = conf->tls,
		.kind = &asker_kind,
		.accept = asker_accept,
		.arg = s,
		.max = conf->max,
		.max_peer = conf->max_peer,
		.mode = conf->mode,
		.busy = busy },
	    wrong);
	if (s->listener == NULL) {
		http_free(s);
		return (NULL);
	}
	return (s);
}

static void
asker_stop(void *owner, void *arg)
{
	struct asker *w = owner;
	struct buf   *retry = arg;

	if (w->at == AT_STREAM)
		conn_write(w->conn, retry->p, retry->n);
	if (w->at == AT_STREAM || (w->at == AT_HEAD && w->glance == 0))
		conn_close(w->conn, "shutting down");
}

void
http_stop(struct http_server *s)
{
	struct buf retry = { 0 };

	if (s->stopping)
		return;
	s->stopping = true;
	listen_stop(s->listener);
	sse_retry(&retry, 1000);
	listen_each(s->listener, asker_stop, &retry);
	buf_free(&retry);
}

void
http_close(struct http_server *s)
{
	listen_close(s->listener);
	s->closed = true;
	if (s->owners == 0)
		http_free(s);
}

unsigned
http_count(const struct http_server *s)
{
	return (listen_count(s->listener));
}

int
http_port(const struct http_server *s)
{
	return (listen_port(s->listener));
}

/* ---- what a request says */

const char *
http_header(const struct http_request *q, const char *name)
{
	const struct http_field *f = http_field(q->fields, q->bytes, name);

	if (f == NULL)
		return (NULL);
	return (f->value.n != 0 ? q->bytes + f->value.at : "");
}

const char *
http_header_back(const struct http_request *q, const char *name, unsigned back)
{
	const struct http_head	*h = q->fields;
	const struct http_field *f;
	size_t			 n = strlen(name);

	for (f = h->fields + h->nfields; f-- > h->fields;)
		if (f->name.n == n &&
		    strncasecmp(q->bytes + f->name.at, name, n) == 0 &&
		    back-- == 0)
			return (f->value.n != 0 ? q->bytes + f->value.at : "");
	return (NULL);
}

enum coding
http_coding(const struct http_request *q, unsigned there)
{
	struct codings c;
	const char    *field;
	unsigned       back;

	codings_none(&c);
	for (back = 0;
	     (field = http_header_back(q, "Accept-Encoding", back)) != NULL;
	     back++)
		codings_read(&c, field);
	return (codings_best(&c, there));
}

bool
http_header_twice(const struct http_request *q, const char *name)
{
	const struct http_head	*h = q->fields;
	const struct http_field *f = http_field(h, q->bytes, name);
	size_t			 n = strlen(name);

	if (f == NULL)
		return (false);
	for (f++; f < h->fields + h->nfields; f++)
		if (f->name.n == n &&
		    strncasecmp(q->bytes + f->name.at, name, n) == 0)
			return (true);
	return (false);
}

/* ---- what the caller answers */

/* Who waits for an answer: all of his request has come, or may come. */
static struct asker *
asker_waiting(struct http_server *s, uint64_t id)
{
	struct asker *w = asker_find(s, id, AT_ASKED);

	return (w != NULL ? w : asker_find(s, id, AT_UPLOAD));
}

bool
http_answer(struct http_server *s, uint64_t id, const struct http_answer *a)
{
	struct asker *w = asker_waiting(s, id);

	if (w == NULL)
		return (false);
	idmap_drop(&s->asked, id);
	asker_answer(w, a);
	return (true);
}

bool
http_problem(struct http_server *s, uint64_t id, const struct http_problem *p)
{
	struct asker *w = asker_waiting(s, id);

	if (w == NULL)
		return (false);
	idmap_drop(&s->asked, id);
	asker_problem(w, p, false);
	return (true);
}

bool
http_wrong_method(struct http_server *s, uint64_t id, const char *allow)
{
	char	    field[80];
	const char *headers[] = { field, NULL };

	snprintf(field, sizeof field, "Allow: %s", allow);
	return (http_problem(s, id,
	    &(struct http_problem){ .status = 405,
		.code = "INVALID",
		.detail = "That path does not know this method.",
		.headers = headers }));
}

bool
http_stream(struct http_server *s, uint64_t id, const char *const *headers)
{
	struct http_answer a = { .status = 200,
		.type = "text/event-stream; charset=utf-8",
		.headers = headers };
	struct asker	  *w = asker_find(s, id, AT_ASKED);
	struct answer_how  how = { .stream = true };

	if (w == NULL)
		return (false);
	how.tls = conn_is_tls(w->conn);
	buf_reset(&s->out);
	if (w->head || s->stopping || !answer_head(&s->out, &a, &how)) {
		idmap_drop(&s->asked, id);
		a.status = w->head ? 200 : 503;
		a.headers = NULL;
		a.close = true;
		asker_answer(w, &a);
		return (false);
	}
	conn_write(w->conn, s->out.p, s->out.n);
	w->at = AT_STREAM;
	asker_hold(w, false);
	asker_deadline(w, PING_MS);
	return (true);
}

bool
http_stream_send(struct http_server *s, uint64_t id, const char *p, size_t n)
{
	struct asker *w = asker_find(s, id, AT_STREAM);

	if (w == NULL)
		return (false);
	if (conn_unsent(w->conn) + n > STREAM_MAX) {
		conn_abort(w->conn, "too slow to keep up (%zu bytes unsent)",
		    conn_unsent(w->conn));
		return (false);
	}
	conn_write(w->conn, p, n);
	return (true);
}

void
http_stream_end(struct http_server *s, uint64_t id)
{
	struct asker *w = asker_find(s, id, AT_STREAM);

	if (w == NULL)
		return;
	idmap_drop(&s->asked, id);
	w->at = AT_END;
	conn_close(w->conn, "stream ended");
}
