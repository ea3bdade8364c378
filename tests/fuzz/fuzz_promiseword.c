/*
 * Promises in any bytes, at any moment: each stands within the text, cuts no
 * character, is still to come and not too far away.  The first eight bytes
 * are the moment.  The seeds in corpus/promiseword were written for it.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/utf8.h"
#include "desk/promiseword.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check(const struct promiseword *p, const char *text, size_t n,
    const struct daytime_now *now)
{
	assert(p->kind != NULL && p->from < p->to && p->to <= n);
	assert(p->due > now->at);
	assert(p->due - now->at <= 367 * (int64_t)86400);
	if (utf8_valid(text, n))
		assert(utf8_valid(text + p->from, p->to - p->from));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct promiseword p[PROMISEWORD_MAX];
	struct daytime_now now;
	char		  *text;
	uint32_t	   at;
	size_t		   i, found;

	if (n < 8)
		return (0);
	/* Until 2106, in every zone there is. */
	memcpy(&at, data, 4);
	now.at = at;
	now.offset = ((int)data[4] % 29 - 14) * 3600;
	n -= 8;
	text = malloc(n + 1);
	assert(text != NULL);
	memcpy(text, data + 8, n);
	found = promiseword_find(p, text, n, &now);
	assert(found <= PROMISEWORD_MAX);
	for (i = 0; i < found; i++)
		check(&p[i], text, n, &now);
	free(text);
	return (0);
}
