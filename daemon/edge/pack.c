/*
 * Answers in the gzip coding; see pack.h.
 */
#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/mem.h"
#include "http.h"
#include "pack.h"

/* 16: with gzip's head and tail.  A window of 16 KiB, 200 KiB in all. */
#define WINDOW (14 + 16)
#define MEMORY 8

static z_stream z;
static bool	begun;

/* It lives as long as the process: the next answer finds what the last had. */
static bool
pack_begin(void)
{
	if (begun)
		return (deflateReset(&z) == Z_OK);
	begun = deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, WINDOW, MEMORY,
		    Z_DEFAULT_STRATEGY) == Z_OK;
	return (begun);
}

static bool
pack(struct buf *b, const char *p, size_t n)
{
	unsigned char *out = xcalloc(1, n);
	bool	       done;

	/* (zlib writes nothing to what it reads; its type is an old one.) */
	z.next_in = (unsigned char *)(uintptr_t)p;
	z.avail_in = (unsigned)n;
	z.next_out = out;
	z.avail_out = (unsigned)n;
	/* No room for what is no smaller: then it is not the end. */
	done = deflate(&z, Z_FINISH) == Z_STREAM_END;
	if (done)
		buf_add(b, out, n - z.avail_out);
	free(out);
	return (done);
}

bool
pack_answer(struct http_answer *packed, const char *headers[PACK_HEADERS],
    struct buf *b, const struct http_answer *a)
{
	const char *const *line;
	size_t		   n = 0;

	if (a->n < PACK_LEAST || a->n > PACK_MOST)
		return (false);
	for (line = a->headers; line != NULL && *line != NULL; line++) {
		if (n == PACK_HEADERS - 3)
			return (false);
		headers[n++] = *line;
	}
	headers[n++] = "Content-Encoding: gzip";
	headers[n++] = "Vary: Accept-Encoding";
	headers[n] = NULL;
	if (!pack_begin() || !pack(b, a->body, a->n))
		return (false);
	*packed = *a;
	packed->body = b->p;
	packed->n = b->n;
	packed->headers = headers;
	return (true);
}
