/*
 * What client libraries ask of any server; see control.h.
 */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "control.h"

/* Redis's words for these errors: client libraries compare them. */
static void
answer_arity(struct buf *out, const char *name)
{
	char text[96];

	snprintf(text, sizeof text,
	    "wrong number of arguments for '%s' command", name);
	resp_error(out, "ERR", text);
}

static void
answer_unknown(struct buf *out, const char *name, const struct resp_arg *sub)
{
	struct buf text = { 0 };

	buf_str(&text, "unknown subcommand '");
	buf_shown(&text, sub->p, sub->n, 64);
	buf_printf(&text, "'. Try %s HELP.", name);
	resp_error(out, "ERR", text.p);
	buf_free(&text);
}

static void
do_ping(struct buf *out, struct control *c, const struct resp_request *r)
{
	(void)c;
	if (r->argc == 1)
		resp_simple(out, "PONG");
	else if (r->argc == 2)
		resp_bulk(out, r->argv[1].p, r->argv[1].n);
	else
		answer_arity(out, "ping");
}

static void
do_echo(struct buf *out, struct control *c, const struct resp_request *r)
{
	(void)c;
	if (r->argc == 2)
		resp_bulk(out, r->argv[1].p, r->argv[1].n);
	else
		answer_arity(out, "echo");
}

static void
do_select(struct buf *out, struct control *c, const struct resp_request *r)
{
	(void)c;
	if (r->argc != 2)
		answer_arity(out, "select");
	else if (resp_is(r, 1, "0"))
		resp_simple(out, "OK");
	else
		resp_error(out, "ERR", "DB index is out of range");
}

/* What libraries look for at connect; nothing that tells a stranger more. */
static void
do_info(struct buf *out, struct control *c, const struct resp_request *r)
{
	static const char info[] = "# Server\r\n"
				   "redis_mode:standalone\r\n"
				   "\r\n# Persistence\r\n"
				   "loading:0\r\n"
				   "\r\n# Replication\r\n"
				   "role:master\r\n";

	(void)c;
	(void)r;
	resp_bulk(out, info, sizeof info - 1);
}

static void
do_command(struct buf *out, struct control *c, const struct resp_request *r)
{
	static const char *const help[] = {
		"COMMAND [COUNT|LIST|INFO|DOCS]. Subcommands are:",
		"(no subcommand)",
		"    Return details about all commands.",
		"COUNT",
		"    Return the number of commands.",
		"LIST",
		"    Return the names of all commands.",
		"INFO [<command-name> ...]",
		"    Return details about commands.",
		"DOCS [<command-name> ...]",
		"    Return documentation details about commands.",
	};
	size_t i;

	if (r->argc == 1) {
		command_info(out, c->version, r);
	} else if (resp_is(r, 1, "COUNT") && r->argc == 2) {
		resp_int(out, (int64_t)command_count());
	} else if (resp_is(r, 1, "LIST") && r->argc == 2) {
		command_list(out);
	} else if (resp_is(r, 1, "INFO")) {
		command_info(out, c->version, r);
	} else if (resp_is(r, 1, "DOCS")) {
		command_docs(out, c->version, r);
	} else if (resp_is(r, 1, "GETKEYS") && r->argc > 2) {
		resp_error(out, "ERR", "The command has no key arguments");
	} else if (resp_is(r, 1, "HELP") && r->argc == 2) {
		resp_array(out, nitems(help));
		for (i = 0; i < nitems(help); i++)
			resp_simple(out, help[i]);
	} else {
		answer_unknown(out, "COMMAND", &r->argv[1]);
	}
}

/* As Redis: what would break a line of a list is refused. */
static bool
is_client_name(const struct resp_arg *name)
{
	size_t i;

	if (name->n > CONTROL_NAME_MAX)
		return (false);
	for (i = 0; i < name->n; i++)
		if (name->p[i] < '!' || name->p[i] > '~')
			return (false);
	return (true);
}

static void
client_setname(struct buf *out, struct control *c, const struct resp_arg *name)
{
	if (!is_client_name(name)) {
		resp_error(out, "ERR",
		    "a client's name is at most 64 letters, digits and "
		    "signs, without blanks");
		return;
	}
	memcpy(c->name, name->p, name->n);
	c->name[name->n] = '\0';
	resp_simple(out, "OK");
}

static void
do_client(struct buf *out, struct control *c, const struct resp_request *r)
{
	char text[160];

	if (r->argc < 2) {
		answer_arity(out, "client");
	} else if (resp_is(r, 1, "ID") && r->argc == 2) {
		resp_int(out, (int64_t)c->id);
	} else if (resp_is(r, 1, "GETNAME") && r->argc == 2) {
		if (c->name[0] != '\0')
			resp_str(out, c->name);
		else
			resp_null(out, c->version);
	} else if (resp_is(r, 1, "SETNAME") && r->argc == 3) {
		client_setname(out, c, &r->argv[2]);
	} else if (resp_is(r, 1, "INFO") && r->argc == 2) {
		snprintf(text, sizeof text, "id=%llu name=%s resp=%d",
		    (unsigned long long)c->id, c->name, c->version);
		resp_str(out, text);
	} else if ((resp_is(r, 1, "SETINFO") && r->argc == 4) ||
	    ((resp_is(r, 1, "NO-EVICT") || resp_is(r, 1, "NO-TOUCH")) &&
		r->argc == 3)) {
		resp_simple(out, "OK"); /* nothing here depends on it */
	} else {
		answer_unknown(out, "CLIENT", &r->argv[1]);
	}
}

static void
do_quit(struct buf *out, struct control *c, const struct resp_request *r)
{
	(void)c;
	(void)r;
	resp_simple(out, "OK");
}

static void
do_reset(struct buf *out, struct control *c, const struct resp_request *r)
{
	(void)r;
	c->name[0] = '\0';
	c->version = 2;
	resp_simple(out, "RESET");
}

static const struct {
	const char	 *name;
	enum control_then then;
	void (*run)(
	    struct buf *, struct control *, const struct resp_request *);
} controls[] = {
	{ "PING", CONTROL_ANSWERED, do_ping },
	{ "COMMAND", CONTROL_ANSWERED, do_command },
	{ "CLIENT", CONTROL_ANSWERED, do_client },
	{ "ECHO", CONTROL_ANSWERED, do_echo },
	{ "INFO", CONTROL_ANSWERED, do_info },
	{ "SELECT", CONTROL_ANSWERED, do_select },
	{ "QUIT", CONTROL_QUIT, do_quit },
	{ "RESET", CONTROL_RESET, do_reset },
};

enum control_then
control_answer(struct buf *out, struct control *c, const struct resp_request *r)
{
	size_t i;

	/* Nearly every request is an operation's: one look tells. */
	if (r->argc == 0 || r->argv[0].n > 7)
		return (CONTROL_NOT_OURS);
	for (i = 0; i < nitems(controls); i++)
		if (resp_is(r, 0, controls[i].name)) {
			controls[i].run(out, c, r);
			return (controls[i].then);
		}
	return (CONTROL_NOT_OURS);
}
