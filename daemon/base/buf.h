/*
 * A growing run of bytes with a cap: what is written to a peer, to
 * PostgreSQL or to a log is put together in one of these.  A write past the
 * cap leaves the buffer as it was and marks it, so that a caller may add
 * many pieces and look at buf_full() once.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "def.h"

struct buf {
	char  *p; /* always NUL-terminated once anything is in */
	size_t n; /* bytes in use, NUL not counted */
	size_t size;
	size_t cap;  /* 0: no cap (our own texts only) */
	bool   full; /* a write was refused */
};

void buf_init(struct buf *, size_t cap);
void buf_free(struct buf *);
void buf_reset(struct buf *);
bool buf_full(const struct buf *);

void buf_add(struct buf *, const void *, size_t);
void buf_str(struct buf *, const char *);
void buf_char(struct buf *, char);
void buf_int(struct buf *, int64_t);
void buf_printf(struct buf *, const char *, ...) PRINTFLIKE(2, 3);
/* Drops the first n bytes. */
void buf_drop(struct buf *, size_t);
/* Gives the bytes away (free() them); the buffer is empty afterwards. */
char *buf_take(struct buf *, size_t *n);

/*
 * A JSON string, quoted (RFC 8259 section 7).  The bytes must be UTF-8
 * without U+0000 (utf8_clean() makes them so): PostgreSQL refuses others.
 */
void buf_json(struct buf *, const char *, size_t);
/* NULL becomes null. */
void buf_json_str(struct buf *, const char *);
/*
 * What a peer sent, for a log line, an error or a terminal: one line, no
 * control or bidi characters (they become \xNN or \u{N}), at most max bytes
 * and then an ellipsis.
 */
void buf_shown(struct buf *, const char *, size_t n, size_t max);

#endif
