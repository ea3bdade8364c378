/*
 * Invitations; see mailcal.h.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/def.h"
#include "base/utf8.h"
#include "mailcal.h"

#define LINE_MAX_  4096	  /* of an unfolded line; RFC 5545 3.1 folds at 75 */
#define LOOKED_MAX 262144 /* bytes of a calendar */
#define VALUE_MAX  300	  /* bytes shown of one value */

enum prop {
	P_METHOD,
	P_SUMMARY,
	P_START,
	P_END,
	P_LOCATION,
	P_ORGANIZER,
	P_ATTENDEE,
	PROPS
};

static const struct {
	const char *name;
	bool	    of_event; /* counts within VEVENT only */
} props[PROPS] = {
	[P_METHOD] = { "METHOD", false },
	[P_SUMMARY] = { "SUMMARY", true },
	[P_START] = { "DTSTART", true },
	[P_END] = { "DTEND", true },
	[P_LOCATION] = { "LOCATION", true },
	[P_ORGANIZER] = { "ORGANIZER", true },
	[P_ATTENDEE] = { "ATTENDEE", true },
};

struct calendar {
	char line[PROPS][LINE_MAX_]; /* ";params:value", or "" */
	bool in_event;
	bool any;
	bool done;
};

/*
 * One line with its folds undone (3.1), as much as fits; where the next
 * begins.  Bare LF ends a line too.
 */
static const char *
unfold(char *out, size_t *n, const char *p, const char *end)
{
	const char *lf;
	size_t	    len;

	for (*n = 0;;) {
		lf = memchr(p, '\n', (size_t)(end - p));
		len = (size_t)((lf != NULL ? lf : end) - p);
		if (len > LINE_MAX_ - 1 - *n)
			len = LINE_MAX_ - 1 - *n;
		memcpy(out + *n, p, len);
		*n += len;
		if (*n > 0 && out[*n - 1] == '\r')
			(*n)--;
		p = lf != NULL ? lf + 1 : end;
		if (p == end || (*p != ' ' && *p != '\t'))
			break;
		p++;
	}
	out[*n] = '\0';
	return (p);
}

/* A property's line: which, and what is kept of it. */
static void
line_take(struct calendar *c, const char *line)
{
	size_t i, n = strcspn(line, ";:");

	if (strcasecmp(line, "BEGIN:VEVENT") == 0)
		c->in_event = c->any = true;
	else if (strcasecmp(line, "END:VEVENT") == 0)
		c->done = true;
	for (i = 0; i < PROPS; i++)
		if (strlen(props[i].name) == n &&
		    strncasecmp(line, props[i].name, n) == 0 &&
		    c->line[i][0] == '\0' &&
		    (!props[i].of_event || c->in_event))
			memcpy(c->line[i], line + n, strlen(line + n) + 1);
}

/* What follows the parameters; quoted ones may have a colon. */
static const char *
value_of(const char *line)
{
	bool quoted = false;

	for (; *line != '\0' && (quoted || *line != ':'); line++)
		quoted ^= *line == '"';
	return (*line != '\0' ? line + 1 : line);
}

/* A parameter's value: where it is and how long; "" when absent. */
static const char *
param_of(const char *line, const char *name, size_t *n)
{
	const char *end = value_of(line), *p;
	size_t	    len = strlen(name);

	for (p = line; p < end; p++)
		if (*p == ';' && strncasecmp(p + 1, name, len) == 0 &&
		    p[len + 1] == '=') {
			p += len + 2;
			p += *p == '"';
			*n = strcspn(p, "\":;");
			return (p);
		}
	*n = 0;
	return ("");
}

/* A text with its escapes undone (3.3.11), in one line. */
static void
text_add(struct buf *b, const char *s, size_t n)
{
	char   out[VALUE_MAX];
	size_t i, len = 0;
	char   ch;

	for (i = 0; i < n && len + 1 < sizeof out; i++) {
		ch = s[i];
		if (ch == '\\' && i + 1 < n) {
			ch = s[++i];
			if (ch == 'n' || ch == 'N')
				ch = ' ';
		}
		out[len++] = (unsigned char)ch < 0x20 ? ' ' : ch;
	}
	utf8_clean(out, len);
	buf_add(b, out, utf8_cut(out, len, sizeof out - 1));
}

static bool
digits(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!isdigit((unsigned char)s[i]))
			return (false);
	return (true);
}

/* "20261123T090000" as "2026-11-23 09:00", or what of it is asked for. */
static bool
when_add(struct buf *b, const char *s, bool date, bool time)
{
	bool timed;

	if (!digits(s, 8))
		return (false);
	timed = s[8] == 'T' && digits(s + 9, 4);
	if (date)
		buf_printf(b, "%.4s-%.2s-%.2s", s, s + 4, s + 6);
	if (time && timed)
		buf_printf(b, "%s%.2s:%.2s", date ? " " : "", s + 9, s + 11);
	return (true);
}

static void
times_add(struct buf *b, const char *start, const char *end)
{
	const char *from = value_of(start), *to = value_of(end), *zone;
	bool	    same = strncmp(from, to, 8) == 0;
	bool	    timed = strlen(from) > 12;
	size_t	    n;

	buf_str(b, " \xc2\xb7 ");
	if (!when_add(b, from, true, true))
		return;
	if (to[0] != '\0' && timed && digits(to, 8)) {
		buf_str(b, " \xe2\x80\x93 ");
		when_add(b, to, !same, true);
	}
	zone = param_of(start, "TZID", &n);
	if (timed && from[strlen(from) - 1] == 'Z')
		buf_str(b, " UTC");
	else if (timed && n != 0) {
		buf_str(b, " (");
		text_add(b, zone, n < 60 ? n : 60);
		buf_char(b, ')');
	}
}

static const char *
kind_of(const struct calendar *c)
{
	static const struct {
		const char *method;
		const char *says;
	} kinds[] = {
		{ "REQUEST", "Invitation" },
		{ "CANCEL", "Invitation withdrawn" },
		{ "REPLY", "Answer to an invitation" },
		{ "COUNTER", "Another time proposed" },
	};
	const char *method = value_of(c->line[P_METHOD]);
	size_t	    i;

	for (i = 0; i < nitems(kinds); i++)
		if (strcasecmp(method, kinds[i].method) == 0)
			return (kinds[i].says);
	return ("Calendar entry");
}

static void
address_add(struct buf *b, const char *line)
{
	const char *s = value_of(line);

	if (strncasecmp(s, "mailto:", 7) == 0)
		s += 7;
	text_add(b, s, strlen(s));
}

static void
calendar_write(struct buf *b, const struct calendar *c)
{
	const char *value;
	size_t	    n;

	buf_printf(b, "%s: ", kind_of(c));
	value = value_of(c->line[P_SUMMARY]);
	text_add(b, value, strlen(value));
	if (c->line[P_START][0] != '\0')
		times_add(b, c->line[P_START], c->line[P_END]);
	value = value_of(c->line[P_LOCATION]);
	if (value[0] != '\0') {
		buf_str(b, " \xc2\xb7 ");
		text_add(b, value, strlen(value));
	}
	if (strcasecmp(value_of(c->line[P_METHOD]), "REPLY") == 0) {
		value = param_of(c->line[P_ATTENDEE], "PARTSTAT", &n);
		buf_str(b, " \xc2\xb7 ");
		address_add(b, c->line[P_ATTENDEE]);
		buf_str(b, ": ");
		text_add(b, value, n);
	} else if (c->line[P_ORGANIZER][0] != '\0') {
		buf_str(b, " \xc2\xb7 from ");
		address_add(b, c->line[P_ORGANIZER]);
	}
}

bool
mailcal_line(struct buf *b, const char *p, size_t n)
{
	struct calendar c = { 0 };
	const char     *end = p + (n < LOOKED_MAX ? n : LOOKED_MAX);
	char		line[LINE_MAX_];
	size_t		len;

	while (p < end && !c.done) {
		p = unfold(line, &len, p, end);
		line_take(&c, line);
	}
	if (!c.any)
		return (false);
	calendar_write(b, &c);
	return (true);
}
