/*
 * The HTTP server over loopback, and what stands around it: streams, files,
 * signatures.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include <event2/event.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/def.h"
#include "edge/answer.h"
#include "edge/conn.h"
#include "edge/files.h"
#include "edge/hmac.h"
#include "edge/http.h"
#include "edge/sse.h"

#define H " HTTP/1.1\r\nHost: t\r\n"

static struct event_base  *base;
static struct http_server *server;
static unsigned		   asked, left;
static uint64_t		   later[64], gone_id;
static size_t		   nlater;

static void
turn(void)
{
	event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	clock_tick();
	conn_reap();
}

#define UNTIL(cond)                                        \
	do {                                               \
		int64_t until_ = clock_micros() + 8000000; \
		while (!(cond)) {                          \
			if (clock_micros() > until_)       \
				fail_msg("never: " #cond); \
			turn();                            \
		}                                          \
	} while (0)

/* ---- the server under test */

static void
say(uint64_t id, const char *text)
{
	http_answer(server, id,
	    &(struct http_answer){ .status = 200,
		.type = "text/plain",
		.body = text,
		.n = strlen(text) });
}

static void
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
	} else if (!files_answer(server, q)) {
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

static void
on_gone(void *arg, uint64_t id)
{
	(void)arg;
	left++;
	gone_id = id;
}

static size_t
on_body_max(void *arg, const char *path)
{
	(void)arg;
	return (strcmp(path, "/small") == 0  ? 10
		: strcmp(path, "/none") == 0 ? 0
					     : 100000);
}

static void
start(unsigned hurry)
{
	const char *wrong = NULL;

	server = http_listen(base,
	    &(struct http_conf){ .at = "127.0.0.1:0",
		.request = on_request,
		.gone = on_gone,
		.body_max = on_body_max,
		.hurry = hurry },
	    &wrong);
	if (server == NULL)
		fail_msg("%s", wrong);
	asked = left = 0;
	nlater = 0;
}

static int
set_up(void **state)
{
	(void)state;
	start(0);
	return (0);
}

static int
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

static void
dial(struct client *c)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)http_port(server)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	c->fd = socket(AF_INET, SOCK_STREAM, 0);
	c->n = 0;
	c->end = false;
	assert_int_equal(connect(c->fd, (struct sockaddr *)&a, sizeof a), 0);
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
}

static void
hang_up(struct client *c)
{
	close(c->fd);
	UNTIL(http_count(server) == 0);
}

static void
send_n(struct client *c, const char *p, size_t n)
{
	assert_int_equal(write(c->fd, p, n), n);
}

static void
send_text(struct client *c, const char *p)
{
	send_n(c, p, strlen(p));
}

/* One turn; what has come is added and ended by NUL. */
static void
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

static bool
heard(struct client *c, const char *text)
{
	hear(c);
	return (strstr(c->got, text) != NULL);
}

static bool
heard_end(struct client *c)
{
	hear(c);
	return (c->end);
}

/* The whole answer that stands first is cut off; its status, 0: not yet. */
static int
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

static int
reply(struct client *c)
{
	int status = 0;

	UNTIL((status = answer(c, said, sizeof said)) != 0);
	return (status);
}

/* ---- one request and more */

static void
test_get(void **state)
{
	static const char *const want[] = { "\r\nDate: ", " GMT\r\n",
		"\r\nContent-Type: text/plain\r\n",
		"\r\nX-Content-Type-Options: nosniff\r\n",
		"\r\nCache-Control: no-store\r\n",
		"\r\nReferrer-Policy: no-referrer\r\n",
		"\r\nContent-Security-Policy: default-src 'none';",
		"frame-ancestors 'none'\r\n" };
	size_t			 i;

	(void)state;
	dial(&one);
	send_text(
	    &one, "GET /a%20b?c=d" H "X-One: 1\r\nx-ONE: 2\r\nX-Two:\r\n\r\n");
	UNTIL(heard(&one, " 0:"));
	for (i = 0; i < nitems(want); i++)
		if (strstr(one.got, want[i]) == NULL)
			fail_msg("no %s in %s", want[i], one.got);
	/* Not in plain: nobody would believe it. */
	assert_null(strstr(one.got, "Strict-Transport"));
	assert_null(strstr(one.got, "Connection: close"));
	assert_int_equal(reply(&one), 200);
	assert_string_equal(said, "GET /a%20b ?c=d x=1 twice=1 0:");
	/* Kept alive. */
	send_text(&one, "DELETE http://t/d?q" H "\r\n");
	assert_int_equal(reply(&one), 200);
	assert_string_equal(said, "DELETE /d ?q x=- twice=0 0:");
	assert_int_equal(left, 0);
	hang_up(&one);
}

static void
test_head_and_close(void **state)
{
	(void)state;
	dial(&one);
	send_text(&one, "HEAD /x" H "Connection: close\r\n\r\n");
	UNTIL(heard_end(&one));
	assert_non_null(strstr(one.got, "Content-Length: 23\r\n"));
	assert_non_null(strstr(one.got, "Connection: close\r\n"));
	assert_string_equal(one.got + one.n - 4, "\r\n\r\n");
	hang_up(&one);

	dial(&one);
	send_text(&one, "GET /x HTTP/1.0\r\n\r\nGET /y HTTP/1.0\r\n\r\n");
	UNTIL(heard_end(&one));
	assert_non_null(strstr(one.got, "GET /x"));
	assert_null(strstr(one.got, "GET /y"));
	assert_int_equal(asked, 2);
	hang_up(&one);
}

static void
test_pipelined_in_order(void **state)
{
	(void)state;
	dial(&one);
	send_text(&one,
	    "GET /later" H "\r\n"
	    "POST /two" H "Content-Length: 3\r\n\r\nabc"
	    "GET /later" H "\r\n"
	    "GET /four" H "\r\n");
	UNTIL(nlater == 1);
	turn();
	assert_int_equal(asked, 1);
	say(later[0], "first");
	assert_int_equal(reply(&one), 200);
	assert_string_equal(said, "first");
	assert_int_equal(reply(&one), 200);
	assert_string_equal(said, "POST /two ? x=- twice=0 3:abc");
	UNTIL(nlater == 2);
	assert_int_equal(asked, 3);
	/* The answered id finds nobody. */
	assert_false(http_answer(
	    server, later[0], &(struct http_answer){ .status = 200 }));
	say(later[1], "third");
	assert_int_equal(reply(&one), 200);
	assert_string_equal(said, "third");
	assert_int_equal(reply(&one), 200);
	hang_up(&one);
}

static void
test_cut_anywhere(void **state)
{
	static const char *const whole[] = {
		"POST /p?q" H "X-One: v\r\nContent-Length: 5\r\n\r\nhello",
		"POST /p?q" H "X-One: v\r\nTransfer-Encoding: chunked\r\n\r\n"
		"2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nA: b\r\n\r\n",
	};
	size_t i, cut, n;

	(void)state;
	dial(&one);
	for (i = 0; i < nitems(whole); i++) {
		n = strlen(whole[i]);
		for (cut = 1; cut < n; cut++) {
			send_n(&one, whole[i], cut);
			turn();
			turn();
			send_n(&one, whole[i] + cut, n - cut);
			assert_int_equal(reply(&one), 200);
			assert_string_equal(
			    said, "POST /p ?q x=v twice=0 5:hello");
			assert_int_equal(one.n, 0);
		}
		/* And byte by byte. */
		for (cut = 0; cut < n; cut++) {
			send_n(&one, whole[i] + cut, 1);
			turn();
		}
		assert_int_equal(reply(&one), 200);
	}
	hang_up(&one);
}

static void
test_refused_and_closed(void **state)
{
	static const struct {
		const char *bytes;
		int	    status;
	} odd[] = {
		{ "GET /" H " folded\r\n\r\n", 400 },
		{ "GET / HTTP/1.1\r\n\r\n", 400 },
		{ "GET / HTTP/2.0\r\nHost: t\r\n\r\n", 505 },
		{ "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505 },
		{ "CONNECT t:1" H "\r\n", 501 },
		{ "POST /" H
		  "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
		    400 },
		{ "POST /" H "Content-Length: 3\r\n"
		  "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		    400 },
		{ "POST /" H "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
		    501 },
		{ "POST /" H "Transfer-Encoding: chunked\r\n\r\n-1\r\n", 400 },
		{ "POST /small" H "Content-Length: 11\r\n\r\nhello world",
		    413 },
		{ "POST /none" H "Content-Length: 1\r\n\r\nx", 413 },
		{ "POST /none" H "Transfer-Encoding: chunked\r\n\r\n"
		  "1\r\nx\r\n0\r\n\r\n",
		    413 },
		{ "POST /small" H "Transfer-Encoding: chunked\r\n\r\n"
		  "6\r\n123456\r\n5\r\n12345\r\n0\r\n\r\n",
		    413 },
		{ "POST /" H "Expect: tea\r\n\r\n", 417 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < nitems(odd); i++) {
		dial(&one);
		send_text(&one, odd[i].bytes);
		/* Nobody may get this one answered as his own. */
		send_text(&one, "GET /smuggled" H "\r\n");
		if (reply(&one) != odd[i].status)
			fail_msg("%s: %s", odd[i].bytes, said);
		assert_non_null(strstr(said, "\"code\":\""));
		UNTIL(heard_end(&one));
		assert_int_equal(one.n, 0);
		assert_int_equal(asked, 0);
		hang_up(&one);
	}
	assert_int_equal(left, 0);
}

static void
test_expect(void **state)
{
	(void)state;
	dial(&one);
	send_text(&one,
	    "POST /e" H "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
	UNTIL(heard(&one, "\r\n\r\n"));
	assert_string_equal(one.got, "HTTP/1.1 100 Continue\r\n\r\n");
	one.n = 0;
	send_text(&one, "ok");
	assert_int_equal(reply(&one), 200);
	/* Not when the body is there; not when it would be refused. */
	send_text(&one,
	    "POST /e" H "Expect: 100-continue\r\nContent-Length: 2\r\n\r\nok");
	assert_int_equal(reply(&one), 200);
	send_text(&one,
	    "POST /small" H
	    "Expect: 100-continue\r\nContent-Length: 99\r\n\r\n");
	assert_int_equal(reply(&one), 413);
	UNTIL(heard_end(&one));
	hang_up(&one);
}

static void
test_big_body(void **state)
{
	static char body[100000];
	size_t	    at = 0;
	ssize_t	    n;

	(void)state;
	memset(body, 'b', sizeof body);
	dial(&one);
	send_text(&one, "POST /later" H "Content-Length: 100000\r\n\r\n");
	while (at < sizeof body) {
		n = write(one.fd, body + at, sizeof body - at);
		at += n > 0 ? (size_t)n : 0;
		turn();
	}
	UNTIL(nlater == 1);
	say(later[0], "got it");
	assert_int_equal(reply(&one), 200);
	hang_up(&one);
}

static void
test_problem_and_bad_header(void **state)
{
	(void)state;
	dial(&one);
	send_text(&one, "GET /problem" H "\r\n");
	UNTIL(heard(&one, "}\n"));
	assert_non_null(strstr(one.got, "\r\nRetry-After: 7\r\n"));
	assert_non_null(
	    strstr(one.got, "\r\nContent-Type: application/problem+json\r\n"));
	assert_int_equal(reply(&one), 503);
	assert_string_equal(said,
	    "{\"type\":\"about:blank\",\"title\":\"Service Unavailable\","
	    "\"status\":503,\"detail\":\"Say \\\"again\\\".\","
	    "\"code\":\"TRYAGAIN\",\"member\":\"queue\"}\n");
	/* CR LF in a header of ours must not become a header of theirs. */
	send_text(&one, "GET /split" H "\r\n");
	UNTIL(heard_end(&one));
	assert_int_equal(strncmp(one.got, "HTTP/1.1 500 ", 13), 0);
	assert_null(strstr(one.got, "X-Evil"));
	hang_up(&one);
}

static void
test_asker_leaves(void **state)
{
	(void)state;
	dial(&one);
	send_text(&one, "GET /later" H "\r\n");
	UNTIL(nlater == 1);
	close(one.fd);
	UNTIL(left == 1);
	assert_int_equal(gone_id, later[0]);
	assert_false(http_answer(
	    server, later[0], &(struct http_answer){ .status = 200 }));
	UNTIL(http_count(server) == 0);
	assert_int_equal(left, 1);
}

/* A peer who asks and asks and never reads is held, then served in order. */
static void
test_greedy(void **state)
{
	static const char ask[] = "GET /much" H "\r\n";
	unsigned	  i, most;
	int		  quiet;

	(void)state;
	dial(&one);
	for (i = 0; i < 500; i++) {
		if (write(one.fd, ask, sizeof ask - 1) != sizeof ask - 1)
			break;
		turn();
	}
	/* Until nothing more happens. */
	for (quiet = 0, most = asked; quiet < 50; quiet++) {
		turn();
		if (asked != most)
			quiet = 0;
		most = asked;
	}
	assert_true(asked < i);
	for (most = 0; most < i; most++)
		assert_int_equal(reply(&one), 200);
	assert_int_equal(asked, i);
	hang_up(&one);
}

static void
test_answer_head(void **state)
{
	static const char *const odd[] = { "NoColon", ": x", "A b: c",
		"A: b\nC: d", "A: b\r\nC: d", "A: \x01", "" };
	static const char *const own[] = { "cache-control: max-age=5", NULL };
	const char		*headers[2] = { NULL, NULL };
	struct http_answer	 a = { .status = 204, .headers = own };
	struct answer_how	 how = { .tls = true };
	struct buf		 b = { 0 };
	size_t			 i;

	(void)state;
	assert_true(answer_head(&b, &a, &how));
	assert_non_null(strstr(b.p, "\r\nStrict-Transport-Security: max-age="));
	assert_non_null(strstr(b.p, "\r\ncache-control: max-age=5\r\n"));
	assert_null(strstr(b.p, "no-store"));
	assert_null(strstr(b.p, "Content-Length"));
	buf_reset(&b);
	a.headers = headers;
	for (i = 0; i < nitems(odd); i++) {
		headers[0] = odd[i];
		assert_false(answer_head(&b, &a, &how));
		assert_int_equal(b.n, 0);
	}
	buf_free(&b);
}

/* ---- deadlines, hurried */

static void
test_deadlines(void **state)
{
	(void)state;
	http_close(server);
	conn_reap();
	start(1000);
	/* Half a head. */
	dial(&one);
	send_text(&one, "GET / HTTP/1.1\r\nHost");
	assert_int_equal(reply(&one), 408);
	UNTIL(heard_end(&one));
	hang_up(&one);
	/* Half a body. */
	dial(&one);
	send_text(&one, "POST /" H "Content-Length: 9\r\n\r\nabc");
	assert_int_equal(reply(&one), 408);
	UNTIL(heard_end(&one));
	hang_up(&one);
	/* Nothing at all: no words for one who said none. */
	dial(&one);
	UNTIL(heard_end(&one));
	assert_int_equal(one.n, 0);
	hang_up(&one);
	/* Idle after an answer. */
	dial(&one);
	send_text(&one, "GET /" H "\r\n");
	UNTIL(heard_end(&one));
	assert_int_equal(reply(&one), 200);
	assert_int_equal(one.n, 0);
	hang_up(&one);
	/* We are the slow one. */
	assert_int_equal(left, 0);
	dial(&one);
	send_text(&one, "GET /later" H "\r\n");
	assert_int_equal(reply(&one), 503);
	assert_int_equal(left, 1);
	assert_int_equal(gone_id, later[0]);
	assert_false(http_answer(
	    server, later[0], &(struct http_answer){ .status = 200 }));
	hang_up(&one);
	assert_int_equal(left, 1);
}

/* ---- streams */

static void
test_stream(void **state)
{
	struct buf b = { 0 };

	(void)state;
	http_close(server);
	conn_reap();
	start(1000);
	dial(&one);
	send_text(&one, "GET /stream" H "Last-Event-ID: 7-0\r\n\r\n");
	UNTIL(nlater == 1);
	sse_encode(&b, "8-0", "notice", "{}", 2);
	assert_true(http_stream_send(server, later[0], b.p, b.n));
	UNTIL(heard(&one, "id: 8-0\nevent: notice\ndata: {}\n\n"));
	assert_non_null(strstr(one.got, "Content-Type: text/event-stream"));
	assert_null(strstr(one.got, "Content-Length"));
	/* A sign of life, more than once. */
	one.n = 0;
	UNTIL(heard(&one, ": still here\n\n: still here\n\n"));
	/* What he says is of no interest, and does no harm. */
	send_text(&one, "GET / nonsense\n");
	http_stream_end(server, later[0]);
	UNTIL(heard_end(&one));
	assert_false(http_stream_send(server, later[0], b.p, b.n));
	hang_up(&one);
	assert_int_equal(left, 0);
	assert_int_equal(asked, 1);
	/* One who leaves is told of. */
	dial(&one);
	send_text(&one, "GET /stream" H "\r\n");
	UNTIL(nlater == 2);
	close(one.fd);
	UNTIL(left == 1);
	assert_int_equal(gone_id, later[1]);
	buf_free(&b);
}

static void
test_stream_too_slow(void **state)
{
	static char news[30000];
	unsigned    i;

	(void)state;
	dial(&one);
	send_text(&one, "GET /stream" H "\r\n");
	UNTIL(nlater == 1);
	for (i = 0; i < 2000; i++) {
		if (!http_stream_send(server, later[0], news, sizeof news))
			break;
		turn();
	}
	assert_true(i < 2000);
	/* Told at the end of the turn, not from inside the call. */
	assert_int_equal(left, 0);
	UNTIL(left == 1);
	UNTIL(http_count(server) == 0);
	close(one.fd);
}

static void
test_sse_text(void **state)
{
	static const struct {
		const char *id, *event, *data, *text;
	} t[] = {
		{ NULL, NULL, "x", "data: x\n\n" },
		{ "1", "e", "", "id: 1\nevent: e\ndata: \n\n" },
		{ "1", NULL, "a\nb\rc\r\nd",
		    "id: 1\ndata: a\ndata: b\n"
		    "data: c\ndata: d\n\n" },
		{ NULL, NULL, "a\n\nid: 9\n",
		    "data: a\ndata: \ndata: id: 9\ndata: \n\n" },
		{ "1\nevent: x", "a\rb", "x", "data: x\n\n" },
	};
	struct buf b = { 0 };
	size_t	   i;

	(void)state;
	for (i = 0; i < nitems(t); i++) {
		buf_reset(&b);
		sse_encode(
		    &b, t[i].id, t[i].event, t[i].data, strlen(t[i].data));
		assert_string_equal(b.p, t[i].text);
	}
	buf_free(&b);
}

/* ---- drain */

static void
test_stop(void **state)
{
	static struct client idle, busy, live;

	(void)state;
	dial(&idle);
	dial(&busy);
	dial(&live);
	send_text(&idle, "GET /" H "\r\n");
	assert_int_equal(reply(&idle), 200);
	send_text(&busy, "GET /later" H "\r\n");
	UNTIL(nlater == 1);
	send_text(&live, "GET /stream" H "\r\n");
	UNTIL(nlater == 2);
	http_stop(server);
	UNTIL(heard_end(&idle));
	UNTIL(heard_end(&live));
	assert_non_null(strstr(live.got, "\r\n\r\nretry: 1000\n\n"));
	assert_int_equal(left, 1);
	assert_int_equal(gone_id, later[1]);
	say(later[0], "last");
	UNTIL(heard_end(&busy));
	assert_non_null(strstr(busy.got, "Connection: close\r\n"));
	assert_non_null(strstr(busy.got, "\r\n\r\nlast"));
	close(idle.fd);
	close(busy.fd);
	close(live.fd);
	UNTIL(http_count(server) == 0);
}

/* ---- files */

static void
test_files(void **state)
{
	const struct file *f = file_find("/");
	struct buf	   b = { 0 };

	(void)state;
	assert_non_null(f);
	assert_non_null(file_find("/status.css"));
	assert_non_null(file_find("/status.js"));
	assert_null(file_find("/../etc/passwd"));
	assert_null(file_find(""));
	dial(&one);
	send_text(&one, "GET /" H "\r\n");
	UNTIL(heard(&one, "</html>"));
	assert_non_null(strstr(one.got, "script-src 'self'"));
	assert_null(strstr(one.got, "default-src 'none'; base-uri"));
	assert_non_null(strstr(one.got, f->etag));
	assert_non_null(strstr(one.got, "Cache-Control: no-cache\r\n"));
	assert_null(strstr(one.got, "no-store"));
	assert_int_equal(reply(&one), 200);
	assert_int_equal(strlen(said), f->n);
	buf_printf(&b, "GET /" H "If-None-Match: \"x\", W/%s\r\n\r\n", f->etag);
	send_n(&one, b.p, b.n);
	assert_int_equal(reply(&one), 304);
	send_text(&one, "POST /status.js" H "Content-Length: 1\r\n\r\nx");
	assert_int_equal(reply(&one), 405);
	hang_up(&one);
	buf_free(&b);
}

/* ---- signatures */

/* Webhooks sign id.timestamp.body; a vector made with `openssl dgst`. */
static void
test_webhook(void **state)
{
	static const char good[] =
	    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
	static const char  body[] = "{\"test\": 2432232314}";
	uint8_t		   key[64];
	struct webhook_key keys[2] = { { "other", 5 } };
	struct webhook w = { "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", good,
		body, sizeof body - 1 };
	int64_t	       at = 1614265330;
	long	       n;
	char	       text[200];

	(void)state;
	n = webhook_key_read(
	    key, sizeof key, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
	assert_int_equal(n, 24);
	keys[1] = (struct webhook_key){ key, (size_t)n };
	assert_null(webhook_check(&w, keys, 2, at));
	assert_null(webhook_check(&w, keys, 2, at + 300));
	assert_null(webhook_check(&w, keys, 2, at - 300));
	assert_non_null(webhook_check(&w, keys, 2, at + 301));
	assert_non_null(webhook_check(&w, keys, 2, at - 301));
	assert_non_null(webhook_check(&w, keys, 1, at));
	assert_non_null(webhook_check(&w, keys, 0, at));
	snprintf(text, sizeof text, "v1a,xx v1,AAAA %s", good);
	w.signature = text;
	assert_null(webhook_check(&w, keys, 2, at));
	text[strlen(text) - 3] ^= 1;
	assert_non_null(webhook_check(&w, keys, 2, at));
	w.signature = "v0,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
	assert_non_null(webhook_check(&w, keys, 2, at));
	w.signature = NULL;
	assert_non_null(webhook_check(&w, keys, 2, at));
	w.signature = good;
	w.n--;
	assert_non_null(webhook_check(&w, keys, 2, at));
	w.n++;
	w.id = "msg_p5jXN8AQM9LWM0D4loKWxJel";
	assert_non_null(webhook_check(&w, keys, 2, at));
	w.id = "";
	assert_non_null(webhook_check(&w, keys, 2, at));
	w.id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
	w.timestamp = "1614265330 ";
	assert_non_null(webhook_check(&w, keys, 2, at));
	assert_int_equal(webhook_key_read(key, sizeof key, "whsec_A==="), -1);
	assert_int_equal(webhook_key_read(key, sizeof key, "whsec_AA=A"), -1);
	assert_int_equal(webhook_key_read(key, sizeof key, "whsec_"), -1);
	assert_int_equal(webhook_key_read(key, sizeof key, ""), -1);
	assert_int_equal(webhook_key_read(key, 2, "whsec_AAAA"), -1);
	assert_int_equal(webhook_key_read(key, sizeof key, "plain"), 5);
}

static void
test_digests(void **state)
{
	static const uint8_t abc[4] = { 0xba, 0x78, 0x16, 0xbf };
	/* RFC 4231 section 4.3. */
	static const uint8_t jefe[4] = { 0x5b, 0xdc, 0xc1, 0x46 };
	static const char    what[] = "what do ya want for nothing?";
	uint8_t		     out[SHA256_LEN], more[SHA256_LEN];

	(void)state;
	assert_true(sha256(out, "abc", 3));
	assert_memory_equal(out, abc, 4);
	assert_true(hmac_sha256(out, "Jefe", 4, what, sizeof what - 1));
	assert_memory_equal(out, jefe, 4);
	assert_true(random_bytes(out, sizeof out));
	assert_true(random_bytes(more, sizeof more));
	assert_false(same_bytes(out, more, sizeof out));
	assert_true(same_secret("abc", 3, "abc", 3));
	assert_false(same_secret("abc", 3, "abd", 3));
	assert_false(same_secret("abc", 3, "ab", 2));
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_get),
		TEST(test_head_and_close),
		TEST(test_pipelined_in_order),
		TEST(test_cut_anywhere),
		TEST(test_refused_and_closed),
		TEST(test_expect),
		TEST(test_big_body),
		TEST(test_problem_and_bad_header),
		TEST(test_asker_leaves),
		TEST(test_greedy),
		cmocka_unit_test(test_answer_head),
		TEST(test_deadlines),
		TEST(test_stream),
		TEST(test_stream_too_slow),
		cmocka_unit_test(test_sse_text),
		TEST(test_stop),
		TEST(test_files),
		cmocka_unit_test(test_webhook),
		cmocka_unit_test(test_digests),
	};
	int rc;

	clock_tick();
	base = event_base_new();
	rc = cmocka_run_group_tests_name("http", tests, NULL, NULL);
	event_base_free(base);
	return (rc);
}
