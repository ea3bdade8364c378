/*
 * A chunked body (RFC 9112 section 7.1), read strictly and purely, piece by
 * piece: no I/O, no allocation, and no byte copied.
 */
#ifndef PROTO_CHUNKED_H
#define PROTO_CHUNKED_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/def.h"

/* A chunked body's place (RFC 9112 section 7.1); zero-initialise. */
struct http_chunked {
	uint64_t left; /* of the chunk under way */
	size_t	 trailers;
	enum http_chunk_at {
		CHUNK_SIZE,
		CHUNK_DATA,
		CHUNK_END, /* the CRLF behind the data */
		CHUNK_TRAILER,
		CHUNK_DONE
	} at;
};

/* Chunk extensions are read over; more than this is an attack. */
#define HTTP_CHUNK_EXT_MAX 256

/*
 * Takes the next piece of a chunked body: returns the bytes taken, of which
 * data[0..ndata) are the body's; 0 when more must come; -1 when it must be
 * refused (400) and the connection closed.  Call until at is CHUNK_DONE.
 * A size is at most 15 hexadecimal digits, without sign, 0x or blanks; lines
 * end in CRLF and nothing else; trailers (at most 8 KiB) are dropped.
 */
ssize_t http_chunk(struct http_chunked *, const char *, size_t n,
    const char **data, size_t *ndata) MUSTCHECK;

#endif
