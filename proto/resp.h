/*
 * RESP, the protocol of Redis (versions 2 and 3; redis.io/docs/reference/
 * protocol-spec), as deskd speaks it: a strict reader of what clients ask,
 * the pieces of what they are answered, and a reader of answers for our own
 * client.  Nothing here does I/O; the request reader allocates nothing.
 */
#ifndef PROTO_RESP_H
#define PROTO_RESP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <jansson.h>
#include "base/buf.h"
#include "base/def.h"

#define RESP_ARGC_MAX	64
#define RESP_INLINE_MAX 65536 /* bytes of a line typed by hand, as Redis */
#define RESP_DEPTH_MAX	32    /* of an answer, when we are the client */

struct resp_limits {
	size_t arg;   /* bytes of one argument */
	size_t total; /* bytes of a whole request, framing and all */
};

/* Before a peer said who it is, and after. */
extern const struct resp_limits resp_stranger; /* 1 KiB */
extern const struct resp_limits resp_known;    /* 1 MiB and slack */

/* A view into the bytes read; not NUL-terminated. */
struct resp_arg {
	const char *p;
	size_t	    n;
};

struct resp_request {
	size_t		argc; /* 0: an empty line, to be passed over */
	struct resp_arg argv[RESP_ARGC_MAX];
	const char     *wrong; /* after -1: a constant sentence */
};

/*
 * Reads one request from the n bytes: an array of bulk strings, or a line of
 * words ("inline": blanks between, '...' or "..." taken as it stands, no
 * escapes).  Returns the bytes it takes, 0 when more are needed, -1 when it
 * is bad or past a limit: then ->wrong says why and the peer cannot be
 * understood any more.  The arguments point into the bytes.
 */
ssize_t resp_request(struct resp_request *, const char *, size_t n,
    const struct resp_limits *) MUSTCHECK;
/* Whether the i-th argument is there and is this word, any letter case. */
bool resp_is(const struct resp_request *, size_t i, const char *word);

/*
 * Answers.  version is 2 or 3.  resp_error() writes "-CODE sentence": code
 * is our own constant; in the sentence everything that would end the line or
 * disturb a terminal is escaped, and it is cut at 500 bytes.
 */
void resp_simple(struct buf *, const char *);
void resp_error(struct buf *, const char *code, const char *sentence);
void resp_int(struct buf *, int64_t);
void resp_bulk(struct buf *, const void *, size_t);
void resp_str(struct buf *, const char *);
void resp_null(struct buf *, int version);
void resp_bool(struct buf *, int version, bool);
/* Heads: n pairs, or n members, must follow. */
void resp_map(struct buf *, int version, size_t n);
void resp_set(struct buf *, int version, size_t n);
void resp_array(struct buf *, size_t n);
void resp_pushed(struct buf *, int version, size_t n);
/*
 * Our JSON as RESP.  Version 2: an object is a flat array of names and
 * values, true and false are 1 and 0, null is $-1, a real is a bulk string.
 */
void resp_json(struct buf *, int version, const json_t *);
/* A request, as a client sends it. */
void resp_ask(struct buf *, const struct resp_arg *, size_t argc);

/* One answer, read by a client. */
enum resp_kind { RESP_VALUE, RESP_REFUSED, RESP_PUSH };

struct resp_reply {
	enum resp_kind kind;
	char	       code[32]; /* of a refusal: "NOTFOUND" */
	json_t	      *value;	 /* of a refusal: its sentence, a string */
};

/*
 * Reads one answer of at most max bytes: the bytes it takes, 0 when more are
 * needed, -1 when it is no RESP.  On success ->value is the caller's to
 * json_decref().  Maps become objects (of version 3), bytes that are no
 * UTF-8 become '?'.  An error inside an array becomes its text.
 */
ssize_t resp_read(
    struct resp_reply *, const char *, size_t n, size_t max) MUSTCHECK;

#endif
