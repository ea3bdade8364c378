/*
 * One mail as an event; see mail.h.
 */
#include <gmime/gmime.h>
#include <string.h>

#include "mail.h"
#include "mailbody.h"
#include "mailforward.h"
#include "mailhead.h"
#include "mailnote.h"
#include "mailscan.h"
#include "quote.h"

void
mail_init(void)
{
	g_mime_init();
}

size_t
mail_arena_cap(size_t n)
{
	/* Texts, and again as HTML, and the headers; files lie elsewhere. */
	return (n / 4 + 8 * EVENT_TEXT_MAX + MAIL_HEADERS_MAX);
}

/*
 * The message in the bytes, or NULL; g_object_unref() it.  The array is kept
 * by the parts' streams: it has to live as long as the message.
 */
static GMimeMessage *
message_get(GByteArray *array, const uint8_t *bytes, size_t n)
{
	GMimeStream  *in;
	GMimeParser  *parser;
	GMimeMessage *m;

	if (n == 0 || n > G_MAXINT)
		return (NULL);
	/* GMime only reads it; a copy of each mail would be a waste. */
	array->data = (guint8 *)bytes;
	array->len = (guint)n;
	in = g_mime_stream_mem_new_with_byte_array(array);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(in), FALSE);
	parser = g_mime_parser_new_with_stream(in);
	/* Contents stay pieces of the bytes; see mailpart.c. */
	g_mime_parser_set_persist_stream(parser, TRUE);
	m = g_mime_parser_construct_message(parser, NULL);
	g_object_unref(parser);
	g_object_unref(in);
	return (m);
}

/* Does a field begin here that every carrier puts on top? */
static bool
is_trace(const uint8_t *bytes, size_t n)
{
	static const char *const names[] = { "Received:", "Return-Path:",
		"Delivered-To:", "X-Original-To:", "Envelope-To:",
		"X-Envelope-To:" };
	size_t			 i, len;

	for (i = 0; i < nitems(names); i++) {
		len = strlen(names[i]);
		if (n >= len &&
		    g_ascii_strncasecmp((const char *)bytes, names[i], len) ==
			0)
			return (true);
	}
	return (false);
}

/* Where what its carriers wrote on top ends (RFC 5321 section 4.4). */
static size_t
trace_end(const uint8_t *bytes, size_t n, size_t at)
{
	const uint8_t *eol;

	while (is_trace(bytes + at, n - at))
		do {
			eol = memchr(bytes + at, '\n', n - at);
			if (eol == NULL)
				return (n);
			at = (size_t)(eol - bytes) + 1;
		} while (at < n && (bytes[at] == ' ' || bytes[at] == '\t'));
	return (at);
}

/*
 * Known by its source: what we and other carriers added on its way differs
 * from try to try and is left out, so that a repeated mail is found to be
 * one.
 */
static void
id_of_bytes(struct event *e, const uint8_t *bytes, size_t n, size_t added)
{
	char hex[DIGEST_HEX];

	added = trace_end(bytes, n, added < n ? added : n);
	digest_hex(hex, bytes + added, n - added);
	if ((e->id = arena_str(&e->arena, hex)) == NULL)
		e->id = e->raw;
}

static void
quarantine(
    struct event *e, const uint8_t *bytes, size_t n, const struct mail_env *env)
{
	id_of_bytes(e, bytes, n, env->added);
	if (e->nto == 0)
		mail_head_rcpts(e, env);
	/* It joins nothing and is not known by what it says of itself. */
	e->token = e->sent = 0;
	e->nthread = e->nrefs = 0;
	if (e->ncontacts == 0 && !mail_head_sender(e, env)) {
		e->contacts[0] = (struct contact){ .kind = "email",
			.address = "unknown@invalid" };
		e->ncontacts = 1;
	}
}

/*
 * A bounce by what it says, where nothing in it is marked as one: the mail
 * that came back may be attached.
 */
static void
guess_bounce(struct event *e, const struct mail_head *head,
    struct mail_body *body, const struct mail_env *env)
{
	if (body->about != NULL ||
	    !mail_bounce_guess(&body->bounce, e, &head->fields, env))
		return;
	body->about = "bounce";
	body->forwarded = false;
	if (body->returned_id == NULL)
		body->returned_id = body->bounce.message_id != NULL
		    ? body->bounce.message_id
		    : body->attached_id;
}

/* NULL, or why it must be quarantined. */
static const char *
judge(
    struct event *e, const struct mail_head *head, const struct mail_body *body)
{
	if (body->wrong != NULL)
		return (body->wrong);
	if (head->full)
		return ("it is too large");
	if (e->ncontacts == 0)
		return ("it has no usable From");
	if (head->message_id != NULL &&
	    (e->id = arena_printf(&e->arena, "%s/%.32s", head->message_id,
		 body->digest)) == NULL)
		return ("it is too large");
	return (NULL);
}

static void
read_message(struct event *e, GMimeMessage *m, const struct mail_env *env)
{
	struct mail_head head;
	struct mail_body body;

	mail_head_read(&head, e, m, env);
	mail_body_read(&body, e, m,
	    env->max_depth != 0 ? env->max_depth : MAIL_DEPTH_MAX,
	    env->max_parts != 0 ? env->max_parts : MAIL_PARTS_MAX);
	guess_bounce(e, &head, &body, env);
	if (body.report || body.about != NULL)
		e->automatic = true;
	else
		body.forwarded |= mail_is_forward(e->subject, e->text);
	if (body.returned_id != NULL && e->nthread < EVENT_REFS)
		e->thread[e->nthread++] = body.returned_id;
	e->quarantine = judge(e, &head, &body);
	mail_note_meta(e, &head, &body);
	mail_note_facts(e, &head, &body);
	if (e->quarantine == NULL)
		e->own = quote_own(&e->arena, e->subject, e->text, e->html);
}

void
mail_parse(
    struct event *e, const uint8_t *bytes, size_t n, const struct mail_env *env)
{
	GByteArray    array;
	GMimeMessage *m = NULL;

	e->channel = "mail";
	e->kind = "message";
	e->at = arena_str(&e->arena, env->at);
	if (env->digest != NULL)
		g_strlcpy(e->raw, env->digest, sizeof e->raw);
	else
		digest_hex(e->raw, bytes, n);

	e->quarantine = mail_scan(
	    bytes, n, env->max_parts != 0 ? env->max_parts : MAIL_PARTS_MAX);
	if (e->quarantine == NULL &&
	    (m = message_get(&array, bytes, n)) == NULL)
		e->quarantine = "it is no mail";
	if (m != NULL) {
		read_message(e, m, env);
		g_object_unref(m);
	} else
		mail_note_quarantine(e);
	if (e->quarantine != NULL)
		quarantine(e, bytes, n, env);
	else if (e->id == NULL)
		id_of_bytes(e, bytes, n, env->added);
}
