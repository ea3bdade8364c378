/*
 * What visitors say: CHAT.SEND, and CHAT.LEAVE, which is to be answered by
 * mail.  A message that names files is filed when it is known that its sender
 * uploaded them; the rest goes straight to ingest.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "chatask.h"
#include "daemon.h"
#include "desk/event.h"
#include "dispatch.h"
#include "intake.h"
#include "opdo.h"

/* What an answer by mail takes of an agent, as a mail does. */
#define LEFT_UNITS 5

bool
chatask_own(struct ask *a)
{
	if (strcmp(ask_text(a, "conversation"), a->caller.conversation) == 0)
		return (true);
	opdo_later(a, ASK_NOTFOUND, "There is no such conversation.");
	return (false);
}

static void
say(struct ask *a, const json_t *files)
{
	const char   *text = ask_text(a, "text");
	struct event *e = intake_new(text != NULL ? strlen(text) : 0);

	e->channel = "chat";
	e->kind = "message";
	e->id = arena_printf(
	    &e->arena, "%s/%s", ask_text(a, "conversation"), ask_text(a, "id"));
	if (text != NULL && text[0] != '\0')
		e->text = arena_str(&e->arena, text);
	e->conversation = arena_str(&e->arena, ask_text(a, "conversation"));
	e->contacts[0].kind = "chat";
	e->contacts[0].address = e->conversation;
	e->ncontacts = 1;
	e->thread[0] = e->conversation;
	e->nthread = 1;
	if (a->op == &ops[OP_CHAT_LEAVE]) {
		e->facts = "{\"left\":true}";
		e->units = LEFT_UNITS;
	}
	if (!intake_files(e, files)) {
		opdo_later(a, ASK_TOOLARGE, "The message is too large.");
		intake_free(e);
		return;
	}
	intake_file(a, e);
}

static void
say_named(struct ask *a, const char *json, size_t n)
{
	json_t *j = json_loadb(json, n, 0, NULL);

	say(a, json_object_get(j, "attachments"));
	json_decref(j);
}

static bool
says_something(struct ask *a)
{
	const char *text = ask_text(a, "text");

	if ((text != NULL && text[0] != '\0') ||
	    json_array_size(json_object_get(a->args, "attachments")) != 0)
		return (true);
	opdo_later_member(a, ASK_INVALID, "text",
	    "text is missing: a message has words, or attachments.");
	return (false);
}

void
op_do_CHAT_SEND(struct ask *a)
{
	if (!chatask_own(a) || !says_something(a))
		return;
	if (json_array_size(json_object_get(a->args, "attachments")) == 0)
		say(a, NULL);
	else
		dispatch_sql_then(a, say_named);
}

void
op_do_CHAT_LEAVE(struct ask *a)
{
	if (chatask_own(a) && says_something(a) && chatask_visitor(a))
		dispatch_sql_then(a, say_named);
}
