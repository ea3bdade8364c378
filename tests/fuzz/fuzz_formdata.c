/*
 * A posted form of any bytes, after a line that is its Content-Type: what is
 * found lies within the bytes, in order, and comes to an end.  The seeds in
 * corpus/formdata were written for it.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "proto/formdata.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
within(const char *s, size_t n, const char *from, const char *end)
{
	assert(s >= from && s <= end && n <= (size_t)(end - s));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const uint8_t	*line = n != 0 ? memchr(p, '\n', n) : NULL;
	size_t		 ntype = line != NULL ? (size_t)(line - p) : 0;
	size_t		 nbody = line != NULL ? n - ntype - 1 : 0;
	char		*type = calloc(1, ntype + 1), *body = malloc(nbody + 1);
	const char	*last = body;
	struct form	 f;
	struct form_part part;
	int		 got, parts = 0;

	if (type == NULL || body == NULL || line == NULL)
		goto out;
	memcpy(type, p, ntype);
	memcpy(body, line + 1, nbody);
	if (!form_begin(&f, type, body, nbody))
		goto out;
	while ((got = form_next(&f, &part)) == 1) {
		assert(++parts <= FORM_PARTS_MAX);
		within(part.name, part.nname, last, body + nbody);
		within(part.bytes, part.n, last, body + nbody);
		if (part.file != NULL)
			within(part.file, part.nfile, last, part.bytes);
		if (part.type != NULL)
			within(part.type, part.ntype, last, part.bytes);
		last = part.bytes + part.n;
	}
out:
	free(type);
	free(body);
	return (0);
}
