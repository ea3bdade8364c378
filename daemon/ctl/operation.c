/*
 * deskctl's generic commands: "ticket take 5 --once x" is TICKET.TAKE 5 ONCE
 * x.  Words may be shortened as far as they stay unique; a secret is never
 * taken from the command line, where others can read it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <sys/ioctl.h>

#include "base/buf.h"
#include "base/mem.h"
#include "proto/openapi.h"
#include "proto/operation.h"
#include "ctl.h"
#include "drain.h"
#include "explain.h"
#include "operation.h"
#include "people.h"
#include "show.h"
#include "wire.h"

#define WORDS_MAX 4 /* of an operation's name */
#define STDIN_MAX 1048576

/* The request under way; texts that were read for it are freed with it. */
struct request {
	const struct op *op;
	const char	*report; /* as which it is asked, or NULL */
	struct resp_arg	 argv[RESP_ARGC_MAX];
	size_t		 argc;
	char		*owned[RESP_ARGC_MAX];
	size_t		 nowned;
};

/* How well the words fit the operation's name: 0 not, 1 shortened, 2 whole. */
static int
words_fit(const struct op *op, int argc, char **argv, int *used)
{
	const char *part = op->name;
	size_t	    n, typed;
	int	    i = 0, whole = 2;

	for (;;) {
		n = strcspn(part, ".");
		if (i == argc || (typed = strlen(argv[i])) == 0 || typed > n ||
		    strncasecmp(part, argv[i], typed) != 0)
			return (0);
		if (typed < n)
			whole = 1;
		i++;
		if (part[n] == '\0')
			break;
		part += n + 1;
	}
	*used = i;
	return (whole);
}

const struct op *
operation_find(int argc, char **argv, int *used)
{
	const struct op *found = NULL;
	int		 i, n, fit, best = 0;
	bool		 several = false;

	for (i = 0; i < OP_COUNT; i++) {
		if ((fit = words_fit(&ops[i], argc, argv, &n)) == 0)
			continue;
		/* "hook test" is HOOK.TEST, and not HOOK of "test". */
		if (fit > best || (fit == best && n > *used)) {
			found = &ops[i];
			*used = n;
			best = fit;
			several = false;
		} else if (fit == best && n == *used) {
			several = true;
		}
	}
	return (several ? NULL : found);
}

static void
usage_args(struct buf *b, const struct op *op)
{
	const struct op_arg *a;

	for (a = op->args; a->type != ARG_END; a++) {
		if (a->type == ARG_SECRET && !a->optional)
			continue;
		if (!a->optional)
			buf_printf(
			    b, " %s", a->type == ARG_ENUM ? a->words : a->name);
		else if (a->type == ARG_SECRET)
			buf_printf(b, " [--%s]", a->name);
		else
			buf_printf(b, " [--%s %s]", a->name,
			    a->type == ARG_ENUM	      ? a->words
				: a->type == ARG_BOOL ? "yes|no"
						      : arg_type_name(a->type));
	}
}

void
operation_usage(struct buf *b, const struct op *op)
{
	const char *p;

	for (p = op->name; *p != '\0'; p++)
		buf_char(b, *p == '.' ? ' ' : (char)(*p | 0x20));
	usage_args(b, op);
}

static enum ctl_exit
wrong_use(const struct request *r, const char *wrong, const char *what)
{
	struct buf b = { 0 };

	ctl_say("%s: %s", what, wrong);
	if (r->report != NULL) {
		buf_printf(&b, "report %s", r->report);
		usage_args(&b, r->op);
		buf_str(&b, " [--format table|csv|json]");
	} else {
		operation_usage(&b, r->op);
	}
	fprintf(stderr, "usage: deskctl %s\n", b.p);
	buf_free(&b);
	return (CTL_USAGE);
}

static void
request_add(struct request *r, const char *p, size_t n)
{
	if (r->argc < RESP_ARGC_MAX)
		r->argv[r->argc++] = (struct resp_arg){ p, n };
}

/* Takes the text over. */
static bool
request_own(struct request *r, char *text, size_t n)
{
	if (text == NULL)
		return (false);
	r->owned[r->nowned++] = text;
	request_add(r, text, n);
	return (true);
}

static void
request_free(struct request *r)
{
	size_t i;

	for (i = 0; i < r->nowned; i++) {
		explicit_bzero(r->owned[i], strlen(r->owned[i]));
		free(r->owned[i]);
	}
}

static bool
request_secret(struct request *r, const struct op_arg *a)
{
	char  prompt[64];
	char *text;

	snprintf(prompt, sizeof prompt, "%s: ", a->name);
	text = ctl_read_secret(prompt);
	return (request_own(r, text, text != NULL ? strlen(text) : 0));
}

/* The words left over belong to a text that stands last. */
static char *
words_join(int argc, char **argv)
{
	struct buf b = { 0 };
	int	   i;

	for (i = 0; i < argc; i++) {
		if (i > 0)
			buf_char(&b, ' ');
		buf_str(&b, argv[i]);
	}
	return (buf_take(&b, NULL));
}

static const struct op_arg *
option_find(const struct op *op, const char *word)
{
	const struct op_arg *a, *found = NULL;
	size_t		     n = strlen(word);

	for (a = op->args; a->type != ARG_END; a++) {
		if (!a->optional || strncasecmp(a->name, word, n) != 0)
			continue;
		if (a->name[n] == '\0')
			return (a);
		if (found != NULL)
			return (NULL);
		found = a;
	}
	return (found);
}

/*
 * Splits the words into plain ones and options; -1 at the first that is
 * wrong, after having said so.
 */
static int
options_take(struct request *r, int argc, char **argv, char **plain)
{
	const struct op_arg *a;
	bool		     over = false;
	int		     i, n = 0;

	for (i = 0; i < argc; i++) {
		if (over || strncmp(argv[i], "--", 2) != 0) {
			plain[n++] = argv[i];
			continue;
		}
		if (argv[i][2] == '\0') {
			over = true;
			continue;
		}
		if ((a = option_find(r->op, argv[i] + 2)) == NULL) {
			wrong_use(r, "no such option", argv[i]);
			return (-1);
		}
		request_add(r, a->name, strlen(a->name));
		if (a->type == ARG_SECRET) {
			if (!request_secret(r, a))
				return (-1);
			continue;
		}
		if (a->type == ARG_BOOL &&
		    (i + 1 == argc || strncmp(argv[i + 1], "--", 2) == 0)) {
			request_add(r, "yes", 3);
			continue;
		}
		if (i + 1 == argc) {
			wrong_use(r, "wants a value", argv[i]);
			return (-1);
		}
		i++;
		request_add(r, argv[i], strlen(argv[i]));
	}
	return (n);
}

/* One required argument from the plain words; the number it took, or -1. */
static int
required_take(struct request *r, const struct op_arg *a, int argc, char **argv)
{
	size_t n;
	char  *text;
	bool   last = a[1].type == ARG_END || a[1].optional;

	if (a->type == ARG_SECRET)
		return (request_secret(r, a) ? 0 : -1);
	if (argc == 0) {
		wrong_use(r, "is missing", a->name);
		return (-1);
	}
	if (a->type == ARG_JSON && strcmp(argv[0], "-") == 0) {
		text = ctl_read_file("-", STDIN_MAX, &n);
		return (request_own(r, text, n) ? 1 : -1);
	}
	if (a->type == ARG_TEXT && last && argc > 1) {
		text = words_join(argc, argv);
		return (request_own(r, text, strlen(text)) ? argc : -1);
	}
	request_add(r, argv[0], strlen(argv[0]));
	return (1);
}

/* NAME, required ones in order, then the options. */
static bool
request_make(struct request *r, int argc, char **argv)
{
	struct request	     options = { .op = r->op, .report = r->report };
	const struct op_arg *a;
	char		    *plain[RESP_ARGC_MAX];
	int		     n, took, at = 0;
	size_t		     i;

	if (argc > RESP_ARGC_MAX - 2) {
		ctl_say("too many words");
		return (false);
	}
	n = options_take(&options, argc, argv, plain);
	for (i = 0; i < options.nowned; i++)
		r->owned[r->nowned++] = options.owned[i];
	if (n == -1)
		return (false);
	request_add(r, r->op->name, strlen(r->op->name));
	for (a = r->op->args; a->type != ARG_END && !a->optional; a++) {
		if ((took = required_take(r, a, n - at, plain + at)) == -1)
			return (false);
		at += took;
	}
	if (at < n) {
		wrong_use(r, "one word too many", plain[at]);
		return (false);
	}
	for (i = 0; i < options.argc; i++)
		request_add(r, options.argv[i].p, options.argv[i].n);
	return (true);
}

void
ctl_show(const struct ctl *ctl, const json_t *value)
{
	struct winsize size;
	struct buf     out = { 0 };
	struct show    show = { .out = &out, .width = 80 };

	show.terminal = isatty(STDOUT_FILENO) == 1;
	if (show.terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
	    size.ws_col > 0)
		show.width = size.ws_col;
	if (ctl->json)
		show_json(&show, value);
	else
		show_value(&show, value);
	fwrite(out.p, 1, out.n, stdout);
	fflush(stdout);
	buf_free(&out);
}

void
ctl_say_refused(const struct resp_reply *reply)
{
	struct buf b = { 0 };

	buf_shown(&b, json_string_value(reply->value),
	    json_string_length(reply->value), 1000);
	ctl_say("%s (%s)", b.p != NULL ? b.p : "", reply->code);
	buf_free(&b);
}

enum ctl_exit
ctl_ask(
    struct ctl *ctl, const struct resp_arg *argv, size_t argc, json_t **value)
{
	struct resp_reply reply;
	enum ctl_exit	  status;

	*value = NULL;
	if ((status = ctl_connect(ctl)) != CTL_OK)
		return (status);
	if (!wire_ask(ctl->wire, argv, argc, &reply)) {
		ctl_say("%s", wire_wrong(ctl->wire));
		return (CTL_NO_DAEMON);
	}
	if (reply.kind == RESP_REFUSED) {
		ctl_say_refused(&reply);
		json_decref(reply.value);
		return (CTL_REFUSED);
	}
	*value = reply.value;
	return (CTL_OK);
}

enum ctl_exit
operation_ask(struct ctl *ctl, int argc, char **argv, json_t **value)
{
	struct request r = { .report = ctl->report };
	enum ctl_exit  status = CTL_USAGE;
	int	       used;

	*value = NULL;
	r.op = operation_find(argc, argv, &used);
	if (r.op == NULL) {
		ctl_say("%s%s%s: no such command, or more than one begins so; "
			"see deskctl help",
		    argv[0], argc > 1 ? " " : "", argc > 1 ? argv[1] : "");
		return (CTL_USAGE);
	}
	if (request_make(&r, argc - used, argv + used))
		status = ctl_ask(ctl, r.argv, r.argc, value);
	request_free(&r);
	return (status);
}

enum ctl_exit
ctl_operation(struct ctl *ctl, int argc, char **argv)
{
	const struct op *op;
	json_t		*value;
	enum ctl_exit	 status;
	int		 used;

	/* "agent set an away" */
	if (argc > 1 && strcmp(argv[1], "set") == 0 &&
	    strcasecmp(argv[0], "agent") == 0)
		argv[1] = (char *)"state";
	op = operation_find(argc, argv, &used);
	if (op == &ops[OP_QUEUE_DRAIN])
		return (drain_run(ctl, argc, argv));
	if (op != NULL && people_concerns(op))
		return (people_run(ctl, op, argc, argv, used));
	status = operation_ask(ctl, argc, argv, &value);
	if (status == CTL_OK)
		ctl_show(ctl, value);
	json_decref(value);
	return (status);
}

enum ctl_exit
ctl_explain(struct ctl *ctl, int argc, char **argv)
{
	char	     *words[] = { (char *)"ticket", (char *)"explain", NULL };
	enum ctl_exit status;
	struct buf    b = { 0 };
	json_t	     *j;

	if (argc != 2)
		return (ctl_usage("explain"));
	words[2] = argv[1];
	status = operation_ask(ctl, 3, words, &j);
	if (status != CTL_OK)
		return (status);
	if (ctl->json) {
		ctl_show(ctl, j);
	} else {
		explain_put(&b, j);
		fwrite(b.p, 1, b.n, stdout);
	}
	buf_free(&b);
	json_decref(j);
	return (CTL_OK);
}
