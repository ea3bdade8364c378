/*
 * An HTTP/1.1 server on conn: reads strictly (proto/http.h), asks one
 * request of a connection at a time, answers in order, and keeps streams of
 * Server-Sent Events open.  A request is named by its id; who asked may be
 * gone when the answer is known, and then the answer finds nothing.
 *
 * Every head has 10 s, a body 500 bytes a second, an idle connection 60 s,
 * an answer 60 s (then 503).  What is refused before it is a request (400,
 * 408, 413, 414, 417, 431, 501, 505) is answered here and the connection
 * closed; nobody is asked.
 */
#ifndef EDGE_HTTP_H
#define EDGE_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/def.h"
#include "proto/negotiate.h"

struct event_base;
struct http_head;
struct http_server;
struct tls;

/* Good until the call that brought it returns; copy what is kept. */
struct http_request {
	uint64_t    id;
	const char *method; /* as sent, but "GET" for HEAD (see head) */
	bool	    head;   /* only the answer's head will be sent */
	const char *path;   /* raw (percent-encoded), begins with '/' */
	const char *query;  /* raw, "" when there is none */
	const char *body;   /* not NUL-terminated */
	size_t	    nbody;
	const char *peer; /* the connection's address, "unix" */
	int64_t	    uid;  /* of a unix socket's peer, else -1 */
	bool	    tls;
	/*
	 * Its body waits to be taken in pieces: http_body_take(), or an answer
	 * that ends the connection.  length: bytes, -1 when it is chunked.
	 */
	bool	upload;
	int64_t length;

	const struct http_head *fields; /* for http_header() */
	const char	       *bytes;
};

/* The field's value, NUL-terminated; NULL when absent.  Name: any case. */
const char *http_header(const struct http_request *, const char *name);
/*
 * The value of the field's last, last but one … (back = 0, 1 …) place in the
 * request; NULL past the first.
 */
const char *http_header_back(
    const struct http_request *, const char *name, unsigned back);
/* Which of these forms (bits of enum coding) is to be sent to who asks. */
enum coding http_coding(const struct http_request *, unsigned there) MUSTCHECK;
/* True when the field stands in the request more than once. */
bool http_header_twice(const struct http_request *, const char *name);

struct http_conf {
	const char *at;	 /* see struct listen_conf */
	struct tls *tls; /* or NULL */
	unsigned    max;
	unsigned    max_peer; /* connections of one address; 0: no limit */
	unsigned    mode;     /* a unix socket's file mode */
	/* Bytes a body may have, by path; NULL: 1 MiB.  At most 32 MiB. */
	size_t (*body_max)(void *arg, const char *path);
	/* Bytes for all bodies that are coming in; past it 503.  0: 64 MiB. */
	size_t held_max;
	/* A whole request has come.  May answer at once, or later by id. */
	void (*request)(void *arg, const struct http_request *);
	/*
	 * Who asked an unanswered request, or listened to a stream, has left;
	 * the id finds nothing any more.  May be NULL.
	 */
	void (*gone)(void *arg, uint64_t id);
	/*
	 * Bodies in pieces, for what is too large to be held; all or none.
	 * wants: is a body of this method and path taken so?  piece: bytes of
	 * one that http_body_take() said yes to; false ends the request, which
	 * was answered.  whole: it has all come; the id waits for its answer.
	 */
	bool (*wants)(void *arg, const char *method, const char *path);
	bool (*piece)(void *arg, uint64_t id, const char *, size_t);
	void (*whole)(void *arg, uint64_t id);
	/* What http_send() was given has been sent; more may follow. */
	void (*sent)(void *arg, uint64_t id);
	void	*arg;
	unsigned hurry; /* tests: every deadline divided by it; 0: none */
};

/* NULL and *wrong when it cannot listen. */
struct http_server *http_listen(struct event_base *, const struct http_conf *,
    const char **wrong) MUSTCHECK;
/*
 * Drains: takes no more connections, closes the idle ones, says
 * "Connection: close" in every answer; streams are told to come back
 * ("retry") and ended.
 */
void	 http_stop(struct http_server *);
void	 http_close(struct http_server *); /* now; memory by conn_reap() */
unsigned http_count(const struct http_server *); /* connections */
int	 http_port(const struct http_server *);

struct http_answer {
	int	    status;
	const char *type; /* NULL: none (204, 304) */
	const char *body;
	size_t	    n;
	/*
	 * "Name: value", ends with NULL; or NULL.  One that names a header
	 * of our own (Cache-Control, Content-Security-Policy, ...) replaces
	 * it.  With a control character inside, 500 is sent instead.
	 */
	const char *const *headers;
	bool		   close;
	/*
	 * May be sent packed (pack.h) to who takes that: with no secret inside
	 * beside what strangers wrote, whose length would tell it (BREACH).
	 */
	bool pack;
};

/*
 * Answers.  On every answer: nosniff, no-store, no-referrer, a policy that
 * allows nothing to be loaded or framed; HSTS over TLS.  False: gone.
 */
bool http_answer(struct http_server *, uint64_t id, const struct http_answer *);

/* RFC 9457: the one shape of a refusal. */
struct http_problem {
	int	    status;
	const char *code;   /* "INVALID": stable */
	const char *detail; /* a sentence in plain words, UTF-8 */
	const char *member; /* at fault, or NULL */
	int	    retry;  /* Retry-After in seconds, 0: none */
	/* More headers, as in struct http_answer; or NULL. */
	const char *const *headers;
};
bool http_problem(
    struct http_server *, uint64_t id, const struct http_problem *);
/* 405: the path is one of ours; allow: its methods, "GET, POST". */
bool http_wrong_method(struct http_server *, uint64_t id, const char *allow);

/*
 * Takes the body that waits, at most max bytes of it: past that the request is
 * refused (413) and gone() told.  False: gone.
 */
bool http_body_take(struct http_server *, uint64_t id, uint64_t max);

/*
 * Begins an answer whose body (n bytes, of which a->body is none) comes by
 * http_send(), piece by piece, each after sent().  False: there is nothing to
 * be sent (gone, HEAD, n 0).
 */
bool http_send_begin(
    struct http_server *, uint64_t id, const struct http_answer *);
/* False: gone, or it was the last piece. */
bool http_send(struct http_server *, uint64_t id, const char *, size_t);
/*
 * Answers with a body that stays where it is until the server is closed (a
 * mapped file): it goes out piece by piece as the peer takes it, and is
 * never held for him.  False: gone.
 */
bool http_answer_lasting(
    struct http_server *, uint64_t id, const struct http_answer *);
/* The rest cannot be had: the connection is cut, so that the peer knows. */
void http_send_fail(struct http_server *, uint64_t id);

/*
 * Answers 200 text/event-stream and keeps it open: the id now names the
 * stream.  A comment is sent every 15 s, so that both ends know.  headers as
 * in struct http_answer.  False: gone.
 */
bool http_stream(struct http_server *, uint64_t id, const char *const *headers);
/*
 * Sends bytes that sse_encode() made, once for all streams.  Who has
 * 256 KiB unread is too slow and is closed.  False: gone or too slow.
 */
bool http_stream_send(struct http_server *, uint64_t id, const char *, size_t);
/* Ends it; gone() is not called. */
void http_stream_end(struct http_server *, uint64_t id);

#endif
