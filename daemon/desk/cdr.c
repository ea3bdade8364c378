/*
 * Asterisk's call detail records; see cdr.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "base/utf8.h"
#include "cdr.h"
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

/* One record cut into fields, which lie in text one after the other. */
struct record {
	char   text[CDR_LINE_MAX + 1];
	char  *field[CDR_FIELDS];
	char   agent[8];
	size_t n;
};

void
cdr_init(struct cdr *c, const struct callrec_desk *desk)
{
	*c = (struct cdr){ .desk = *desk, .line = 1, .next = 1 };
}

static enum cdr_got
cdr_fault(struct cdr *c, const char *wrong)
{
	snprintf(c->wrong, sizeof c->wrong, "%s", wrong);
	return (CDR_FAULT);
}

/*
 * Bytes up to and with the line end that closes the record (one within
 * quotes does not); 0 when it is not there yet.
 */
static size_t
cdr_extent(const char *s, size_t n)
{
	bool   quoted = false;
	size_t i;

	for (i = 0; i < n; i++) {
		if (s[i] == '"')
			quoted = !quoted;
		else if (s[i] == '\n' && !quoted)
			return (i + 1);
	}
	return (0);
}

static size_t
cdr_lines(const char *s, size_t n)
{
	size_t i, lines = 0;

	for (i = 0; i < n; i++)
		lines += s[i] == '\n';
	return (lines);
}

/*
 * Cuts one record, without its line end, into fields (RFC 4180 section 2,
 * rules 4 to 7).  NULL, or what is wrong with it.
 */
static const char *
cdr_cut(struct record *r, const char *s, size_t n)
{
	const char *end = s + n;
	char	   *out = r->text;

	r->n = 0;
	for (;;) {
		if (r->n == CDR_FIELDS)
			return ("There are too many fields.");
		r->field[r->n++] = out;
		if (s < end && *s == '"') {
			for (s++;; *out++ = *s++) {
				if (s == end)
					return ("A quoted field has no end.");
				if (*s == '"' && (s + 1 == end || s[1] != '"'))
					break;
				if (*s == '"')
					s++;
			}
			s++;
		} else {
			while (s < end && *s != ',' && *s != '"')
				*out++ = *s++;
		}
		*out++ = '\0';
		if (s == end)
			return (NULL);
		if (*s++ != ',')
			return ("A quote stands where none can.");
	}
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
cdr_agent(struct record *r)
{
	const char *s;

	s = cdr_extension(r->agent, sizeof r->agent, r->field[CDR_DSTCHANNEL]);
	return (s != NULL ? s
			  : cdr_extension(r->agent, sizeof r->agent,
				r->field[CDR_CHANNEL]));
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
cdr_is_header(const struct record *r)
{
	return (r->n >= 3 &&
	    g_ascii_strcasecmp(r->field[CDR_SRC], "src") == 0 &&
	    g_ascii_strcasecmp(r->field[CDR_DST], "dst") == 0);
}

/* The record as an event; NULL, or what is wrong with it. */
static const char *
cdr_fill(struct cdr *c, struct record *r, const char *digest, struct event *e)
{
	const char    *member, *wrong;
	char	     **f = r->field, start[WHEN_MAX];
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
	call.agent = cdr_agent(r);
	call.disposition = f[CDR_DISPOSITION];
	call.wait = whole >= call.duration ? whole - call.duration : -1;
	if (!callrec_event(e, &call, &c->desk, &member, &wrong))
		return (wrong);
	return (NULL);
}

/* A record without its line end: an event, a fault, or CDR_MORE: nothing. */
static enum cdr_got
cdr_record(struct cdr *c, const char *s, size_t n, struct event *e)
{
	struct record r;
	const char   *wrong;
	char	      digest[80], hex[DIGEST_HEX];

	if (!utf8_valid(s, n))
		return (cdr_fault(c, "The line is not UTF-8."));
	if ((wrong = cdr_cut(&r, s, n)) != NULL)
		return (cdr_fault(c, wrong));
	if (cdr_is_header(&r))
		return (CDR_MORE);
	digest_hex(hex, s, n);
	snprintf(digest, sizeof digest, "sha256:%s", hex);
	if ((wrong = cdr_fill(c, &r, digest, e)) != NULL)
		return (cdr_fault(c, wrong));
	return (CDR_EVENT);
}

/*
 * Bytes of the next record with its line end; 0 when more are needed.  A
 * quote that never closes must not swallow the file: past the cap, and at the
 * end, such a record ends with its first line.
 */
static size_t
cdr_take(const char *s, size_t n, bool last)
{
	const char *end;
	size_t	    take, most = n < CDR_LINE_MAX ? n : CDR_LINE_MAX;

	if ((take = cdr_extent(s, most)) > 0)
		return (take);
	if (n < CDR_LINE_MAX && !last)
		return (0);
	if ((end = memchr(s, '\n', most)) != NULL)
		return ((size_t)(end - s) + 1);
	return (most);
}

/* What is left of a line that was too long; how many bytes of it are here. */
static size_t
cdr_skip(struct cdr *c, const char *s, size_t n)
{
	const char *end;

	if ((end = memchr(s, '\n', n)) == NULL)
		return (n);
	c->skipping = false;
	c->next++;
	return ((size_t)(end - s) + 1);
}

/* One record with its line end, and a byte order mark at the file's head. */
static enum cdr_got
cdr_line(struct cdr *c, const char *s, size_t n, struct event *e)
{
	if (n == CDR_LINE_MAX && s[n - 1] != '\n') {
		c->skipping = true;
		return (cdr_fault(c, "The line is longer than 16 KiB."));
	}
	if (c->line == 1 && n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0) {
		s += 3;
		n -= 3;
	}
	if (n > 0 && s[n - 1] == '\n')
		n--;
	if (n > 0 && s[n - 1] == '\r')
		n--;
	return (n == 0 ? CDR_MORE : cdr_record(c, s, n, e));
}

enum cdr_got
cdr_next(struct cdr *c, const char *s, size_t n, bool last, size_t *used,
    struct event *e)
{
	enum cdr_got got;
	size_t	     take;

	for (*used = 0; *used < n;) {
		if (c->skipping) {
			*used += cdr_skip(c, s + *used, n - *used);
			continue;
		}
		if ((take = cdr_take(s + *used, n - *used, last)) == 0)
			return (CDR_MORE);
		c->line = c->next;
		c->next += cdr_lines(s + *used, take);
		*used += take;
		got = cdr_line(c, s + *used - take, take, e);
		/* Blank lines and headers give nothing: on to the next. */
		if (got != CDR_MORE)
			return (got);
	}
	return (last ? CDR_END : CDR_MORE);
}
