/*
 * What FreeSWITCH tells of calls, as mod_json_cdr's records and as events: the
 * two forms that callrec.h describes.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/utf8.h"
#include "callrec_parts.h"
#include "event.h"
#include "jsonin.h"
#include "when.h"

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

/* Where the variables stand, how they are called, and the first leg's caller. */
struct fs {
	struct event *e;
	const json_t *vars;
	const char   *prefix; /* before a variable's name */
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
		snprintf(
		    name, sizeof name, "%s%.*s", fs->prefix, (int)n, names);
		if ((s = jsonin_str(fs->vars, name)) == NULL)
			s = jsonin_str(fs->caller, name + strlen(fs->prefix));
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

/* What a record and a hang-up tell alike, from the leg's variables. */
static void
fs_outcome(const struct fs *fs, struct callrec *r, int offset)
{
	const char *answer = fs_get(fs, "answer_stamp");
	const char *queue = fs_get(fs, "cc_cause");
	bool	    answered;

	answered = fs_epoch(fs, "answer_epoch") > 0 ||
	    fs_number(fs, "billsec") > 0 ||
	    (answer != NULL && strcmp(answer, "0") != 0);
	/* A queue's music picked up, and nobody else: he gave up waiting. */
	if (queue != NULL && strcmp(queue, "cancel") == 0)
		answered = false;
	/* An extension that did not pick up is not yet a call missed. */
	r->state = answered || r->part ? "ended" : "missed";
	r->at = fs_at(fs, offset);
	r->recording =
	    fs_get(fs, "record_path record_file_path cc_record_filename");
	r->disposition = fs_get(fs, "hangup_cause");
	r->duration = answered ? fs_number(fs, "billsec") : 0;
	r->wait = fs_wait(fs, answered);
	r->hold = fs_number(fs, "hold_accum_seconds");
}

/* A leg that goes out to another's number, whatever number we show there. */
static void
fs_direction(struct callrec *r, const char *direction, const char *country)
{
	if (direction != NULL && strcmp(direction, "outbound") == 0 &&
	    r->to != NULL && !callrec_is_extension(r->to, country))
		r->direction = "out";
	if (r->from == NULL)
		r->from = "";
	if (r->name != NULL && strcmp(r->name, r->from) == 0)
		r->name = NULL;
	if (r->agent == NULL && callrec_is_out(r, country) &&
	    callrec_is_extension(r->from, country))
		r->agent = r->from;
}

static enum callrec_got
fs_file(struct posting *p, const struct callrec *r)
{
	return (callrec_event(p->e, r, p->desk, p->member, p->wrong)
		? CALLREC_EVENT
		: CALLREC_WRONG);
}

/* mod_json_cdr's record of one leg. */
static enum callrec_got
fs_record(struct posting *p, const json_t *body)
{
	const json_t  *flow = json_object_get(body, "callflow");
	struct fs      fs = { .e = p->e, .prefix = "" };
	struct callrec r = { 0 };
	const char    *uuid;

	fs.vars = json_object_get(body, "variables");
	if (!json_is_object(fs.vars))
		fs.vars = body;
	if (json_is_array(flow))
		flow = json_array_get(flow, 0);
	fs.caller = json_object_get(flow, "caller_profile");

	r.call = fs_get(&fs, "call_uuid uuid");
	uuid = fs_get(&fs, "uuid call_uuid");
	if (r.call == NULL) {
		posting_refuse(p, "variables.uuid", "This is required.");
		return (CALLREC_WRONG);
	}
	r.part = uuid != NULL && strcmp(r.call, uuid) != 0;
	r.leg = r.part ? uuid : "a";
	r.from = fs_get(&fs, "caller_id_number effective_caller_id_number");
	r.name = fs_get(&fs, "caller_id_name");
	r.to = fs_get(&fs, "destination_number");
	r.agent = fs_get(&fs, "dialed_user last_sent_callee_id_number");
	fs_outcome(&fs, &r, p->desk->offset);
	fs_direction(&r, fs_get(&fs, "direction"), p->desk->country);
	return (fs_file(p, &r));
}

/* The microseconds of an event's own time. */
static const char *
fs_event_at(struct event *e, const json_t *body)
{
	const char *s = jsonin_str(body, "Event-Date-Timestamp");
	char	    at[WHEN_MAX], *end;
	long long   us;

	if (s == NULL)
		return (NULL);
	us = strtoll(s, &end, 10);
	if (*end != '\0' || us <= 0 || us > 253402300799000000)
		return (NULL);
	when_epoch(at, us);
	return (arena_str(&e->arena, at));
}

/* Who was rung on the second leg: the extension, not the gateway's number. */
static const char *
fs_rung(const struct fs *fs, const struct fs *vars, const char *country)
{
	const char *s = fs_get(vars, "dialed_user last_sent_callee_id_number");

	if (s == NULL)
		s = fs_get(fs,
		    "Caller-Callee-ID-Number "
		    "Caller-Destination-Number");
	return (callrec_is_extension(s, country) ? s : NULL);
}

/* An event of the first leg; its answer may be a recorded voice's. */
static const char *
fs_first_leg(const char *name)
{
	if (strcmp(name, "CHANNEL_CREATE") == 0)
		return ("ringing");
	if (strcmp(name, "CHANNEL_BRIDGE") == 0)
		return ("answered");
	return (NULL);
}

static const char *
fs_second_leg(const char *name)
{
	if (strcmp(name, "CHANNEL_CREATE") == 0)
		return ("ringing");
	if (strcmp(name, "CHANNEL_ANSWER") == 0)
		return ("answered");
	return (NULL);
}

/*
 * An event as it happens, as FreeSWITCH's own JSON has it.  The answer is
 * named by the second leg, whichever of the two events tells it.
 */
static enum callrec_got
fs_event(struct posting *p, const json_t *body, const char *name)
{
	const struct fs fs = { .e = p->e, .vars = body, .prefix = "" };
	const struct fs vars = {
		.e = p->e, .vars = body, .prefix = "variable_"
	};
	const char    *country = p->desk->country;
	struct callrec r = { .duration = -1, .wait = -1, .hold = -1 };
	const char    *uuid, *other;

	uuid = fs_get(&fs, "Unique-ID");
	if (uuid == NULL) {
		posting_refuse(p, "Unique-ID", "This is required.");
		return (CALLREC_WRONG);
	}
	r.call = fs_get(&fs, "Channel-Call-UUID Unique-ID");
	r.part = strcmp(r.call, uuid) != 0;
	r.leg = r.part ? uuid : "a";
	r.from = fs_get(&fs, "Caller-Caller-ID-Number Caller-ANI");
	r.name = fs_get(&fs, "Caller-Caller-ID-Name");
	r.to = fs_get(&fs, "Caller-Destination-Number");
	other = fs_get(&fs, "Bridge-B-Unique-ID Other-Leg-Unique-ID");
	if (strcmp(name, "CHANNEL_HANGUP_COMPLETE") == 0) {
		r.agent = r.part
		    ? fs_rung(&fs, &vars, country)
		    : fs_get(&vars, "dialed_user last_sent_callee_id_number");
		fs_outcome(&vars, &r, p->desk->offset);
	} else {
		r.state = r.part ? fs_second_leg(name) : fs_first_leg(name);
		if (r.state == NULL)
			return (CALLREC_NOTHING);
		if (r.part)
			r.agent = fs_rung(&fs, &vars, country);
		else if (strcmp(r.state, "answered") == 0) {
			r.leg = other;
			r.agent = fs_get(&fs,
			    "Other-Leg-Callee-ID-Number "
			    "Other-Leg-Destination-Number");
			if (!callrec_is_extension(r.agent, country))
				r.agent = NULL;
		}
		r.part = false;
	}
	if (r.at == NULL)
		r.at = fs_event_at(p->e, body);
	fs_direction(&r, fs_get(&fs, "Call-Direction"), country);
	return (fs_file(p, &r));
}

enum callrec_got
posting_freeswitch(struct posting *p, const json_t *body)
{
	const char *name = jsonin_str(body, "Event-Name");

	return (name != NULL ? fs_event(p, body, name) : fs_record(p, body));
}
