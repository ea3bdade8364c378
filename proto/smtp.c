/*
 * SMTP's lines, commands and DATA; see smtp.h.
 */
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "smtp.h"

ssize_t
smtp_line(const uint8_t *p, size_t n, size_t max)
{
	size_t i;

	for (i = 0; i < n && i < max; i++) {
		if (p[i] == '\n')
			return (SMTP_LINE_BARE);
		if (p[i] != '\r')
			continue;
		if (i + 1 == n)
			return (i + 2 > max ? SMTP_LINE_LONG : SMTP_LINE_MORE);
		if (p[i + 1] != '\n')
			return (SMTP_LINE_BARE);
		return (i + 2 > max ? SMTP_LINE_LONG : (ssize_t)(i + 2));
	}
	return (n < max ? SMTP_LINE_MORE : SMTP_LINE_LONG);
}

/* Replies to what is no command; constant, so nothing of a peer's comes back. */
static const char bad_command[] = "500 5.5.1 That is no command known here";
static const char bad_chars[] = "500 5.5.2 A command is UTF-8 without controls";
static const char bad_arg[] = "501 5.5.4 That command takes other arguments";
static const char bad_from[] = "501 5.1.7 MAIL FROM:<address> is expected";
static const char bad_to[] = "501 5.1.3 RCPT TO:<address> is expected";
static const char bad_literal[] = "550 5.1.2 Address literals are not served";
static const char bad_param[] = "555 5.5.4 That parameter is not known here";

/* What is left to read of a command's line. */
struct cursor {
	const char *p;
	const char *end;
};

static bool
take_char(struct cursor *c, char want)
{
	if (c->p == c->end || *c->p != want)
		return (false);
	c->p++;
	return (true);
}

static void
skip_blanks(struct cursor *c)
{
	while (c->p < c->end && *c->p == ' ')
		c->p++;
}

/* A word without regard to case, e.g. "FROM:". */
static bool
take_word(struct cursor *c, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(c->end - c->p) < n || strncasecmp(c->p, word, n) != 0)
		return (false);
	c->p += n;
	return (true);
}

static bool
is_alnum(char c)
{
	return ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z'));
}

/* atext of RFC 5322, and any non-ASCII character (RFC 6531 3.3). */
static bool
is_atext(char c)
{
	return (is_alnum(c) || (unsigned char)c >= 0x80 ||
	    (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL));
}

/*
 * A host's name: labels of letters, digits and hyphens (and non-ASCII ones),
 * none empty, none beginning or ending in a hyphen.  An underscore stands in
 * many real HELOs and some real domains.
 */
static bool
is_domain(const char *s, size_t n)
{
	size_t i, from = 0;

	if (n == 0 || n > 255)
		return (false);
	for (i = 0; i <= n; i++) {
		if (i == n || s[i] == '.') {
			if (i == from || i - from > 63 || s[from] == '-' ||
			    s[i - 1] == '-')
				return (false);
			from = i + 1;
		} else if (!is_alnum(s[i]) && s[i] != '-' && s[i] != '_' &&
		    (unsigned char)s[i] < 0x80)
			return (false);
	}
	return (true);
}

/* Appends to an address; false when that is too long. */
static bool
address_add(char *out, size_t *n, const char *s, size_t len)
{
	if (len > SMTP_PATH_MAX - *n)
		return (false);
	memcpy(out + *n, s, len);
	*n += len;
	out[*n] = '\0';
	return (true);
}

/* Dots where a dot-string may have them: not first, last or doubled. */
static bool
is_dot_string(const char *s, size_t n)
{
	size_t i;

	if (n == 0 || s[0] == '.' || s[n - 1] == '.')
		return (false);
	for (i = 0; i < n; i++) {
		if (s[i] == '.' ? s[i - 1] == '.' : !is_atext(s[i]))
			return (false);
	}
	return (true);
}

/*
 * "…": written without its quotes where it is a dot-string in disguise, else
 * as it came, so that the address stays one that can be written again.
 */
static bool
take_quoted(struct cursor *c, char *out, size_t *n)
{
	const char *from = c->p;
	char	    bare[SMTP_LOCAL_MAX];
	size_t	    len = 0;

	if (!take_char(c, '"'))
		return (false);
	while (c->p < c->end && *c->p != '"') {
		if (*c->p == '\\' && ++c->p == c->end)
			return (false);
		if (len == sizeof bare)
			return (false);
		bare[len++] = *c->p++;
	}
	if (!take_char(c, '"'))
		return (false);
	if (is_dot_string(bare, len))
		return (address_add(out, n, bare, len));
	return (address_add(out, n, from, (size_t)(c->p - from)));
}

static bool
take_local(struct cursor *c, char *out, size_t *n)
{
	const char *from = c->p;

	if (c->p < c->end && *c->p == '"')
		return (take_quoted(c, out, n));
	while (c->p < c->end && (*c->p == '.' || is_atext(*c->p)))
		c->p++;
	if (c->p - from > SMTP_LOCAL_MAX ||
	    !is_dot_string(from, (size_t)(c->p - from)))
		return (false);
	return (address_add(out, n, from, (size_t)(c->p - from)));
}

/* "@a,@b:" before the address: read and dropped (RFC 5321 appendix C). */
static bool
skip_route(struct cursor *c)
{
	const char *from;

	if (c->p == c->end || *c->p != '@')
		return (true);
	while (take_char(c, '@')) {
		from = c->p;
		while (c->p < c->end && *c->p != ',' && *c->p != ':')
			c->p++;
		if (!is_domain(from, (size_t)(c->p - from)))
			return (false);
		if (take_char(c, ':'))
			return (true);
		if (!take_char(c, ','))
			return (false);
	}
	return (false);
}

/* A path: "<" [route] [local "@" domain] ">". */
static const char *
take_path(struct smtp_command *cmd, struct cursor *c, const char *bad)
{
	const char *from;
	size_t	    n = 0;

	cmd->address[0] = '\0';
	skip_blanks(c); /* "FROM: <" is wrong, and common */
	if (!take_char(c, '<'))
		return (bad);
	if (cmd->verb == SMTP_MAIL && take_char(c, '>'))
		return (NULL);
	if (!skip_route(c) || !take_local(c, cmd->address, &n))
		return (bad);
	if (cmd->verb == SMTP_RCPT && take_char(c, '>'))
		return (
		    strcasecmp(cmd->address, "postmaster") == 0 ? NULL : bad);
	if (!take_char(c, '@'))
		return (bad);
	if (c->p < c->end && *c->p == '[')
		return (bad_literal);
	from = c->p;
	while (c->p < c->end && *c->p != '>')
		c->p++;
	if (!is_domain(from, (size_t)(c->p - from)) ||
	    !address_add(cmd->address, &n, "@", 1) ||
	    !address_add(cmd->address, &n, from, (size_t)(c->p - from)) ||
	    !take_char(c, '>'))
		return (bad);
	return (NULL);
}

/* Digits to the next blank; 20 of them are the RFC's limit (1870 4). */
static bool
take_number(struct cursor *c, uint64_t *v)
{
	const char *from = c->p;

	for (*v = 0; c->p < c->end && *c->p != ' '; c->p++) {
		if (*c->p < '0' || *c->p > '9')
			return (false);
		if (*v > (UINT64_MAX - 9) / 10)
			*v = UINT64_MAX; /* past any limit anyway */
		else
			*v = *v * 10 + (uint64_t)(*c->p - '0');
	}
	return (c->p > from && c->p - from <= 20);
}

/* One parameter of MAIL: SIZE=, BODY=, SMTPUTF8. */
static const char *
take_mail_param(struct smtp_command *cmd, struct cursor *c)
{
	if (take_word(c, "SIZE="))
		return (take_number(c, &cmd->size) ? NULL : bad_arg);
	if (take_word(c, "BODY=8BITMIME"))
		cmd->body8 = true;
	else if (take_word(c, "BODY=7BIT"))
		cmd->body8 = false;
	else if (take_word(c, "SMTPUTF8"))
		cmd->smtputf8 = true;
	else
		return (bad_param);
	return (c->p == c->end || *c->p == ' ' ? NULL : bad_param);
}

static const char *
parse_mail(struct smtp_command *cmd, struct cursor *c)
{
	const char *wrong;

	if (!take_word(c, "FROM:"))
		return (bad_from);
	if ((wrong = take_path(cmd, c, bad_from)) != NULL)
		return (wrong);
	while (c->p < c->end) {
		if (!take_char(c, ' '))
			return (bad_from);
		skip_blanks(c);
		if (c->p < c->end && (wrong = take_mail_param(cmd, c)) != NULL)
			return (wrong);
	}
	return (NULL);
}

static const char *
parse_rcpt(struct smtp_command *cmd, struct cursor *c)
{
	const char *wrong;

	if (!take_word(c, "TO:"))
		return (bad_to);
	if ((wrong = take_path(cmd, c, bad_to)) != NULL)
		return (wrong);
	skip_blanks(c);
	return (c->p == c->end ? NULL : bad_param); /* no DSN is offered */
}

/* HELO, EHLO, LHLO: a name or an address literal, shown in Received. */
static const char *
parse_hello(struct smtp_command *cmd, struct cursor *c)
{
	size_t n, i;

	while (c->end > c->p && c->end[-1] == ' ')
		c->end--;
	n = (size_t)(c->end - c->p);
	if (n == 0 || n >= sizeof cmd->name)
		return (bad_arg);
	for (i = 0; i < n; i++)
		if (!is_alnum(c->p[i]) && !strchr("-._:[]", c->p[i]) &&
		    (unsigned char)c->p[i] < 0x80)
			return (bad_arg);
	memcpy(cmd->name, c->p, n);
	cmd->name[n] = '\0';
	return (NULL);
}

static const char *
parse_bdat(struct smtp_command *cmd, struct cursor *c)
{
	if (!take_number(c, &cmd->size))
		return (bad_arg);
	skip_blanks(c);
	if (c->p < c->end)
		cmd->last = take_word(c, "LAST");
	skip_blanks(c);
	return (c->p == c->end ? NULL : bad_arg);
}

static const char *
parse_nothing(struct smtp_command *cmd, struct cursor *c)
{
	(void)cmd;
	skip_blanks(c);
	return (c->p == c->end ? NULL : bad_arg);
}

static const char *
parse_anything(struct smtp_command *cmd, struct cursor *c)
{
	(void)cmd;
	c->p = c->end;
	return (NULL);
}

static const struct {
	const char *name;
	const char *(*parse)(struct smtp_command *, struct cursor *);
} verbs[SMTP_VERBS] = {
	[SMTP_HELO] = { "HELO", parse_hello },
	[SMTP_EHLO] = { "EHLO", parse_hello },
	[SMTP_LHLO] = { "LHLO", parse_hello },
	[SMTP_MAIL] = { "MAIL", parse_mail },
	[SMTP_RCPT] = { "RCPT", parse_rcpt },
	[SMTP_DATA] = { "DATA", parse_nothing },
	[SMTP_BDAT] = { "BDAT", parse_bdat },
	[SMTP_RSET] = { "RSET", parse_nothing },
	[SMTP_NOOP] = { "NOOP", parse_anything },
	[SMTP_QUIT] = { "QUIT", parse_nothing },
	[SMTP_VRFY] = { "VRFY", parse_anything },
	[SMTP_EXPN] = { "EXPN", parse_anything },
	[SMTP_HELP] = { "HELP", parse_anything },
	[SMTP_STARTTLS] = { "STARTTLS", parse_nothing },
};

const char *
smtp_verb_name(enum smtp_verb verb)
{
	return (verbs[verb].name);
}

const char *
smtp_parse(struct smtp_command *cmd, const uint8_t *line, size_t n)
{
	struct cursor c = { (const char *)line, (const char *)line + n };
	size_t	      i, len = 0;

	*cmd = (struct smtp_command){ .verb = SMTP_VERBS };
	for (i = 0; i < n; i++)
		if (line[i] < 0x20 || line[i] == 0x7f)
			return (bad_chars);
	if (!utf8_valid(c.p, n))
		return (bad_chars);
	while (len < n && line[len] != ' ')
		len++;
	for (i = 0; i < SMTP_VERBS; i++) {
		if (strlen(verbs[i].name) != len ||
		    strncasecmp(verbs[i].name, c.p, len) != 0)
			continue;
		cmd->verb = (enum smtp_verb)i;
		c.p += len;
		skip_blanks(&c);
		return (verbs[i].parse(cmd, &c));
	}
	return (bad_command);
}

/* What the bytes before this one were. */
enum data_at {
	AT_START,  /* of a line: CR LF, or the mail's head */
	AT_TEXT,   /* within a line */
	AT_CR,	   /* a CR, within a line */
	AT_DOT,	   /* of a line's start, held back */
	AT_DOT_CR, /* a dot and a CR, both held back */
};

void
smtp_data_start(struct smtp_data *d)
{
	*d = (struct smtp_data){ .at = AT_START };
}

/* Within a line: one byte; where that leaves us. */
static enum data_at
data_text(struct smtp_data *d, enum data_at at, uint8_t c)
{
	if (c == '\n') {
		if (at == AT_CR)
			return (AT_START);
		d->bare = true;
		return (AT_TEXT);
	}
	if (at == AT_CR)
		d->bare = true;
	return (c == '\r' ? AT_CR : AT_TEXT);
}

/* The bytes up to the next CR or LF: most of a mail. */
static size_t
text_run(const uint8_t *p, size_t n)
{
	size_t i;

	/* No memchr(): two of them over bare ones would be quadratic. */
	for (i = 0; i < n && p[i] != '\r' && p[i] != '\n'; i++)
		continue;
	return (i);
}

size_t
smtp_data_read(
    struct smtp_data *d, const uint8_t *p, size_t n, uint8_t *out, size_t *nout)
{
	const uint8_t *from = out;
	enum data_at   at = (enum data_at)d->at;
	size_t	       i, run;

	for (i = 0; i < n && !d->done; i++) {
		if (at == AT_TEXT && (run = text_run(p + i, n - i)) > 1) {
			memcpy(out, p + i, run);
			out += run;
			i += run - 1;
			continue;
		}
		switch (at) {
		case AT_START:
			if (p[i] == '.') {
				at = AT_DOT;
				break;
			}
			/* FALLTHROUGH */
		case AT_TEXT:
		case AT_CR:
			at = data_text(d, at, p[i]);
			*out++ = p[i];
			break;
		case AT_DOT: /* the dot itself is dropped: transparency */
			if (p[i] == '\r') {
				at = AT_DOT_CR;
				break;
			}
			at = data_text(d, AT_TEXT, p[i]);
			*out++ = p[i];
			break;
		case AT_DOT_CR:
			if (p[i] == '\n') {
				d->done = true;
				at = AT_START;
				break;
			}
			*out++ = '\r'; /* no end: the CR was a bare one */
			at = data_text(d, AT_CR, p[i]);
			*out++ = p[i];
			break;
		}
	}
	d->at = (unsigned char)at;
	*nout = (size_t)(out - from);
	return (i);
}
