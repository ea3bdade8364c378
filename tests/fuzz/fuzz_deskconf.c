/*
 * desk.conf of any bytes: faults in sentences, or JSON that the rules load.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/utf8.h"
#include "desk/deskconf.h"
#include "desk/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

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
	free(json);
	return (0);
}
