/*
 * Events from operations; see intake.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/def.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "daemon.h"
#include "desk/event.h"
#include "desk/rules.h"
#include "feedback.h"
#include "ingest.h"
#include "intake.h"
#include "opdo.h"

/* What an event's arena may hold besides a few copies of its input. */
#define INTAKE_ROOM 262144
/* What one event may name; SQL has refused more. */
#define FILES_MAX 20

struct event *
intake_new(size_t n)
{
	struct event *e;

	e = xcalloc(1, sizeof *e);
	event_begin(e, 8 * n + INTAKE_ROOM);
	return (e);
}

bool
intake_source(struct event *e, const char *source)
{
	json_t *facts = json_pack("{s:s}", "source", source);
	char   *text = json_dumps(facts, JSON_COMPACT);

	e->facts = text != NULL ? arena_str(&e->arena, text) : NULL;
	free(text);
	json_decref(facts);
	return (e->facts != NULL);
}

void
intake_free(struct event *e)
{
	event_drop(e);
	free(e);
}

static bool
file_put(struct event *e, struct attachment *f, const json_t *j)
{
	const char *sha256 = json_string_value(json_object_get(j, "sha256"));

	f->name =
	    arena_str(&e->arena, json_string_value(json_object_get(j, "name")));
	f->type =
	    arena_str(&e->arena, json_string_value(json_object_get(j, "type")));
	f->size = (size_t)json_integer_value(json_object_get(j, "size"));
	if (sha256 == NULL || f->name == NULL || f->type == NULL)
		return (false);
	snprintf(f->sha256, sizeof f->sha256, "%s", sha256);
	return (true);
}

bool
intake_files(struct event *e, const json_t *list)
{
	const json_t *j;
	size_t	      i, n = json_array_size(list);

	if (n == 0)
		return (true);
	if (n > FILES_MAX)
		return (false);
	e->attachments = arena_get(&e->arena, n * sizeof *e->attachments);
	if (e->attachments == NULL)
		return (false);
	memset(e->attachments, 0, n * sizeof *e->attachments);
	json_array_foreach (list, i, j)
		if (!file_put(e, &e->attachments[e->nattachments++], j))
			return (false);
	/* What stands in a list where the words would. */
	if (e->text == NULL)
		e->preview = arena_printf(&e->arena, "[%.*s]",
		    (int)utf8_cut(e->attachments[0].name,
			strlen(e->attachments[0].name), EVENT_PREVIEW_MAX - 2),
		    e->attachments[0].name);
	return (true);
}

/*
 * A stranger learns that his message is kept, and nothing of what the desk
 * made of it: anybody can type anybody's address, and whose customer that is
 * would show here.
 */
static void
visitor_answer(struct ask *a, const struct ingest_outcome *o)
{
	static const char *const told[] = { "event", "number", "created",
		"duplicate" };
	json_t *all = json_loadb(o->answer, o->n, 0, NULL), *some;
	char   *text;
	size_t	i;

	some = json_object();
	for (i = 0; i < nitems(told); i++)
		json_object_set(some, told[i], json_object_get(all, told[i]));
	text = json_dumps(some, JSON_COMPACT);
	ask_answer(a,
	    &(struct answer){
		.json = text, .n = strlen(text), .made = !o->duplicate });
	free(text);
	json_decref(some);
	json_decref(all);
}

static void
intake_done(void *arg, uint64_t ref, const struct ingest_outcome *o)
{
	struct ask *a = ask_find(ref);

	(void)arg;
	if (a == NULL)
		return;
	switch (o->how) {
	case INGEST_DONE:
		if (a->op == &ops[OP_FEEDBACK_SEND]) {
			feedback_filed(a, o->answer, o->n);
			break;
		}
		if (a->caller.role == ROLE_VISITOR ||
		    a->op == &ops[OP_CASE_WRITE] ||
		    a->op == &ops[OP_SURVEY_HELP]) {
			visitor_answer(a, o);
			break;
		}
		ask_answer(a,
		    &(struct answer){
			.json = o->answer, .n = o->n, .made = !o->duplicate });
		break;
	case INGEST_LATER:
	case INGEST_FULL:
		ask_refuse(a, ASK_TRYAGAIN, NULL,
		    "The event could not be filed now. Send it again: it is "
		    "kept once.");
		break;
	case INGEST_NEVER:
		ask_refuse(a, ASK_INTERNAL, NULL,
		    "The desk's records refuse this event; its log says why.");
		break;
	}
}

void
intake_file(struct ask *a, struct event *e)
{
	char now[32];

	if (a->d->rules == NULL) {
		opdo_later(a, ASK_TRYAGAIN,
		    "The desk is only starting, or not configured yet (deskctl apply).");
		intake_free(e);
		return;
	}
	if (e->at == NULL) {
		clock_rfc3339(now, sizeof now, clock_wall());
		e->at = arena_str(&e->arena, now);
	}
	if (e->at == NULL || !event_finish(e, a->d->rules)) {
		opdo_later(a, ASK_TOOLARGE, "The event is too large.");
		intake_free(e);
		return;
	}
	if (!ingest_take(a->d->ingest, e, intake_done, NULL, a->id))
		opdo_later(a, ASK_TRYAGAIN,
		    "Too many events wait to be filed. Send it again.");
	free(e);
}
