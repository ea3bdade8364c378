/*
 * Operations of the visitor's chat: a conversation is opened by anybody, and
 * from then on its token is the only key to it.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/mem.h"
#include "chatask.h"
#include "daemon.h"
#include "desk/contact.h"
#include "desk/event.h"
#include "desk/fold.h"
#include "desk/rules.h"
#include "dispatch.h"
#include "edge/hmac.h"
#include "opdo.h"
#include "pace.h"
#include "route/route.h"
#include "settings.h"
#include "visits.h"
#include "widget.h"

#define TOKEN_BYTES 24
#define OPENERS	    1024 /* addresses counted at once; others share */

/* How many conversations an address opened in this minute. */
struct opener {
	int64_t minute;
	int64_t n;
};

static struct opener openers[OPENERS];

static bool
opener_may(const char *from, int64_t most)
{
	struct opener *o;
	uint32_t       h = 2166136261u; /* FNV-1a */
	int64_t	       minute = clock_now() / 60000;
	const char    *p;

	for (p = from; *p != '\0'; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	o = &openers[h % OPENERS];
	if (o->minute != minute)
		*o = (struct opener){ .minute = minute };
	return (++o->n <= most);
}

/* word: a flag of its own, or NULL. */
static json_t *
contact_json(const struct contact *c, const char *word)
{
	json_t *j;

	j = json_pack("{s:s,s:s}", "kind", c->kind, "address", c->address);
	if (c->original != NULL)
		json_object_set_new(j, "original", json_string(c->original));
	if (c->flags != NULL)
		json_object_set_new(j, "flags", json_pack("[s]", c->flags));
	else if (word != NULL)
		json_object_set_new(j, "flags", json_pack("[s]", word));
	return (j);
}

/* Adds the normalised contact, when the visitor gave one. */
static bool
chat_contact(
    struct ask *a, json_t *contacts, const char *name, const char *word)
{
	const char	*text = ask_text(a, name), *wrong;
	struct contact	 c = { 0 };
	struct arena	 arena;
	enum contact_got got;

	if (text == NULL || text[0] == '\0')
		return (true);
	arena_init(&arena, 4096);
	got = contact_read(&arena, &c, name, text,
	    a->d->rules != NULL ? rules_company(a->d->rules)->country : NULL,
	    &wrong);
	if (got == CONTACT_OK)
		json_array_append_new(contacts, contact_json(&c, word));
	else
		opdo_later_member(a, ASK_INVALID, name,
		    strcmp(name, "email") == 0
			? "That is not an e-mail address."
			: "That is not a telephone number.");
	arena_free(&arena);
	return (got == CONTACT_OK);
}

/*
 * Checks what the shop's server has signed; *word: what the rest of it is
 * flagged with.  False, and the ask answered, when the signature is wrong or
 * one is missing that the shop asks for.
 */
static bool
chat_signed(struct ask *a, const char **word)
{
	const struct widget *w = a->d->widget;
	struct widget_claim  claim = { .user = ask_text(a, "user"),
		 .name = ask_text(a, "name"),
		 .email = ask_text(a, "email"),
		 .phone = ask_text(a, "phone"),
		 .signature = ask_text(a, "signature") };

	if (claim.user == NULL && claim.signature == NULL) {
		if (!widget_needs_identity(w) || a->op != &ops[OP_CHAT_OPEN])
			return (true);
		opdo_later_member(a, ASK_DENIED, "user",
		    "This shop talks to those only whom it knows: sign who "
		    "the visitor is.");
		return (false);
	}
	switch (widget_check(w, &claim)) {
	case WIDGET_ALL:
		json_object_set_new(a->args, "proven", json_true());
		return (true);
	case WIDGET_USER:
		*word = "claimed";
		return (true);
	case WIDGET_WRONG:
		break;
	}
	opdo_later_member(a, ASK_DENIED, "signature",
	    "That signature is not the shop's for this visitor.");
	return (false);
}

bool
chatask_visitor(struct ask *a)
{
	json_t	   *contacts;
	const char *name = ask_text(a, "name"), *word = NULL;
	char	    folded[FOLD_ROOM(200)];

	if (!chat_signed(a, &word))
		return (false);
	contacts = json_array();
	if (!chat_contact(a, contacts, "email", word) ||
	    !chat_contact(a, contacts, "phone", word)) {
		json_decref(contacts);
		return (false);
	}
	json_object_set_new(a->args, "contacts", contacts);
	if (name != NULL) {
		fold_text(folded, sizeof folded, name, strlen(name));
		json_object_set_new(
		    a->args, "name_folded", json_string(folded));
	}
	return (true);
}

static void
chat_opened(struct ask *a, const char *json, size_t n)
{
	json_t *j = json_loadb(json, n, 0, NULL);
	char   *text;

	if (!json_is_object(j)) {
		json_decref(j);
		j = json_object();
	}
	json_object_set_new(j, "token", json_string(a->kept));
	json_object_set_new(j, "line", pace_line(a->d, NULL, -1));
	text = json_dumps(j, JSON_COMPACT);
	json_decref(j);
	ask_answer(a,
	    &(struct answer){ .json = text != NULL ? text : "{}",
		.n = text != NULL ? strlen(text) : 2,
		.made = true });
	free(text);
}

void
op_do_CHAT_OPEN(struct ask *a)
{
	uint8_t bytes[TOKEN_BYTES], digest[SHA256_LEN];
	char	token[40], hash[65], id[37];

	if (!opener_may(a->caller.from, a->d->settings->chat_opens)) {
		opdo_later(a, ASK_TOOMANY,
		    "Too many conversations were opened from there. Wait a "
		    "minute.");
		return;
	}
	if (!chatask_visitor(a))
		return;
	if (!uuid_make(id) || !random_bytes(bytes, sizeof bytes)) {
		opdo_later(a, ASK_INTERNAL, "There is no randomness.");
		return;
	}
	base64url_put(token, bytes, sizeof bytes);
	if (!sha256(digest, token, strlen(token))) {
		opdo_later(a, ASK_INTERNAL, "There is no digest.");
		return;
	}
	hex_put(hash, digest, sizeof digest);
	a->kept = xstrdup(token);
	json_object_set_new(a->args, "id", json_string(id));
	json_object_set_new(a->args, "token_hash", json_string(hash));
	dispatch_sql_then(a, chat_opened);
}

/* Asked by every page whose visitor opens the widget: costs no database. */
void
op_do_CHAT_DESK(struct ask *a)
{
	const struct daemon *d = a->d;
	json_t		    *j = pace_line(d, NULL, -1);

	if (d->rules != NULL)
		json_object_set_new(
		    j, "name", json_string(rules_company(d->rules)->name));
	json_object_set_new(
	    j, "identity", json_boolean(widget_needs_identity(d->widget)));
	json_object_set_new(
	    j, "attachment_max", json_integer(d->settings->attachment_max));
	opdo_done_later(a, j);
}

static void
line_got(uint64_t id, enum route_how how, const struct route_place *p, size_t n)
{
	struct ask *a = ask_find(id);
	json_t	   *j;

	if (a == NULL)
		return;
	if (how != ROUTE_DONE || n == 0) {
		ask_refuse(a, ASK_TRYAGAIN, NULL,
		    "Routing is away for the moment. Try again.");
		return;
	}
	if (p->ahead >= 0)
		j = pace_line(a->d, p->queue, p->ahead);
	else {
		j = pace_line(a->d, p->queue[0] != '\0' ? p->queue : NULL, 0);
		json_object_set_new(j, "place", json_integer(0));
		json_object_del(j, "wait");
	}
	ask_done_json(a, j);
}

void
op_do_CHAT_LINE(struct ask *a)
{
	if (!chatask_own(a))
		return;
	if (a->caller.ticket == 0)
		opdo_done_later(a, pace_line(a->d, NULL, -1));
	else if (!route_places(
		     a->d->route, &a->caller.ticket, 1, a->id, line_got))
		opdo_later(a, ASK_TRYAGAIN,
		    "Routing is away for the moment. Try again.");
}

/* What nobody hears is no fault of his who types. */
static void
typing_told(uint64_t id, enum route_how how)
{
	struct ask *a = ask_find(id);

	if (a != NULL)
		ask_done_json(a, json_pack("{s:b}", "told", how == ROUTE_DONE));
}

void
op_do_CHAT_TYPING(struct ask *a)
{
	if (chatask_own(a) &&
	    (a->caller.ticket == 0 ||
		!route_typing(a->d->route, a->caller.ticket, true, "", NULL,
		    a->id, typing_told)))
		opdo_done_later(a, json_pack("{s:b}", "told", 0));
}

void
op_do_TICKET_TYPING(struct ask *a)
{
	const struct caller *c = &a->caller;

	if (!route_typing(a->d->route, ask_number(a, "ticket"), false,
		c->agent != 0 ? widget_display(a->d->widget, c->who) : "",
		c->role == ROLE_AGENT ? c->who : NULL, a->id, typing_told))
		opdo_done_later(a, json_pack("{s:b}", "told", 0));
}

void
op_do_CHAT_IDENTIFY(struct ask *a)
{
	if (chatask_visitor(a))
		dispatch_sql(a);
}
