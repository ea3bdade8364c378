/*
 * One mail as an event; see mail.h.
 */
#include <gmime/gmime.h>
#include <string.h>

#include "base/buf.h"
#include "mail.h"
#include "mailbody.h"
#include "mailhead.h"
#include "mailscan.h"
#include "mailtext.h"
#include "quote.h"

#define META_MAX 8192

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

/* The message in the bytes, or NULL; g_object_unref() it. */
static GMimeMessage *
message_get(const uint8_t *bytes, size_t n)
{
	/* GMime only reads it; a copy of each mail would be a waste. */
	GByteArray    array = { (guint8 *)bytes, (guint)n };
	GMimeStream  *in;
	GMimeParser  *parser;
	GMimeMessage *m;

	if (n == 0 || n > G_MAXINT)
		return (NULL);
	in = g_mime_stream_mem_new_with_byte_array(&array);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(in), FALSE);
	parser = g_mime_parser_new_with_stream(in);
	/* Contents stay pieces of the bytes; see mailpart.c. */
	g_mime_parser_set_persist_stream(parser, TRUE);
	m = g_mime_parser_construct_message(parser, NULL);
	g_object_unref(parser);
	g_object_unref(in);
	return (m);
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

static void
member_add(struct buf *b, const char *name, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	buf_printf(b, "%c\"%s\":", b->n != 0 ? ',' : '{', name);
	buf_json_str(b, value);
}

/* What is worth knowing and has no column: the event's meta. */
static void
write_meta(
    struct event *e, const struct mail_head *h, const struct mail_body *body)
{
	unsigned   odd = h->odd | body->odd;
	struct buf b, flags;

	buf_init(&b, META_MAX);
	buf_init(&flags, META_MAX / 2);
	member_add(&b, "reply_to", h->reply_to);
	member_add(&b, "date", h->date);
	member_add(&b, "bounce", body->bounce);
	if (h->from_count > 1)
		buf_printf(&b, "%c\"from_count\":%u", b.n != 0 ? ',' : '{',
		    h->from_count);
	flag_add(&flags, h->from_count > 1, "several-from");
	flag_add(&flags, h->several_from_fields, "several-from-fields");
	flag_add(&flags, h->several_subjects, "several-subject");
	flag_add(&flags, h->several_ids, "several-id");
	flag_add(&flags, h->address_in_name, "address-in-name");
	flag_add(&flags, odd & MAILTEXT_GUESSED, "charset-guessed");
	flag_add(&flags, odd & MAILTEXT_UTF7, "utf7");
	flag_add(&flags, odd & MAILTEXT_CUT, "text-cut");
	if (flags.n != 0)
		buf_printf(
		    &b, "%c\"flags\":[%s]", b.n != 0 ? ',' : '{', flags.p);
	if (b.n != 0 && !buf_full(&b)) {
		buf_char(&b, '}');
		e->meta = arena_str(&e->arena, b.p);
	}
	buf_free(&flags);
	buf_free(&b);
}

/*
 * Known by its source: what we added ourselves differs from try to try and
 * is left out, so that a repeated mail is found to be one.
 */
static void
id_of_bytes(struct event *e, const uint8_t *bytes, size_t n, size_t added)
{
	char hex[DIGEST_HEX];

	if (added > n)
		added = n;
	digest_hex(hex, bytes + added, n - added);
	if ((e->id = arena_str(&e->arena, hex)) == NULL)
		e->id = e->raw;
}

static void
quarantine(struct event *e, const char *why, const uint8_t *bytes, size_t n,
    const struct mail_env *env)
{
	e->quarantine = why;
	id_of_bytes(e, bytes, n, env->added);
	if (e->nto == 0)
		mail_head_rcpts(e, env);
	/* It joins nothing and is not known by what it says of itself. */
	e->token = 0;
	e->nthread = e->nrefs = 0;
	if (e->ncontacts == 0 && !mail_head_sender(e, env)) {
		e->contacts[0] = (struct contact){ .kind = "email",
			.address = "unknown@invalid" };
		e->ncontacts = 1;
	}
}

/* NULL, or why it must be quarantined. */
static const char *
read_message(struct event *e, GMimeMessage *m, const struct mail_env *env)
{
	struct mail_head head;
	struct mail_body body;

	mail_head_read(&head, e, m, env);
	mail_body_read(&body, e, m,
	    env->max_depth != 0 ? env->max_depth : MAIL_DEPTH_MAX,
	    env->max_parts != 0 ? env->max_parts : MAIL_PARTS_MAX);
	if (body.report)
		e->automatic = true;
	if (body.returned_id != NULL && e->nthread < EVENT_REFS)
		e->thread[e->nthread++] = body.returned_id;
	write_meta(e, &head, &body);
	if (body.wrong != NULL)
		return (body.wrong);
	if (head.full)
		return ("it is too large");
	if (e->ncontacts == 0)
		return ("it has no usable From");
	if (head.message_id != NULL &&
	    (e->id = arena_printf(
		 &e->arena, "%s/%.32s", head.message_id, body.digest)) == NULL)
		return ("it is too large");
	e->own = quote_own(&e->arena, e->subject, e->text, e->html);
	return (NULL);
}

void
mail_parse(
    struct event *e, const uint8_t *bytes, size_t n, const struct mail_env *env)
{
	GMimeMessage *m = NULL;
	const char   *why;

	e->channel = "mail";
	e->kind = "message";
	e->at = arena_str(&e->arena, env->at);
	digest_hex(e->raw, bytes, n);

	why = mail_scan(
	    bytes, n, env->max_parts != 0 ? env->max_parts : MAIL_PARTS_MAX);
	if (why == NULL && (m = message_get(bytes, n)) == NULL)
		why = "it is no mail";
	if (why == NULL)
		why = read_message(e, m, env);
	if (m != NULL)
		g_object_unref(m);
	if (why != NULL)
		quarantine(e, why, bytes, n, env);
	else if (e->id == NULL)
		id_of_bytes(e, bytes, n, env->added);
}
