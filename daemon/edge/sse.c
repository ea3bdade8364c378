/*
 * Server-Sent Events as text; see sse.h.
 */
#include <string.h>

#include "sse.h"

static void
sse_line(struct buf *b, const char *field, const char *p, size_t n)
{
	buf_str(b, field);
	buf_str(b, ": ");
	buf_add(b, p, n);
	buf_char(b, '\n');
}

/* A value that would end its line is left out with its field. */
static void
sse_word(struct buf *b, const char *field, const char *word)
{
	if (word != NULL && strpbrk(word, "\r\n") == NULL)
		sse_line(b, field, word, strlen(word));
}

void
sse_encode(struct buf *b, const char *id, const char *event, const char *data,
    size_t n)
{
	const char *end = data + n, *p;

	sse_word(b, "id", id);
	sse_word(b, "event", event);
	for (;;) {
		for (p = data; p < end && *p != '\r' && *p != '\n';)
			p++;
		sse_line(b, "data", data, (size_t)(p - data));
		if (p == end)
			break;
		data = p + (*p == '\r' && p + 1 < end && p[1] == '\n' ? 2 : 1);
	}
	buf_char(b, '\n');
}

void
sse_retry(struct buf *b, unsigned ms)
{
	buf_printf(b, "retry: %u\n\n", ms);
}
