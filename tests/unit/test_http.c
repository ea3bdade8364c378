/*
 * The HTTP reader: what must be read, cut at every byte; what must be
 * refused, after the clauses of RFC 9112 and 9110 and the published classes
 * of request smuggling; and never a byte beyond what was given.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/def.h"
#include "fence.h"
#include "proto/http.h"

#define H  "Host: a.example\r\n"
#define G  "GET / HTTP/1.1\r\n"
#define P  "POST / HTTP/1.1\r\n" H
#define TE P "Transfer-Encoding: "

static ssize_t
read_head(struct http_head *h, const char *p, size_t n, int *status)
{
	*status = 0;
	return (http_head(h, fenced(p, n), n, &http_limits, status));
}

/* ---- what must be refused */

struct bad {
	const char *why;
	int	    status;
	const char *bytes;
	size_t	    n;
};

#define BAD(why, status, bytes)                       \
	{                                             \
		why, status, bytes, sizeof(bytes) - 1 \
	}

static const struct bad bad[] = {
	/* RFC 9112 2.2: lines end in CRLF, and nothing else ends one */
	BAD("bare LF ends the request line", 400, "GET / HTTP/1.1\n" H "\r\n"),
	BAD("bare LF ends a field", 400, G "Host: a.example\n\r\n"),
	BAD("bare LF ends the head", 400, G H "\n"),
	BAD("bare LF between fields hides one", 400, G H "A: b\nC: d\r\n\r\n"),
	BAD("bare CR ends the request line", 400, "GET / HTTP/1.1\r" H "\r\n"),
	BAD("bare CR in the target", 400, "GET /\r HTTP/1.1\r\n" H "\r\n"),
	BAD("bare CR in a value", 400, G H "A: b\rC: d\r\n\r\n"),
	BAD("bare CR before CRLF", 400, G H "A: b\r\r\n\r\n"),
	BAD("bare CR in a name", 400, G H "A\rB: c\r\n\r\n"),
	BAD("bare LF first", 400, "\nGET / HTTP/1.1\r\n" H "\r\n"),
	BAD("two empty lines first", 400, "\r\n\r\n" G H "\r\n"),
	BAD("blank before the first field", 400, G " " H "\r\n"),
	BAD("tab before the first field", 400, G "\tX: y\r\n" H "\r\n"),

	/* 3: the request line */
	BAD("no target", 400, "GET HTTP/1.1\r\n" H "\r\n"),
	BAD("no version", 400, "GET /\r\n" H "\r\n"),
	BAD("no method", 400, " / HTTP/1.1\r\n" H "\r\n"),
	BAD("two blanks", 400, "GET  / HTTP/1.1\r\n" H "\r\n"),
	BAD("two blanks before the version", 400,
	    "GET /  HTTP/1.1\r\n" H "\r\n"),
	BAD("tab for a blank", 400, "GET\t/ HTTP/1.1\r\n" H "\r\n"),
	BAD("form feed for a blank", 400, "GET\f/ HTTP/1.1\r\n" H "\r\n"),
	BAD("blank behind the version", 400, "GET / HTTP/1.1 \r\n" H "\r\n"),
	BAD("blank first", 400, " GET / HTTP/1.1\r\n" H "\r\n"),
	BAD("method that is no token", 400, "G@T / HTTP/1.1\r\n" H "\r\n"),
	BAD("method in quotes", 400, "\"GET\" / HTTP/1.1\r\n" H "\r\n"),
	BAD("NUL in the method", 400, "G\0T / HTTP/1.1\r\n" H "\r\n"),
	BAD("NUL in the target", 400, "GET /\0 HTTP/1.1\r\n" H "\r\n"),
	BAD("control in the target", 400, "GET /\x01 HTTP/1.1\r\n" H "\r\n"),
	BAD("DEL in the target", 400, "GET /\x7f HTTP/1.1\r\n" H "\r\n"),
	BAD("raw byte in the target", 400, "GET /\xe4 HTTP/1.1\r\n" H "\r\n"),
	BAD("fragment", 400, "GET /a#b HTTP/1.1\r\n" H "\r\n"),
	BAD("backslash", 400, "GET /a\\b HTTP/1.1\r\n" H "\r\n"),
	BAD("quote", 400, "GET /a\"b HTTP/1.1\r\n" H "\r\n"),
	BAD("escape cut off", 400, "GET /a%4 HTTP/1.1\r\n" H "\r\n"),
	BAD("escape of no digits", 400, "GET /a%zz HTTP/1.1\r\n" H "\r\n"),
	BAD("escape in the query", 400, "GET /?a=%g0 HTTP/1.1\r\n" H "\r\n"),
	BAD("escaped NUL", 400, "GET /a%00b HTTP/1.1\r\n" H "\r\n"),
	BAD("relative target", 400, "GET a HTTP/1.1\r\n" H "\r\n"),
	BAD("'*' of another method", 400, "GET * HTTP/1.1\r\n" H "\r\n"),
	BAD("other scheme", 400, "GET ftp://a.example/ HTTP/1.1\r\n" H "\r\n"),
	BAD("absolute, another host", 400,
	    "GET http://b.example/ HTTP/1.1\r\n" H "\r\n"),
	BAD("absolute, userinfo", 400,
	    "GET http://u@a.example/ HTTP/1.1\r\n" H "\r\n"),
	BAD("absolute, no host", 400, "GET http:///x HTTP/1.1\r\n" H "\r\n"),
	BAD("absolute, no Host field", 400,
	    "GET http://a.example/ HTTP/1.1\r\n\r\n"),
	BAD("CONNECT", 501, "CONNECT a.example:443 HTTP/1.1\r\n" H "\r\n"),
	BAD("endless method", 501,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJ / HTTP/1.1\r\n" H "\r\n"),

	/* 2.3: versions */
	BAD("HTTP/2's preface", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
	BAD("HTTP/1.2", 505, "GET / HTTP/1.2\r\n" H "\r\n"),
	BAD("HTTP/0.9 with a version", 505, "GET / HTTP/0.9\r\n" H "\r\n"),
	BAD("HTTP/3.0", 505, "GET / HTTP/3.0\r\n" H "\r\n"),
	BAD("lower case", 400, "GET / http/1.1\r\n" H "\r\n"),
	BAD("HTTP/1.10", 400, "GET / HTTP/1.10\r\n" H "\r\n"),
	BAD("HTTP/1,1", 400, "GET / HTTP/1,1\r\n" H "\r\n"),
	BAD("HTTP/+1.1", 400, "GET / HTTP/+.1\r\n" H "\r\n"),
	BAD("another protocol", 400, "GET / ICY/1.1\r\n" H "\r\n"),
	BAD("TLS in plain", 400, "\x16\x03\x01\x02\n\x01\r\n"),

	/* 3.2: Host */
	BAD("no Host", 400, G "\r\n"),
	BAD("empty Host", 400, G "Host:\r\n\r\n"),
	BAD("blank Host", 400, G "Host:  \t \r\n\r\n"),
	BAD("two Hosts", 400, G H "Host: b.example\r\n\r\n"),
	BAD("two equal Hosts", 400, G H H "\r\n"),
	BAD("second Host in other case", 400, G H "hOST: a.example\r\n\r\n"),
	BAD("Host with a path", 400, G "Host: a.example/x\r\n\r\n"),
	BAD("Host with userinfo", 400, G "Host: u@a.example\r\n\r\n"),
	BAD("Host with a blank", 400, G "Host: a .example\r\n\r\n"),
	BAD("Host as a list", 400, G "Host: a, b@c\r\n\r\n"),
	BAD("Host with a bad port", 400, G "Host: a.example:80x\r\n\r\n"),
	BAD("Host with an endless port", 400,
	    G "Host: a.example:808080\r\n\r\n"),
	BAD("Host with two ports", 400, G "Host: a.example:80:81\r\n\r\n"),
	BAD("Host of a port alone", 400, G "Host: :80\r\n\r\n"),
	BAD("Host with an open bracket", 400, G "Host: [::1\r\n\r\n"),
	BAD("Host with junk behind ]", 400, G "Host: [::1]x\r\n\r\n"),
	BAD("Host with a name in []", 400, G "Host: [evil]\r\n\r\n"),

	/* 5.1, 5.2, 9110 5.1, 5.5: fields */
	BAD("blank before the colon", 400, G "Host : a.example\r\n\r\n"),
	BAD("blank before a length's colon", 400,
	    P "Content-Length : 5\r\n\r\nhello"),
	BAD("tab before the colon", 400, G H "A\t: b\r\n\r\n"),
	BAD("obs-fold", 400, G H "A: b\r\n c\r\n\r\n"),
	BAD("obs-fold by a tab", 400, G H "A: b\r\n\tc\r\n\r\n"),
	BAD("obs-fold of an empty line", 400, G H "A: b\r\n \r\n\r\n"),
	BAD("no colon", 400, G H "Abc\r\n\r\n"),
	BAD("empty name", 400, G H ": b\r\n\r\n"),
	BAD("blank in a name", 400, G H "A B: c\r\n\r\n"),
	BAD("name in quotes", 400, G H "\"A\": b\r\n\r\n"),
	BAD("raw byte in a name", 400, G H "\xc3\xa4: b\r\n\r\n"),
	BAD("NUL in a name", 400, G H "A\0: b\r\n\r\n"),
	BAD("NUL in a value", 400, G H "A: b\0c\r\n\r\n"),
	BAD("NUL in Host", 400, G "Host: a.example\0.b\r\n\r\n"),
	BAD("ESC in a value", 400, G H "A: \x1b[2J\r\n\r\n"),
	BAD("DEL in a value", 400, G H "A: b\x7f\r\n\r\n"),
	BAD("vertical tab in a value", 400, G H "A: b\vc\r\n\r\n"),

	/* 6.2, 6.3: Content-Length */
	BAD("two lengths", 400,
	    P "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
	BAD("two equal lengths", 400,
	    P "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
	BAD("list of lengths", 400, P "Content-Length: 5, 5\r\n\r\nhello"),
	BAD("signed length", 400, P "Content-Length: +5\r\n\r\nhello"),
	BAD("negative length", 400, P "Content-Length: -5\r\n\r\nhello"),
	BAD("hexadecimal length", 400, P "Content-Length: 0x5\r\n\r\nhello"),
	BAD("fractional length", 400, P "Content-Length: 5.0\r\n\r\nhello"),
	BAD("length with an exponent", 400, P "Content-Length: 1e1\r\n\r\n"),
	BAD("length with a blank inside", 400,
	    P "Content-Length: 1 0\r\n\r\n0123456789"),
	BAD("empty length", 400, P "Content-Length:\r\n\r\n"),
	BAD("length in quotes", 400, P "Content-Length: \"5\"\r\n\r\nhello"),
	BAD("length that wraps to 5", 400,
	    P "Content-Length: 18446744073709551621\r\n\r\nhello"),
	BAD("length of 40 digits", 400,
	    P
	    "Content-Length: 9999999999999999999999999999999999999999\r\n\r\n"),

	/* 6.1: Transfer-Encoding */
	BAD("both, length first (CL.TE)", 400,
	    P
	    "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
	BAD("both, coding first (TE.CL)", 400,
	    TE "chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
	BAD("two codings (TE.TE)", 400,
	    TE "chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"),
	BAD("chunked twice", 400,
	    TE "chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
	BAD("chunked twice in a list", 501, TE "chunked, chunked\r\n\r\n"),
	BAD("chunked not last", 501, TE "chunked, gzip\r\n\r\n"),
	BAD("gzip", 501, TE "gzip, chunked\r\n\r\n"),
	BAD("identity", 501, TE "identity\r\n\r\n"),
	BAD("xchunked", 501, TE "xchunked\r\n\r\n"),
	BAD("chunked in quotes", 501, TE "\"chunked\"\r\n\r\n"),
	BAD("chunked with a parameter", 501, TE "chunked;q=1\r\n\r\n"),
	BAD("chunked with a comma", 501, TE "chunked,\r\n\r\n"),
	BAD("vertical tab before chunked", 400, TE "\vchunked\r\n\r\n"),
	BAD("chunked folded", 400, TE "\r\n chunked\r\n\r\n"),
	BAD("empty coding", 400, TE "\r\n\r\n"),
	BAD("coding in HTTP/1.0", 400,
	    "POST / HTTP/1.0\r\n" H "Transfer-Encoding: chunked\r\n\r\n"),
	BAD("blank before the coding's colon", 400,
	    P "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),

	/* 9110 10.1.1 */
	BAD("unknown expectation", 417, P "Expect: 200-maybe\r\n\r\n"),
};

static void
test_refused(void **state)
{
	struct http_head h;
	size_t		 i, cut;
	ssize_t		 rc;
	int		 status;

	(void)state;
	assert_true(nitems(bad) >= 72);
	for (i = 0; i < nitems(bad); i++) {
		rc = read_head(&h, bad[i].bytes, bad[i].n, &status);
		if (rc != -1 || status != bad[i].status)
			fail_msg("%s: %zd, status %d", bad[i].why, rc, status);
		/* However it comes, it is never read as good. */
		for (cut = 0; cut < bad[i].n; cut++) {
			rc = read_head(&h, bad[i].bytes, cut, &status);
			if (rc > 0)
				fail_msg("%s: good at %zu", bad[i].why, cut);
		}
	}
	print_message("# %zu requests refused\n", nitems(bad));
}

/* ---- what must be read */

static const struct good {
	const char *bytes;
	const char *method, *path, *query, *host;
	uint64_t    length;
	bool	    chunked, close, expect;
} good[] = {
	{ G H "\r\n", "GET", "/", "", "a.example", 0, 0, 0, 0 },
	{ "\r\n" G H "\r\n", "GET", "/", "", "a.example", 0, 0, 0, 0 },
	{ "GET /a/b%20c?x=1&y=%C3%A4 HTTP/1.1\r\n" H "\r\n", "GET", "/a/b%20c",
	    "x=1&y=%C3%A4", "a.example", 0, 0, 0, 0 },
	{ "GET /a?b?c HTTP/1.1\r\n" H "\r\n", "GET", "/a", "b?c", "a.example",
	    0, 0, 0, 0 },
	{ "HEAD // HTTP/1.1\r\nhost:a.example:8080\r\n\r\n", "HEAD", "//", "",
	    "a.example:8080", 0, 0, 0, 0 },
	{ "GET /~u/{id}|^`[] HTTP/1.1\r\n" H "\r\n", "GET", "/~u/{id}|^`[]", "",
	    "a.example", 0, 0, 0, 0 },
	{ G "Host: [::1]:80\r\n\r\n", "GET", "/", "", "[::1]:80", 0, 0, 0, 0 },
	{ G "Host: [2001:db8::1]\r\n\r\n", "GET", "/", "", "[2001:db8::1]", 0,
	    0, 0, 0 },
	{ "GET http://A.example/x?y HTTP/1.1\r\n" H "\r\n", "GET", "/x", "y",
	    "a.example", 0, 0, 0, 0 },
	{ "GET https://a.example HTTP/1.1\r\n" H "\r\n", "GET", "", "",
	    "a.example", 0, 0, 0, 0 },
	{ "GET http://a.example?q HTTP/1.1\r\n" H "\r\n", "GET", "", "q",
	    "a.example", 0, 0, 0, 0 },
	{ "OPTIONS * HTTP/1.1\r\n" H "\r\n", "OPTIONS", "*", "", "a.example", 0,
	    0, 0, 0 },
	{ P "Content-Length: 5\r\n\r\n", "POST", "/", "", "a.example", 5, 0, 0,
	    0 },
	{ P "Content-Length:  0005\t\r\n\r\n", "POST", "/", "", "a.example", 5,
	    0, 0, 0 },
	{ TE "chunked\r\n\r\n", "POST", "/", "", "a.example", 0, 1, 0, 0 },
	{ TE " CHUNKED \r\n\r\n", "POST", "/", "", "a.example", 0, 1, 0, 0 },
	{ P "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\n", "POST", "/",
	    "", "a.example", 1, 0, 0, 1 },
	{ G H "Connection: keep-alive, Close\r\n\r\n", "GET", "/", "",
	    "a.example", 0, 0, 1, 0 },
	{ G H "Connection: closed\r\n\r\n", "GET", "/", "", "a.example", 0, 0,
	    0, 0 },
	{ "GET / HTTP/1.0\r\n\r\n", "GET", "/", "", "", 0, 0, 1, 0 },
	{ "GET / HTTP/1.0\r\nConnection: keep-alive\r\nExpect: "
	  "100-continue\r\n\r\n",
	    "GET", "/", "", "", 0, 0, 1, 0 },
	{ G H "X-Empty:\r\nX-Colons: a:b:c\r\nX-Bytes: \xc3\xa4\xff\r\n\r\n",
	    "GET", "/", "", "a.example", 0, 0, 0, 0 },
	{ "delete /x HTTP/1.1\r\n" H "\r\n", "delete", "/x", "", "a.example", 0,
	    0, 0, 0 },
};

static void
same_span(const char *bytes, struct http_span s, const char *want)
{
	assert_int_equal(s.n, strlen(want));
	assert_memory_equal(bytes + s.at, want, s.n);
}

static void
test_read(void **state)
{
	const struct good *g;
	struct http_head   h;
	size_t		   n, cut;
	int		   status;

	(void)state;
	for (g = good; g < good + nitems(good); g++) {
		n = strlen(g->bytes);
		if (read_head(&h, g->bytes, n, &status) != (ssize_t)n)
			fail_msg("%s: status %d", g->bytes, status);
		same_span(g->bytes, h.method, g->method);
		same_span(g->bytes, h.path, g->path);
		same_span(g->bytes, h.query, g->query);
		same_span(g->bytes, h.host, g->host);
		assert_int_equal(h.length, g->length);
		assert_int_equal(h.chunked, g->chunked);
		assert_int_equal(h.close, g->close);
		assert_int_equal(h.expect, g->expect);
		for (cut = 0; cut < n; cut++)
			assert_int_equal(
			    read_head(&h, g->bytes, cut, &status), 0);
	}
}

/* What comes behind the head is the body's, or the next request. */
static void
test_bytes_behind(void **state)
{
	static const char bytes[] = P "Content-Length: 3\r\n\r\n\n\r\0GET";
	struct http_head  h;
	int		  status;

	(void)state;
	assert_int_equal(read_head(&h, bytes, sizeof bytes - 1, &status),
	    sizeof bytes - 1 - 6);
}

static void
test_fields(void **state)
{
	static const char bytes[] =
	    G H "X-One:  first \t\r\nx-one: second\r\nX-None:\r\n\r\n";
	const struct http_field *f;
	struct http_head	 h;
	int			 status;

	(void)state;
	assert_true(read_head(&h, bytes, sizeof bytes - 1, &status) > 0);
	assert_int_equal(h.nfields, 4);
	f = http_field(&h, bytes, "X-ONE");
	assert_non_null(f);
	same_span(bytes, f->value, "first");
	f = http_field(&h, bytes, "x-none");
	assert_non_null(f);
	same_span(bytes, f->value, "");
	assert_null(http_field(&h, bytes, "X-On"));
	assert_null(http_field(&h, bytes, "X-One:"));
}

/* ---- limits: the last that is taken, and one more */

static char big[HTTP_HEAD_MAX * 2];

static size_t
grow(size_t at, const char *s)
{
	memcpy(big + at, s, strlen(s));
	return (at + strlen(s));
}

static int
status_of(size_t n)
{
	struct http_head h;
	int		 status;
	ssize_t		 rc = read_head(&h, big, n, &status);

	return (rc > 0 ? 200 : rc == 0 ? 0 : status);
}

static size_t
long_target(size_t line)
{
	size_t n = grow(0, "GET /");

	memset(big + n, 'a', line);
	n = line - strlen(" HTTP/1.1");
	n = grow(n, " HTTP/1.1\r\n");
	return (grow(n, H "\r\n"));
}

static size_t
long_field(size_t line)
{
	size_t n = grow(0, G H), from = n;

	n = grow(n, "A: ");
	memset(big + n, 'b', line);
	return (grow(from + line, "\r\n\r\n"));
}

static void
test_limits(void **state)
{
	size_t n, i;

	(void)state;
	assert_int_equal(status_of(long_target(HTTP_LINE_MAX)), 200);
	assert_int_equal(status_of(long_target(HTTP_LINE_MAX + 1)), 414);
	/* Refused although its end has not come. */
	assert_int_equal(status_of(long_target(20000) - 30), 414);
	assert_int_equal(status_of(long_field(HTTP_LINE_MAX)), 200);
	assert_int_equal(status_of(long_field(HTTP_LINE_MAX + 1)), 431);

	for (n = grow(0, G H), i = 0; i < 99; i++)
		n = grow(n, "A: b\r\n");
	assert_int_equal(status_of(grow(n, "\r\n")), 200);
	assert_int_equal(status_of(grow(n, "A: b\r\n\r\n")), 431);

	/* The head's total: filled to the byte. */
	for (n = grow(0, G H), i = 0; i < 4; i++) {
		n = grow(n, "A: ");
		memset(big + n, 'b', 8000);
		n = grow(n + 8000, "\r\n");
	}
	n = grow(n, "A: ");
	i = HTTP_HEAD_MAX - 4 - n;
	memset(big + n, 'b', i);
	assert_int_equal(grow(n + i, "\r\n\r\n"), HTTP_HEAD_MAX);
	assert_int_equal(status_of(HTTP_HEAD_MAX), 200);
	big[n + i] = 'b';
	grow(n + i + 1, "\r\n\r\n");
	assert_int_equal(status_of(HTTP_HEAD_MAX + 1), 431);
	assert_int_equal(status_of(HTTP_HEAD_MAX - 2), 0);
}

/* ---- pieces of a target */

static void
test_decode(void **state)
{
	static const struct {
		const char *in, *out;
		bool	    form;
	} ok[] = {
		{ "", "", false },
		{ "a%20b", "a b", false },
		{ "a+b", "a+b", false },
		{ "a+b%2B", "a b+", true },
		{ "%C4%91%c4%91", "\xc4\x91\xc4\x91", false },
		{ "%25%32%30", "%20", false },
	};
	static const char *const odd[] = { "%", "%2", "a%", "%zz", "%2g", "%%",
		"%00", "a%00b", "% 2", "%+2" };
	char			 out[64];
	size_t			 i;
	ssize_t			 n;

	(void)state;
	for (i = 0; i < nitems(ok); i++) {
		n = http_decode(out, ok[i].in, strlen(ok[i].in), ok[i].form);
		assert_int_equal(n, strlen(ok[i].out));
		assert_memory_equal(out, ok[i].out, (size_t)n);
	}
	for (i = 0; i < nitems(odd); i++)
		assert_int_equal(
		    http_decode(out, odd[i], strlen(odd[i]), true), -1);
	assert_int_equal(http_decode(out, "a\0b", 3, false), -1);
	/* In place. */
	strcpy(out, "x%41y");
	assert_int_equal(http_decode(out, out, 5, false), 3);
	assert_memory_equal(out, "xAy", 3);
}

static void
test_pairs(void **state)
{
	static const char q[] = "&a=1&&b&=x&c==2&";
	static const struct {
		const char *name, *value;
	} want[] = { { "a", "1" }, { "b", "" }, { "", "x" }, { "c", "=2" } };
	const char	*at = q, *end = q + sizeof q - 1;
	struct http_pair pair;
	size_t		 i;

	(void)state;
	for (i = 0; http_pair(&at, end, &pair); i++) {
		assert_true(i < nitems(want));
		assert_int_equal(pair.nname, strlen(want[i].name));
		assert_memory_equal(pair.name, want[i].name, pair.nname);
		assert_int_equal(pair.nvalue, strlen(want[i].value));
		assert_memory_equal(pair.value, want[i].value, pair.nvalue);
	}
	assert_int_equal(i, nitems(want));
}

static void
test_cookies(void **state)
{
	const char *v;
	size_t	    n;

	(void)state;
	assert_int_equal(http_cookie("a=1; sid=xyz ; b=2", "sid", &v, &n), 1);
	assert_int_equal(n, 3);
	assert_memory_equal(v, "xyz", 3);
	assert_int_equal(http_cookie("sid=", "sid", &v, &n), 1);
	assert_int_equal(n, 0);
	assert_int_equal(
	    http_cookie("xsid=1; sidx=2; SID=3", "sid", &v, &n), 0);
	assert_int_equal(http_cookie("", "sid", &v, &n), 0);
	assert_int_equal(http_cookie(";;= ;sid", "sid", &v, &n), 0);
	assert_int_equal(http_cookie("sid=1; sid=1", "sid", &v, &n), -1);
	assert_int_equal(http_cookie("sid=1;b=2;sid=3", "sid", &v, &n), -1);
}

static int
set_up(void **state)
{
	(void)state;
	return (fence_open(sizeof big));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_bytes_behind),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_cookies),
	};

	return (cmocka_run_group_tests_name("http", tests, set_up, NULL));
}
