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
#include "daemon.h"
#include "desk/contact.h"
#include "desk/event.h"
#include "desk/fold.h"
#include "desk/rules.h"
#include "dispatch.h"
#include "edge/hmac.h"
#include "opdo.h"
#include "settings.h"

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

/* RFC 4122, version 4. */
static bool
uuid_make(char out[37])
{
	uint8_t b[16];
	char	hex[33];

	if (!random_bytes(b, sizeof b))
		return (false);
	b[6] = (uint8_t)(0x40 | (b[6] & 0x0f));
	b[8] = (uint8_t)(0x80 | (b[8] & 0x3f));
	hex_put(hex, b, sizeof b);
	snprintf(out, 37, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12,
	    hex + 16, hex + 20);
	return (true);
}

static json_t *
contact_json(const struct contact *c)
{
	json_t *j;

	j = json_pack("{s:s,s:s}", "kind", c->kind, "address", c->address);
	if (c->original != NULL)
		json_object_set_new(j, "original", json_string(c->original));
	if (c->flags != NULL)
		json_object_set_new(j, "flags", json_pack("[s]", c->flags));
	return (j);
}

/* Adds the normalised contact, when the visitor gave one. */
static bool
chat_contact(struct ask *a, json_t *contacts, const char *name)
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
		json_array_append_new(contacts, contact_json(&c));
	else
		opdo_later_member(a, ASK_INVALID, name,
		    strcmp(name, "email") == 0
			? "That is not an e-mail address."
			: "That is not a telephone number.");
	arena_free(&arena);
	return (got == CONTACT_OK);
}

/* name_folded, and contacts in their normal form: what SQL compares. */
static bool
chat_visitor_args(struct ask *a)
{
	json_t	   *contacts = json_array();
	const char *name = ask_text(a, "name");
	char	    folded[FOLD_ROOM(200)];

	if (!chat_contact(a, contacts, "email") ||
	    !chat_contact(a, contacts, "phone")) {
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
	if (!chat_visitor_args(a))
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

void
op_do_CHAT_IDENTIFY(struct ask *a)
{
	if (chat_visitor_args(a))
		dispatch_sql(a);
}
