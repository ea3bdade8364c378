/*
 * A provider's posts and answers from any bytes, by a description of any
 * bytes: "DESCRIPTION\n\nPOST", or a post alone for a description that looks
 * like those in conf/sources.  Whatever comes, the description is refused by
 * member or loaded whole, and each item of the post is an event that is whole.
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
#include "desk/provider.h"
#include "desk/when.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const char usual[] =
    "{\"contact\":\"messenger\",\"sign\":{\"header\":\"X-S\",\"base\":"
    "\"{/app_id}{body}{header:X-T}{secret}\",\"time\":\"/timestamp\","
    "\"window\":300},\"verify\":{\"posted\":\"/challenge\"},\"events\":[{"
    "\"name\":\"m\",\"each\":\"/entry/*/messaging/*\",\"when\":[\"/message\","
    "\"!/message/is_echo\"],\"id\":[\"/message/mid\",\"{/a}/{/b}\"],"
    "\"sender\":\"/sender/id\",\"person\":\"{/first} {/last}\",\"to\":"
    "\"/recipient/id\",\"text\":[\"/message/text\",\"[x] {/s/emoji}\"],"
    "\"at\":\"/timestamp\",\"thread\":\"/message/reply_to/mid\",\"links\":"
    "\"/message/attachments/*\",\"link_url\":\"/payload/url\",\"link_type\":"
    "\"/type\"},{\"name\":\"c\",\"each\":\"/entry/*/changes/*\",\"kind\":"
    "\"feedback\",\"when\":\"!/value/from/id==2/id\",\"id\":"
    "\"/value/comment_id\",\"sender\":\"/value/from/id\",\"to\":\"2/id\","
    "\"rating\":\"/value/stars\",\"reply\":\"#/object\"}],\"sends\":[{"
    "\"name\":\"message\",\"url\":\"https://a.example/{to}/{reply_id}\","
    "\"headers\":\"X-Id: {id}\",\"body\":\"{\\\"to\\\":\\\"{to:number}\\\","
    "\\\"t\\\":\\\"{text}\\\"}\",\"success\":\"/ok=true\",\"id\":\"/id\","
    "\"code\":[\"/error/sub\",\"/error/code\"],\"words\":\"/error/message\","
    "\"retry\":\"/retry\",\"temporary\":\"4\",\"closed\":\"10\"}]}";

static const char *
header(void *arg, const char *name)
{
	(void)name;
	return (arg);
}

static void
check_event(const struct event *e)
{
	struct buf b;
	json_t	  *j;

	assert(
	    e->id != NULL && *e->id != '\0' && strlen(e->id) <= EVENT_ID_MAX);
	assert(e->ncontacts == 1 && *e->contacts[0].address != '\0');
	assert(e->at == NULL || when_valid(e->at, strlen(e->at)));
	assert(e->quarantine != NULL || e->facts != NULL);
	buf_init(&b, 0);
	event_write(&b, e);
	assert(utf8_valid(b.p, b.n));
	j = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, NULL);
	assert(json_is_object(j));
	json_decref(j);
	buf_free(&b);
}

static void
try_post(const struct provider *p, const char *s, size_t n)
{
	static struct provider_items items;
	struct provider_post	     post = { .body = s, .n = n };
	const char		    *wrong = NULL;
	struct buf		     b;
	size_t			     i;

	post.header = header;
	post.arg = (void *)(uintptr_t) "1700000000";
	post.json = provider_parse(s, n, &wrong);
	assert(post.json != NULL || wrong != NULL);
	buf_init(&b, 0);
	if (p->signs) {
		if (!provider_base(&b, &p->sign, &post, "secret"))
			buf_reset(&b);
		wrong = provider_stale(&p->sign, &post, 1700000000);
	}
	buf_free(&b);
	if (provider_items(&items, p, "x", "84", &post))
		for (i = 0; i < items.n; i++)
			check_event(items.list[i]);
	provider_items_drop(&items);
	json_decref(post.json);
}

/* The same bytes as a customer's words, and as the provider's answer. */
static void
try_send(const struct provider *p, const char *s, size_t n)
{
	struct provider_letter letter = { .to = "12", .reply = "r", .id = "1" };
	struct provider_request r;
	struct provider_outcome o;
	char		       *text = xmalloc(n + 1);
	size_t			i, k;
	json_t		       *j;

	memcpy(text, s, n);
	text[n] = '\0';
	utf8_clean(text, n);
	letter.text = text;
	letter.token = text;
	for (i = 0; i < p->nsends; i++) {
		if (provider_request_make(&r, &p->sends[i], &letter) == NULL) {
			assert(strncmp(r.url, "http", 4) == 0);
			assert(strpbrk(r.url, " \r\n\t") == NULL);
			for (k = 0; k < r.nheaders; k++)
				assert(strpbrk(r.headers[k], "\r\n") == NULL);
			if (!p->sends[i].form) {
				j = json_loadb(r.body.p, r.body.n, 0, NULL);
				assert(j != NULL);
				json_decref(j);
			}
		}
		provider_request_end(&r);
		provider_judge(&o, &p->sends[i], 200, s, n);
		assert(utf8_valid(o.words, strlen(o.words)));
		provider_judge(&o, &p->sends[i], 400, s, n);
		assert(o.how != PROVIDER_SENT && o.words[0] != '\0');
		provider_check_judge(&o, &p->sends[i], 200, s, n);
		assert(utf8_valid(o.words, strlen(o.words)));
		provider_check_judge(&o, &p->sends[i], 400, s, n);
		assert(o.how != PROVIDER_SENT && o.words[0] != '\0');
	}
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char	     *s = (const char *)data, *post = s;
	size_t		      npost = n, ndesc = 0;
	struct arena	      a;
	struct provider_fault fault;
	struct provider	     *p;
	json_t		     *j;

	while (ndesc + 1 < n && (s[ndesc] != '\n' || s[ndesc + 1] != '\n'))
		ndesc++;
	if (ndesc + 1 < n) {
		post = s + ndesc + 2;
		npost = n - ndesc - 2;
		j = json_loadb(s, ndesc, JSON_REJECT_DUPLICATES, NULL);
	} else
		j = json_loads(usual, 0, NULL);
	arena_init(&a, 1 << 20);
	if ((p = provider_load(&a, j, &fault)) != NULL) {
		try_post(p, post, npost);
		try_send(p, post, npost);
	} else
		assert(fault.what != NULL && fault.member != NULL &&
		    ndesc + 1 < n);
	arena_free(&a);
	json_decref(j);
	return (0);
}
