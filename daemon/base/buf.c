/*
 * A growing run of bytes with a cap; see buf.h.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "utf8.h"

void
buf_init(struct buf *b, size_t cap)
{
	*b = (struct buf){ .cap = cap };
}

void
buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ .cap = b->cap };
}

void
buf_reset(struct buf *b)
{
	b->n = 0;
	b->full = false;
	if (b->p != NULL)
		b->p[0] = '\0';
}

bool
buf_full(const struct buf *b)
{
	return (b->full);
}

/* Room for n more bytes and a NUL; false past the cap. */
static bool
buf_room(struct buf *b, size_t n)
{
	size_t size;

	if (b->full || (b->cap != 0 && n > b->cap - b->n)) {
		b->full = true;
		return (false);
	}
	if (b->size - b->n > n)
		return (true);
	size = b->size != 0 ? b->size : 256;
	while (size - b->n <= n)
		size *= 2;
	b->p = xreallocarray(b->p, size, 1);
	b->size = size;
	return (true);
}

void
buf_add(struct buf *b, const void *p, size_t n)
{
	if (!buf_room(b, n))
		return;
	if (n != 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void
buf_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_int(struct buf *b, int64_t i)
{
	char s[24];

	buf_add(b, s, (size_t)snprintf(s, sizeof s, "%lld", (long long)i));
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int	n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !buf_room(b, (size_t)n))
		return;
	va_start(ap, fmt);
	vsnprintf(b->p + b->n, b->size - b->n, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
}

void
buf_drop(struct buf *b, size_t n)
{
	if (n > b->n)
		n = b->n;
	if (n == 0)
		return;
	memmove(b->p, b->p + n, b->n - n + 1);
	b->n -= n;
}

char *
buf_take(struct buf *b, size_t *n)
{
	char *p;

	if (b->p == NULL && !buf_room(b, 0))
		b->p = xcalloc(1, 1);
	p = b->p;
	p[b->n] = '\0';
	if (n != NULL)
		*n = b->n;
	*b = (struct buf){ .cap = b->cap };
	return (p);
}

void
buf_json(struct buf *b, const char *s, size_t n)
{
	const char   *end = s + n, *from = s;
	unsigned char c;

	buf_char(b, '"');
	for (; s < end; s++) {
		c = (unsigned char)*s;
		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_add(b, from, (size_t)(s - from));
		from = s + 1;
		switch (c) {
		case '\n':
			buf_str(b, "\\n");
			break;
		case '\r':
			buf_str(b, "\\r");
			break;
		case '\t':
			buf_str(b, "\\t");
			break;
		case '"':
			buf_str(b, "\\\"");
			break;
		case '\\':
			buf_str(b, "\\\\");
			break;
		default:
			buf_printf(b, "\\u%04x", c);
		}
	}
	buf_add(b, from, (size_t)(s - from));
	buf_char(b, '"');
}

void
buf_json_str(struct buf *b, const char *s)
{
	if (s == NULL)
		buf_str(b, "null");
	else
		buf_json(b, s, strlen(s));
}

void
buf_shown(struct buf *b, const char *s, size_t n, size_t max)
{
	const char *end = s + n;
	size_t	    start = b->n, len;
	uint32_t    c;

	while (s < end) {
		if (b->n - start >= max) {
			buf_str(b, "\xe2\x80\xa6");
			return;
		}
		len = utf8_get(s, (size_t)(end - s), &c);
		if (len == 0) {
			buf_printf(b, "\\x%02x", (unsigned char)*s++);
			continue;
		}
		if (c == '\\')
			buf_str(b, "\\\\");
		else if (c < 0x20 || c == 0x7f)
			buf_printf(b, "\\x%02x", (unsigned)c);
		else if (utf8_is_unshown(c))
			buf_printf(b, "\\u{%x}", (unsigned)c);
		else
			buf_add(b, s, len);
		s += len;
	}
}
