/*
 * An event as JSON, from any service that speaks to us: event_from_json() of
 * event.h.  One row of the table below is one member.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/def.h"
#include "base/utf8.h"
#include "contact.h"
#include "digest.h"
#include "event.h"
#include "facts.h"
#include "htmltext.h"
#include "jsonin.h"
#include "quote.h"
#include "when.h"

struct reading {
	struct event *e;
	const char   *country;
	json_t	     *meta; /* unknown members gather here */
	json_t	     *facts;
	const char   *member;
	const char   *wrong;
};

/* Where the member stands, for a refusal: constant, or in the arena. */
static bool
refuse(struct reading *r, const char *member, const char *wrong)
{
	r->member = member;
	r->wrong = wrong;
	return (false);
}

static bool
refuse_full(struct reading *r)
{
	return (refuse(r, "", "The event is too large."));
}

/*
 * The value as a text of at most max bytes, in the arena.  An empty text is
 * as good as none: *out stays.
 */
static bool
read_text(struct reading *r, const char *member, const json_t *value,
    size_t max, const char **out)
{
	const char *s;
	size_t	    n;

	if (!json_is_string(value))
		return (refuse(r, member, "This must be a text."));
	s = json_string_value(value);
	n = json_string_length(value);
	if (n > max) {
		s = arena_printf(
		    &r->e->arena, "This may have at most %zu bytes.", max);
		return (s == NULL ? refuse_full(r) : refuse(r, member, s));
	}
	if (n == 0)
		return (true);
	if ((*out = arena_dup(&r->e->arena, s, n)) == NULL)
		return (refuse_full(r));
	return (true);
}

/* A text on one line: an id or a name, without controls. */
static bool
read_line(struct reading *r, const char *member, const json_t *value,
    size_t max, const char **out)
{
	const char *s;

	if (!read_text(r, member, value, max, out))
		return (false);
	for (s = *out; s != NULL && *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return (refuse(r, member,
			    "This may not have control characters."));
	return (true);
}

static bool
read_channel(struct reading *r, const json_t *value)
{
	static const char *const known[] = { "mail", "chat", "call", "social",
		"order", "store" };
	const char		*s = json_string_value(value);
	size_t			 i;

	for (i = 0; s != NULL && i < nitems(known); i++) {
		if (strcmp(s, known[i]) != 0)
			continue;
		r->e->channel = known[i];
		return (true);
	}
	return (refuse(r, "channel",
	    "This must be mail, chat, call, social, order or store."));
}

static bool
read_id(struct reading *r, const json_t *value)
{
	if (json_is_string(value) && json_string_length(value) == 0)
		return (refuse(r, "id", "This may not be empty."));
	return (read_line(r, "id", value, EVENT_ID_MAX, &r->e->id));
}

static bool
read_at(struct reading *r, const json_t *value)
{
	const char *s = json_string_value(value);

	if (s == NULL || !when_valid(s, strlen(s)))
		return (refuse(r, "at",
		    "This must be a time as RFC 3339 has it, with an offset: "
		    "2026-11-21T08:15:04+07:00."));
	if ((r->e->at = arena_str(&r->e->arena, s)) == NULL)
		return (refuse_full(r));
	return (true);
}

static bool
read_from(struct reading *r, const json_t *value)
{
	static const char *const known[] = { "kind", "address", "name" };
	struct event		*e = r->e;
	struct contact		*c = &e->contacts[0];
	const char		*kind, *address, *wrong = NULL, *key;
	json_t			*part;
	size_t			 i;

	if (!json_is_object(value))
		return (refuse(r, "from",
		    "This must be an object of kind, address and name."));
	json_object_foreach ((json_t *)value, key, part) {
		for (i = 0; i < nitems(known); i++)
			if (strcmp(key, known[i]) == 0)
				break;
		if (i == nitems(known))
			return (refuse(r, "from",
			    "This has members kind, address and name only."));
	}
	kind = jsonin_str(value, "kind");
	if (kind == NULL || !contact_kind_valid(kind))
		return (refuse(r, "from.kind",
		    "This must be a short word: email, phone, chat, zalo …"));
	part = json_object_get(value, "name");
	if (part != NULL && !json_is_null(part) &&
	    !read_line(r, "from.name", part, 200, &e->name))
		return (false);
	if ((address = jsonin_str(value, "address")) == NULL)
		return (refuse(r, "from.address", "This must be a text."));
	switch (contact_read(&e->arena, c, kind, address, r->country, &wrong)) {
	case CONTACT_WRONG:
		return (refuse(r, "from.address", wrong));
	case CONTACT_FULL:
		return (refuse_full(r));
	case CONTACT_WITHHELD:
		/* Named when the event's id is known. */
		*c = (struct contact){ .kind = "anonymous" };
		break;
	case CONTACT_OK:
		break;
	}
	e->ncontacts = 1;
	return (true);
}

static bool
read_to(struct reading *r, const json_t *value)
{
	const char *s = NULL;

	if (!read_line(r, "to", value, CONTACT_ADDRESS_MAX, &s))
		return (false);
	if (s != NULL)
		r->e->to[r->e->nto++] = s;
	return (true);
}

/* The address contacted is written as its channel's addresses are. */
static bool
settle_to(struct reading *r)
{
	struct event  *e = r->e;
	struct contact c;
	const char    *kind, *wrong;

	if (e->nto == 0)
		return (true);
	kind = strchr(e->to[0], '@') != NULL  ? "email"
	    : strcmp(e->channel, "call") == 0 ? "phone"
					      : "page";
	switch (
	    contact_read(&e->arena, &c, kind, e->to[0], r->country, &wrong)) {
	case CONTACT_OK:
		e->to[0] = c.address;
		return (true);
	case CONTACT_FULL:
		return (refuse_full(r));
	default:
		/* Not ours to judge: it is only looked up. */
		return (true);
	}
}

static bool
read_subject(struct reading *r, const json_t *value)
{
	return (
	    read_text(r, "subject", value, EVENT_SUBJECT_MAX, &r->e->subject));
}

static bool
read_body(struct reading *r, const json_t *value)
{
	return (read_text(r, "text", value, EVENT_TEXT_MAX, &r->e->text));
}

static bool
read_html(struct reading *r, const json_t *value)
{
	return (read_text(r, "html", value, EVENT_TEXT_MAX, &r->e->html));
}

/* "<a@b>" is a@b: ids are compared bare. */
static const char *
bare_id(struct arena *a, const char *s)
{
	size_t n = strlen(s);

	if (n > 2 && s[0] == '<' && s[n - 1] == '>')
		return (arena_dup(a, s + 1, n - 2));
	return (s);
}

static bool
read_thread(struct reading *r, const json_t *value)
{
	const char *id;
	size_t	    i;

	if (!json_is_array(value))
		return (refuse(r, "thread", "This must be a list of ids."));
	for (i = 0; i < json_array_size(value); i++) {
		/* The newest stand first; the rest tell nothing more. */
		if (r->e->nthread == EVENT_REFS)
			return (true);
		id = NULL;
		if (!read_line(r, "thread", json_array_get(value, i),
			EVENT_ID_MAX, &id))
			return (false);
		if (id == NULL)
			continue;
		if ((id = bare_id(&r->e->arena, id)) == NULL)
			return (refuse_full(r));
		r->e->thread[r->e->nthread++] = id;
	}
	return (true);
}

/* The order's number, or an object that also tells how the order is. */
static bool
read_order(struct reading *r, const json_t *value)
{
	if (!json_is_object(value))
		return (read_line(r, "order", value, 64, &r->e->order_no));
	if (!read_line(r, "order.no", json_object_get(value, "no"), 64,
		&r->e->order_no))
		return (false);
	if (r->e->order_no == NULL)
		return (refuse(r, "order.no", "This may not be empty."));
	return (facts_order(r->facts, value, &r->member, &r->wrong));
}

static bool
read_rating(struct reading *r, const json_t *value)
{
	return (facts_rating(r->facts, value, &r->member, &r->wrong));
}

/* Where the customer met the company: "counter", "fair". */
static bool
read_touchpoint(struct reading *r, const json_t *value)
{
	const char *s = NULL;

	if (!read_line(r, "touchpoint", value, 64, &s))
		return (false);
	if (s != NULL)
		json_object_set_new(r->facts, "touchpoint", json_string(s));
	return (true);
}

static bool
read_lang(struct reading *r, const json_t *value)
{
	const char *s = json_string_value(value);

	if (s != NULL && strcmp(s, "vi") == 0)
		r->e->lang = "vi";
	else if (s != NULL && strcmp(s, "en") == 0)
		r->e->lang = "en";
	else
		return (refuse(r, "lang", "This must be vi or en."));
	return (true);
}

static bool
read_meta(struct reading *r, const json_t *value)
{
	if (!json_is_object(value))
		return (refuse(r, "meta", "This must be an object."));
	if (json_object_update_missing(r->meta, (json_t *)value) == -1)
		return (refuse_full(r));
	return (true);
}

static bool
read_seconds(
    struct reading *r, const char *member, const json_t *value, int64_t *out)
{
	*out = -1;
	if (value == NULL || json_is_null(value))
		return (true);
	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
	    json_integer_value(value) > 31 * 86400)
		return (refuse(
		    r, member, "This must be a whole number of seconds."));
	*out = json_integer_value(value);
	return (true);
}

const char *const call_states[] = { "ringing", "answered", "transferred",
	"ended", "missed", NULL };

static bool
is_state(const char *s)
{
	const char *const *state;

	for (state = call_states; *state != NULL; state++)
		if (strcmp(*state, s) == 0)
			return (true);
	return (false);
}

static bool
read_flag(struct reading *r, const char *member, const json_t *value, bool *out)
{
	if (value != NULL && !json_is_boolean(value))
		return (refuse(r, member, "This must be true or false."));
	*out = json_is_true(value);
	return (true);
}

static bool
read_call(struct reading *r, const json_t *value)
{
	struct call *call;
	static const struct {
		const char *name;
		const char *member;
		size_t	    at;
	} texts[] = {
		{ "id", "call.id", offsetof(struct call, id) },
		{ "state", "call.state", offsetof(struct call, state) },
		{ "agent", "call.agent", offsetof(struct call, agent) },
		{ "by", "call.by", offsetof(struct call, by) },
		{ "direction", "call.direction",
		    offsetof(struct call, direction) },
		{ "recording", "call.recording",
		    offsetof(struct call, recording) },
		{ "disposition", "call.disposition",
		    offsetof(struct call, disposition) },
	};
	const char  **out;
	const json_t *part;
	size_t	      i;

	if (!json_is_object(value))
		return (refuse(r, "call", "This must be an object."));
	if ((call = arena_get(&r->e->arena, sizeof *call)) == NULL)
		return (refuse_full(r));
	r->e->call = call;
	for (i = 0; i < nitems(texts); i++) {
		part = json_object_get(value, texts[i].name);
		if (part == NULL || json_is_null(part))
			continue;
		out = (const char **)(void *)((char *)call + texts[i].at);
		if (!read_line(r, texts[i].member, part, EVENT_ID_MAX, out))
			return (false);
	}
	if (call->id == NULL)
		return (refuse(r, "call.id", "This must be a text."));
	if (call->state == NULL || !is_state(call->state))
		return (refuse(r, "call.state",
		    "This must be ringing, answered, transferred, ended or "
		    "missed."));
	if (call->direction == NULL)
		call->direction = "in";
	if (strcmp(call->direction, "in") != 0 &&
	    strcmp(call->direction, "out") != 0)
		return (refuse(r, "call.direction", "This must be in or out."));
	return (read_seconds(r, "call.duration",
		    json_object_get(value, "duration"), &call->duration) &&
	    read_seconds(
		r, "call.wait", json_object_get(value, "wait"), &call->wait) &&
	    read_seconds(
		r, "call.hold", json_object_get(value, "hold"), &call->hold) &&
	    read_flag(
		r, "call.part", json_object_get(value, "part"), &call->part) &&
	    read_flag(r, "call.attended", json_object_get(value, "attended"),
		&call->attended));
}

/* Which files they are is for the caller to find out: it has uploaded them. */
static bool
read_attachments(struct reading *r, const json_t *value)
{
	if (!json_is_array(value))
		return (refuse(r, "attachments", "This must be a list."));
	return (true);
}

static const struct member {
	const char *name;
	bool (*read)(struct reading *, const json_t *);
} members[] = {
	{ "channel", read_channel },
	{ "id", read_id },
	{ "at", read_at },
	{ "from", read_from },
	{ "to", read_to },
	{ "subject", read_subject },
	{ "text", read_body },
	{ "html", read_html },
	{ "thread", read_thread },
	{ "order", read_order },
	{ "rating", read_rating },
	{ "touchpoint", read_touchpoint },
	{ "lang", read_lang },
	{ "call", read_call },
	{ "attachments", read_attachments },
};

static const struct member *
member_find(const char *name)
{
	size_t i;

	for (i = 0; i < nitems(members); i++)
		if (strcmp(members[i].name, name) == 0)
			return (&members[i]);
	return (NULL);
}

/* null is as good as absent, save where something is required. */
static bool
read_members(struct reading *r, const json_t *object)
{
	const struct member *m;
	const char	    *key;
	json_t		    *value;

	json_object_foreach ((json_t *)object, key, value) {
		if (strcmp(key, "meta") == 0 || json_is_null(value))
			continue;
		if ((m = member_find(key)) == NULL)
			json_object_set(r->meta, key, value);
		else if (!m->read(r, value))
			return (false);
	}
	/* After the unknown ones: those stand where they were written. */
	value = json_object_get(object, "meta");
	return (value == NULL || json_is_null(value) || read_meta(r, value));
}

static const char *
kind_of(const struct reading *r)
{
	const struct event *e = r->e;

	if (e->call != NULL)
		return ("call");
	if (strcmp(e->channel, "order") == 0)
		return ("order");
	return (json_object_get(r->facts, "rating") != NULL ? "feedback"
							    : "message");
}

/* What only came as HTML is read as text, too. */
static bool
settle_text(struct reading *r)
{
	struct event *e = r->e;
	struct buf    text;
	bool	      good = true;

	if (e->text != NULL || e->html == NULL)
		return (true);
	buf_init(&text, EVENT_TEXT_MAX);
	html_text(&text, e->html, strlen(e->html));
	if (text.n > 0) {
		e->text = arena_dup(&e->arena, text.p, text.n);
		good = e->text != NULL;
	}
	buf_free(&text);
	return (good || refuse_full(r));
}

/* What is required, and what follows from several members. */
static bool
settle(struct reading *r)
{
	struct event *e = r->e;

	if (e->channel == NULL)
		return (refuse(r, "channel", "This is required."));
	if (e->ncontacts == 0)
		return (refuse(r, "from", "This is required."));
	if (e->call != NULL && strcmp(e->channel, "call") != 0)
		return (refuse(r, "call", "This belongs to channel call."));
	e->kind = kind_of(r);
	if (e->contacts[0].address == NULL)
		e->contacts[0].address = e->call != NULL ? e->call->id : e->id;
	if (json_object_size(r->meta) > 0) {
		e->meta = jsonin_dump(&e->arena, r->meta, EVENT_META_MAX);
		if (e->meta == NULL)
			return (refuse(r, "meta",
			    "The unknown members and meta are too large."));
	}
	if (json_object_size(r->facts) > 0) {
		e->facts = jsonin_dump(&e->arena, r->facts, EVENT_META_MAX);
		if (e->facts == NULL)
			return (refuse_full(r));
	}
	if (!settle_text(r) || !settle_to(r))
		return (false);
	if (strcmp(e->channel, "mail") == 0)
		e->own = quote_own(&e->arena, e->subject, e->text, e->html);
	return (true);
}

/* A sender's own id is what others may answer; our digest is not. */
static bool
settle_id(struct reading *r, const char *bytes, size_t n)
{
	struct event *e = r->e;
	char	      hex[DIGEST_HEX];

	if (e->id != NULL) {
		e->refs[0] = bare_id(&e->arena, e->id);
		e->nrefs = 1;
		return (e->refs[0] != NULL || refuse_full(r));
	}
	digest_hex(hex, bytes, n);
	e->id = arena_printf(&e->arena, "sha256:%s", hex);
	return (e->id != NULL || refuse_full(r));
}

bool
event_from_json(struct event *e, const char *bytes, size_t n,
    const char *country, const char **member, const char **wrong)
{
	struct reading r = { .e = e, .country = country, .member = "" };
	json_t	      *object;
	bool	       good;

	if ((object = jsonin_object(bytes, n, wrong)) == NULL) {
		*member = "";
		return (false);
	}
	r.meta = json_object();
	r.facts = json_object();
	good = r.meta != NULL && r.facts != NULL && read_members(&r, object) &&
	    settle_id(&r, bytes, n) && settle(&r);
	json_decref(r.facts);
	json_decref(r.meta);
	json_decref(object);
	if (!good) {
		*member = r.member;
		*wrong = r.wrong != NULL ? r.wrong : "Memory is short.";
	}
	return (good);
}
