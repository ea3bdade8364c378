/*
 * COMMAND's answers; see command.h.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "proto/operation.h"
#include "command.h"

#define SINCE "0.1.0"

/* What stands beside the table: the connection's own commands. */
static const struct op_arg ping_args[] = {
	{ "message", ARG_TEXT, true, 0, 1024, NULL, "echoed" }, { 0 }
};
static const struct op_arg auth_args[] = {
	{ "key", ARG_SECRET, false, 1, 1024, NULL, "an API key" }, { 0 }
};
static const struct op_arg hello_args[] = {
	{ "version", ARG_INT, true, 2, 3, NULL, "of the protocol" },
	{ "auth", ARG_SECRET, true, 1, 1024, NULL, "default and an API key" },
	{ "setname", ARG_NAME, true, 1, 64, NULL, "the client's name" }, { 0 }
};
static const struct op_arg echo_args[] = {
	{ "message", ARG_TEXT, false, 0, 1024, NULL, "echoed" }, { 0 }
};
static const struct op_arg select_args[] = {
	{ "index", ARG_INT, false, 0, 0, NULL, "0" }, { 0 }
};
static const struct op_arg no_args[] = { { 0 } };

#define BESIDE(name, help, args)                                           \
	{                                                                  \
		name, ROLE_PUBLIC, BY_SPINE, HTTP_NONE, NULL, NULL, false, \
		    help, args                                             \
	}
static const struct op beside[] = {
	BESIDE("AUTH", "Say who one is: a key, or a login and its password.",
	    auth_args),
	BESIDE("CLIENT", "This connection's id and name.", no_args),
	BESIDE("COMMAND", "What can be asked here.", no_args),
	BESIDE("ECHO", "The same words back.", echo_args),
	BESIDE("HELLO", "Choose the protocol's version, and say who one is.",
	    hello_args),
	BESIDE("INFO", "What client libraries look for at connect.", no_args),
	BESIDE("PING", "Whether anybody is there.", ping_args),
	BESIDE("QUIT", "Answer what was asked, then close.", no_args),
	BESIDE("RESET", "As if newly connected.", no_args),
	BESIDE("SELECT", "For libraries that insist: 0 alone.", select_args),
};
/* CLIENT, COMMAND, HELLO and AUTH take more than their rows say. */
#define BESIDE_VARIADIC(op) ((op)->args == no_args || (op)->args == auth_args)

size_t
command_count(void)
{
	return (OP_COUNT + nitems(beside));
}

static const struct op *
command_at(size_t i)
{
	return (i < OP_COUNT ? &ops[i] : &beside[i - OP_COUNT]);
}

static const struct op *
command_find(const struct resp_arg *name)
{
	const struct op *op;
	size_t		 i;

	if ((op = op_find(name->p, name->n)) != NULL)
		return (op);
	for (i = 0; i < nitems(beside); i++)
		if (strlen(beside[i].name) == name->n &&
		    strncasecmp(beside[i].name, name->p, name->n) == 0)
			return (&beside[i]);
	return (NULL);
}

static void
put_lower(struct buf *out, const char *s, size_t n)
{
	char   low[64];
	size_t i;

	for (i = 0; i < n && i < sizeof low; i++)
		low[i] = (char)tolower((unsigned char)s[i]);
	resp_bulk(out, low, i);
}

static void
put_name(struct buf *out, const struct op *op)
{
	put_lower(out, op->name, strlen(op->name));
}

/* How many words it takes, itself counted; negative: at least that many. */
static int64_t
arity(const struct op *op)
{
	size_t	n = op_nrequired(op);
	int64_t words = (int64_t)n + 1;

	/* The word JSON may stand before an ARG_JSON. */
	if (op->args[n].type != ARG_END || BESIDE_VARIADIC(op) ||
	    (n > 0 && op->args[n - 1].type == ARG_JSON))
		return (-words);
	return (words);
}

/*
 * [name, arity, flags, first key, last key, step, categories, tips, key
 * specifications, subcommands]: none of ours has keys.
 */
static void
put_info(struct buf *out, int version, const struct op *op)
{
	int i;

	resp_array(out, 10);
	put_name(out, op);
	resp_int(out, arity(op));
	resp_set(out, version, op->role == ROLE_PUBLIC ? 2 : 1);
	resp_simple(out, op->writes ? "write" : "readonly");
	if (op->role == ROLE_PUBLIC)
		resp_simple(out, "no_auth");
	for (i = 0; i < 3; i++)
		resp_int(out, 0);
	resp_set(out, version, 1);
	resp_simple(out, op->writes ? "@write" : "@read");
	resp_set(out, version, 0);
	resp_set(out, version, 0);
	resp_set(out, version, 0);
}

static void
put_pair(struct buf *out, const char *name, const char *value)
{
	resp_str(out, name);
	resp_str(out, value);
}

/* One of a choice's words: redis-cli shows "new|open". */
static void
put_word(struct buf *out, int version, const char *word, size_t n)
{
	resp_map(out, version, 3);
	resp_str(out, "name");
	resp_bulk(out, word, n);
	put_pair(out, "type", "pure-token");
	resp_str(out, "token");
	resp_bulk(out, word, n);
}

static void
put_words(struct buf *out, int version, const char *words)
{
	const char *w, *bar;
	size_t	    n = 1;

	for (w = words; *w != '\0'; w++)
		n += *w == '|';
	resp_array(out, n);
	for (w = words; w != NULL; w = bar != NULL ? bar + 1 : NULL) {
		bar = strchr(w, '|');
		put_word(out, version, w,
		    bar != NULL ? (size_t)(bar - w) : strlen(w));
	}
}

static void
put_arg(struct buf *out, int version, const struct op_arg *a)
{
	const char *words = a->type == ARG_BOOL ? "yes|no" : a->words;
	char	    token[32];
	size_t	    i;

	resp_map(out, version, 2 + (words != NULL) + (a->optional ? 2 : 0));
	put_pair(out, "name", a->name);
	put_pair(out, "type",
	    words != NULL				  ? "oneof"
		: a->type == ARG_ID || a->type == ARG_INT ? "integer"
							  : "string");
	if (a->optional) {
		for (i = 0; i < sizeof token - 1 && a->name[i] != '\0'; i++)
			token[i] = (char)toupper((unsigned char)a->name[i]);
		token[i] = '\0';
		put_pair(out, "token", token);
		resp_str(out, "flags");
		resp_set(out, version, 1);
		resp_simple(out, "optional");
	}
	if (words != NULL) {
		resp_str(out, "arguments");
		put_words(out, version, words);
	}
}

static void
put_docs(struct buf *out, int version, const struct op *op)
{
	const char *dot = strchr(op->name, '.');
	size_t	    nargs = 0, i;

	while (op->args[nargs].type != ARG_END)
		nargs++;
	put_name(out, op);
	resp_map(out, version, nargs > 0 ? 4 : 3);
	put_pair(out, "summary", op->help);
	put_pair(out, "since", SINCE);
	resp_str(out, "group");
	if (op->path == NULL)
		resp_str(out, "connection");
	else
		put_lower(out, op->name,
		    dot != NULL ? (size_t)(dot - op->name) : strlen(op->name));
	if (nargs == 0)
		return;
	resp_str(out, "arguments");
	resp_array(out, nargs);
	for (i = 0; i < nargs; i++)
		put_arg(out, version, &op->args[i]);
}

void
command_list(struct buf *out)
{
	size_t i;

	resp_array(out, command_count());
	for (i = 0; i < command_count(); i++)
		put_name(out, command_at(i));
}

void
command_info(struct buf *out, int version, const struct resp_request *r)
{
	const struct op *op;
	size_t		 i;

	if (r->argc <= 2) {
		resp_array(out, command_count());
		for (i = 0; i < command_count(); i++)
			put_info(out, version, command_at(i));
		return;
	}
	resp_array(out, r->argc - 2);
	for (i = 2; i < r->argc; i++) {
		if ((op = command_find(&r->argv[i])) != NULL)
			put_info(out, version, op);
		else
			resp_null(out, version);
	}
}

void
command_docs(struct buf *out, int version, const struct resp_request *r)
{
	const struct op *found[RESP_ARGC_MAX], *op;
	size_t		 n = 0, i;

	if (r->argc <= 2) {
		resp_map(out, version, command_count());
		for (i = 0; i < command_count(); i++)
			put_docs(out, version, command_at(i));
		return;
	}
	for (i = 2; i < r->argc; i++)
		if ((op = command_find(&r->argv[i])) != NULL)
			found[n++] = op;
	resp_map(out, version, n);
	for (i = 0; i < n; i++)
		put_docs(out, version, found[i]);
}
