/*
 * A file of answers of any bytes: every row taken is a JSON object, which is
 * read or refused by name; reading comes to an end.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <jansson.h>
#include "base/buf.h"
#include "desk/answerfile.h"
#include "desk/answerrow.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
row_look(const struct buf *json)
{
	json_t	   *row = json_loadb(json->p, json->n, 0, NULL);
	json_t	   *args = json_object();
	const char *member, *wrong;

	assert(json_is_object(row));
	if (answerrow_read(args, row, "84", &member, &wrong))
		assert(json_is_object(json_object_get(args, "rest")));
	else
		assert(*member != '\0' && *wrong != '\0');
	json_decref(args);
	json_decref(row);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct answerfile f;
	struct buf		 json;
	enum csv_got		 got;
	size_t			 at = 0, used;

	answerfile_init(&f);
	buf_init(&json, 0);
	do {
		json.n = 0;
		got = answerfile_next(
		    &f, (const char *)data + at, n - at, true, &used, &json);
		at += used;
		assert(got != CSV_MORE);
		if (got == CSV_FAULT)
			assert(strlen(f.wrong) > 5);
		if (got == CSV_RECORD)
			row_look(&json);
	} while (got != CSV_END);
	assert(at == n);
	buf_free(&json);
	return (0);
}
