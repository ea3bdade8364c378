/*
 * deskctl: the supervisors' program.  Its commands are the operations of the
 * table and the few below; see deskctl(1).
 */
#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "desk/deskconf.h"
#include "proto/openapi.h"
#include "completion.h"
#include "ctl.h"
#include "operation.h"
#include "wire.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0.1.0"
#endif

static ctl_run ctl_help;
static ctl_run ctl_showing;

static const struct {
	const char *name;
	ctl_run	   *run;
	const char *usage;
	const char *help;
} commands[] = {
	{ "agent", ctl_operation,
	    "agent set AGENT ready|away|break|training|offline [--reason]",
	    "Set how an agent is here: agent state in the words of people." },
	{ "apply", ctl_apply, "apply FILE [--yes] [--dry-run]",
	    "Change the desk's configuration; shows the difference first." },
	{ "customer", ctl_operation, "customer export CUSTOMER DIRECTORY",
	    "Everything about a person: customer.json and attachments/." },
	{ "doctor", ctl_doctor, "doctor [--sql DIR]",
	    "Check what deskd needs, and say how to mend it." },
	{ "explain", ctl_explain, "explain TICKET",
	    "Why a case is where it is, who is asked, and what comes next." },
	{ "export", ctl_export, "export",
	    "The configuration in force as the file that apply takes." },
	{ "help", ctl_help, "help [WORD ...]",
	    "What there is; of a command: how to use it." },
	{ "import", ctl_import,
	    "import cdr|orders|answers FILE [--survey NAME] [--skip COLUMN]"
	    " [--offset +07:00] [--country 84]",
	    "Take in call records, orders or answers; a repeat adds nothing." },
	{ "migrate", ctl_migrate, "migrate [--sql DIR]",
	    "Bring the database to this version." },
	{ "queue", ctl_operation, "queue drain QUEUE [--to QUEUE] [--wait]",
	    "Let a queue finish what it has; --wait: until it has." },
	{ "report", ctl_report,
	    "report service|response|cases|work"
	    "|overview|scores|answers|feedback|weak|friction|advice|objectives"
	    "|runs|journey|matrix|handoffs|themes|segments|causes|promises"
	    "|statements|retention|churn|winback|forecast"
	    " [--by=hour|day|week|queue|agent|channel] [--from DAY] [--to DAY]"
	    " [--queue NAME] [--agent NAME] [--timezone ZONE]"
	    " [--format=table|csv|json]",
	    "Figures of a stretch of time and of customers; see "
	    "deskd-reports(7)." },
	{ "setup", ctl_setup, "setup [--again]",
	    "The code and the link that make the first administrator." },
	{ "show", ctl_showing, "show config|queues|agents|offers|tickets",
	    "Short for config show, queue list and so on." },
	{ "simulate", ctl_simulate,
	    "simulate [--pattern FILE] [--day DATE] [--queue QUEUE] [--save FILE] "
	    "[--config FILE] [--against FILE] "
	    "[--shifts FILE] [--staff] [--level PERCENT] [--runs N] [--seed N] "
	    "[--csv] [--json]",
	    "A day played over by the same decisions, for one configuration or "
	    "two." },
	{ "tail", ctl_tail, "tail [--from OFFSET]",
	    "What happens, as it happens." },
	{ "tickets", ctl_tickets,
	    "tickets assign|transfer|tag|untag|priority|resolve|pend|reopen "
	    "[VALUE] [--queue NAME] [--state STATE] [--assignee AGENT] "
	    "[--customer ID] [--tag TAG] [--channel NAME] [--view VIEW] "
	    "[--tickets IDS] [--query WORDS] [--note TEXT] [--clock=keep] "
	    "[--dry-run] [--yes] [--key KEY]",
	    "One act on all cases that fit; shows first what would be." },
	{ "top", ctl_top, "top [--once]",
	    "The desk on a full screen, as it is; ? shows the keys." },
};

void
ctl_say(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("deskctl: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

enum ctl_exit
ctl_usage(const char *name)
{
	size_t i;

	for (i = 0; i < nitems(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			fprintf(
			    stderr, "usage: deskctl %s\n", commands[i].usage);
	return (CTL_USAGE);
}

enum ctl_exit
ctl_connect(struct ctl *ctl)
{
	const char   *wrong;
	enum ctl_exit status = CTL_OK;

	if (ctl->wire != NULL)
		return (CTL_OK);
	ctl->wire = wire_open(ctl, &wrong, &status);
	if (ctl->wire != NULL)
		return (CTL_OK);
	ctl_say("%s%s", status == CTL_NO_DAEMON ? "no daemon: " : "", wrong);
	return (status);
}

bool
ctl_confirm(const char *question)
{
	char line[16];

	if (!isatty(STDIN_FILENO))
		return (false);
	printf("%s [y/N] ", question);
	fflush(stdout);
	if (fgets(line, sizeof line, stdin) == NULL)
		return (false);
	line[strcspn(line, "\n")] = '\0';
	return (strcasecmp(line, "y") == 0 || strcasecmp(line, "yes") == 0);
}

char *
ctl_read_file(const char *path, size_t max, size_t *n)
{
	struct buf b;
	char	   chunk[16384];
	FILE	  *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	size_t	   got;
	bool	   bad;

	if (f == NULL) {
		ctl_say("%s: %s", path, strerror(errno));
		return (NULL);
	}
	buf_init(&b, max);
	while ((got = fread(chunk, 1, sizeof chunk, f)) > 0 && !buf_full(&b))
		buf_add(&b, chunk, got);
	bad = ferror(f) != 0;
	if (f != stdin)
		fclose(f);
	if (bad || buf_full(&b)) {
		ctl_say("%s: %s", path,
		    bad ? "cannot be read" : "larger than is taken");
		buf_free(&b);
		return (NULL);
	}
	return (buf_take(&b, n));
}

char *
ctl_read_config(const char *path)
{
	char   wrong[2000], *text, *json;
	size_t n;

	if ((text = ctl_read_file(path, DESKCONF_MAX, &n)) == NULL)
		return (NULL);
	json = deskconf_json(text, n, path, wrong, sizeof wrong);
	free(text);
	if (json == NULL)
		ctl_say("%s", wrong);
	return (json);
}

char *
ctl_read_secret(const char *prompt)
{
	struct termios old, quiet;
	char	      *line = NULL;
	size_t	       size = 0;
	ssize_t	       n;
	bool	       asks = tcgetattr(STDIN_FILENO, &old) == 0;

	if (asks) {
		fputs(prompt, stderr);
		quiet = old;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	}
	n = getline(&line, &size, stdin);
	if (asks) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
		fputc('\n', stderr);
	}
	if (n <= 0) {
		free(line);
		ctl_say("%snothing was typed", prompt);
		return (NULL);
	}
	line[strcspn(line, "\r\n")] = '\0';
	return (line);
}

/* Synonyms for what one asks most. */
static enum ctl_exit
ctl_showing(struct ctl *ctl, int argc, char **argv)
{
	static const char *const names[][3] = {
		{ "config", "config", "show" },
		{ "queues", "queue", "list" },
		{ "agents", "agent", "list" },
		{ "offers", "offer", "list" },
		{ "tickets", "ticket", "list" },
		{ "keys", "key", "list" },
	};
	char  *words[64];
	size_t i;
	int    n;

	if (argc < 2 || argc > 60)
		return (ctl_usage("show"));
	/* "show ticket 5" */
	if (argc == 3 && strcasecmp(argv[1], "ticket") == 0) {
		words[0] = argv[1];
		words[1] = (char *)"get";
		words[2] = argv[2];
		return (ctl_operation(ctl, 3, words));
	}
	for (i = 0; i < nitems(names); i++) {
		if (strncasecmp(names[i][0], argv[1], strlen(argv[1])) != 0)
			continue;
		words[0] = (char *)names[i][1];
		words[1] = (char *)names[i][2];
		for (n = 2; n < argc; n++)
			words[n] = argv[n];
		return (ctl_operation(ctl, argc, words));
	}
	return (ctl_usage("show"));
}

static void
help_all(void)
{
	struct buf b = { 0 };
	size_t	   i;

	puts("usage: deskctl [-jV] [-f deskd.conf] [-S socket | -H host:port "
	     "[--tls] -k keyfile] command ...\n");
	for (i = 0; i < nitems(commands); i++)
		printf("  %s\n      %s\n", commands[i].usage, commands[i].help);
	for (i = 0; i < OP_COUNT; i++) {
		buf_reset(&b);
		operation_usage(&b, &ops[i]);
		printf("  %s\n      %s\n", b.p, ops[i].help);
	}
	buf_free(&b);
}

static bool
help_matches(const struct op *op, int argc, char **argv)
{
	const char *part = op->name;
	size_t	    n;
	int	    i;

	for (i = 0; i < argc; i++) {
		n = strlen(argv[i]);
		if (strncasecmp(part, argv[i], n) != 0)
			return (false);
		part += strcspn(part, ".");
		part += *part == '.';
	}
	return (true);
}

static enum ctl_exit
ctl_help(struct ctl *ctl, int argc, char **argv)
{
	struct buf b = { 0 };
	size_t	   i;

	(void)ctl;
	if (argc == 1) {
		help_all();
		return (CTL_OK);
	}
	for (i = 0; i < nitems(commands); i++)
		if (strcmp(commands[i].name, argv[1]) == 0)
			buf_printf(&b, "%s\n    %s\n", commands[i].usage,
			    commands[i].help);
	for (i = 0; i < OP_COUNT; i++) {
		if (!help_matches(&ops[i], argc - 1, argv + 1))
			continue;
		operation_usage(&b, &ops[i]);
		buf_str(&b, "\n  TCP protocol: ");
		reference_text(&b, &ops[i]);
	}
	if (b.n == 0) {
		ctl_say("%s: no such command", argv[1]);
		return (CTL_USAGE);
	}
	fwrite(b.p, 1, b.n, stdout);
	buf_free(&b);
	return (CTL_OK);
}

/* Whether an operation's name begins so. */
static bool
operation_begins(const char *word)
{
	size_t i;

	for (i = 0; i < OP_COUNT; i++)
		if (strncasecmp(ops[i].name, word, strlen(word)) == 0)
			return (true);
	return (false);
}

/*
 * A command of our own by its whole name, or by as much of it as no other
 * command and no operation begins with; else an operation.
 */
static enum ctl_exit
command_run(struct ctl *ctl, int argc, char **argv)
{
	size_t i, n = strlen(argv[0]), found = nitems(commands), fits = 0;

	for (i = 0; i < nitems(commands); i++) {
		if (strcmp(commands[i].name, argv[0]) == 0)
			return (commands[i].run(ctl, argc, argv));
		if (strncmp(commands[i].name, argv[0], n) == 0) {
			found = i;
			fits++;
		}
	}
	if (fits == 1 && !operation_begins(argv[0]))
		return (commands[found].run(ctl, argc, argv));
	return (ctl_operation(ctl, argc, argv));
}

static int
print_reference(void)
{
	struct buf b = { 0 };

	reference_page(&b);
	fwrite(b.p, 1, b.n, stdout);
	buf_free(&b);
	return (fflush(stdout) == 0 ? CTL_OK : CTL_REFUSED);
}

static void
rows_put(struct buf *b)
{
	size_t i;

	for (i = 0; i < nitems(commands); i++)
		completion_command(b, commands[i].usage);
	completion_operations(b);
}

/* For _deskctl, of zsh: what the last of the words may be. */
static int
print_offers(int argc, char **argv)
{
	struct buf rows = { 0 }, b = { 0 };

	rows_put(&rows);
	completion_offers(&b, rows.p, argc, argv);
	fwrite(b.p, 1, b.n, stdout);
	buf_free(&rows);
	buf_free(&b);
	return (fflush(stdout) == 0 ? CTL_OK : CTL_REFUSED);
}

/* For completion.bash. */
static int
print_completion(void)
{
	struct buf b = { 0 };

	buf_str(&b, "_deskctl_rows='\n");
	rows_put(&b);
	buf_str(&b, "'\n");
	fwrite(b.p, 1, b.n, stdout);
	buf_free(&b);
	return (fflush(stdout) == 0 ? CTL_OK : CTL_REFUSED);
}

enum {
	LONG_TLS = 256,
	LONG_YES,
	LONG_CA,
	LONG_REFERENCE,
	LONG_COMPLETION,
	LONG_COMPLETE
};

static const struct option longs[] = {
	{ "tls", no_argument, NULL, LONG_TLS },
	{ "yes", no_argument, NULL, LONG_YES },
	{ "ca", required_argument, NULL, LONG_CA },
	{ "reference", no_argument, NULL, LONG_REFERENCE },
	{ "completion", no_argument, NULL, LONG_COMPLETION },
	{ "complete", no_argument, NULL, LONG_COMPLETE },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ 0 },
};

int
main(int argc, char **argv)
{
	struct ctl    ctl = { 0 };
	enum ctl_exit status;
	int	      c;

	setlocale(LC_CTYPE, "C.UTF-8");
	/* '+': what follows the command is the command's. */
	while ((c = getopt_long(argc, argv, "+f:H:hjk:S:V", longs, NULL)) != -1)
		switch (c) {
		case 'f':
			ctl.conf = optarg;
			break;
		case 'H':
			ctl.host = optarg;
			break;
		case 'h':
			help_all();
			return (CTL_OK);
		case 'j':
			ctl.json = true;
			break;
		case 'k':
			ctl.key = optarg;
			break;
		case 'S':
			ctl.socket = optarg;
			break;
		case 'V':
			puts("deskctl " PACKAGE_VERSION);
			return (CTL_OK);
		case LONG_TLS:
			ctl.tls = true;
			break;
		case LONG_YES:
			ctl.yes = true;
			break;
		case LONG_CA:
			ctl.ca = optarg;
			break;
		case LONG_REFERENCE:
			return (print_reference());
		case LONG_COMPLETION:
			return (print_completion());
		case LONG_COMPLETE:
			optind +=
			    optind < argc && strcmp(argv[optind], "--") == 0;
			return (print_offers(argc - optind, argv + optind));
		default:
			return (CTL_USAGE);
		}
	/* Where one thinks of it: at the end of the line. */
	if (argc - optind > 1 && strcmp(argv[argc - 1], "-j") == 0) {
		ctl.json = true;
		argc--;
	}
	if (optind == argc) {
		fputs("usage: deskctl [options] command ...; see deskctl "
		      "help\n",
		    stderr);
		return (CTL_USAGE);
	}
	if (ctl.host == NULL && (ctl.tls || ctl.ca != NULL)) {
		ctl_say("--tls and --ca go with -H host:port");
		return (CTL_USAGE);
	}
	status = command_run(&ctl, argc - optind, argv + optind);
	if (ctl.wire != NULL)
		wire_close(ctl.wire);
	if (fflush(stdout) != 0 && status == CTL_OK)
		status = CTL_REFUSED;
	return ((int)status);
}
