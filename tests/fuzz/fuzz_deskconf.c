/*
 * desk.conf of any bytes: faults in sentences, or JSON that the rules load and
 * that, written as desk.conf again, is read back the same.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>
#include "base/utf8.h"
#include "desk/deskconf.h"
#include "desk/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
must_return(const char *json)
{
	json_t *config = json_loads(json, 0, NULL), *read;
	char   *text = deskconf_write(config), wrong[1000], *again;

	again = deskconf_json(
	    text, strlen(text), "again.conf", wrong, sizeof wrong);
	assert(again != NULL);
	read = json_loads(again, 0, NULL);
	assert(json_equal(config, read));
	json_decref(config);
	json_decref(read);
	free(again);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct rules *rules;
	char	      wrong[1000], *json;

	json = deskconf_json(
	    (const char *)data, n, "fuzz.conf", wrong, sizeof wrong);
	if (json == NULL) {
		assert(strncmp(wrong, "fuzz.conf", 9) == 0);
		return (0);
	}
	assert(utf8_valid(json, strlen(json)));
	rules = rules_load(json, strlen(json), wrong, sizeof wrong);
	assert(rules != NULL);
	rules_free(rules);
	must_return(json);
	free(json);
	return (0);
}
