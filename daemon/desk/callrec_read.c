/*
 * Call records as exchanges post them: callrec_read() of callrec.h.
 */
#include <string.h>

#include "callrec.h"
#include "callrec_parts.h"
#include "event.h"
#include "jsonin.h"

bool
posting_refuse(struct posting *p, const char *member, const char *wrong)
{
	*p->member = member;
	*p->wrong = wrong;
	return (false);
}

/* The generic form ------------------------------------------------------- */

/* An optional text of the generic form. */
static bool
generic_text(
    struct posting *p, const json_t *body, const char *name, const char **out)
{
	const json_t *value = json_object_get(body, name);

	*out = NULL;
	if (value == NULL || json_is_null(value))
		return (true);
	if (!json_is_string(value))
		return (posting_refuse(p, name, "This must be a text."));
	if (json_string_length(value) > CALLREC_VALUE_MAX)
		return (posting_refuse(p, name, "This is too long."));
	*out = json_string_value(value);
	return (true);
}

static bool
generic_seconds(
    struct posting *p, const json_t *body, const char *name, long long *out)
{
	const json_t *value = json_object_get(body, name);

	*out = -1;
	if (value == NULL || json_is_null(value))
		return (true);
	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
	    json_integer_value(value) > 31 * 86400)
		return (posting_refuse(
		    p, name, "This must be a whole number of seconds."));
	*out = json_integer_value(value);
	return (true);
}

static bool
generic_flag(struct posting *p, const json_t *body, const char *name, bool *out)
{
	const json_t *value = json_object_get(body, name);

	*out = json_is_true(value);
	return (value == NULL || json_is_boolean(value) ||
	    posting_refuse(p, name, "This must be true or false."));
}

static bool
generic_meta(struct posting *p, const json_t *body)
{
	static const char *const known[] = { "call", "leg", "state", "from",
		"name", "to", "at", "direction", "agent", "by", "recording",
		"disposition", "duration", "wait", "hold", "part", "attended" };
	json_t			*rest = json_copy((json_t *)body);
	size_t			 i;

	for (i = 0; rest != NULL && i < nitems(known); i++)
		json_object_del(rest, known[i]);
	if (rest != NULL && json_object_size(rest) > 0)
		p->e->meta = jsonin_dump(&p->e->arena, rest, EVENT_META_MAX);
	i = rest != NULL ? json_object_size(rest) : 0;
	json_decref(rest);
	return (i == 0 || p->e->meta != NULL ||
	    posting_refuse(p, "", "The unknown members are too large."));
}

static bool
generic_read(struct posting *p, const json_t *body)
{
	struct callrec r;
	const struct {
		const char  *name;
		const char **out;
	} texts[] = {
		{ "call", &r.call },
		{ "leg", &r.leg },
		{ "state", &r.state },
		{ "from", &r.from },
		{ "name", &r.name },
		{ "to", &r.to },
		{ "at", &r.at },
		{ "direction", &r.direction },
		{ "agent", &r.agent },
		{ "by", &r.by },
		{ "recording", &r.recording },
		{ "disposition", &r.disposition },
	};
	size_t i;

	for (i = 0; i < nitems(texts); i++)
		if (!generic_text(p, body, texts[i].name, texts[i].out))
			return (false);
	if (r.direction == NULL)
		r.direction = "in";
	return (generic_seconds(p, body, "duration", &r.duration) &&
	    generic_seconds(p, body, "wait", &r.wait) &&
	    generic_seconds(p, body, "hold", &r.hold) &&
	    generic_flag(p, body, "part", &r.part) &&
	    generic_flag(p, body, "attended", &r.attended) &&
	    generic_meta(p, body) &&
	    callrec_event(p->e, &r, p->desk, p->member, p->wrong));
}

enum callrec_got
callrec_read(struct event *e, enum callrec_form form, const char *bytes,
    size_t n, const struct callrec_desk *desk, const char **member,
    const char **wrong)
{
	struct posting	 p = { e, desk, member, wrong };
	json_t		*body;
	enum callrec_got got;

	*member = "";
	if ((body = jsonin_object(bytes, n, wrong)) == NULL)
		return (CALLREC_WRONG);
	got = form == CALLREC_FREESWITCH ? posting_freeswitch(&p, body)
	    : generic_read(&p, body)	 ? CALLREC_EVENT
					 : CALLREC_WRONG;
	json_decref(body);
	return (got);
}
