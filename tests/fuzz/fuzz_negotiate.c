/*
 * Accept-Encoding and If-None-Match of any bytes: a coding that is not there
 * is never chosen, one that is refused outright only as the last resort, and a
 * tag is found only where it stands.  The seeds in corpus/negotiate were
 * written for it.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "proto/negotiate.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char tag[] = "\"5eb1\"";
	struct codings	  c;
	enum coding	  best;
	unsigned	  there = n != 0 ? p[0] & 7 : 0;
	char		 *field = malloc(n + 1);

	if (field == NULL)
		return (0);
	if (n != 0)
		memcpy(field, p, n);
	field[n] = '\0';
	codings_none(&c);
	codings_read(&c, field);
	best = codings_best(&c, there);
	assert(best == CODING_PLAIN || (there & BIT(best)));
	assert(best == CODING_PLAIN || c.of[best] != 0);
	if (etag_listed(field, tag))
		assert(strcmp(field, "*") == 0 || strstr(field, tag) != NULL);
	free(field);
	return (0);
}
