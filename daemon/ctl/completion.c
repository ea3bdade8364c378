/*
 * deskctl's words for a shell that completes them; see completion.h.
 */
#include <ctype.h>
#include <string.h>

#include "proto/operation.h"
#include "completion.h"

/* A word of a command's name or a choice: no ARGUMENT, no [--option]. */
static bool
is_plain(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!islower((unsigned char)s[i]) && s[i] != '|')
			return (false);
	return (n > 0);
}

static bool
is_option(const char *s, size_t n)
{
	return (n > 2 && strncmp(s, "--", 2) == 0);
}

/* "import cdr|orders FILE [--offset +07:00]": name, options, arguments. */
void
completion_command(struct buf *b, const char *usage)
{
	struct buf  options = { 0 }, plain = { 0 };
	const char *s = usage;
	size_t	    n;
	bool	    named = false, first = true;

	for (; *s != '\0'; s += n + strspn(s + n, " ]")) {
		s += *s == '[';
		n = strcspn(s, " ]");
		if (is_option(s, n)) {
			named = true;
			buf_printf(&options, "%.*s ", (int)n, s);
		} else if (is_plain(s, n) && memchr(s, '|', n) != NULL) {
			named = true;
			buf_printf(&plain, "%.*s ", (int)n, s);
		} else if (is_plain(s, n) && !named) {
			buf_printf(b, "%s%.*s", first ? "" : " ", (int)n, s);
			first = false;
		} else if (options.n == 0) {
			named = true;
			buf_str(&plain, "- ");
		}
	}
	buf_printf(b, "\t%s\t%s\n", options.n > 0 ? options.p : "-",
	    plain.n > 0 ? plain.p : "-");
	buf_free(&options);
	buf_free(&plain);
}

static void
operation_row(struct buf *b, const struct op *op)
{
	const struct op_arg *a;
	const char	    *p;
	size_t		     n;

	for (p = op->name; *p != '\0'; p++)
		buf_char(b, *p == '.' ? ' ' : (char)tolower((unsigned char)*p));
	buf_char(b, '\t');
	for (n = b->n, a = op->args; a->type != ARG_END; a++) {
		if (!a->optional)
			continue;
		buf_printf(b, "--%s%s%s ", a->name,
		    a->type == ARG_ENUM || a->type == ARG_BOOL ? "=" : "",
		    a->type == ARG_ENUM	      ? a->words
			: a->type == ARG_BOOL ? "yes|no"
					      : "");
	}
	buf_str(b, b->n == n ? "-\t" : "\t");
	for (n = b->n, a = op->args; a->type != ARG_END; a++)
		if (!a->optional && a->type != ARG_SECRET)
			buf_printf(
			    b, "%s ", a->type == ARG_ENUM ? a->words : "-");
	buf_str(b, b->n == n ? "-\n" : "\n");
}

void
completion_operations(struct buf *b)
{
	size_t i;

	for (i = 0; i < OP_COUNT; i++)
		operation_row(b, &ops[i]);
}
