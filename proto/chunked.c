/*
 * A chunked body, read strictly; see chunked.h.
 */
#include <string.h>

#include "base/hex.h"
#include "chunked.h"
#include "http.h"

#define CHUNK_DIGITS   15
#define CHUNK_TRAILERS 8192

enum { MORE = 0, REFUSED = -1 };

/* A line of a chunked body's own, without its CRLF: 1, MORE or REFUSED. */
static ssize_t
chunk_line(const char *p, size_t n, size_t max, size_t *len)
{
	const char *lf = memchr(p, '\n', n < max + 2 ? n : max + 2);
	size_t	    seen;

	if (lf == NULL) {
		seen = n < max + 2 ? n : max + 2;
		/* A CR may only be the last byte yet. */
		if (seen == max + 2 ||
		    (seen > 0 && memchr(p, '\r', seen - 1) != NULL))
			return (REFUSED);
		return (MORE);
	}
	if (lf == p || lf[-1] != '\r' ||
	    memchr(p, '\r', (size_t)(lf - p) - 1) != NULL)
		return (REFUSED);
	*len = (size_t)(lf - p) - 1;
	return (1);
}

static ssize_t
chunk_size(struct http_chunked *c, const char *p, size_t n)
{
	size_t	len, i;
	ssize_t rc;
	int	digit;

	/* What cannot become a size is refused before its line ends. */
	for (c->left = 0, i = 0; i < n && (digit = hex_digit(p[i])) >= 0; i++) {
		if (i == CHUNK_DIGITS)
			return (REFUSED);
		c->left = c->left << 4 | (uint64_t)digit;
	}
	if (n > i && (i == 0 || (p[i] != ';' && p[i] != '\r')))
		return (REFUSED);
	rc = chunk_line(p, n, CHUNK_DIGITS + 1 + HTTP_CHUNK_EXT_MAX, &len);
	if (rc != 1)
		return (rc);
	if (len - i > HTTP_CHUNK_EXT_MAX + 1 ||
	    !http_all(p + i, len - i, http_is_value))
		return (REFUSED);
	c->at = c->left != 0 ? CHUNK_DATA : CHUNK_TRAILER;
	return ((ssize_t)len + 2);
}

static ssize_t
chunk_end(struct http_chunked *c, const char *p, size_t n)
{
	if (p[0] != '\r' || (n > 1 && p[1] != '\n'))
		return (REFUSED);
	if (n < 2)
		return (MORE);
	c->at = CHUNK_SIZE;
	return (2);
}

static ssize_t
chunk_trailer(struct http_chunked *c, const char *p, size_t n)
{
	const char *colon;
	size_t	    len;
	ssize_t	    rc;

	rc = chunk_line(p, n, CHUNK_TRAILERS - c->trailers, &len);
	if (rc != 1)
		return (rc);
	c->trailers += len;
	if (len == 0) {
		c->at = CHUNK_DONE;
		return (2);
	}
	colon = memchr(p, ':', len);
	if (colon == NULL || colon == p ||
	    !http_all(p, (size_t)(colon - p), http_is_token) ||
	    !http_all(colon, (size_t)(p + len - colon), http_is_value))
		return (REFUSED);
	return ((ssize_t)len + 2);
}

ssize_t
http_chunk(struct http_chunked *c, const char *p, size_t n, const char **data,
    size_t *ndata)
{
	*data = p;
	*ndata = 0;
	if (n == 0)
		return (MORE);
	switch (c->at) {
	case CHUNK_SIZE:
		return (chunk_size(c, p, n));
	case CHUNK_DATA:
		*ndata = n < c->left ? n : (size_t)c->left;
		c->left -= *ndata;
		if (c->left == 0)
			c->at = CHUNK_END;
		return ((ssize_t)*ndata);
	case CHUNK_END:
		return (chunk_end(c, p, n));
	case CHUNK_TRAILER:
		return (chunk_trailer(c, p, n));
	case CHUNK_DONE:
		break;
	}
	return (MORE);
}
