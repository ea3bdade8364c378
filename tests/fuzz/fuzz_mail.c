/*
 * Any bytes as a mail: always an event that can be stored, the same each
 * time, with nothing in it that PostgreSQL would refuse.
 */
#include <assert.h>
#include <jansson.h>
#include <stdint.h>
#include <string.h>
#include "base/utf8.h"
#include "desk/mail.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);
int LLVMFuzzerInitialize(int *, char ***);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	mail_init();
	return (0);
}

static void
check(const char *s, size_t max)
{
	if (s == NULL)
		return;
	assert(strlen(s) <= max);
	assert(utf8_valid(s, strlen(s)));
}

/* JSON as PostgreSQL takes it, or nothing. */
static void
check_object(const char *s)
{
	json_t *o;

	if (s == NULL)
		return;
	o = json_loads(s, JSON_REJECT_DUPLICATES, NULL);
	assert(json_is_object(o));
	json_decref(o);
}

static void
check_event(const struct event *e)
{
	size_t i;

	assert(e->id != NULL && e->id[0] != '\0');
	assert(e->ncontacts >= 1 && e->contacts[0].address != NULL);
	check(e->id, 600);
	check(e->contacts[0].address, 320);
	check(e->contacts[0].original, 1 << 20);
	check(e->name, 200);
	check(e->subject, EVENT_SUBJECT_MAX);
	check(e->text, EVENT_TEXT_MAX);
	check(e->html, EVENT_TEXT_MAX);
	check(e->meta, 8192);
	check(e->facts, 16384);
	check_object(e->meta);
	check_object(e->facts);
	for (i = 0; i < e->nto; i++)
		check(e->to[i], 320);
	for (i = 0; i < e->nthread; i++) {
		assert(e->thread[i][0] != '\0');
		check(e->thread[i], 512);
	}
	for (i = 0; i < e->nattachments; i++) {
		check(e->attachments[i].name, 255);
		check(e->attachments[i].type, 127);
		check(e->attachments[i].cid, 255);
		assert(strlen(e->attachments[i].sha256) == 64);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char *const rcpts[] = { "hello@shop.example" };
	static const uint8_t	 key[] = "the key of a fuzzer";
	const struct mail_env	 env = { .sender = "",
		   .rcpts = rcpts,
		   .nrcpts = 1,
		   .at = "2026-11-21T08:15:04Z",
		   .authserv = "mx.shop.example",
		   .key = key,
		   .keylen = sizeof key };
	struct event		 a, b;

	event_begin(&a, mail_arena_cap(n));
	mail_parse(&a, p, n, &env);
	check_event(&a);
	assert(a.token == 0);
	event_begin(&b, mail_arena_cap(n));
	mail_parse(&b, p, n, &env);
	assert(strcmp(a.id, b.id) == 0);
	event_drop(&a);
	event_drop(&b);
	return (0);
}
