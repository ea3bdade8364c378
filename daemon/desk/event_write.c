/*
 * An event as JSON, for desk.ingest() and for EVENT.ADD: event_write() and
 * event_to_json() of event.h.
 */
#include <string.h>

#include "event.h"

/* Objects whose absent members are left out: a comma before all but one. */
struct object {
	struct buf *b;
	bool	    any;
};

static struct object
object_open(struct buf *b)
{
	buf_char(b, '{');
	return ((struct object){ b, false });
}

static void
object_close(struct object *o)
{
	buf_char(o->b, '}');
}

static void
put_name(struct object *o, const char *name)
{
	if (o->any)
		buf_char(o->b, ',');
	o->any = true;
	buf_char(o->b, '"');
	buf_str(o->b, name);
	buf_str(o->b, "\":");
}

static void
put_str(struct object *o, const char *name, const char *value)
{
	if (value == NULL || *value == '\0')
		return;
	put_name(o, name);
	buf_json_str(o->b, value);
}

static void
put_int(struct object *o, const char *name, int64_t value)
{
	put_name(o, name);
	buf_int(o->b, value);
}

/* -1 stands for "not told". */
static void
put_told(struct object *o, const char *name, int64_t value)
{
	if (value >= 0)
		put_int(o, name, value);
}

static void
put_true(struct object *o, const char *name)
{
	put_name(o, name);
	buf_str(o->b, "true");
}

static void
put_list(struct object *o, const char *name, const char *const *list, size_t n)
{
	size_t i;

	if (n == 0)
		return;
	put_name(o, name);
	for (i = 0; i < n; i++) {
		buf_char(o->b, i == 0 ? '[' : ',');
		buf_json_str(o->b, list[i]);
	}
	buf_char(o->b, ']');
}

/* Words with a blank between, as a list. */
static void
put_words(struct object *o, const char *name, const char *words)
{
	const char *s;
	size_t	    n;
	bool	    any = false;

	if (words == NULL)
		return;
	put_name(o, name);
	buf_char(o->b, '[');
	for (s = words; *s != '\0'; s += n) {
		s += strspn(s, " ");
		if ((n = strcspn(s, " ")) == 0)
			break;
		if (any)
			buf_char(o->b, ',');
		any = true;
		buf_json(o->b, s, n);
	}
	buf_char(o->b, ']');
}

static void
put_contacts(struct object *o, const struct event *e)
{
	struct object c;
	size_t	      i;

	put_name(o, "contacts");
	buf_char(o->b, '[');
	for (i = 0; i < e->ncontacts; i++) {
		if (i > 0)
			buf_char(o->b, ',');
		c = object_open(o->b);
		put_str(&c, "kind", e->contacts[i].kind);
		put_str(&c, "address", e->contacts[i].address);
		put_str(&c, "original", e->contacts[i].original);
		put_words(&c, "flags", e->contacts[i].flags);
		object_close(&c);
	}
	buf_char(o->b, ']');
}

static void
put_candidates(struct object *o, const struct event *e)
{
	struct object c;
	size_t	      i;

	put_name(o, "candidates");
	buf_char(o->b, '[');
	for (i = 0; i < e->ncandidates; i++) {
		if (i > 0)
			buf_char(o->b, ',');
		c = object_open(o->b);
		put_str(&c, "segment", e->candidates[i].segment);
		put_str(&c, "queue", e->candidates[i].queue);
		put_int(&c, "priority", e->candidates[i].priority);
		put_words(&c, "skills", e->candidates[i].skills);
		put_str(&c, "why", e->candidates[i].why);
		object_close(&c);
	}
	buf_char(o->b, ']');
}

static void
put_call(struct object *o, const struct call *call)
{
	struct object c;

	if (call == NULL)
		return;
	put_name(o, "call");
	c = object_open(o->b);
	put_str(&c, "id", call->id);
	put_str(&c, "state", call->state);
	put_str(&c, "agent", call->agent);
	put_str(&c, "direction", call->direction);
	put_told(&c, "duration", call->duration);
	put_told(&c, "wait", call->wait);
	put_told(&c, "hold", call->hold);
	put_str(&c, "by", call->by);
	if (call->part)
		put_true(&c, "part");
	if (call->attended)
		put_true(&c, "attended");
	put_str(&c, "recording", call->recording);
	put_str(&c, "disposition", call->disposition);
	object_close(&c);
}

static void
put_attachments(struct object *o, const struct event *e)
{
	const struct attachment *a;
	struct object		 c;
	size_t			 i;

	if (e->nattachments == 0)
		return;
	put_name(o, "attachments");
	buf_char(o->b, '[');
	for (i = 0; i < e->nattachments; i++) {
		a = &e->attachments[i];
		if (i > 0)
			buf_char(o->b, ',');
		c = object_open(o->b);
		put_name(&c, "name");
		buf_json_str(o->b, a->name != NULL ? a->name : "");
		put_str(&c, "type", a->type);
		put_int(&c, "size", (int64_t)a->size);
		put_str(&c, "cid", a->cid);
		put_str(&c, "sha256", a->sha256);
		object_close(&c);
	}
	buf_char(o->b, ']');
}

/* What is JSON already. */
static void
put_json(struct object *o, const char *name, const char *value)
{
	if (value == NULL)
		return;
	put_name(o, name);
	buf_str(o->b, value);
}

/* The feeling is one of the facts. */
static void
put_facts(struct object *o, const struct event *e)
{
	size_t n;

	if (e->mood == NULL) {
		put_json(o, "facts", e->facts);
		return;
	}
	put_name(o, "facts");
	/* An object that ends in its brace, as all of ours do. */
	n = e->facts != NULL ? strlen(e->facts) - 1 : 0;
	if (n > 1) {
		buf_add(o->b, e->facts, n);
		buf_char(o->b, ',');
	} else
		buf_char(o->b, '{');
	buf_printf(o->b, "\"mood\":%s}", e->mood);
}

void
event_write(struct buf *b, const struct event *e)
{
	static const char *const auth[] = {
		[AUTH_NONE] = "none", [AUTH_PASS] = "pass", [AUTH_FAIL] = "fail"
	};
	struct object o;

	o = object_open(b);
	put_str(&o, "channel", e->channel);
	put_str(&o, "id", e->id);
	put_str(&o, "at", e->at);
	put_str(&o, "kind", e->kind);
	put_contacts(&o, e);
	put_str(&o, "name", e->name);
	put_str(&o, "name_folded", e->name_folded);
	/* One address says no more than the queue does. */
	if (e->nto > 1)
		put_list(&o, "to", e->to, e->nto);
	put_list(&o, "others", e->others, e->nothers);
	put_str(&o, "subject", e->subject);
	put_str(&o, "text", e->text);
	put_str(&o, "own", e->own);
	put_str(&o, "html", e->html);
	put_str(&o, "preview", e->preview);
	put_str(&o, "lang", e->lang);
	put_str(&o, "order", e->order_no);
	put_json(&o, "meta", e->meta);
	put_facts(&o, e);
	put_str(&o, "words", e->words);
	put_list(&o, "thread", e->thread, e->nthread);
	if (e->token > 0)
		put_int(&o, "token", e->token);
	put_list(&o, "refs", e->refs, e->nrefs);
	put_str(&o, "auth", auth[e->auth]);
	put_candidates(&o, e);
	put_int(&o, "units", e->units);
	put_str(&o, "conversation", e->conversation);
	put_call(&o, e->call);
	if (e->automatic) {
		put_name(&o, "automatic");
		buf_str(b, "true");
	}
	put_str(&o, "quarantine", e->quarantine);
	put_attachments(&o, e);
	put_str(&o, "raw", e->raw);
	object_close(&o);
}

void
event_to_json(struct buf *b, const struct event *e)
{
	struct object	      o, from;
	const struct contact *c = &e->contacts[0];

	o = object_open(b);
	put_str(&o, "channel", e->channel);
	put_str(&o, "id", e->id);
	put_str(&o, "at", e->at);
	if (e->ncontacts > 0) {
		put_name(&o, "from");
		from = object_open(b);
		put_str(&from, "kind", c->kind);
		/* As it was written: it is normalised again. */
		put_str(&from, "address",
		    c->original != NULL ? c->original : c->address);
		put_str(&from, "name", e->name);
		object_close(&from);
	}
	if (e->nto > 0)
		put_str(&o, "to", e->to[0]);
	put_str(&o, "subject", e->subject);
	put_str(&o, "text", e->text);
	put_str(&o, "html", e->html);
	put_list(&o, "thread", e->thread, e->nthread);
	put_str(&o, "order", e->order_no);
	put_str(&o, "lang", e->lang);
	put_call(&o, e->call);
	put_json(&o, "meta", e->meta);
	object_close(&o);
}
