/*
 * Binary parameters; see pgparam.h.
 */
#include <arpa/inet.h>
#include <limits.h>
#include <string.h>

#include "pgparam.h"

/* pg_type.dat: these numbers are part of the protocol and never change. */
#define OID_BYTEA 17
#define OID_INT8  20

/* PostgreSQL allocates no more for one value (MaxAllocSize). */
#define VALUE_MAX 0x3fffffffu

static void
put_u32(struct buf *b, uint32_t v)
{
	v = htonl(v);
	buf_add(b, &v, sizeof v);
}

static void
put_head(struct buf *b, size_t n, bool nulls, uint32_t oid)
{
	put_u32(b, n != 0 ? 1 : 0); /* dimensions: '{}' has none */
	put_u32(b, nulls ? 1 : 0);
	put_u32(b, oid);
	if (n == 0)
		return;
	put_u32(b, (uint32_t)n);
	put_u32(b, 1); /* lower bound */
}

void
pgparam_bytea_array(struct buf *b, const struct pg_bytes *v, size_t n)
{
	bool   nulls = false;
	size_t i, all = 20;

	for (i = 0; i < n; i++) {
		nulls |= v[i].p == NULL;
		if (v[i].n > VALUE_MAX - 4 || all > VALUE_MAX - 4 - v[i].n) {
			b->full = true;
			return;
		}
		all += 4 + v[i].n;
	}
	put_head(b, n, nulls, OID_BYTEA);
	for (i = 0; i < n; i++) {
		if (v[i].p == NULL) {
			put_u32(b, UINT32_MAX); /* -1: NULL */
			continue;
		}
		put_u32(b, (uint32_t)v[i].n);
		buf_add(b, v[i].p, v[i].n);
	}
}

void
pgparam_int8_array(struct buf *b, const int64_t *v, size_t n)
{
	size_t i;

	if (n > (VALUE_MAX - 20) / 12) {
		b->full = true;
		return;
	}
	put_head(b, n, false, OID_INT8);
	for (i = 0; i < n; i++) {
		put_u32(b, 8);
		put_u32(b, (uint32_t)((uint64_t)v[i] >> 32));
		put_u32(b, (uint32_t)(uint64_t)v[i]);
	}
}

struct pg_param
pgparam_buf(const struct buf *b)
{
	return ((struct pg_param){ b->p, (int)b->n, true });
}

struct pg_param
pgparam_str(const char *s)
{
	return (pgparam_text(s, s != NULL ? strlen(s) : 0));
}

struct pg_param
pgparam_text(const char *s, size_t n)
{
	return ((struct pg_param){ s, n < INT_MAX ? (int)n : INT_MAX, false });
}
