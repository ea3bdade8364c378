/*
 * RULES.TRY: what the rules make of a text.  Those in force are at hand; a
 * configuration that is yet to be applied is read by a thread first, one at a
 * time, as it may be large.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/jobs.h"
#include "base/mem.h"
#include "daemon.h"
#include "desk/rules.h"
#include "desk/trial.h"
#include "opdo.h"

/* One under way; the thread has it to itself until it is done. */
struct rules_work {
	uint64_t ask;
	json_t	*args; /* a copy of the ask's */
	json_t	*told;
	bool	 large;
	char	 wrong[400]; /* of the configuration */
};

static bool working;

static json_t *
rules_try(const struct rules *r, const json_t *args)
{
#define GIVEN(name) json_string_value(json_object_get(args, name))
	struct trial t = { .channel = GIVEN("channel"),
		.to = GIVEN("to"),
		.subject = GIVEN("subject"),
		.text = GIVEN("text"),
		.segment = GIVEN("segment") };
#undef GIVEN

	if (t.channel == NULL)
		t.channel = "mail";
	return (trial_run(r, &t));
}

static void
rules_work(void *arg)
{
	struct rules_work *w = arg;
	struct rules	  *r;
	char		  *text;

	text = json_dumps(json_object_get(w->args, "config"), JSON_COMPACT);
	r = text != NULL
	    ? rules_load(text, strlen(text), w->wrong, sizeof w->wrong)
	    : NULL;
	free(text);
	if (r == NULL)
		return;
	w->told = rules_try(r, w->args);
	w->large = w->told == NULL;
	rules_free(r);
}

static void
rules_done(void *arg)
{
	struct rules_work *w = arg;
	struct ask	  *a = ask_find(w->ask);

	if (a == NULL)
		; /* he has gone, or the daemon ends */
	else if (w->told != NULL)
		ask_done_json(a, json_incref(w->told));
	else if (w->wrong[0] != '\0')
		ask_refuse(a, ASK_INVALID, "config", "%s", w->wrong);
	else if (w->large)
		ask_refuse(a, ASK_TOOLARGE, "text", "The text is too large.");
	json_decref(w->told);
	json_decref(w->args);
	free(w);
	working = false;
}

static bool
rules_work_ask(struct ask *a)
{
	struct rules_work *w;

	if (working)
		return (false);
	w = xcalloc(1, sizeof *w);
	w->ask = a->id;
	w->args = json_deep_copy(a->args);
	if (jobs_ask(a->d->jobs, rules_work, rules_done, w)) {
		working = true;
		return (true);
	}
	json_decref(w->args);
	free(w);
	return (false);
}

void
op_do_RULES_TRY(struct ask *a)
{
	json_t *told;

	if (json_object_get(a->args, "config") != NULL) {
		if (!rules_work_ask(a))
			opdo_later(a, ASK_TRYAGAIN,
			    "Other rules are being tried. Try again.");
		return;
	}
	if (a->d->rules == NULL)
		opdo_later(
		    a, ASK_CONFLICT, "No configuration has been applied yet.");
	else if ((told = rules_try(a->d->rules, a->args)) == NULL)
		opdo_later_member(
		    a, ASK_TOOLARGE, "text", "The text is too large.");
	else
		opdo_done_later(a, told);
}
