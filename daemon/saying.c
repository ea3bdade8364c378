/*
 * Words that came by a link; see saying.h.
 */
#include <string.h>

#include "desk/event.h"
#include "intake.h"
#include "saying.h"

static const char *
copy(struct event *e, const json_t *from, const char *name)
{
	const char *s = json_string_value(json_object_get(from, name));

	return (s != NULL ? arena_str(&e->arena, s) : NULL);
}

struct event *
saying_event(const json_t *who, const char *id, const char *text)
{
	struct event *e = intake_new(text != NULL ? strlen(text) : 0);

	e->kind = "message";
	e->contacts[0].kind = copy(e, who, "kind");
	e->contacts[0].address = copy(e, who, "address");
	e->ncontacts = 1;
	e->name = copy(e, who, "name");
	e->subject = copy(e, who, "subject");
	e->order_no = copy(e, who, "order");
	e->conversation = copy(e, who, "conversation");
	e->channel = e->conversation != NULL ? "chat" : "web";
	e->id = arena_str(&e->arena, id);
	e->token = json_integer_value(json_object_get(who, "ticket"));
	if (text != NULL && text[0] != '\0')
		e->text = arena_str(&e->arena, text);
	if (e->conversation != NULL) {
		e->thread[0] = e->conversation;
		e->nthread = 1;
	}
	return (e);
}
