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

/* The fields of cdr-csv in their order. */
enum field {
	CDR_ACCOUNTCODE,
	CDR_SRC,
	CDR_DST,
	CDR_DCONTEXT,
	CDR_CLID,
	CDR_CHANNEL,
	CDR_DSTCHANNEL,
	CDR_LASTAPP,
	CDR_LASTDATA,
	CDR_START,
	CDR_ANSWER,
	CDR_FINISH,
	CDR_DURATION,
	CDR_BILLSEC,
	CDR_DISPOSITION,
	CDR_AMAFLAGS,
	CDR_UNIQUEID,
	CDR_USERFIELD
};
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

/* "SIP/101-0000002a" is extension 101; NULL when it is no such name. */
static const char *
cdr_extension(char *out, size_t size, const char *channel)
{
	const char *slash = strchr(channel, '/');
	size_t	    n;

	if (slash == NULL)
		return (NULL);
	n = strspn(slash + 1, "0123456789");
	if (n == 0 || n > 5 || (slash[1 + n] != '-' && slash[1 + n] != '\0'))
		return (NULL);
	snprintf(out, size, "%.*s", (int)n, slash + 1);
	return (out);
}

/* Whose phone it was: that which was called, else that which called out. */
static const char *
cdr_agent(char *out, size_t size, const struct csv_record *r)
{
	const char *s;

	s = cdr_extension(out, size, r->field[CDR_DSTCHANNEL]);
	return (
	    s != NULL ? s : cdr_extension(out, size, r->field[CDR_CHANNEL]));
}

/* The name in "An Nguyen" <0901234567>; NULL when there is none. */
static const char *
cdr_name(char *clid)
{
	char *end;

	if (*clid != '"' || (end = strchr(clid + 1, '"')) == NULL ||
	    end == clid + 1)
		return (NULL);
	*end = '\0';
	return (clid + 1);
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

/* The record as an event; NULL, or what is wrong with it. */
static const char *
cdr_fill(
    struct cdr *c, struct csv_record *r, const char *digest, struct event *e)
{
	const char    *member, *wrong;
	char	     **f = r->field, start[WHEN_MAX], agent[8];
	struct callrec call = { .wait = -1, .hold = -1 };
	long long      whole;
	bool	       answered;

	if (r->n < CDR_LEAST)
		return ("There are fewer than 16 fields.");
	if (!when_local(
		start, f[CDR_START], strlen(f[CDR_START]), c->desk.offset))
		return ("The start is no time like 2026-11-21 08:15:04.");
	if (!cdr_seconds(f[CDR_DURATION], &whole) ||
	    !cdr_seconds(f[CDR_BILLSEC], &call.duration))
		return ("The duration or billsec is no number of seconds.");
	answered = strcmp(f[CDR_DISPOSITION], "ANSWERED") == 0;
	if (!answered && strcmp(f[CDR_DISPOSITION], "NO ANSWER") != 0 &&
	    strcmp(f[CDR_DISPOSITION], "BUSY") != 0 &&
	    strcmp(f[CDR_DISPOSITION], "FAILED") != 0 &&
	    strcmp(f[CDR_DISPOSITION], "CONGESTION") != 0)
		return ("The disposition is none of Asterisk's.");
	if (*f[CDR_DST] == '\0')
		return ("The dst is empty.");
	call.call = r->n > CDR_UNIQUEID && *f[CDR_UNIQUEID] != '\0'
	    ? f[CDR_UNIQUEID]
	    : digest;
	/* A queue's call has a record for each phone that it rang. */
	call.leg = f[CDR_DSTCHANNEL];
	call.state = answered ? "ended" : "missed";
	call.from = f[CDR_SRC];
	call.to = f[CDR_DST];
	call.at = start;
	call.name = cdr_name(f[CDR_CLID]);
	call.agent = cdr_agent(agent, sizeof agent, r);
	call.disposition = f[CDR_DISPOSITION];
	call.wait = whole >= call.duration ? whole - call.duration : -1;
	if (!callrec_event(e, &call, &c->desk, &member, &wrong))
		return (wrong);
	return (NULL);
}

enum cdr_got
cdr_next(struct cdr *c, const char *s, size_t n, bool last, size_t *used,
    struct event *e)
{
	struct csv_record r;
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
		/* A header gives nothing: on to the next. */
		if (cdr_is_header(&r))
			continue;
		*used += one;
		digest_hex(hex, r.bytes, r.nbytes);
		snprintf(digest, sizeof digest, "sha256:%s", hex);
		if ((wrong = cdr_fill(c, &r, digest, e)) != NULL)
			return (cdr_fault(c, wrong));
		return (CDR_EVENT);
	}
}
