/*
 * What a peer says in HTTP/1.1 (RFC 9110, 9112), read strictly and purely:
 * bytes in; consumed, more or refused out.  No I/O and no allocation; what
 * is found is told as places in the caller's bytes.  Whatever two readers
 * could understand in two ways is refused, so that nobody in front of us can
 * be made to see other requests in a stream than we do (request smuggling).
 */
#ifndef PROTO_HTTP_H
#define PROTO_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/def.h"

/* What a browser and every well-meaning program stay far below. */
#define HTTP_FIELDS_MAX 100
#define HTTP_LINE_MAX	8192
#define HTTP_HEAD_MAX	32768

/* A run of the caller's bytes: where it begins, and how long it is. */
struct http_span {
	uint32_t at;
	uint32_t n;
};

struct http_field {
	struct http_span name;
	struct http_span value; /* without the blanks around it */
};

struct http_limits {
	size_t line;   /* of one line, its CRLF not counted */
	size_t head;   /* of the whole head */
	size_t fields; /* at most HTTP_FIELDS_MAX */
};

extern const struct http_limits http_limits; /* the three above */

struct http_head {
	struct http_span  method; /* a token of at most 32 bytes */
	struct http_span  path;	  /* begins with '/', or is "*"; n 0: "/" */
	struct http_span  query;  /* what follows '?'; n 0: none */
	struct http_span  host;	  /* as in Host; n 0 only in HTTP/1.0 */
	unsigned	  minor;  /* HTTP/1.minor: 0 or 1 */
	bool		  close;  /* no request may follow this one */
	bool		  chunked;
	bool		  expect; /* waits for 100 (Continue) */
	uint64_t	  length; /* of the body, when not chunked */
	size_t		  nfields;
	struct http_field fields[HTTP_FIELDS_MAX];
};

/*
 * Reads a request's head.  Returns its bytes (the body begins there); 0 when
 * it has not all come; -1 and *status when it must be refused and the
 * connection closed: 400, 414 (request line), 417 (Expect), 431 (a field, or
 * all of them), 501 (CONNECT, an endless method, a transfer coding) or 505
 * (another version, HTTP/2's preface too).
 *
 * Refused with 400, after RFC 9112 unless named otherwise: a CR or LF that is
 * not CRLF (2.2), blanks or controls in the request line (3), bytes that no
 * target has and bad or NUL percent-escapes (9110 4.2), no, empty, second or
 * wrong Host, or one that differs from an absolute target's (3.2), a blank
 * before a field (2.2, 5.2) or its colon (5.1), controls in a value (9110
 * 5.5), a Content-Length that is not one run of digits or stands twice, one
 * beside Transfer-Encoding, Transfer-Encoding twice or in HTTP/1.0 (6.1, 6.3).
 */
ssize_t http_head(struct http_head *, const char *, size_t n,
    const struct http_limits *, int *status) MUSTCHECK;
/* The first field of that name (any letter case), or NULL. */
const struct http_field *http_field(
    const struct http_head *, const char *bytes, const char *name);

/*
 * Decodes %XX (and '+' as a blank where form is true).  Returns the bytes
 * written to out, which holds at least n bytes and may be the input itself;
 * -1 for a bad escape or U+0000.  No NUL is added.
 */
ssize_t http_decode(char *out, const char *, size_t n, bool form) MUSTCHECK;

/*
 * The next pair of a query or a form ("a=1&b=2"), still encoded: *at moves
 * on.  False at the end.  A name without '=' has an empty value.
 */
struct http_pair {
	const char *name;
	size_t	    nname;
	const char *value;
	size_t	    nvalue;
};
bool http_pair(const char **at, const char *end, struct http_pair *);

/*
 * A cookie of a Cookie field's value: 1 and its place, 0 when there is none,
 * -1 when two have the name (RFC 6265bis: whose was set by whom is unknown,
 * so neither is believed).
 */
int http_cookie(
    const char *field, const char *name, const char **value, size_t *n);

/* What names of fields and methods are made of (RFC 9110 section 5.6.2). */
bool http_is_token(unsigned char);
/* Visible, blank, tab or beyond ASCII (RFC 9110 section 5.5). */
bool http_is_value(unsigned char);
bool http_all(const char *, size_t, bool (*is)(unsigned char));

/* "Not Found"; for a status we do not use, the first of its class. */
const char *http_reason(int status);

#endif
