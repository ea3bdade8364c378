/*
 * An HTTP server under test, which answers by path, and a client of sockets
 * that hears what really came.
 */
#ifndef UNIT_WEB_H
#define UNIT_WEB_H

#include "loop.h"
#include <errno.h>

#include "base/buf.h"
#include "base/def.h"
#include "edge/http.h"
#include "edge/site.h"

#define H " HTTP/1.1\r\nHost: t\r\n"

static struct http_server *server;
static struct site	  *site; /* what it serves; NULL: nothing */
static unsigned		   asked, left;
static uint64_t		   later[64], gone_id;
static size_t		   nlater;

/* ---- the server under test */

static inline void
say(uint64_t id, const char *text)
{
	http_answer(server, id,
	    &(struct http_answer){ .status = 200,
		.type = "text/plain",
		.body = text,
		.n = strlen(text) });
}

static inline void
on_request(void *arg, const struct http_request *q)
{
	static const char *const split[] = { "X-Bad: a\r\nX-Evil: b", NULL };
	static char		 much[20000];
	struct buf		 b = { 0 };

	(void)arg;
	asked++;
	if (strcmp(q->path, "/later") == 0) {
		later[nlater++] = q->id;
	} else if (strcmp(q->path, "/stream") == 0) {
		if (http_stream(server, q->id, NULL))
			later[nlater++] = q->id;
	} else if (strcmp(q->path, "/split") == 0) {
		http_answer(server, q->id,
		    &(struct http_answer){ .status = 200,
			.type = "text/plain",
			.headers = split });
	} else if (strcmp(q->path, "/problem") == 0) {
		http_problem(server, q->id,
		    &(struct http_problem){ .status = 503,
			.code = "TRYAGAIN",
			.detail = "Say \"again\".",
			.member = "queue",
			.retry = 7 });
	} else if (strcmp(q->path, "/much") == 0) {
		memset(much, 'm', sizeof much);
		http_answer(server, q->id,
		    &(struct http_answer){ .status = 200,
			.type = "text/plain",
			.body = much,
			.n = sizeof much });
	} else if (site == NULL || !site_answer(site, server, q)) {
		buf_printf(&b, "%s %s ?%s x=%s twice=%d %zu:", q->method,
		    q->path, q->query,
		    http_header(q, "x-one") != NULL ? http_header(q, "X-ONE")
						    : "-",
		    http_header_twice(q, "x-one"), q->nbody);
		buf_add(&b, q->body, q->nbody);
		say(q->id, b.p);
		buf_free(&b);
	}
}

static inline void
on_gone(void *arg, uint64_t id)
{
	(void)arg;
	left++;
	gone_id = id;
}

static inline size_t
on_body_max(void *arg, const char *path)
{
	(void)arg;
	return (strcmp(path, "/small") == 0  ? 10
		: strcmp(path, "/none") == 0 ? 0
					     : 100000);
}

static inline void
start(unsigned hurry)
{
	const char *wrong = NULL;

	server = http_listen(base,
	    &(struct http_conf){ .at = "127.0.0.1:0",
		.request = on_request,
		.gone = on_gone,
		.body_max = on_body_max,
		.held_max = 150000,
		.hurry = hurry },
	    &wrong);
	if (server == NULL)
		fail_msg("%s", wrong);
	asked = left = 0;
	nlater = 0;
}

static inline int
set_up(void **state)
{
	(void)state;
	start(0);
	return (0);
}

static inline int
tear_down(void **state)
{
	(void)state;
	http_close(server);
	conn_reap();
	return (0);
}

/* ---- a client */

struct client {
	int    fd;
	char   got[400000];
	size_t n;
	bool   end;
};

static struct client one;

static inline void
dial(struct client *c)
{
	c->fd = loop_dial(http_port(server));
	c->n = 0;
	c->end = false;
}

static inline void
hang_up(struct client *c)
{
	close(c->fd);
	UNTIL(http_count(server) == 0);
}

static inline void
send_n(struct client *c, const char *p, size_t n)
{
	assert_int_equal(write(c->fd, p, n), n);
}

static inline void
send_text(struct client *c, const char *p)
{
	send_n(c, p, strlen(p));
}

/* One turn; what has come is added and ended by NUL. */
static inline void
hear(struct client *c)
{
	ssize_t r;

	turn();
	while (!c->end) {
		r = read(c->fd, c->got + c->n, sizeof c->got - 1 - c->n);
		if (r == 0 || (r == -1 && errno == ECONNRESET))
			c->end = true;
		if (r <= 0)
			break;
		c->n += (size_t)r;
	}
	c->got[c->n] = '\0';
}

static inline bool
heard(struct client *c, const char *text)
{
	hear(c);
	return (strstr(c->got, text) != NULL);
}

static inline bool
heard_end(struct client *c)
{
	hear(c);
	return (c->end);
}

/* The whole answer that stands first is cut off; its status, 0: not yet. */
static inline int
answer(struct client *c, char *body, size_t size)
{
	char  *end, *len;
	size_t n = 0, head;
	int    status;

	hear(c);
	if ((end = strstr(c->got, "\r\n\r\n")) == NULL)
		return (0);
	head = (size_t)(end - c->got) + 4;
	len = strcasestr(c->got, "\r\nContent-Length: ");
	if (len != NULL && len < end)
		n = strtoul(len + 18, NULL, 10);
	if (c->n < head + n)
		return (0);
	assert_int_equal(sscanf(c->got, "HTTP/1.1 %d ", &status), 1);
	assert_true(n < size);
	memcpy(body, c->got + head, n);
	body[n] = '\0';
	memmove(c->got, c->got + head + n, c->n - head - n + 1);
	c->n -= head + n;
	return (status);
}

static char said[40000];

static inline int
reply(struct client *c)
{
	int status = 0;

	UNTIL((status = answer(c, said, sizeof said)) != 0);
	return (status);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)

#endif
