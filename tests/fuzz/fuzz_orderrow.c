/*
 * A list of orders of any bytes: every row taken is an event that EVENT.ADD
 * reads, or refuses by name; reading comes to an end.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>
#include "base/buf.h"
#include "desk/event.h"
#include "desk/orderrow.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct orderrow o;
	struct event	e;
	struct buf	json;
	const char     *member, *wrong;
	enum csv_got	got;
	size_t		at = 0, used;

	orderrow_init(&o, 420);
	buf_init(&json, 0);
	do {
		json.n = 0;
		got = orderrow_next(
		    &o, (const char *)data + at, n - at, true, &used, &json);
		at += used;
		assert(got != CSV_MORE);
		if (got == CSV_FAULT)
			assert(used > 0 && strlen(o.wrong) > 5);
		if (got != CSV_RECORD)
			continue;
		event_begin(&e, 1 << 20);
		if (event_from_json(&e, json.p, json.n, "84", &member, &wrong))
			assert(e.order_no != NULL && e.facts != NULL);
		else
			assert(*member != '\0');
		event_drop(&e);
	} while (got != CSV_END);
	assert(at == n);
	buf_free(&json);
	return (0);
}
