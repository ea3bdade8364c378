/*
 * The table of operations as pages for people; see openapi.h.
 */
#include <ctype.h>
#include <string.h>

#include "openapi.h"

static void
put_upper(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++)
		buf_char(b, (char)toupper((unsigned char)*s));
}

void
reference_usage(struct buf *b, const struct op *op)
{
	const struct op_arg *a;

	buf_str(b, op->name);
	for (a = op->args; a->type != ARG_END; a++) {
		buf_char(b, ' ');
		if (a->optional) {
			buf_char(b, '[');
			put_upper(b, a->name);
			buf_char(b, ' ');
		}
		buf_str(b, a->type == ARG_ENUM ? a->words : a->name);
		if (a->optional)
			buf_char(b, ']');
	}
}

/* "number, 1 to 200": what may stand there. */
static void
put_type(struct buf *b, const struct op_arg *a)
{
	switch (a->type) {
	case ARG_INT:
		buf_printf(b, "number, %lld to %lld", (long long)a->min,
		    (long long)a->max);
		break;
	case ARG_NAME:
	case ARG_TEXT:
	case ARG_LABEL:
	case ARG_SECRET:
	case ARG_JSON:
	case ARG_LIST:
	case ARG_TEXTS:
		buf_printf(b, "%s, at most %lld bytes", arg_type_name(a->type),
		    (long long)a->max);
		break;
	case ARG_END:
	case ARG_ID:
	case ARG_ENUM:
	case ARG_BOOL:
	case ARG_UUID:
	case ARG_OFFSET:
		buf_str(b, arg_type_name(a->type));
		break;
	}
}

void
reference_text(struct buf *b, const struct op *op)
{
	const struct op_arg *a;

	reference_usage(b, op);
	buf_printf(
	    b, "\n    %s\n    Least role: %s.", op->help, role_name(op->role));
	if (op->method != HTTP_NONE)
		buf_printf(
		    b, " HTTP: %s %s", method_name(op->method), op->path);
	buf_char(b, '\n');
	for (a = op->args; a->type != ARG_END; a++) {
		buf_printf(b, "      %-12s ", a->name);
		put_type(b, a);
		buf_printf(b, ": %s\n", a->help);
	}
}

/* Text as mdoc text: what begins a request or escape is made plain. */
static void
put_roff(struct buf *b, const char *s)
{
	if (*s == '.' || *s == '\'')
		buf_str(b, "\\&");
	for (; *s != '\0'; s++) {
		if (*s == '\\')
			buf_str(b, "\\e");
		else
			buf_char(b, *s);
	}
}

static void
put_operation(struct buf *b, const struct op *op)
{
	const struct op_arg *a;
	struct buf	     usage = { 0 };

	reference_usage(&usage, op);
	buf_str(b, ".It Li \"");
	put_roff(b, usage.p);
	buf_str(b, "\"\n");
	buf_free(&usage);
	put_roff(b, op->help);
	buf_printf(b, "\nLeast role: %s.\n", role_name(op->role));
	if (op->method != HTTP_NONE)
		buf_printf(b, "HTTP:\n.Li \"%s %s\" .\n",
		    method_name(op->method), op->path);
	if (op->args[0].type == ARG_END)
		return;
	buf_str(b, ".Bl -tag -width Ds -compact\n");
	for (a = op->args; a->type != ARG_END; a++) {
		buf_printf(b, ".It Ar %s\n", a->name);
		put_type(b, a);
		buf_str(b, ":\n");
		put_roff(b, a->help);
		buf_char(b, '\n');
	}
	buf_str(b, ".El\n");
}

void
reference_page(struct buf *b)
{
	size_t i;

	buf_str(b,
	    ".\\\" Made from proto/operations.def by deskctl --reference.\n"
	    ".Dd November 21, 2026\n"
	    ".Dt DESKD-OPERATIONS 7\n"
	    ".Os\n"
	    ".Sh NAME\n"
	    ".Nm deskd-operations\n"
	    ".Nd what can be asked of deskd\n"
	    ".Sh DESCRIPTION\n"
	    "Each operation as it is written over the TCP protocol,\n"
	    ".Xr deskd-protocol 7 .\n"
	    "Arguments in brackets are optional: their name, in any letter\n"
	    "case, and their value.\n"
	    "Over HTTP the arguments are members of the path, of the query\n"
	    "(GET and DELETE) or of a JSON object in the body.\n"
	    "With\n"
	    ".Xr deskctl 1\n"
	    "the name is written as words, and optional arguments as\n"
	    ".Fl \\&-name Ar value .\n"
	    ".Bl -tag -width Ds\n");
	for (i = 0; i < OP_COUNT; i++)
		put_operation(b, &ops[i]);
	buf_str(b,
	    ".El\n"
	    ".Sh SEE ALSO\n"
	    ".Xr deskctl 1 ,\n"
	    ".Xr deskd-protocol 7 ,\n"
	    ".Xr deskd 8\n");
}
