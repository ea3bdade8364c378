/*
 * A mail's meta and facts; see mailnote.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "mailnote.h"
#include "mailtext.h"

#define META_MAX  8192
#define NAMED_MAX 2000 /* bytes of META_MAX that To may take; so may Cc */
#define FACTS_MAX 16384

/* The next member of an object: what stands before its name. */
static void
name_add(struct buf *b, const char *name)
{
	buf_printf(b, "%c\"%s\":", b->n != 0 ? ',' : '{', name);
}

static void
member_add(struct buf *b, const char *name, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	name_add(b, name);
	buf_json_str(b, value);
}

static void
true_add(struct buf *b, bool set, const char *name)
{
	if (!set)
		return;
	name_add(b, name);
	buf_str(b, "true");
}

/* An object within; nothing when it has no members. */
static void
object_add(struct buf *b, const char *name, struct buf *object)
{
	if (object->n != 0) {
		name_add(b, name);
		buf_add(b, object->p, object->n);
		buf_char(b, '}');
	}
	buf_free(object);
}

/* The object as a string of the event's; NULL when it is empty or too long. */
static const char *
object_keep(struct event *e, struct buf *b)
{
	const char *kept = NULL;

	if (b->n != 0) {
		buf_char(b, '}');
		if (!buf_full(b))
			kept = arena_str(&e->arena, b->p);
	}
	buf_free(b);
	return (kept);
}

static void
flag_add(struct buf *b, bool set, const char *flag)
{
	if (!set)
		return;
	buf_str(b, b->n != 0 ? ",\"" : "\"");
	buf_str(b, flag);
	buf_char(b, '"');
}

/*
 * Whom To or Cc names, as far as it goes.  False: there are more of them than
 * are kept.
 */
static bool
named_add(struct buf *b, const char *name, const struct mail_named *l)
{
	struct buf o;
	size_t	   i;

	buf_init(&o, NAMED_MAX);
	for (i = 0; i < l->n; i++) {
		struct buf one;

		buf_init(&one, 0);
		buf_char(&one, i != 0 ? ',' : '[');
		buf_json_str(&one, l->at[i]);
		buf_add(&o, one.p, one.n);
		buf_free(&one);
		if (buf_full(&o))
			break;
	}
	if (o.n != 0) {
		name_add(b, name);
		buf_add(b, o.p, o.n);
		buf_char(b, ']');
	}
	buf_free(&o);
	return (i == l->n && !l->more);
}

void
mail_note_meta(
    struct event *e, const struct mail_head *h, const struct mail_body *body)
{
	unsigned   odd = h->odd | body->odd;
	char	   bounce[64];
	bool	   all;
	struct buf b, flags;

	buf_init(&b, META_MAX);
	buf_init(&flags, META_MAX / 2);
	member_add(&b, "reply_to", h->reply_to);
	member_add(&b, "date", h->date);
	if (body->bounce.action != NULL) {
		snprintf(bounce, sizeof bounce, "%s%s%s", body->bounce.action,
		    body->bounce.status != NULL ? " " : "",
		    body->bounce.status != NULL ? body->bounce.status : "");
		member_add(&b, "bounce", bounce);
	}
	if (h->from_count > 1) {
		name_add(&b, "from_count");
		buf_int(&b, h->from_count);
	}
	all = named_add(&b, "to", &h->to);
	all = named_add(&b, "cc", &h->cc) && all;
	flag_add(&flags, h->from_count > 1, "several-from");
	flag_add(&flags, h->several_from_fields, "several-from-fields");
	flag_add(&flags, h->several_subjects, "several-subject");
	flag_add(&flags, h->several_ids, "several-id");
	flag_add(&flags, h->address_in_name, "address-in-name");
	flag_add(&flags, odd & MAILTEXT_GUESSED, "charset-guessed");
	flag_add(&flags, odd & MAILTEXT_UTF7, "utf7");
	flag_add(&flags, odd & MAILTEXT_CUT, "text-cut");
	flag_add(&flags, !all, "more-recipients");
	if (flags.n != 0) {
		name_add(&b, "flags");
		buf_printf(&b, "[%s]", flags.p);
	}
	buf_free(&flags);
	e->meta = object_keep(e, &b);
}

static void
bounce_add(struct buf *b, const struct mail_body *body)
{
	struct buf o;

	if (body->bounce.action == NULL)
		return;
	buf_init(&o, FACTS_MAX / 2);
	member_add(&o, "action", body->bounce.action);
	member_add(&o, "status", body->bounce.status);
	member_add(&o, "recipient", body->bounce.recipient);
	member_add(&o, "message_id", body->returned_id);
	member_add(&o, "diagnostic", body->bounce.diagnostic);
	object_add(b, "bounce", &o);
}

/* Without DMARC's word the domain is that of the address shown. */
static void
auth_add(struct buf *b, const struct event *e, const struct mail_auth *a)
{
	const char *at = NULL;
	struct buf  o;

	if (a->dmarc[0] == '\0' && a->spf[0] == '\0' && a->dkim[0] == '\0')
		return;
	buf_init(&o, 1024);
	member_add(&o, "dmarc", a->dmarc);
	member_add(&o, "spf", a->spf);
	member_add(&o, "dkim", a->dkim);
	if (a->from[0] == '\0' && e->ncontacts != 0)
		at = strrchr(e->contacts[0].address, '@');
	member_add(&o, "from", at != NULL ? at + 1 : a->from);
	object_add(b, "auth", &o);
}

static void
unread_add(struct buf *b, const char *part, const char *why, bool first)
{
	if (first)
		name_add(b, "unread");
	buf_str(b, first ? "[{\"part\":" : ",{\"part\":");
	buf_json_str(b, part);
	buf_str(b, ",\"why\":");
	buf_json_str(b, why);
	buf_char(b, '}');
}

/* The places of files that a survey's link stands in. */
static void
links_add(struct buf *b, const struct event *e)
{
	size_t i, n = 0;

	for (i = 0; i < e->nattachments; i++)
		if (e->attachments[i].link) {
			if (n++ == 0)
				name_add(b, "links");
			buf_char(b, n == 1 ? '[' : ',');
			buf_int(b, (int64_t)i);
		}
	if (n != 0)
		buf_char(b, ']');
}

void
mail_note_facts(
    struct event *e, const struct mail_head *h, const struct mail_body *body)
{
	struct buf b;
	size_t	   i;

	buf_init(&b, FACTS_MAX);
	member_add(&b, "automatic",
	    body->about != NULL ? body->about : h->robot.automatic);
	member_add(&b, "list", h->robot.list);
	true_add(&b, h->robot.bulk, "bulk");
	true_add(&b, body->forwarded, "forwarded");
	bounce_add(&b, body);
	if (e->sent != 0) {
		name_add(&b, "sent");
		buf_int(&b, e->sent);
	}
	links_add(&b, e);
	auth_add(&b, e, &h->auth);
	for (i = 0; i < body->nunread; i++)
		unread_add(
		    &b, body->unread[i].part, body->unread[i].why, i == 0);
	if (e->quarantine != NULL)
		unread_add(&b, "mail", e->quarantine, body->nunread == 0);
	if (body->nunread != 0 || e->quarantine != NULL)
		buf_char(&b, ']');
	e->facts = object_keep(e, &b);
}

void
mail_note_quarantine(struct event *e)
{
	struct buf b;

	buf_init(&b, FACTS_MAX);
	unread_add(&b, "mail", e->quarantine, true);
	buf_char(&b, ']');
	e->facts = object_keep(e, &b);
}
