/*
 * A posted call record from any bytes, in both forms: refused with a
 * sentence, or an event that is whole.
 */
#include <assert.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/utf8.h"
#include "desk/callrec.h"
#include "desk/event.h"
#include "desk/when.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check_event(const struct event *e)
{
	struct buf b;
	json_t	  *j;

	assert(e->call != NULL && e->call->id != NULL && e->id != NULL);
	assert(e->ncontacts == 1 && *e->contacts[0].address != '\0');
	assert(e->text != NULL && *e->text != '\0');
	assert(e->at == NULL || when_valid(e->at, strlen(e->at)));
	buf_init(&b, 0);
	event_write(&b, e);
	assert(utf8_valid(b.p, b.n));
	j = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, NULL);
	assert(json_is_object(j));
	json_decref(j);
	buf_free(&b);
}

static void
try_form(enum callrec_form form, const uint8_t *data, size_t n)
{
	const struct callrec_desk desk = { "84", "vi", 420 };
	const char		 *member = NULL, *wrong = NULL;
	struct event		  e;

	event_begin(&e, 1 << 20);
	switch (callrec_read(
	    &e, form, (const char *)data, n, &desk, &member, &wrong)) {
	case CALLREC_EVENT:
		check_event(&e);
		break;
	case CALLREC_WRONG:
		assert(member != NULL && wrong != NULL && *wrong != '\0');
		break;
	case CALLREC_NOTHING:
		assert(form == CALLREC_FREESWITCH);
		break;
	}
	event_drop(&e);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	try_form(CALLREC_GENERIC, data, n);
	try_form(CALLREC_FREESWITCH, data, n);
	return (0);
}
