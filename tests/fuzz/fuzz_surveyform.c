/*
 * The survey's form: any bytes as a body.  What is read is UTF-8 of answers
 * that JSON can hold, and within its limits.  The seeds in corpus/surveyform
 * were written for it.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/utf8.h"
#include "proto/surveyform.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct surveyform f;
	char		 *text;
	bool		  good;

	good = surveyform_read(
	    &f, "application/x-www-form-urlencoded", (const char *)p, n);
	assert(!good || strlen(f.once) == 36);
	assert(json_object_size(f.answers) <= SURVEYFORM_FIELDS);
	assert(json_object_size(f.besides) <= 5);
	text = json_dumps(f.answers, JSON_COMPACT);
	assert(text != NULL && utf8_valid(text, strlen(text)));
	free(text);
	surveyform_free(&f);
	return (0);
}
