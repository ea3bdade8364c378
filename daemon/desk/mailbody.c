/*
 * A mail's parts; see mailbody.h.
 */
#include <gmime/gmime.h>
#include <string.h>

#include "base/utf8.h"
#include "htmltext.h"
#include "mailbody.h"
#include "mailcal.h"
#include "mailfile.h"
#include "maillink.h"
#include "mailpart.h"
#include "mailtext.h"

#define HTML_MAX (2u << 20) /* bytes of one HTML part that become text */

/* One text in two forms: what multipart/alternative offers. */
struct forms {
	struct buf plain;
	struct buf html;
};

/* The walk over the tree. */
struct walk {
	struct mail_body *body;
	struct event	 *e;
	struct digest	  digest;
	struct forms	  out;	      /* the whole mail's */
	struct forms	  alt;	      /* of the alternative that we are in */
	struct buf	  invitation; /* lines, to stand below the text */
	bool		  in_alt;
	bool   in_digest; /* of a list: its mails are not passed on */
	bool   html;	  /* out.html has HTML, not only plain text */
	size_t parts;
	size_t room; /* attachments allocated */
	size_t max_depth;
	size_t max_parts;
};

static void
wrong(struct walk *w, const char *why)
{
	if (w->body->wrong == NULL)
		w->body->wrong = why;
}

/* Into the event's arena; NULL, and the mail is marked, when it is full. */
static char *
keep(struct walk *w, const char *s, size_t n)
{
	char *p = arena_dup(&w->e->arena, s, n);

	if (p == NULL)
		wrong(w, "it is too large");
	else
		utf8_clean(p, n);
	return (p);
}

static void
forms_init(struct forms *f)
{
	buf_init(&f->plain, EVENT_TEXT_MAX);
	buf_init(&f->html, HTML_MAX);
}

static void
forms_free(struct forms *f)
{
	buf_free(&f->plain);
	buf_free(&f->html);
}

/* Plain text among HTML, so that neither form lacks anything. */
static void
html_add_plain(struct buf *b, const char *p, size_t n)
{
	size_t i, from = 0;

	buf_str(b, "<pre>");
	for (i = 0; i < n; i++) {
		if (p[i] != '<' && p[i] != '>' && p[i] != '&')
			continue;
		buf_add(b, p + from, i - from);
		buf_str(b,
		    p[i] == '<'	      ? "&lt;"
			: p[i] == '>' ? "&gt;"
				      : "&amp;");
		from = i + 1;
	}
	buf_add(b, p + from, n - from);
	buf_str(b, "</pre>");
}

/* A text's two forms become part of the mail's. */
static void
emit(struct walk *w, const struct forms *f)
{
	struct buf *text = &w->out.plain;
	size_t	    fits, before = text->n;

	if (f->plain.n == 0 && f->html.n == 0)
		return;
	if (text->n != 0)
		buf_str(text, "\n\n");
	if (f->plain.n != 0) {
		fits = utf8_cut(f->plain.p, f->plain.n, text->cap - text->n);
		buf_add(text, f->plain.p, fits);
		if (fits < f->plain.n)
			w->body->odd |= MAILTEXT_CUT;
	} else
		html_text(text, f->html.p, f->html.n);
	/* A mail without HTML, as many are, needs no second form. */
	if (f->html.n != 0) {
		if (!w->html && before != 0)
			html_add_plain(&w->out.html, text->p, before);
		w->html = true;
		buf_add(&w->out.html, f->html.p, f->html.n);
	} else if (w->html)
		html_add_plain(&w->out.html, f->plain.p, f->plain.n);
}

/* The same text however its lines end and whatever way it came. */
static void
digest_text(struct walk *w, const struct mail_bytes *a)
{
	const uint8_t *p = a->p, *end = p + a->n, *cr;

	digest_add(&w->digest, "T", 1);
	while (p < end && (cr = memchr(p, '\r', (size_t)(end - p))) != NULL) {
		digest_add(&w->digest, p, (size_t)(cr - p));
		p = cr + 1;
	}
	/* GMime cuts the line end before a boundary, others do not. */
	while (end > p && (end[-1] == '\n' || end[-1] == ' '))
		end--;
	if (p < end)
		digest_add(&w->digest, p, (size_t)(end - p));
}

/* The charset that an HTML text names itself, when its part does not. */
static const char *
html_charset(const struct mail_bytes *a, char *out, size_t size)
{
	size_t	    n = a->n < 2048 ? a->n : 2048, len = 0;
	const char *p = (const char *)a->p, *end = p + n;

	for (; end - p > 8 && g_ascii_strncasecmp(p, "charset=", 8) != 0; p++)
		continue;
	if (end - p <= 8)
		return (NULL);
	for (p += 8; p < end && (*p == '"' || *p == '\'' || *p == ' '); p++)
		continue;
	while (p < end && len + 1 < size &&
	    (g_ascii_isalnum(*p) || *p == '-' || *p == '_'))
		out[len++] = *p++;
	out[len] = '\0';
	return (len != 0 ? out : NULL);
}

static void
leaf_text(struct walk *w, GMimeObject *part, bool html)
{
	GMimeContentType *type = g_mime_object_get_content_type(part);
	const char	 *charset;
	char		  named[64];
	struct mail_bytes a;
	struct forms	  f;

	w->e->no_room |= !mailpart_get(&a, part);
	charset = g_mime_content_type_get_parameter(type, "charset");
	if (charset == NULL && html)
		charset = html_charset(&a, named, sizeof named);
	digest_text(w, &a);
	if (w->in_alt)
		w->body->odd |= mailtext_add(
		    html ? &w->alt.html : &w->alt.plain, charset, a.p, a.n);
	else {
		forms_init(&f);
		w->body->odd |=
		    mailtext_add(html ? &f.html : &f.plain, charset, a.p, a.n);
		emit(w, &f);
		forms_free(&f);
	}
	mailpart_done(&a);
}

static struct attachment *
attachment_new(struct walk *w)
{
	struct event	  *e = w->e;
	struct attachment *more;
	size_t		   room = w->room != 0 ? w->room * 2 : 4;

	if (e->nattachments == w->room) {
		if ((more = arena_get(&e->arena, room * sizeof *more)) ==
		    NULL) {
			wrong(w, "it is too large");
			return (NULL);
		}
		if (w->room != 0)
			memcpy(more, e->attachments, w->room * sizeof *more);
		e->attachments = more;
		w->room = room;
	}
	return (&e->attachments[e->nattachments]);
}

static void
unread_add(struct walk *w, const char *part, const char *why)
{
	struct mail_body *b = w->body;

	if (b->nunread < MAIL_UNREAD_MAX && part != NULL)
		b->unread[b->nunread++] = (struct mail_unread){ part, why };
}

static void
leaf_attachment(struct walk *w, GMimeObject *part)
{
	struct attachment *at = attachment_new(w);
	struct spill	  *files = &w->e->files;
	size_t		   from = files->n;
	struct mail_file   file;
	struct digest	   digest;
	const char	  *cid;

	if (at == NULL)
		return;
	mail_file_of(&file, part);
	cid = g_mime_object_get_content_id(part);
	*at = (struct attachment){
		.name = keep(w, file.name, strlen(file.name)),
		.type = keep(w, file.type, strlen(file.type)),
		.cid = cid != NULL && strlen(cid) < 256
		    ? keep(w, cid, strlen(cid))
		    : NULL,
	};
	digest_start(&digest);
	w->e->no_room |= !mailpart_put(files, &digest, part);
	digest_end(&digest, at->sha256);
	at->size = files->n - from;
	at->link = mail_has_link(part, &w->e->no_room);
	digest_add(&w->digest, "A", 1);
	digest_add(&w->digest, at->sha256, DIGEST_HEX - 1);
	if (at->name == NULL || at->type == NULL)
		return; /* the walk ends: no file comes behind this one */
	w->e->nattachments++;
	if (file.unread != NULL)
		unread_add(w, at->name, file.unread);
}

/* The lines of a part, as far as a report has any use for. */
#define REPORT_MAX 262144

/* What a report says of the mail that it is about. */
static void
report_read(struct walk *w, GMimeObject *part)
{
	GMimeContentType *type = g_mime_object_get_content_type(part);
	const char	 *sub = g_mime_content_type_get_media_subtype(type);
	struct mail_body *body = w->body;
	struct arena	 *arena = &w->e->arena;
	struct mail_bytes a;
	const char	 *p, *id = NULL;
	size_t		  n;

	w->e->no_room |= !mailpart_get(&a, part);
	p = (const char *)a.p;
	n = a.n < REPORT_MAX ? a.n : REPORT_MAX;
	if (strstr(sub, "delivery-status") != NULL) {
		if (mail_bounce_read(&body->bounce, arena, p, n))
			body->about = "bounce";
	} else if (strstr(sub, "disposition-notification") != NULL) {
		body->about = "receipt";
		id = mail_bounce_id(arena, p, n, "Original-Message-ID");
	} else if (strcmp(sub, "feedback-report") == 0)
		body->about = "feedback-report";
	else if (strcmp(sub, "rfc822-headers") == 0 ||
	    strcmp(sub, "global-headers") == 0)
		id = mail_bounce_id(arena, p, n, "Message-ID");
	if (body->returned_id == NULL)
		body->returned_id = id;
	mailpart_done(&a);
}

/* The mail that comes back with a report, or is passed on. */
static void
message_read(struct walk *w, GMimeObject *part)
{
	GMimeMessage *m;
	const char   *id = NULL;

	w->body->forwarded |= !w->body->report && !w->in_digest;
	m = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));
	if (m != NULL)
		id = g_mime_message_get_message_id(m);
	if (id == NULL || *id == '\0' || strlen(id) > 500)
		return;
	if (w->body->attached_id == NULL)
		w->body->attached_id = keep(w, id, strlen(id));
	if (w->body->report)
		w->body->returned_id = w->body->attached_id;
}

/* An invitation is a file, and a line of the text. */
static void
calendar_read(struct walk *w, GMimeObject *part)
{
	struct mail_bytes a;
	struct buf	  utf8, line;
	const char	 *charset = g_mime_content_type_get_parameter(
		  g_mime_object_get_content_type(part), "charset");

	w->e->no_room |= !mailpart_get(&a, part);
	buf_init(&utf8, EVENT_TEXT_MAX);
	buf_init(&line, 4096);
	mailtext_add(&utf8, charset, a.p, a.n);
	/* Gmail sends it twice, as a form of the text and as a file. */
	if (utf8.n != 0 && mailcal_line(&line, utf8.p, utf8.n) &&
	    (w->invitation.n == 0 || strcmp(w->invitation.p, line.p) != 0)) {
		if (w->invitation.n != 0)
			buf_char(&w->invitation, '\n');
		buf_add(&w->invitation, line.p, line.n);
	}
	buf_free(&line);
	buf_free(&utf8);
	mailpart_done(&a);
}

/* What a part that is a file tells beside being one. */
static void
file_read(struct walk *w, GMimeObject *part)
{
	GMimeContentType *type = g_mime_object_get_content_type(part);

	if (GMIME_IS_MESSAGE_PART(part))
		message_read(w, part);
	else if (g_mime_content_type_is_type(type, "text", "calendar"))
		calendar_read(w, part);
	else if (g_mime_content_type_is_type(type, "message", "*") ||
	    g_mime_content_type_is_type(type, "text", "rfc822-headers"))
		report_read(w, part);
}

/* Shown as text, or kept as a file? */
static bool
is_text(const struct walk *w, GMimeObject *part, bool *html)
{
	GMimeContentType *type = g_mime_object_get_content_type(part);
	const char	 *how = g_mime_object_get_disposition(part);

	*html = g_mime_content_type_is_type(type, "text", "html");
	if (!GMIME_IS_PART(part) ||
	    (!*html && !g_mime_content_type_is_type(type, "text", "plain")))
		return (false);
	if (how != NULL && g_ascii_strcasecmp(how, "attachment") == 0)
		return (false);
	return (w->parts == 1 ||
	    g_mime_part_get_filename(GMIME_PART(part)) == NULL);
}

static void walk_part(struct walk *, GMimeObject *, size_t depth);

static void
walk_multipart(struct walk *w, GMimeMultipart *m, size_t depth)
{
	GMimeContentType *type =
	    g_mime_object_get_content_type(GMIME_OBJECT(m));
	bool alternative, was = w->in_digest;
	int  i, n = g_mime_multipart_get_count(m);

	if (n == 0) {
		leaf_attachment(w, GMIME_OBJECT(m)); /* nothing is lost */
		return;
	}
	if (g_mime_content_type_is_type(type, "multipart", "report"))
		w->body->report = true;
	if (g_mime_content_type_is_type(type, "multipart", "digest"))
		w->in_digest = true;
	alternative = !w->in_alt &&
	    g_mime_content_type_is_type(type, "multipart", "alternative");
	if (alternative) {
		forms_init(&w->alt);
		w->in_alt = true;
	}
	for (i = 0; i < n && w->body->wrong == NULL; i++)
		walk_part(w, g_mime_multipart_get_part(m, i), depth + 1);
	if (alternative) {
		w->in_alt = false;
		emit(w, &w->alt);
		forms_free(&w->alt);
	}
	w->in_digest = was;
}

/* Recursion is bounded by max_depth. */
static void
walk_part(struct walk *w, GMimeObject *part, size_t depth)
{
	bool html;

	if (part == NULL)
		return;
	if (depth > w->max_depth)
		wrong(w, "its parts are nested too deeply");
	else if (++w->parts > w->max_parts)
		wrong(w, "it has too many parts");
	else if (GMIME_IS_MULTIPART(part))
		walk_multipart(w, GMIME_MULTIPART(part), depth);
	else if (is_text(w, part, &html))
		leaf_text(w, part, html);
	else {
		file_read(w, part);
		leaf_attachment(w, part);
	}
}

/* How deep the tree goes, messages within messages included. */
static size_t
tree_depth(GMimeObject *part, size_t max)
{
	size_t	      deepest = 0, depth;
	GMimeMessage *m;
	int	      i;

	if (part == NULL || max == 0)
		return (0);
	if (GMIME_IS_MESSAGE_PART(part)) {
		m = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));
		return (1 +
		    (m != NULL ? tree_depth(
				     g_mime_message_get_mime_part(m), max - 1)
			       : 0));
	}
	if (!GMIME_IS_MULTIPART(part))
		return (1);
	for (i = 0; i < g_mime_multipart_get_count(GMIME_MULTIPART(part));
	     i++) {
		depth = tree_depth(
		    g_mime_multipart_get_part(GMIME_MULTIPART(part), i),
		    max - 1);
		if (depth > deepest)
			deepest = depth;
	}
	return (1 + deepest);
}

/* Where each attachment's bytes are; they were put one after the other. */
static void
files_seal(struct event *e)
{
	const uint8_t *p;
	size_t	       i;

	if (!spill_seal(&e->files)) {
		e->no_room = true;
		e->nattachments = 0;
	}
	for (i = 0, p = e->files.p; i < e->nattachments; i++) {
		e->attachments[i].bytes = p;
		if (e->attachments[i].size != 0) /* all empty: p is NULL */
			p += e->attachments[i].size;
	}
}

static const char *
keep_text(struct walk *w, struct buf *b, size_t max)
{
	size_t n = utf8_cut(b->p != NULL ? b->p : "", b->n, max);

	if (n < b->n || buf_full(b))
		w->body->odd |= MAILTEXT_CUT;
	while (n > 0 && (b->p[n - 1] == '\n' || b->p[n - 1] == ' '))
		n--;
	return (n != 0 ? keep(w, b->p, n) : NULL);
}

static void
texts_keep(struct walk *w)
{
	struct forms invited;

	if (w->invitation.n != 0) {
		forms_init(&invited);
		buf_add(&invited.plain, w->invitation.p, w->invitation.n);
		emit(w, &invited);
		forms_free(&invited);
	}
	w->e->text = keep_text(w, &w->out.plain, EVENT_TEXT_MAX);
	if (w->html)
		w->e->html = keep_text(w, &w->out.html, EVENT_TEXT_MAX);
	if (w->body->odd & MAILTEXT_CUT)
		unread_add(w, "text",
		    "it is too long: the rest of it stands "
		    "in the source");
	if (w->body->odd & MAILTEXT_UTF7)
		unread_add(w, "text",
		    "it is UTF-7, which can hide things: "
		    "it is shown as it came");
}

void
mail_body_read(struct mail_body *body, struct event *e, GMimeMessage *m,
    size_t max_depth, size_t max_parts)
{
	struct walk  w = { .body = body,
		 .e = e,
		 .max_depth = max_depth,
		 .max_parts = max_parts };
	GMimeObject *root = g_mime_message_get_mime_part(m);

	*body = (struct mail_body){ 0 };
	digest_start(&w.digest);
	forms_init(&w.out);
	buf_init(&w.invitation, 65536);
	if (tree_depth(root, max_depth + 1) > max_depth)
		wrong(&w, "its parts are nested too deeply");
	else
		walk_part(&w, root, 1);
	texts_keep(&w);
	forms_free(&w.out);
	buf_free(&w.invitation);
	digest_end(&w.digest, body->digest);
	files_seal(e);
}
