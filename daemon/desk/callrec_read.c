/*
 * Call records as exchanges post them: callrec_read() of callrec.h.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/utf8.h"
#include "callrec.h"
#include "event.h"
#include "jsonin.h"
#include "when.h"

#define CALLREC_VALUE_MAX 1024

struct posting {
	struct event		  *e;
	const struct callrec_desk *desk;
	const char		 **member;
	const char		 **wrong;
};

static bool
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
generic_meta(struct posting *p, const json_t *body)
{
	static const char *const known[] = { "call", "leg", "state", "from",
		"name", "to", "at", "direction", "agent", "recording",
		"disposition", "duration", "wait" };
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
	    generic_meta(p, body) &&
	    callrec_event(p->e, &r, p->desk, p->member, p->wrong));
}

/* FreeSWITCH -------------------------------------------------------------- */

/*
 * A variable's text, percent-decoded where it is encoded throughout, in the
 * arena; NULL when it is absent or empty, or cannot be a text.
 */
static const char *
fs_decode(struct event *e, const char *s)
{
	size_t	n = strlen(s), at = 0;
	char   *out;
	uint8_t byte;

	if (n == 0 || n > CALLREC_VALUE_MAX ||
	    (out = arena_get(&e->arena, n + 1)) == NULL)
		return (NULL);
	while (*s != '\0') {
		if (*s != '%') {
			out[at++] = *s++;
			continue;
		}
		if (s[1] == '\0' || s[2] == '\0' ||
		    hex_get(&byte, 1, s + 1, 2) != 1) {
			out[at++] = *s++;
			continue;
		}
		out[at++] = (char)byte;
		s += 3;
	}
	utf8_clean(out, at);
	out[at] = '\0';
	return (out);
}

/* Where the variables stand, and the first leg's caller. */
struct fs {
	struct event *e;
	const json_t *vars;
	const json_t *caller;
};

/* The first of the variables that is there; names are separated by blanks. */
static const char *
fs_get(const struct fs *fs, const char *names)
{
	char	    name[64];
	const char *s;
	size_t	    n;

	for (; *names != '\0'; names += n + strspn(names + n, " ")) {
		n = strcspn(names, " ");
		if (n >= sizeof name)
			continue;
		memcpy(name, names, n);
		name[n] = '\0';
		if ((s = jsonin_str(fs->vars, name)) == NULL)
			s = jsonin_str(fs->caller, name);
		if (s != NULL && *s != '\0')
			return (fs_decode(fs->e, s));
	}
	return (NULL);
}

/* A number; -1 when it is absent or none. */
static long long
fs_number(const struct fs *fs, const char *names)
{
	const char *s = fs_get(fs, names);
	char	   *end;
	long long   v;

	if (s == NULL)
		return (-1);
	v = strtoll(s, &end, 10);
	return (*end == '\0' && v >= 0 && v != LLONG_MAX ? v : -1);
}

/*
 * Seconds of the epoch of start, answer or end; 0 when it did not happen.
 */
static long long
fs_epoch(const struct fs *fs, const char *names)
{
	long long v = fs_number(fs, names);

	return (v > 0 && v < 253402300800 ? v : 0);
}

/* The time of the call's end; its local stamp where no epoch is told. */
static const char *
fs_at(const struct fs *fs, int offset)
{
	char	    at[WHEN_MAX];
	const char *stamp;
	long long   secs;

	if ((secs = fs_epoch(fs, "end_epoch start_epoch")) > 0) {
		when_epoch(at, secs * 1000000);
		return (arena_str(&fs->e->arena, at));
	}
	stamp = fs_get(fs, "end_stamp start_stamp");
	if (stamp == NULL || !when_local(at, stamp, strlen(stamp), offset))
		return (NULL);
	return (arena_str(&fs->e->arena, at));
}

/* Seconds from the start to the answer, or to the end without one. */
static long long
fs_wait(const struct fs *fs, bool answered)
{
	long long start, until;

	start = fs_epoch(fs, "start_epoch");
	until = fs_epoch(fs, answered ? "answer_epoch" : "end_epoch");
	if (start > 0 && until >= start)
		return (until - start);
	return (answered ? -1 : fs_number(fs, "duration"));
}

static bool
fs_read(struct posting *p, const json_t *body)
{
	const json_t  *flow = json_object_get(body, "callflow");
	struct fs      fs = { .e = p->e };
	struct callrec r = { 0 };
	const char    *answer, *uuid;
	bool	       answered, second;

	fs.vars = json_object_get(body, "variables");
	if (!json_is_object(fs.vars))
		fs.vars = body;
	if (json_is_array(flow))
		flow = json_array_get(flow, 0);
	fs.caller = json_object_get(flow, "caller_profile");

	answer = fs_get(&fs, "answer_stamp");
	answered = fs_epoch(&fs, "answer_epoch") > 0 ||
	    fs_number(&fs, "billsec") > 0 ||
	    (answer != NULL && strcmp(answer, "0") != 0);
	r.call = fs_get(&fs, "call_uuid uuid");
	uuid = fs_get(&fs, "uuid call_uuid");
	second = r.call != NULL && uuid != NULL && strcmp(r.call, uuid) != 0;
	r.leg = second ? uuid : "a";
	/* An extension that did not pick up is not yet a call missed. */
	r.state = answered || second ? "ended" : "missed";
	r.from = fs_get(&fs, "caller_id_number effective_caller_id_number");
	r.name = fs_get(&fs, "caller_id_name");
	r.to = fs_get(&fs, "destination_number");
	r.at = fs_at(&fs, p->desk->offset);
	r.agent = fs_get(&fs, "dialed_user last_sent_callee_id_number");
	r.recording =
	    fs_get(&fs, "record_path record_file_path cc_record_filename");
	r.disposition = fs_get(&fs, "hangup_cause");
	r.duration = answered ? fs_number(&fs, "billsec") : 0;
	r.wait = fs_wait(&fs, answered);
	if (r.call == NULL)
		return (
		    posting_refuse(p, "variables.uuid", "This is required."));
	if (r.from == NULL)
		r.from = "";
	if (r.name != NULL && strcmp(r.name, r.from) == 0)
		r.name = NULL;
	return (callrec_event(p->e, &r, p->desk, p->member, p->wrong));
}

bool
callrec_read(struct event *e, enum callrec_form form, const char *bytes,
    size_t n, const struct callrec_desk *desk, const char **member,
    const char **wrong)
{
	struct posting p = { e, desk, member, wrong };
	json_t	      *body;
	bool	       good;

	*member = "";
	if ((body = jsonin_object(bytes, n, wrong)) == NULL)
		return (false);
	good = form == CALLREC_FREESWITCH ? fs_read(&p, body)
					  : generic_read(&p, body);
	json_decref(body);
	return (good);
}
