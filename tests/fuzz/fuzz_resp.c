/*
 * RESP from anybody: requests, whole and cut, mapped to arguments; and
 * answers, as a client reads them.  What is taken lies within the bytes, a
 * cut request is never taken for another, and what is written is read back.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "proto/call.h"
#include "proto/resp.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check_call(const struct resp_request *r)
{
	const struct op *op;
	const char	*member, *wrong;
	json_t		*args;

	if (r->argc == 0)
		return;
	if ((op = op_find(r->argv[0].p, r->argv[0].n)) == NULL)
		return;
	if (call_from_resp(op, r, &args, &member, &wrong)) {
		assert(json_is_object(args));
		json_decref(args);
	} else {
		assert(member != NULL && wrong[0] != '\0');
	}
}

static void
check_request(const char *s, size_t n)
{
	struct resp_request r, cut;
	ssize_t		    took;
	size_t		    i;

	took = resp_request(&r, s, n, &resp_stranger);
	assert(took >= -1 && took <= (ssize_t)n);
	if (took <= 0)
		return;
	for (i = 0; i < r.argc; i++)
		assert(
		    r.argv[i].p >= s && r.argv[i].p + r.argv[i].n <= s + took);
	assert(resp_request(&cut, s, (size_t)took / 2, &resp_stranger) == 0);
	check_call(&r);
}

static void
check_reply(const char *s, size_t n)
{
	struct resp_reply r, again;
	struct buf	  b = { 0 };
	ssize_t		  took;

	took = resp_read(&r, s, n, n + 1);
	assert(took >= -1 && took <= (ssize_t)n);
	if (took <= 0)
		return;
	if (r.kind == RESP_VALUE && !json_is_null(r.value)) {
		resp_json(&b, 3, r.value);
		assert(resp_read(&again, b.p, b.n, b.n) == (ssize_t)b.n);
		assert(json_equal(r.value, again.value));
		json_decref(again.value);
		buf_free(&b);
	}
	json_decref(r.value);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *s = malloc(n);

	if (n == 0 || s == NULL) {
		free(s);
		return (0);
	}
	memcpy(s, data, n); /* so that one byte beyond is seen */
	check_request(s, n);
	check_reply(s, n);
	free(s);
	return (0);
}
