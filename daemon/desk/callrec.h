/*
 * What telephone exchanges post about calls, as events.  Three forms:
 *
 * FreeSWITCH's mod_json_cdr (one post a leg, after the call): of its members
 * "variables" is read, or the object itself where there is none, and of that
 * uuid, direction, caller_id_number, destination_number (or those of
 * callflow[0].caller_profile), start_epoch|start_uepoch|start_stamp, answer_…,
 * end_…, billsec, duration, hangup_cause, record_path|record_file_path|
 * cc_record_filename, dialed_user|last_sent_callee_id_number,
 * hold_accum_seconds, cc_cause.  Values may be percent-encoded (its
 * "encode-values").  One post is a leg's: all but the first are `part'.
 *
 * FreeSWITCH's events as they happen (conf/freeswitch posts them), told from
 * the former by their member Event-Name: CHANNEL_CREATE rings, CHANNEL_ANSWER
 * and CHANNEL_BRIDGE of the second leg answer, CHANNEL_HANGUP_COMPLETE ends.
 * An event that tells nothing new about a call (the first leg's answer, which
 * may be a recorded voice's) is CALLREC_NOTHING.
 *
 * The generic form, for every other exchange:
 *
 *	{"call": "c-81", "leg": "a",		the call, and which leg of it
 *	 "state": "ringing|answered|transferred|ended|missed",
 *	 "from": "0901234567", "to": "19001234",
 *	 "at": "2026-11-21T08:15:04+07:00",	RFC 3339; the caller's clock if not
 *	 "direction": "in|out",			in, if not told
 *	 "agent": "101",			extension or login that took part
 *	 "by": "102", "attended": true,		transferred: by whom, and how
 *	 "duration": 125, "wait": 7, "hold": 9,	seconds talked; before the answer
 *	 "part": true,				of one phone's share: it goes on
 *	 "recording": "rec/81.wav", "disposition": "NORMAL_CLEARING"}
 *
 * call, state and from are required; from may be "anonymous".  Unknown
 * members are kept in meta.
 *
 * Each gives an event of channel and kind "call" whose id is
 * "call/leg/state", whose first contact is the other party (the caller, or
 * who was called when the call went out) and whose text is a sentence for
 * the history in the desk's language.  A withheld number gives a contact of
 * kind "anonymous" whose address is the call's id.
 */
#ifndef DESK_CALLREC_H
#define DESK_CALLREC_H

#include <stdbool.h>
#include <stddef.h>
#include "base/def.h"

struct event;

enum callrec_form { CALLREC_GENERIC, CALLREC_FREESWITCH };

/* What the desk that reads a call record is like; see rules_company(). */
struct callrec_desk {
	const char *country; /* "84"; NULL for that */
	const char *lang;    /* "vi" or "en"; NULL: vi */
	int	    offset;  /* of the exchange's local times, minutes */
};

enum callrec_got { CALLREC_WRONG, CALLREC_EVENT, CALLREC_NOTHING };

/*
 * Reads one posted body into an event just initialised.  CALLREC_NOTHING: it
 * is understood, and there is nothing to file.  On CALLREC_WRONG *member and
 * *wrong say what is the matter, as event_from_json() does.
 */
enum callrec_got callrec_read(struct event *, enum callrec_form, const char *,
    size_t, const struct callrec_desk *, const char **member,
    const char **wrong) MUSTCHECK;

/* One call, told by whatever source, before it is an event. */
struct callrec {
	const char *call; /* required */
	const char *leg;  /* NULL: "a" */
	const char *state;
	const char *from;
	const char *name; /* the caller's, as shown; or NULL */
	const char *to;
	const char *at;
	const char *direction; /* NULL: told from the numbers */
	const char *agent;
	const char *by; /* transferred: who handed it on */
	const char *recording;
	const char *disposition;
	long long   duration; /* -1: not told */
	long long   wait;
	long long   hold;
	bool	    part;
	bool	    attended;
};

/* Whether this is one of our own telephones ("101"), not an outside number. */
bool callrec_is_extension(const char *, const char *country);
/* Whether the record is of a call that went out. */
bool callrec_is_out(const struct callrec *, const char *country);

/* Fills the event from the record, whose strings need not outlive it. */
bool callrec_event(struct event *, const struct callrec *,
    const struct callrec_desk *, const char **member,
    const char **wrong) MUSTCHECK;

#endif
