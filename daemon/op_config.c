/*
 * The configuration as a person's file: CONFIG.TEXT writes desk.conf from
 * what is in force, CONFIG.PARSE reads one that is yet to be applied.  Both
 * may take a second, so that a thread does them, one at a time: the others
 * read mail.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/jobs.h"
#include "base/mem.h"
#include "daemon.h"
#include "desk/deskconf.h"
#include "dispatch.h"
#include "opdo.h"

#define WRONG_MAX 8192

/* One under way; the thread has it to itself until it is done. */
struct conf_work {
	uint64_t ask;
	char	*given; /* the configuration's JSON, or desk.conf */
	size_t	 n;
	char	*made; /* NULL: wrong has the reasons */
	char	 wrong[WRONG_MAX];
};

static bool working;

static void
conf_work_free(struct conf_work *w)
{
	free(w->given);
	free(w->made);
	free(w);
	working = false;
}

/* Takes over given.  False when another is at it, or the threads are busy. */
static bool
conf_work_ask(
    struct ask *a, char *given, void (*run)(void *), void (*done)(void *))
{
	struct conf_work *w;

	if (working) {
		free(given);
		return (false);
	}
	working = true;
	w = xcalloc(1, sizeof *w);
	w->ask = a->id;
	w->given = given;
	w->n = strlen(given);
	if (jobs_ask(a->d->jobs, run, done, w))
		return (true);
	conf_work_free(w);
	return (false);
}

/* CONFIG.TEXT --------------------------------------------------------------- */

/* Where desk.conf cannot say what was set by other means, its end says so. */
static void
text_doubts(struct buf *out, const char *wrong)
{
	size_t n;

	buf_str(out, "\n# deskctl apply does not take this as it stands:\n");
	for (; *wrong != '\0'; wrong += n + (wrong[n] == '\n')) {
		n = strcspn(wrong, "\n");
		buf_printf(out, "# %.*s\n", (int)n, wrong);
	}
}

static void
text_work(void *arg)
{
	struct conf_work *w = arg;
	json_t		 *shown = json_loadb(w->given, w->n, 0, NULL);
	struct buf	  out;
	char		 *text, *json;

	text = deskconf_write(json_object_get(shown, "config"));
	json_decref(shown);
	json = deskconf_json(
	    text, strlen(text), "desk.conf", w->wrong, sizeof w->wrong);
	buf_init(&out, 0);
	buf_str(&out, text);
	if (json == NULL)
		text_doubts(&out, w->wrong);
	free(json);
	free(text);
	w->made = buf_take(&out, NULL);
}

/* A file to whoever came by HTTP, else a member of an answer. */
static void
text_done(void *arg)
{
	struct conf_work *w = arg;
	struct ask	 *a = ask_find(w->ask);

	if (a == NULL || w->made == NULL)
		; /* he has gone, or the daemon ends */
	else if (strcmp(a->caller.via, "http") == 0)
		ask_answer(a,
		    &(struct answer){
			.json = w->made, .n = strlen(w->made), .plain = true });
	else
		ask_done_json(a, json_pack("{s:s}", "text", w->made));
	conf_work_free(w);
}

static void
text_found(struct ask *a, const char *json, size_t n)
{
	if (!conf_work_ask(a, xstrndup(json, n), text_work, text_done))
		ask_refuse(a, ASK_TRYAGAIN, NULL,
		    "Another configuration is being read. Try again.");
}

void
op_do_CONFIG_TEXT(struct ask *a)
{
	dispatch_sql_then(a, text_found);
}

/* CONFIG.PARSE -------------------------------------------------------------- */

static void
parse_work(void *arg)
{
	struct conf_work *w = arg;

	w->made = deskconf_json(w->given, w->n, "", w->wrong, sizeof w->wrong);
}

/* ":12: sentence" lines, as deskconf_json() tells them of a nameless file. */
static json_t *
wrong_lines(const char *wrong)
{
	json_t *list = json_array(), *one;
	size_t	n;
	long	line;

	for (; *wrong != '\0'; wrong += n + (wrong[n] == '\n')) {
		n = strcspn(wrong, "\n");
		one = json_object();
		if (*wrong == ':' && wrong[1] != ' ') {
			line = strtol(wrong + 1, (char **)&wrong, 10);
			json_object_set_new(one, "line", json_integer(line));
			n = strcspn(wrong, "\n");
		}
		if (*wrong == ':' && wrong[1] == ' ') {
			wrong += 2;
			n -= 2;
		}
		json_object_set_new(one, "sentence", json_stringn(wrong, n));
		json_array_append_new(list, one);
	}
	return (list);
}

static void
parse_done(void *arg)
{
	struct conf_work *w = arg;
	struct ask	 *a = ask_find(w->ask);
	struct buf	  out;

	if (a == NULL || (w->made == NULL && w->wrong[0] == '\0')) {
		conf_work_free(w); /* he has gone, or the daemon ends */
		return;
	}
	if (w->made == NULL) {
		ask_done_json(
		    a, json_pack("{s:o}", "wrong", wrong_lines(w->wrong)));
	} else {
		buf_init(&out, 0);
		buf_str(&out, "{\"config\":");
		buf_str(&out, w->made);
		buf_char(&out, '}');
		ask_done(a, out.p, out.n);
		buf_free(&out);
	}
	conf_work_free(w);
}

void
op_do_CONFIG_PARSE(struct ask *a)
{
	if (!conf_work_ask(
		a, xstrdup(ask_text(a, "text")), parse_work, parse_done))
		opdo_later(a, ASK_TRYAGAIN,
		    "Another configuration is being read. Try again.");
}
