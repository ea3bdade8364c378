/*
 * HTTP from anybody: a head, and its body where it is chunked.  What is told
 * lies within the bytes; a head that is cut is never taken for another; what
 * is taken has one framing, and a second reader, as lax as the laxest, could
 * not see a line where we saw none.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "proto/chunked.h"
#include "proto/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check_span(struct http_span s, size_t head)
{
	assert((size_t)s.at + s.n <= head);
}

static void
check_head(const struct http_head *h, const char *p, size_t n)
{
	size_t i, lengths = 0, codings = 0;

	check_span(h->method, n);
	check_span(h->path, n);
	check_span(h->query, n);
	check_span(h->host, n);
	assert(h->method.n > 0 && h->method.n <= 32);
	assert(h->nfields <= HTTP_FIELDS_MAX);
	assert(h->minor == 0 || h->host.n > 0);
	assert(!h->chunked || h->length == 0);
	for (i = 0; i < h->nfields; i++) {
		check_span(h->fields[i].name, n);
		check_span(h->fields[i].value, n);
		if (h->fields[i].name.n == 14 &&
		    strncasecmp(
			p + h->fields[i].name.at, "content-length", 14) == 0)
			lengths++;
		if (h->fields[i].name.n == 17 &&
		    strncasecmp(
			p + h->fields[i].name.at, "transfer-encoding", 17) == 0)
			codings++;
	}
	assert(lengths + codings <= 1);
	assert(memchr(p, '\0', n) == NULL);
	for (i = 0; i < n; i++) {
		if (p[i] == '\r')
			assert(i + 1 < n && p[i + 1] == '\n');
		if (p[i] == '\n')
			assert(i > 0 && p[i - 1] == '\r');
	}
}

static void
check_target(const struct http_head *h, const char *p)
{
	const char	*at = p + h->query.at, *end = at + h->query.n;
	struct http_pair pair;
	char		*out = malloc(h->path.n + h->query.n + 1);

	/* Its escapes were found good, and no NUL among them. */
	assert(http_decode(out, p + h->path.at, h->path.n, false) >= 0);
	while (http_pair(&at, end, &pair)) {
		assert(http_decode(out, pair.name, pair.nname, true) >= 0);
		assert(http_decode(out, pair.value, pair.nvalue, true) >= 0);
	}
	free(out);
}

/* The same body whole and byte by byte. */
static void
check_chunks(const char *p, size_t n)
{
	struct http_chunked whole = { 0 }, drip = { 0 };
	size_t		    at = 0, body = 0, seen, from = 0, bytes = 0;
	const char	   *data;
	size_t		    ndata;
	ssize_t		    a = 0, b = 0;

	while (whole.at != CHUNK_DONE &&
	    (a = http_chunk(&whole, p + at, n - at, &data, &ndata)) > 0) {
		assert(data >= p + at && data + ndata <= p + at + a);
		at += (size_t)a;
		body += ndata;
		assert(at <= n);
	}
	for (seen = 1; seen <= n && b != -1 && drip.at != CHUNK_DONE; seen++)
		while (drip.at != CHUNK_DONE &&
		    (b = http_chunk(
			 &drip, p + from, seen - from, &data, &ndata)) > 0) {
			from += (size_t)b;
			bytes += ndata;
		}
	assert((whole.at == CHUNK_DONE) == (drip.at == CHUNK_DONE));
	if (whole.at == CHUNK_DONE)
		assert(at == from && body == bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct http_head h, cut;
	const char	*p = (const char *)bytes, *value;
	char		*text;
	size_t		 len;
	ssize_t		 took;
	int		 status = 0;

	took = http_head(&h, p, n, &http_limits, &status);
	assert(took >= -1 && took <= (ssize_t)n);
	if (took == -1)
		assert(status >= 400 && status <= 505);
	if (took > 0) {
		check_head(&h, p, (size_t)took);
		check_target(&h, p);
		assert(http_head(&cut, p, (size_t)took - 1, &http_limits,
			   &status) == 0);
		if (h.chunked)
			check_chunks(p + took, n - (size_t)took);
	} else
		check_chunks(p, n);

	text = strndup(p, n);
	if (http_cookie(text, "sid", &value, &len) == 1)
		assert(value >= text && value + len <= text + strlen(text));
	free(text);
	return (0);
}
