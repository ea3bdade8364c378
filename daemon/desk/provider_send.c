/*
 * Answers to customers as their provider wants them, and what it says to
 * them; see provider.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/shallow.h"
#include "base/utf8.h"
#include "event.h"
#include "jsontemplate.h"
#include "provider.h"

#define REQUEST_ARENA 65536
#define REQUEST_BODY  1048576
#define JUDGE_ARENA   65536
#define RETRY_MAX     86400 /* seconds that a provider may ask for */

const struct provider_send *
provider_send_find(const struct provider *p, const char *name)
{
	const struct provider_send *usual = NULL;
	size_t			    i;

	for (i = 0; i < p->nsends; i++) {
		if (strcmp(p->sends[i].name, name) == 0)
			return (&p->sends[i]);
		if (strcmp(p->sends[i].name, "message") == 0)
			usual = &p->sends[i];
	}
	return (usual);
}

static const char *
letter_value(void *arg, const char *name)
{
	const struct provider_letter *l = arg;

	return (strcmp(name, "text") == 0	? l->text
		: strcmp(name, "to") == 0	? l->to
		: strcmp(name, "reply_id") == 0 ? l->reply
		: strcmp(name, "token") == 0	? l->token
		: strcmp(name, "id") == 0	? l->id
						: NULL);
}

/* RFC 3986 section 3.3: what a path's part may have as it is, but no more. */
static bool
put_encoded(void *arg, struct buf *b, const struct filling_part *part)
{
	const char *s = letter_value(arg, part->text);

	if (s == NULL || *s == '\0')
		return (false);
	for (; *s != '\0'; s++)
		if (strchr(
			"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			"0123456789-._~:",
			*s) != NULL)
			buf_char(b, *s);
		else
			buf_printf(b, "%%%02X", (unsigned)(unsigned char)*s);
	return (true);
}

/* In a header nothing may begin another (STANDARDS: 1.3.11, 9110 5.5). */
static bool
put_header(void *arg, struct buf *b, const struct filling_part *part)
{
	const char *s = letter_value(arg, part->text), *c;

	if (s == NULL)
		return (false);
	for (c = s; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return (false);
	buf_str(b, s);
	return (true);
}

static const char *
request_filled(struct provider_request *r, const struct filling *f,
    filling_put *put, const struct provider_letter *letter)
{
	struct buf  b;
	const char *s = NULL;

	buf_init(&b, 8192);
	if (filling_write(&b, f, put, (void *)letter))
		s = arena_dup(&r->arena, b.p, b.n);
	buf_free(&b);
	return (s);
}

static bool
request_body(struct provider_request *r, const struct provider_send *s,
    const struct provider_letter *letter)
{
	struct filling form;

	if (!s->form)
		return (jsontemplate_write(
		    &r->body, s->body, letter_value, (void *)letter));
	return (filling_make(&form, &r->arena, s->body, NULL, false) == NULL &&
	    filling_write(&r->body, &form, put_encoded, (void *)letter));
}

static size_t
characters(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return (n);
}

const char *
provider_request_make(struct provider_request *r, const struct provider_send *s,
    const struct provider_letter *letter)
{
	size_t i;

	*r = (struct provider_request){ .method = s->method };
	arena_init(&r->arena, REQUEST_ARENA);
	buf_init(&r->body, REQUEST_BODY);
	if (s->max_text > 0 && characters(letter->text) > (size_t)s->max_text)
		return (arena_printf(&r->arena,
		    "This provider takes %d characters at most. Send it as "
		    "several messages.",
		    s->max_text));
	r->url = request_filled(r, &s->url, put_encoded, letter);
	if (r->url == NULL)
		return ("The address to send to cannot be made.");
	if (s->body != NULL)
		r->headers[r->nheaders++] = s->form
		    ? "Content-Type: application/x-www-form-urlencoded"
		    : "Content-Type: application/json";
	for (i = 0; i < s->nheaders; i++) {
		r->headers[r->nheaders] =
		    request_filled(r, &s->headers[i], put_header, letter);
		if (r->headers[r->nheaders++] == NULL)
			return ("A header to send cannot be made.");
	}
	if (s->body == NULL || request_body(r, s, letter))
		return (NULL);
	return ("The message cannot be made.");
}

void
provider_request_end(struct provider_request *r)
{
	arena_free(&r->arena);
	buf_free(&r->body);
}

/* Answers ------------------------------------------------------------------- */

/* The value as a text that is compared, in room where it is a number. */
static const char *
test_text(const json_t *value, char *room, size_t size)
{
	if (json_is_integer(value)) {
		snprintf(room, size, "%" JSON_INTEGER_FORMAT,
		    json_integer_value(value));
		return (room);
	}
	if (json_is_boolean(value))
		return (json_is_true(value) ? "true" : "false");
	return (json_string_value(value));
}

static bool
test_among(const char *among, const char *s)
{
	size_t n = strlen(s), len;

	for (;; among += len + 1) {
		len = strcspn(among, "|");
		if (len == n && memcmp(among, s, n) == 0)
			return (true);
		if (among[len] == '\0')
			return (false);
	}
}

bool
provider_test_holds(const struct provider_test *t, const struct spot *spot)
{
	const json_t *value = pointer_get(&t->at, spot);
	char	      room[32], other_room[32];
	const char   *s = test_text(value, room, sizeof room), *other;
	bool	      holds;

	if (t->same) {
		other = test_text(pointer_get(&t->other, spot), other_room,
		    sizeof other_room);
		holds = s != NULL && other != NULL && strcmp(s, other) == 0;
	} else if (t->among != NULL)
		holds = s != NULL && test_among(t->among, s);
	else
		holds = value != NULL && !json_is_null(value) &&
		    !json_is_false(value) && (s == NULL || *s != '\0');
	return (holds != t->negated);
}

bool
provider_tests_hold(const struct provider_tests *t, const struct spot *spot)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (!provider_test_holds(&t->list[i], spot))
			return (false);
	return (true);
}

const char *
provider_value_text(
    struct arena *a, const struct provider_value *v, const struct spot *spot)
{
	const char *s = NULL;
	size_t	    i;

	for (i = 0; s == NULL && i < v->n; i++)
		s = filling_text(a, &v->ways[i], spot);
	return (s);
}

/* Whether any of the ways to a code gives one of those. */
static bool
judge_is(struct arena *a, const struct provider_send *s,
    const struct provider_codes *among, const struct spot *spot)
{
	const char *code;
	size_t	    i, k;

	for (i = 0; i < s->code.n; i++) {
		code = filling_text(a, &s->code.ways[i], spot);
		for (k = 0; code != NULL && k < among->n; k++)
			if (strcmp(among->list[k], code) == 0)
				return (true);
	}
	return (false);
}

/* Where the answer is no JSON, nothing points anywhere. */
static json_t *
judge_read(const char *body, size_t n)
{
	if (n == 0 || !json_shallow(body, n, EVENT_DEPTH))
		return (NULL);
	return (json_loadb(body, n, 0, NULL));
}

/* What the provider said, behind what it means; one line, cut. */
static void
judge_say(struct provider_outcome *o, const char *means, const char *said,
    long status)
{
	struct buf b;

	buf_init(&b, sizeof o->words - 1);
	buf_str(&b, means);
	if (said != NULL) {
		buf_str(&b, " It said: ");
		buf_shown(&b, said, strlen(said), 200);
	} else if (status != 0)
		buf_printf(&b, " (HTTP %ld)", status);
	snprintf(o->words, sizeof o->words, "%s", b.p != NULL ? b.p : "");
	buf_free(&b);
}

static void
judge_failed(struct provider_outcome *o, const struct provider_send *s,
    long status, struct arena *a, const struct spot *spot)
{
	const char *said = provider_value_text(a, &s->words, spot);
	const char *retry = provider_value_text(a, &s->retry, spot);

	if (retry != NULL && strspn(retry, "0123456789") == strlen(retry) &&
	    strlen(retry) < 9)
		o->retry = strtol(retry, NULL, 10);
	if (o->retry > RETRY_MAX)
		o->retry = RETRY_MAX;
	o->how = PROVIDER_NEVER;
	if (judge_is(a, s, &s->closed, spot))
		judge_say(o,
		    "The time in which this provider lets a shop answer is "
		    "over: the customer must write first, or be reached by "
		    "telephone or e-mail.",
		    said, status);
	else if (judge_is(a, s, &s->blocked, spot))
		judge_say(o,
		    "The customer has blocked the shop there, or is gone.",
		    said, status);
	else if (judge_is(a, s, &s->expired, spot) || status == 401) {
		o->how = PROVIDER_LATER;
		judge_say(o,
		    "The provider does not accept our token: put a new one "
		    "into its file, and this is sent.",
		    said, status);
	} else if (!judge_is(a, s, &s->temporary, spot) &&
	    (status == 502 || status == 504 || status == 408)) {
		/* A gateway's word: what stands behind it may have taken it. */
		o->how = PROVIDER_UNKNOWN;
		judge_say(o,
		    "The provider did not answer in time: perhaps it was sent.",
		    said, status);
	} else if (judge_is(a, s, &s->temporary, spot) || status == 429 ||
	    status >= 500) {
		o->how = PROVIDER_LATER;
		judge_say(o, "The provider cannot take it now.", said, status);
	} else
		judge_say(o, "The provider refused it.", said, status);
}

void
provider_judge(struct provider_outcome *o, const struct provider_send *s,
    long status, const char *body, size_t n)
{
	struct spot  spot = { .n = 0 };
	struct arena a;
	const char  *id;
	json_t	    *json = judge_read(body, n);

	*o = (struct provider_outcome){ .how = PROVIDER_SENT };
	arena_init(&a, JUDGE_ARENA);
	if (json != NULL)
		spot.path[spot.n++] = json;
	if (status >= 200 && status < 300 &&
	    provider_tests_hold(&s->success, &spot)) {
		id = provider_value_text(&a, &s->id, &spot);
		if (id != NULL && strlen(id) < sizeof o->id)
			snprintf(o->id, sizeof o->id, "%s", id);
	} else if (status >= 200 && status < 300 && json == NULL) {
		o->how = PROVIDER_UNKNOWN;
		judge_say(o,
		    "The provider's answer cannot be read: perhaps it was "
		    "sent.",
		    NULL, status);
	} else
		judge_failed(o, s, status, &a, &spot);
	json_decref(json);
	arena_free(&a);
}

void
provider_check_judge(struct provider_outcome *o, const struct provider_send *s,
    long status, const char *body, size_t n)
{
	struct spot  spot = { .n = 0 };
	struct arena a;
	const char  *said;
	json_t	    *json = judge_read(body, n);
	bool	     held;

	*o = (struct provider_outcome){ .how = PROVIDER_SENT };
	arena_init(&a, JUDGE_ARENA);
	if (json != NULL)
		spot.path[spot.n++] = json;
	held = s->status != 0 ? status == s->status
			      : status >= 200 && status < 300;
	said = provider_value_text(&a, &s->words, &spot);
	if (held && provider_tests_hold(&s->success, &spot))
		;
	else if (judge_is(&a, s, &s->temporary, &spot) || status == 429 ||
	    status >= 500) {
		o->how = PROVIDER_LATER;
		judge_say(o, "The provider cannot say it now.", said, status);
	} else if (judge_is(&a, s, &s->expired, &spot) || status == 401 ||
	    status == 403) {
		o->how = PROVIDER_NEVER;
		judge_say(o,
		    "The provider does not accept our token: put a new one "
		    "into its file.",
		    said, status);
	} else {
		o->how = PROVIDER_NEVER;
		judge_say(o,
		    "The provider did not answer as it does to a good token.",
		    said, status);
	}
	json_decref(json);
	arena_free(&a);
}
