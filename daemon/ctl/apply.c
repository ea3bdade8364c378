/*
 * deskctl apply: the desk's configuration from a file.  The daemon says what
 * would change, a person agrees, and it is applied only over the version
 * that the difference was made from.  deskctl export: the file again.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "ctl.h"
#include "operation.h"
#include "show.h"

#define VALUE_SHOWN 2000

/* One line of the difference, coloured where there is a terminal. */
static void
line_put(struct buf *out, char sign, const char *what, const json_t *value)
{
	bool colour = isatty(STDOUT_FILENO) == 1;

	if (colour)
		buf_str(out, sign == '+' ? "\x1b[32m" : "\x1b[31m");
	buf_printf(out, "%c ", sign);
	buf_shown(out, what, strlen(what), 200);
	if (value != NULL && show_has_lines(value)) {
		buf_str(out, ":\n");
		show_lines(out, json_string_value(value),
		    sign == '+' ? "+         " : "-         ");
		out->n--; /* its last newline comes below */
	} else if (value != NULL) {
		buf_str(out, ": ");
		show_scalar(out, value, VALUE_SHOWN);
	}
	if (colour)
		buf_str(out, "\x1b[0m");
	buf_char(out, '\n');
}

/* One side of a change: a value on its line, an object's members below. */
static void
side_put(struct buf *out, char sign, const char *what, const json_t *value)
{
	struct buf  indented = { 0 };
	const char *name;
	json_t	   *m;

	if (!json_is_object(value)) {
		line_put(out, sign, what, value);
		return;
	}
	line_put(out, sign, what, NULL);
	json_object_foreach ((json_t *)value, name, m) {
		buf_reset(&indented);
		buf_printf(&indented, "    %s", name);
		line_put(out, sign, indented.p, m);
	}
	buf_free(&indented);
}

static void
change_put(struct buf *out, const json_t *change)
{
	const char *what = json_string_value(json_object_get(change, "what"));
	const char *how = json_string_value(json_object_get(change, "change"));

	if (what == NULL || how == NULL)
		return;
	if (strcmp(how, "added") == 0) {
		side_put(out, '+', what, json_object_get(change, "to"));
	} else if (strcmp(how, "removed") == 0) {
		line_put(out, '-', what, NULL);
	} else {
		side_put(out, '-', what, json_object_get(change, "from"));
		side_put(out, '+', what, json_object_get(change, "to"));
	}
}

/* What will not do what it seems to say. */
static void
warnings_show(const json_t *answer)
{
	const json_t *w, *all = json_object_get(answer, "warnings");
	size_t	      i;

	json_array_foreach (all, i, w)
		ctl_say("warning: %s",
		    json_string_value(json_object_get(w, "sentence")));
}

static void
changes_show(const struct ctl *ctl, const json_t *answer)
{
	const json_t *changes = json_object_get(answer, "changes");
	struct buf    out = { 0 };
	size_t	      i;

	if (ctl->json) {
		ctl_show(ctl, answer);
		return;
	}
	for (i = 0; i < json_array_size(changes); i++)
		change_put(&out, json_array_get(changes, i));
	if (out.n > 0)
		fwrite(out.p, 1, out.n, stdout);
	buf_free(&out);
}

static enum ctl_exit
config_apply(struct ctl *ctl, const char *json, json_int_t over)
{
	char		      version[24];
	const struct resp_arg argv[] = { { "CONFIG.APPLY", 12 },
		{ json, strlen(json) }, { "OVER", 4 },
		{ version,
		    (size_t)snprintf(
			version, sizeof version, "%lld", (long long)over) } };
	json_t		     *answer;
	enum ctl_exit	      status;

	status = ctl_ask(ctl, argv, nitems(argv), &answer);
	if (status == CTL_OK && ctl->json)
		ctl_show(ctl, answer);
	else if (status == CTL_OK)
		printf("Applied: version %lld.\n",
		    (long long)json_integer_value(
			json_object_get(answer, "version")));
	json_decref(answer);
	return (status);
}

static enum ctl_exit
config_change(struct ctl *ctl, const char *json, bool dry)
{
	const struct resp_arg argv[] = { { "CONFIG.APPLY", 12 },
		{ json, strlen(json) }, { "DRY", 3 }, { "yes", 3 } };
	json_t		     *answer;
	enum ctl_exit	      status;
	json_int_t	      over;
	size_t		      n;

	status = ctl_ask(ctl, argv, nitems(argv), &answer);
	if (status != CTL_OK)
		return (status);
	over = json_integer_value(json_object_get(answer, "version"));
	n = json_array_size(json_object_get(answer, "changes"));
	if (!ctl->json || dry)
		changes_show(ctl, answer);
	warnings_show(answer);
	json_decref(answer);
	if (n == 0 && over != 0) {
		if (!ctl->json)
			puts("Nothing changes.");
		return (CTL_OK);
	}
	if (dry)
		return (CTL_OK);
	if (!ctl->yes && !ctl_confirm("Apply this?")) {
		ctl_say("not applied%s",
		    isatty(STDIN_FILENO) ? "" : "; --yes applies unasked");
		return (CTL_REFUSED);
	}
	return (config_apply(ctl, json, over));
}

enum ctl_exit
ctl_apply(struct ctl *ctl, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "yes", no_argument, NULL, 'y' },
		{ "dry-run", no_argument, NULL, 'n' },
		{ 0 },
	};
	enum ctl_exit status;
	bool	      dry = false;
	char	     *json;
	int	      c;

	optind = 0;
	while ((c = getopt_long(argc, argv, "ny", longs, NULL)) != -1) {
		if (c == 'y')
			ctl->yes = true;
		else if (c == 'n')
			dry = true;
		else
			return (ctl_usage("apply"));
	}
	if (optind + 1 != argc)
		return (ctl_usage("apply"));
	if ((json = ctl_read_config(argv[optind])) == NULL)
		return (CTL_REFUSED);
	status = config_change(ctl, json, dry);
	free(json);
	return (status);
}

enum ctl_exit
ctl_export(struct ctl *ctl, int argc, char **argv)
{
	const struct resp_arg words[] = { { "CONFIG.TEXT", 11 } };
	const char	     *text;
	json_t		     *answer;
	enum ctl_exit	      status;

	(void)argv;
	if (argc != 1)
		return (ctl_usage("export"));
	status = ctl_ask(ctl, words, nitems(words), &answer);
	text = json_string_value(json_object_get(answer, "text"));
	if (status == CTL_OK && ctl->json)
		ctl_show(ctl, answer);
	else if (status == CTL_OK && text != NULL)
		fputs(text, stdout);
	json_decref(answer);
	return (status);
}
