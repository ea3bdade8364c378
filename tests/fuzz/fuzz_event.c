/*
 * An event as JSON from any bytes: refused with a sentence and a member, or
 * read, finished and written as JSON that PostgreSQL would take; what is
 * written for EVENT.ADD is read back as the same event.
 */
#include <assert.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "desk/event.h"
#include "desk/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const char config[] =
    "{\"queues\":[{\"name\":\"a\"},{\"name\":\"b\"}],\"default_queue\":\"a\","
    "\"order_pattern\":[\"DH[0-9]{4,8}\",\"#[0-9]{5,8}\"],"
    "\"served\":[{\"kind\":\"email\",\"address\":\"b@s.example\","
    "\"queue\":\"b\"}],\"rules\":[{\"name\":\"r\",\"queue\":\"b\","
    "\"keywords\":[\"giao hàng\",\"delivery\",\"không\"]},"
    "{\"name\":\"v\",\"segment\":\"vip\",\"priority\":70}]}";

static struct rules *rules;

/* JSON of ours: whole, valid UTF-8, no name twice. */
static void
check_json(const struct buf *b)
{
	json_t *j;

	assert(utf8_valid(b->p, b->n));
	j = json_loadb(b->p, b->n, JSON_REJECT_DUPLICATES, NULL);
	assert(json_is_object(j));
	json_decref(j);
}

static void
check_event(struct event *e)
{
	const char  *member, *wrong;
	struct event again;
	struct buf   b;

	assert(e->id != NULL && *e->id != '\0');
	assert(strlen(e->id) <= EVENT_ID_MAX);
	assert(e->ncontacts == 1 && e->contacts[0].address != NULL);
	buf_init(&b, 0);
	event_to_json(&b, e);
	check_json(&b);
	event_begin(&again, 64 << 20);
	assert(event_from_json(&again, b.p, b.n, NULL, &member, &wrong));
	assert(strcmp(again.id, e->id) == 0);
	assert(strcmp(again.contacts[0].address, e->contacts[0].address) == 0 ||
	    strcmp(e->contacts[0].kind, "anonymous") == 0);
	event_drop(&again);
	buf_free(&b);

	assert(event_finish(e, rules));
	assert(e->ncandidates >= 1 && e->ncandidates <= EVENT_CANDIDATES);
	assert(e->candidates[e->ncandidates - 1].segment == NULL);
	assert(e->words == NULL || strlen(e->words) <= EVENT_WORDS_MAX);
	assert(e->preview == NULL || strlen(e->preview) <= EVENT_PREVIEW_MAX);
	event_write(&b, e);
	check_json(&b);
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char  *member = NULL, *wrong = NULL;
	char	     why[200];
	struct event e;

	if (rules == NULL)
		rules = rules_load(config, sizeof config - 1, why, sizeof why);
	assert(rules != NULL);
	event_begin(&e, 64 << 20);
	if (event_from_json(&e, (const char *)data, n, NULL, &member, &wrong))
		check_event(&e);
	else
		assert(member != NULL && wrong != NULL && *wrong != '\0');
	event_drop(&e);
	return (0);
}
