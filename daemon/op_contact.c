/*
 * A contact that no machine saw: in the shop, at a fair, by letter.  An agent
 * writes down who came, where, and what it was about; it is filed like what
 * comes by the other channels.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "daemon.h"
#include "desk/contact.h"
#include "desk/event.h"
#include "desk/rules.h"
#include "edge/hmac.h"
#include "intake.h"
#include "opdo.h"

/* Adds the contact that the argument of this kind names, if there is one. */
static bool
contact_put(struct ask *a, struct event *e, const char *kind)
{
	const char *text = ask_text(a, kind), *wrong = "";

	if (text == NULL || text[0] == '\0')
		return (true);
	switch (contact_read(&e->arena, &e->contacts[e->ncontacts], kind, text,
	    a->d->rules != NULL ? rules_company(a->d->rules)->country : NULL,
	    &wrong)) {
	case CONTACT_OK:
		e->ncontacts++;
		return (true);
	case CONTACT_WITHHELD:
		wrong = "This number was withheld.";
		break;
	case CONTACT_WRONG:
		break;
	case CONTACT_FULL:
		wrong = "This is too long.";
		break;
	}
	opdo_later_member(a, ASK_INVALID, kind, wrong);
	return (false);
}

/* Once: the caller's own id, or one that nobody has used. */
static const char *
contact_id(struct ask *a, struct event *e)
{
	const char *once = ask_text(a, "once");
	uint8_t	    bytes[16];
	char	    hex[33];

	if (once != NULL && once[0] != '\0')
		return (arena_printf(&e->arena, "%s/%s", a->caller.who, once));
	if (!random_bytes(bytes, sizeof bytes))
		return (NULL);
	hex_put(hex, bytes, sizeof bytes);
	return (arena_printf(&e->arena, "desk/%s", hex));
}

/* NULL, and the ask answered, when he may not say who handled it. */
static const char *
contact_facts(struct ask *a, struct event *e)
{
	const char *agent = NULL, *facts = NULL;
	json_t	   *j;
	char	   *text;

	if (ask_flag(a, "handled") && (agent = opdo_agent(a)) == NULL)
		return (NULL);
	j = json_pack("{s:s}", "touchpoint", ask_text(a, "touchpoint"));
	if (agent != NULL)
		json_object_set_new(j, "handled_by", json_string(agent));
	if (json_object_get(a->args, "rating") != NULL) {
		json_object_set_new(j, "rating",
		    json_pack("{s:I,s:i}", "value",
			(json_int_t)ask_number(a, "rating"), "of", 5));
		e->kind = "feedback";
	}
	text = json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS);
	if (text != NULL)
		facts = arena_str(&e->arena, text);
	free(text);
	json_decref(j);
	return (facts);
}

void
op_do_CONTACT_LOG(struct ask *a)
{
	const char   *text = ask_text(a, "text"), *s;
	struct event *e = intake_new(strlen(text));

	e->channel = "store";
	e->kind = "message";
	if ((e->facts = contact_facts(a, e)) == NULL) {
		intake_free(e);
		return;
	}
	if (!contact_put(a, e, "phone") || !contact_put(a, e, "email")) {
		intake_free(e);
		return;
	}
	if (e->ncontacts == 0) {
		opdo_later_member(a, ASK_INVALID, "phone",
		    "Say by what telephone or e-mail he is known.");
		intake_free(e);
		return;
	}
	e->id = contact_id(a, e);
	e->text = arena_str(&e->arena, text);
	if ((s = ask_text(a, "name")) != NULL && s[0] != '\0')
		e->name = arena_str(&e->arena, s);
	if ((s = ask_text(a, "subject")) != NULL && s[0] != '\0')
		e->subject = arena_str(&e->arena, s);
	if ((s = ask_text(a, "order")) != NULL && s[0] != '\0')
		e->order_no = arena_str(&e->arena, s);
	if (e->id == NULL || e->text == NULL) {
		opdo_later(a, ASK_INTERNAL, "There is no randomness.");
		intake_free(e);
		return;
	}
	intake_file(a, e);
}
