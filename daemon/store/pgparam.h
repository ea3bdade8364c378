/*
 * Parameters of a statement in PostgreSQL's binary form, where text will not
 * do: arrays of bytea and of int8, as `array_send` writes them (big-endian,
 * one dimension, lower bound 1).
 */
#ifndef STORE_PGPARAM_H
#define STORE_PGPARAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"

/* One parameter: p NULL is SQL's NULL; text needs no final NUL. */
struct pg_param {
	const char *p;
	int	    n;
	bool	    binary;
};

/* A piece of memory that goes into a bytea[]; p NULL becomes NULL. */
struct pg_bytes {
	const void *p;
	size_t	    n;
};

/*
 * Appends bytea[] or int8[] of n elements; n 0 gives '{}'.  Past the
 * buffer's cap, or when an element or the whole passes what PostgreSQL takes
 * (1 GiB), the buffer is full: look at buf_full() once.
 */
void pgparam_bytea_array(struct buf *, const struct pg_bytes *, size_t n);
void pgparam_int8_array(struct buf *, const int64_t *, size_t n);

/* The buffer's bytes as a binary parameter; the buffer keeps them. */
struct pg_param pgparam_buf(const struct buf *);
/* A string as a text parameter; NULL becomes NULL. */
struct pg_param pgparam_str(const char *);
struct pg_param pgparam_text(const char *, size_t n);

#endif
