/*
 * Events from operations; see intake.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "daemon.h"
#include "desk/event.h"
#include "desk/rules.h"
#include "ingest.h"
#include "intake.h"
#include "opdo.h"

/* What an event's arena may hold besides a few copies of its input. */
#define INTAKE_ROOM 262144

struct event *
intake_new(size_t n)
{
	struct event *e;

	e = xcalloc(1, sizeof *e);
	event_begin(e, 8 * n + INTAKE_ROOM);
	return (e);
}

void
intake_free(struct event *e)
{
	event_drop(e);
	free(e);
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
	if (!ingest_take(a->d->ingest, e, NULL, 0, intake_done, NULL, a->id))
		opdo_later(a, ASK_TRYAGAIN,
		    "Too many events wait to be filed. Send it again.");
	free(e);
}
