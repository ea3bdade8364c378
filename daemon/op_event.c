/*
 * Operations that become events: EVENT.ADD and what other systems post; what
 * visitors say is in op_say.c.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "access.h"
#include "base/mem.h"
#include "daemon.h"
#include "desk/callrec.h"
#include "desk/event.h"
#include "desk/rules.h"
#include "dispatch.h"
#include "edge/hmac.h"
#include "hookdata.h"
#include "intake.h"
#include "opdo.h"
#include "statefile.h"

static const char *
desk_country(const struct ask *a)
{
	return (
	    a->d->rules != NULL ? rules_company(a->d->rules)->country : NULL);
}

/* An event that cannot be read: said by member, at the turn's end. */
static void
event_refuse(
    struct ask *a, struct event *e, const char *member, const char *wrong)
{
	char words[300];

	/* The reader speaks in whole sentences. */
	snprintf(words, sizeof words, "%s%s%s", member,
	    member[0] != '\0' ? ": " : "", wrong);
	opdo_later_member(a, ASK_INVALID, member, words);
	intake_free(e);
}

static void
event_take(struct ask *a, const char *json, size_t n, const json_t *files)
{
	const char   *member = "", *wrong = "";
	struct event *e = intake_new(n);

	if (!event_from_json(e, json, n, desk_country(a), &member, &wrong))
		event_refuse(a, e, member, wrong);
	else if (!intake_files(e, files)) {
		opdo_later(a, ASK_TOOLARGE, "The event is too large.");
		intake_free(e);
	} else
		intake_file(a, e);
}

/* The files that it names are the caller's own: read it again, with them. */
static void
event_named(struct ask *a, const char *json, size_t n)
{
	json_t *j = json_loadb(json, n, 0, NULL);

	event_take(
	    a, a->kept, strlen(a->kept), json_object_get(j, "attachments"));
	json_decref(j);
}

/* The list of files in an event, or NULL: mostly seen without reading it. */
static json_t *
event_files(const struct ask *a)
{
	json_t *j, *list = NULL;

	if (a->nraw == 0 ||
	    memmem(a->raw, a->nraw, "\"attachments\"", 13) == NULL)
		return (NULL);
	j = json_loadb(a->raw, a->nraw, 0, NULL);
	list = json_incref(json_object_get(j, "attachments"));
	json_decref(j);
	return (list);
}

void
op_do_EVENT_ADD(struct ask *a)
{
	json_t *files = event_files(a);

	if (json_array_size(files) == 0) {
		json_decref(files);
		event_take(a, a->raw, a->nraw, NULL);
		return;
	}
	json_object_clear(a->args);
	json_object_set_new(a->args, "attachments", files);
	a->kept = xstrndup(a->raw, a->nraw);
	dispatch_sql_then(a, event_named);
}

bool
hook_trusted(const struct source *s, const char *peer)
{
	size_t i;

	for (i = 0; i < s->ntrust; i++)
		if (strcmp(s->trust[i], peer) == 0)
			return (true);
	return (false);
}

/* NULL when the sender proved himself, else what is missing. */
static const char *
hook_wrong(struct ask *a, const struct source *s)
{
	const struct proof *p = a->proof;
	struct webhook_key  key;
	struct webhook	    hook;
	char		    secret[256];
	uint8_t		    bytes[256];
	size_t		    n;
	long		    len;

	if (a->caller.role >= ROLE_SERVICE)
		return (NULL); /* an API key */
	n = statefile_read(a->d, s->secret_file, secret, sizeof secret);
	if (p->signature != NULL && n != 0) {
		if ((len = webhook_key_read(bytes, sizeof bytes, secret)) <= 0)
			return ("The hook's own secret is no key.");
		key = (struct webhook_key){ bytes, (size_t)len };
		hook = (struct webhook){ p->id, p->timestamp, p->signature,
			a->raw, a->nraw };
		return (webhook_check(&hook, &key, 1, time(NULL)));
	}
	if (p->secret != NULL && n != 0)
		return (same_secret(p->secret, strlen(p->secret), secret, n)
			? NULL
			: "That is not the hook's secret.");
	if (!p->forwarded && hook_trusted(s, a->caller.from))
		return (NULL);
	return ("Sign the hook, or show its secret.");
}

void
op_do_HOOK(struct ask *a)
{
	const struct source *s;
	struct callrec_desk  desk;
	const char	    *member = "", *wrong;
	struct event	    *e;

	if (a->d->rules == NULL) {
		opdo_later(a, ASK_TRYAGAIN,
		    "The desk is only starting, or not configured yet (deskctl apply).");
		return;
	}
	s = rules_source(a->d->rules, ask_text(a, "source"));
	if (s == NULL || s->form == SOURCE_AMI) {
		opdo_later(
		    a, ASK_NOTFOUND, "No source of that name posts here.");
		return;
	}
	if (s->form == SOURCE_DATA) {
		hook_data(a, s);
		return;
	}
	if ((wrong = hook_wrong(a, s)) != NULL) {
		opdo_later_member(a, ASK_NOAUTH, "", wrong);
		return;
	}
	desk = (struct callrec_desk){ .country = desk_country(a),
		.lang = rules_company(a->d->rules)->lang,
		.offset = 7 * 60 };
	e = intake_new(a->nraw);
	switch (callrec_read(e,
	    s->form == SOURCE_FREESWITCH ? CALLREC_FREESWITCH : CALLREC_GENERIC,
	    a->raw, a->nraw, &desk, &member, &wrong)) {
	case CALLREC_WRONG:
		event_refuse(a, e, member, wrong);
		break;
	case CALLREC_EVENT:
		if (intake_source(e, s->name))
			intake_file(a, e);
		else
			event_refuse(a, e, "", "This is too large.");
		break;
	case CALLREC_NOTHING:
		intake_free(e);
		opdo_done_later(a, json_pack("{s:b}", "nothing", 1));
		break;
	}
}
