/*
 * Bounces and their like; see mailbounce.h.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "event.h"
#include "mail.h"
#include "mailbounce.h"
#include "mailfields.h"
#include "mailrobot.h"
#include "mailtext.h"

#define VALUE_MAX 500
#define HEAD_MAX  2000 /* bytes of a text in which its first words stand */
#define ID_MAX	  500

/* The line from p on; where the next begins. */
static const char *
line_end(const char *p, const char *end)
{
	const char *lf = memchr(p, '\n', (size_t)(end - p));

	return (lf != NULL ? lf + 1 : end);
}

static bool
is_blank_line(const char *p, const char *next)
{
	while (p < next && isspace((unsigned char)*p))
		p++;
	return (p == next);
}

/* One line of at most VALUE_MAX bytes, in the arena. */
static const char *
clean_line(struct arena *a, const char *p, size_t n)
{
	char	   *raw = arena_dup(a, p, n < 2000 ? n : 2000);
	const char *kept = NULL;
	struct buf  b;

	if (raw == NULL)
		return (NULL);
	utf8_clean(raw, strlen(raw));
	buf_init(&b, VALUE_MAX);
	mailtext_header(&b, raw);
	if (b.n != 0)
		kept = arena_dup(a, b.p, b.n);
	buf_free(&b);
	return (kept);
}

/* The field's value, folded lines included; false when it is not there. */
static bool
field_find(const char *p, const char *end, const char *name, const char **value,
    size_t *n)
{
	size_t	    len = strlen(name);
	const char *next;

	for (; p < end; p = next) {
		next = line_end(p, end);
		if ((size_t)(next - p) <= len || p[len] != ':' ||
		    strncasecmp(p, name, len) != 0)
			continue;
		while (next < end && (*next == ' ' || *next == '\t'))
			next = line_end(next, end);
		*value = p + len + 1;
		*n = (size_t)(next - *value);
		return (true);
	}
	return (false);
}

const char *
mail_bounce_field(struct arena *a, const char *p, size_t n, const char *name)
{
	const char *value;

	if (!field_find(p, p + n, name, &value, &n))
		return (NULL);
	return (clean_line(a, value, n));
}

const char *
mail_bounce_id(struct arena *a, const char *p, size_t n, const char *name)
{
	const char *open, *close;
	char	   *id;

	if (!field_find(p, p + n, name, &p, &n) ||
	    (open = memchr(p, '<', n)) == NULL)
		return (NULL);
	open++;
	close = memchr(open, '>', n - (size_t)(open - p));
	if (close == NULL || close == open || close - open > ID_MAX ||
	    (id = arena_dup(a, open, (size_t)(close - open))) == NULL)
		return (NULL);
	utf8_clean(id, strlen(id));
	return (id);
}

/* "rfc822; lan@x" or "utf-8; lan@x": the address alone. */
static const char *
address_of(const char *value)
{
	const char *semi = value != NULL ? strchr(value, ';') : NULL;

	if (semi == NULL)
		return (value);
	for (semi++; *semi == ' '; semi++)
		continue;
	return (*semi != '\0' ? semi : NULL);
}

static const char *
action_of(const char *value)
{
	static const char *const actions[] = { "failed", "delayed", "delivered",
		"relayed", "expanded" };
	size_t			 i;

	for (i = 0; value != NULL && i < nitems(actions); i++)
		if (strncasecmp(value, actions[i], strlen(actions[i])) == 0)
			return (actions[i]);
	return (NULL);
}

/* "5.1.1" at the head of the text, or NULL. */
static const char *
status_of(struct arena *a, const char *s)
{
	size_t n = 0, dots = 0;

	if (s == NULL || strchr("245", s[0]) == NULL || s[0] == '\0')
		return (NULL);
	while (isdigit((unsigned char)s[n]) ||
	    (s[n] == '.' && isdigit((unsigned char)s[n + 1])))
		dots += s[n++] == '.';
	return (dots == 2 && n <= 9 && s[1] == '.' ? arena_dup(a, s, n) : NULL);
}

/* How much a recipient's report matters. */
static int
rank_of(const char *action)
{
	return (strcmp(action, "failed") == 0	 ? 2
		: strcmp(action, "delayed") == 0 ? 1
						 : 0);
}

/* The fields of one recipient: a block of lines. */
static bool
recipient_read(struct mail_bounce *b, struct arena *a, const char *p, size_t n)
{
	const char *to;

	*b = (struct mail_bounce){ 0 };
	b->action = action_of(mail_bounce_field(a, p, n, "Action"));
	if (b->action == NULL)
		return (false);
	b->status = status_of(a, mail_bounce_field(a, p, n, "Status"));
	/* Whom we wrote to, where an alias stands between. */
	to = address_of(mail_bounce_field(a, p, n, "Original-Recipient"));
	if (to == NULL)
		to = address_of(mail_bounce_field(a, p, n, "Final-Recipient"));
	b->recipient = to;
	b->diagnostic = mail_bounce_field(a, p, n, "Diagnostic-Code");
	return (true);
}

bool
mail_bounce_read(
    struct mail_bounce *b, struct arena *a, const char *p, size_t n)
{
	struct mail_bounce one;
	const char	  *end = p + n, *from = p, *next;
	bool		   any = false;

	if (n > 65536) /* a thousand recipients are enough to see one */
		end = p + 65536;
	for (; p < end; p = next) {
		next = line_end(p, end);
		if (!is_blank_line(p, next) && next != end)
			continue;
		if (recipient_read(&one, a, from, (size_t)(next - from)) &&
		    (!any || rank_of(one.action) > rank_of(b->action))) {
			*b = one;
			any = true;
			if (rank_of(b->action) == 2)
				break;
		}
		from = next;
	}
	return (any);
}

/*
 * What servers say that know nothing of RFC 3464, blanks run together; after
 * `copy', where there is one, comes the mail that failed.
 */
static const struct {
	const char *says;
	const char *action;
	const char *copy;
} voices[] = {
	{ "This is the qmail-send program", "failed",
	    "--- Below this line is a copy of the message" },
	{ "could not be delivered to one or more of its recipients", "failed",
	    "This is a copy of the message" },
	{ "has not yet been delivered to one or more of its recipients",
	    "delayed", NULL },
	{ "had permanent fatal errors", "failed",
	    "----- Original message follows" },
	{ "could not send message for past", "delayed", NULL },
	{ "Delivery has failed to these recipients", "failed",
	    "Original message headers:" },
	{ "did not reach the following recipient", "failed", NULL },
	{ "did not reach some or all of the intended recipients", "failed",
	    NULL },
	{ "could not be delivered to one or more recipients", "failed", NULL },
};

/* The text's head as one line, for comparing. */
static void
head_read(char out[HEAD_MAX], const char *text)
{
	size_t n = 0;

	for (; *text != '\0' && n + 1 < HEAD_MAX; text++) {
		if (!isspace((unsigned char)*text))
			out[n++] = *text;
		else if (n != 0 && out[n - 1] != ' ')
			out[n++] = ' ';
	}
	out[n] = '\0';
}

static bool
is_address_char(char c)
{
	return (isalnum((unsigned char)c) || (unsigned char)c >= 0x80 ||
	    (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~.@", c) != NULL));
}

/* The first address in the text, or NULL; *after is where it ends. */
static const char *
address_find(
    struct arena *a, const char *p, const char *end, const char **after)
{
	const char *at, *from, *to;
	char	   *found;

	for (; (at = memchr(p, '@', (size_t)(end - p))) != NULL; p = at + 1) {
		for (from = at; from > p && is_address_char(from[-1]); from--)
			continue;
		for (to = at + 1; to < end && is_address_char(*to); to++)
			continue;
		while (to > at + 1 && strchr(".'", to[-1]) != NULL)
			to--;
		if (from == at || to - at < 4 || to - from > 320)
			continue;
		*after = to;
		/* (A header comes as it was sent, in whatever charset.) */
		found = arena_dup(a, from, (size_t)(to - from));
		if (found != NULL)
			utf8_clean(found, (size_t)(to - from));
		return (found);
	}
	return (NULL);
}

/* The first line from p on that has a reply's code in it, or NULL. */
static const char *
diagnostic_find(struct arena *a, const char *p, const char *end)
{
	const char *next, *c;

	for (; p < end; p = next) {
		next = line_end(p, end);
		for (c = p; next - c > 3; c++)
			if ((c == p || !isalnum((unsigned char)c[-1])) &&
			    (c[0] == '4' || c[0] == '5') &&
			    ((isdigit((unsigned char)c[1]) &&
				 isdigit((unsigned char)c[2]) &&
				 strchr(" -", c[3]) != NULL) ||
				(c[1] == '.' && c[3] == '.')))
				return (clean_line(a, p, (size_t)(next - p)));
	}
	return (NULL);
}

/* "5.1.1" anywhere in a line; else "5.0.0" of a 550. */
static const char *
status_find(struct arena *a, const char *line, const char *action)
{
	const char *p, *status;

	for (p = line; p != NULL && *p != '\0'; p++)
		if ((p == line || !isalnum((unsigned char)p[-1])) &&
		    (status = status_of(a, p)) != NULL)
			return (status);
	return (strcmp(action, "delayed") == 0 ? "4.0.0" : "5.0.0");
}

bool
mail_bounce_guess(struct mail_bounce *b, struct event *e,
    const struct mail_fields *f, const struct mail_env *env)
{
	char	    head[HEAD_MAX];
	const char *p, *end, *copy = NULL, *failed, *after;
	size_t	    i;

	if (e->text == NULL || !mail_robot_is_system(e, env))
		return (false);
	head_read(head, e->text);
	for (i = 0; i < nitems(voices); i++)
		if (strstr(head, voices[i].says) != NULL)
			break;
	if (i == nitems(voices))
		return (false);
	*b = (struct mail_bounce){ .action = voices[i].action };
	p = e->text;
	end = p + strlen(p);
	if (voices[i].copy != NULL)
		copy = strstr(p, voices[i].copy);
	if (copy != NULL) {
		b->message_id = mail_bounce_id(
		    &e->arena, copy, (size_t)(end - copy), "Message-ID");
		end = copy;
	}
	failed = f->raw[F_FAILED_RECIPIENTS];
	b->recipient = address_find(&e->arena, p, end, &p);
	if (failed != NULL)
		b->recipient = address_find(
		    &e->arena, failed, failed + strlen(failed), &after);
	b->diagnostic = diagnostic_find(&e->arena, p, end);
	b->status = status_find(&e->arena, b->diagnostic, b->action);
	return (true);
}
