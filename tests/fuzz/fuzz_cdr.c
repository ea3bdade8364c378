/*
 * A CDR file of any bytes: read whole and read in pieces it gives the same
 * events and the same faults at the same lines, and comes to an end.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/utf8.h"
#include "desk/cdr.h"
#include "desk/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
read_all(struct buf *got, const char *s, size_t n, size_t piece)
{
	const struct callrec_desk desk = { "84", "en", -210 };
	struct cdr		  c;
	struct event		  e;
	enum cdr_got		  what;
	size_t			  at = 0, fed = piece < n ? piece : n, used;

	cdr_init(&c, &desk);
	do {
		event_begin(&e, 1 << 20);
		what = cdr_next(&c, s + at, fed - at, fed == n, &used, &e);
		assert(used <= fed - at);
		at += used;
		if (what == CDR_EVENT)
			buf_printf(got, "%s\n", e.id);
		else if (what == CDR_FAULT)
			buf_printf(got, "%zu %s\n", c.csv.line, c.wrong);
		else if (what == CDR_MORE) {
			assert(fed < n);
			fed = piece < n - fed ? fed + piece : n;
		}
		assert(what == CDR_MORE || what == CDR_END || used > 0);
		event_drop(&e);
	} while (what != CDR_END);
	assert(at == n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf whole, pieces;
	size_t	   piece = n > 0 ? 1 + data[0] % 64u : 1;

	buf_init(&whole, 0);
	buf_init(&pieces, 0);
	buf_str(&whole, "");
	buf_str(&pieces, "");
	read_all(&whole, (const char *)data, n, n);
	read_all(&pieces, (const char *)data, n, n > 4096 ? n / 8 : piece);
	assert(strcmp(whole.p, pieces.p) == 0);
	buf_free(&whole);
	buf_free(&pieces);
	return (0);
}
