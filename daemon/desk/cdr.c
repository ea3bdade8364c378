/*
 * Asterisk's call detail records; see cdr.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "cdr.h"
#include "csv.h"
#include "digest.h"
#include "event.h"
#include "when.h"

#define CDR_LEAST (CDR_AMAFLAGS + 1)

void
cdr_init(struct cdr *c, const struct callrec_desk *desk)
{
	*c = (struct cdr){ .desk = *desk };
	csv_init(&c->csv);
}

static enum cdr_got
cdr_fault(struct cdr *c, const char *wrong)
{
	snprintf(c->wrong, sizeof c->wrong, "%s", wrong);
	return (CDR_FAULT);
}

const char *
cdr_extension(char out[CDR_EXTENSION], const char *channel)
{
	const char *slash = strchr(channel, '/');
	size_t	    n;

	if (slash == NULL)
		return (NULL);
	n = strspn(slash + 1, "0123456789");
	if (n == 0 || n > 5 || strchr("-@", slash[1 + n]) == NULL)
		return (NULL);
	snprintf(out, CDR_EXTENSION, "%.*s", (int)n, slash + 1);
	return (out);
}

/* Whose phone it was: that which was called, else that which called out. */
static const char *
cdr_agent(struct cdr_room *room, const char *const *field)
{
	const char *s = cdr_extension(room->agent, field[CDR_DSTCHANNEL]);

	return (s != NULL ? s : cdr_extension(room->agent, field[CDR_CHANNEL]));
}

/* The name in "An Nguyen" <0901234567>; NULL when there is none. */
static const char *
cdr_name(struct cdr_room *room, const char *clid)
{
	const char *end;

	if (*clid != '"' || (end = strchr(clid + 1, '"')) == NULL ||
	    end == clid + 1 || end - clid > (ptrdiff_t)sizeof room->name)
		return (NULL);
	snprintf(room->name, sizeof room->name, "%.*s", (int)(end - clid - 1),
	    clid + 1);
	return (room->name);
}

/* A reference to what was recorded, where the exchange keeps it in userfield. */
static const char *
cdr_recording(const char *userfield)
{
	static const char *const kinds[] = { ".wav", ".WAV", ".mp3", ".gsm",
		".ogg", ".opus" };
	const char		*dot = strrchr(userfield, '.');
	size_t			 i;

	for (i = 0; dot != NULL && i < nitems(kinds); i++)
		if (strcmp(kinds[i], dot) == 0)
			return (userfield);
	return (NULL);
}

static bool
cdr_seconds(const char *s, long long *out)
{
	if (*s == '\0' || strlen(s) > 7 || strspn(s, "0123456789") != strlen(s))
		return (false);
	*out = strtoll(s, NULL, 10);
	return (true);
}

static bool
cdr_is_header(const struct csv_record *r)
{
	return (r->n >= 3 &&
	    g_ascii_strcasecmp(r->field[CDR_SRC], "src") == 0 &&
	    g_ascii_strcasecmp(r->field[CDR_DST], "dst") == 0);
}

/* When it ended; when it began, where that is not told. */
static bool
cdr_at(struct cdr_room *room, const char *const *f, int offset)
{
	return (
	    when_local(room->at, f[CDR_START], strlen(f[CDR_START]), offset) &&
	    (when_local(
		 room->at, f[CDR_FINISH], strlen(f[CDR_FINISH]), offset) ||
		when_local(
		    room->at, f[CDR_START], strlen(f[CDR_START]), offset)));
}

const char *
cdr_call(struct callrec *call, struct cdr_room *room, const char *const *f,
    size_t n, const char *id, const struct callrec_desk *desk)
{
	long long whole;
	bool	  answered;

	*call = (struct callrec){ .wait = -1, .hold = -1 };
	if (n < CDR_LEAST)
		return ("There are fewer than 16 fields.");
	if (!cdr_at(room, f, desk->offset))
		return ("The start is no time like 2026-11-21 08:15:04.");
	if (!cdr_seconds(f[CDR_DURATION], &whole) ||
	    !cdr_seconds(f[CDR_BILLSEC], &call->duration))
		return ("The duration or billsec is no number of seconds.");
	answered = strcmp(f[CDR_DISPOSITION], "ANSWERED") == 0;
	if (!answered && strcmp(f[CDR_DISPOSITION], "NO ANSWER") != 0 &&
	    strcmp(f[CDR_DISPOSITION], "BUSY") != 0 &&
	    strcmp(f[CDR_DISPOSITION], "FAILED") != 0 &&
	    strcmp(f[CDR_DISPOSITION], "CONGESTION") != 0)
		return ("The disposition is none of Asterisk's.");
	if (*f[CDR_DST] == '\0')
		return ("The dst is empty.");
	call->call =
	    n > CDR_UNIQUEID && *f[CDR_UNIQUEID] != '\0' ? f[CDR_UNIQUEID] : id;
	/* A queue's call has a record for each phone that it rang. */
	call->leg = f[CDR_DSTCHANNEL];
	call->state = answered ? "ended" : "missed";
	call->from = f[CDR_SRC];
	call->to = f[CDR_DST];
	call->at = room->at;
	call->name = cdr_name(room, f[CDR_CLID]);
	call->agent = cdr_agent(room, f);
	call->disposition = f[CDR_DISPOSITION];
	call->wait = whole >= call->duration ? whole - call->duration : -1;
	if (n > CDR_USERFIELD)
		call->recording = cdr_recording(f[CDR_USERFIELD]);
	return (NULL);
}

bool
cdr_is_internal(const struct callrec *call, const char *country)
{
	return (callrec_is_extension(call->from, country) &&
	    callrec_is_extension(call->to, country));
}

/* The record as an event; NULL, or what is wrong with it. */
static const char *
cdr_fill(struct cdr *c, const struct callrec *call, struct event *e)
{
	const char *member, *wrong;

	if (!callrec_event(e, call, &c->desk, &member, &wrong))
		return (wrong);
	return (NULL);
}

enum cdr_got
cdr_next(struct cdr *c, const char *s, size_t n, bool last, size_t *used,
    struct event *e)
{
	struct csv_record r;
	struct cdr_room	  room;
	struct callrec	  call;
	const char	 *wrong;
	char		  digest[80], hex[DIGEST_HEX];
	size_t		  one;

	for (*used = 0;; *used += one) {
		switch (
		    csv_next(&c->csv, s + *used, n - *used, last, &one, &r)) {
		case CSV_FAULT:
			*used += one;
			return (cdr_fault(c, c->csv.wrong));
		case CSV_MORE:
			*used += one;
			return (CDR_MORE);
		case CSV_END:
			*used += one;
			return (CDR_END);
		case CSV_RECORD:
			break;
		}
		/* A header, or a call of ours to us, gives nothing: on. */
		if (cdr_is_header(&r))
			continue;
		*used += one;
		digest_hex(hex, r.bytes, r.nbytes);
		snprintf(digest, sizeof digest, "sha256:%s", hex);
		wrong = cdr_call(&call, &room, (const char *const *)r.field,
		    r.n, digest, &c->desk);
		if (wrong == NULL && cdr_is_internal(&call, c->desk.country)) {
			*used -= one;
			continue;
		}
		if (wrong != NULL || (wrong = cdr_fill(c, &call, e)) != NULL)
			return (cdr_fault(c, wrong));
		return (CDR_EVENT);
	}
}
