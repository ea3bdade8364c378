/*
 * A Content-Disposition field of any bytes: the name that comes out can be
 * shown, is read back as itself, and never brings a control character or a
 * quote into the field that it is written to.  The seeds in corpus/filename were written for it.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/utf8.h"
#include "proto/filename.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char	   name[FILENAME_MAX_BYTES + 1], again[FILENAME_MAX_BYTES + 1];
	char	   type[101];
	char	  *field = malloc(n + 1);
	struct buf b = { 0 };
	size_t	   i;

	if (field == NULL)
		return (0);
	if (n != 0)
		memcpy(field, p, n);
	field[n] = '\0';
	media_type_read(type, field);
	assert(strchr(type, '/') != NULL);
	if (filename_read(name, field)) {
		assert(name[0] != '\0' && strchr(name, '/') == NULL);
		assert(utf8_valid(name, strlen(name)));
		filename_write(&b, n & 1 ? "inline" : "attachment", name);
		for (i = 0; i < b.n; i++)
			assert((unsigned char)b.p[i] >= 0x20 &&
			    (unsigned char)b.p[i] < 0x7f);
		assert(filename_read(again, b.p));
		assert(strcmp(name, again) == 0);
		buf_free(&b);
	}
	free(field);
	return (0);
}
