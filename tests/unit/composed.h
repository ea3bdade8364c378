/*
 * What must be true of every mail that compose made, for its tests and its
 * fuzzer.
 */
#ifndef TESTS_UNIT_COMPOSED_H
#define TESTS_UNIT_COMPOSED_H

#include <string.h>
#include "base/buf.h"

/* NULL, or what is wrong with its form. */
static inline const char *
composed_wrong(const struct buf *b)
{
	size_t i, from = 0;

	if (b->n < 2 || memcmp(b->p + b->n - 2, "\r\n", 2) != 0)
		return ("it does not end in CRLF");
	for (i = 0; i < b->n; i++) {
		unsigned char c = (unsigned char)b->p[i];

		if (c >= 0x7f ||
		    (c < ' ' && c != '\t' && c != '\r' && c != '\n'))
			return ("a byte that is no plain ASCII");
		if (c == '\r' && (i + 1 == b->n || b->p[i + 1] != '\n'))
			return ("a bare CR");
		if (c != '\n')
			continue;
		if (i == 0 || b->p[i - 1] != '\r')
			return ("a bare LF");
		if (i - from > 998)
			return ("a line too long");
		if (b->p[from] == '.')
			return ("a line that begins with a dot");
		if (strncmp(b->p + from, "From ", 5) == 0)
			return ("a line that begins with From");
		from = i + 1;
	}
	return (NULL);
}

#endif
