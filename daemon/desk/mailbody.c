/*
 * A mail's parts; see mailbody.h.
 */
#include <gmime/gmime.h>
#include <string.h>

#include "base/utf8.h"
#include "htmltext.h"
#include "mailbody.h"
#include "mailpart.h"
#include "mailtext.h"

#define HTML_MAX (2u << 20) /* bytes of one HTML part that become text */
#define TYPE_MAX 127	    /* RFC 6838 4.2 */

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
	struct forms	  out; /* the whole mail's */
	struct forms	  alt; /* of the alternative that we are in */
	bool		  in_alt;
	bool		  html; /* out.html has HTML, not only plain text */
	size_t		  parts;
	size_t		  room; /* attachments allocated */
	size_t		  max_depth;
	size_t		  max_parts;
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
html_add_plain(struct buf *b, const struct buf *plain)
{
	size_t i, from = 0;

	buf_str(b, "<pre>");
	for (i = 0; i < plain->n; i++) {
		if (plain->p[i] != '<' && plain->p[i] != '>' &&
		    plain->p[i] != '&')
			continue;
		buf_add(b, plain->p + from, i - from);
		buf_str(b,
		    plain->p[i] == '<'	     ? "&lt;"
			: plain->p[i] == '>' ? "&gt;"
					     : "&amp;");
		from = i + 1;
	}
	buf_add(b, plain->p + from, plain->n - from);
	buf_str(b, "</pre>");
}

/* A text's two forms become part of the mail's. */
static void
emit(struct walk *w, const struct forms *f)
{
	struct buf *text = &w->out.plain;
	size_t	    fits;

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
	if (f->html.n != 0) {
		w->html = true;
		buf_add(&w->out.html, f->html.p, f->html.n);
	} else
		html_add_plain(&w->out.html, &f->plain);
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

/* "image/png"; whatever else it said, a thing that can be shown. */
static const char *
type_get(struct walk *w, GMimeObject *part)
{
	GMimeContentType *type = g_mime_object_get_content_type(part);
	char		 *s = g_mime_content_type_get_mime_type(type), *lower;
	const char	 *kept = "application/octet-stream", *p;

	for (p = s; g_ascii_isgraph(*p); p++)
		continue;
	if (*p == '\0' && strlen(s) <= TYPE_MAX) {
		lower = g_ascii_strdown(s, -1);
		kept = keep(w, lower, strlen(lower));
		g_free(lower);
	}
	g_free(s);
	return (kept);
}

static const char *
name_get(struct walk *w, GMimeObject *part)
{
	const char   *name = NULL;
	GMimeMessage *m;
	struct buf    b;
	char	     *kept;

	buf_init(&b, 512);
	if (GMIME_IS_PART(part))
		name = g_mime_part_get_filename(GMIME_PART(part));
	else if (GMIME_IS_MESSAGE_PART(part) &&
	    (m = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part))))
		name = g_mime_message_get_subject(m);
	mailtext_filename(&b, name != NULL ? name : "");
	if (GMIME_IS_MESSAGE_PART(part)) {
		b.n = utf8_cut(b.p, b.n, 251);
		buf_str(&b, ".eml");
	}
	kept = keep(w, b.p, b.n);
	buf_free(&b);
	return (kept);
}

static void
leaf_attachment(struct walk *w, GMimeObject *part)
{
	struct attachment *at = attachment_new(w);
	struct spill	  *files = &w->e->files;
	struct digest	   digest;
	const char	  *cid;

	if (at == NULL)
		return;
	cid = g_mime_object_get_content_id(part);
	*at = (struct attachment){
		.name = name_get(w, part),
		.type = type_get(w, part),
		.cid = cid != NULL && strlen(cid) < 256
		    ? keep(w, cid, strlen(cid))
		    : NULL,
		.bytes = NULL, /* known when the files are sealed */
		.size = files->n,
	};
	digest_start(&digest);
	w->e->no_room |= !mailpart_put(files, &digest, part);
	digest_end(&digest, at->sha256);
	at->size = files->n - at->size;
	digest_add(&w->digest, "A", 1);
	digest_add(&w->digest, at->sha256, DIGEST_HEX - 1);
	if (at->name != NULL && at->type != NULL)
		w->e->nattachments++;
}

/* A field of a delivery-status or of returned headers; "" when absent. */
static void
line_field(const struct mail_bytes *a, const char *name, char *out, size_t size)
{
	const char *p = (const char *)a->p, *end = p + a->n, *lf;
	size_t	    n = strlen(name), len = 0;

	for (; p < end; p = lf + 1) {
		if ((lf = memchr(p, '\n', (size_t)(end - p))) == NULL)
			lf = end;
		if ((size_t)(lf - p) <= n ||
		    g_ascii_strncasecmp(p, name, n) != 0) {
			if (lf == end)
				break;
			continue;
		}
		for (p += n; p < lf && (*p == ' ' || *p == '\t'); p++)
			continue;
		while (p < lf && g_ascii_isgraph(*p) && len + 1 < size)
			out[len++] = *p++;
		break;
	}
	out[len] = '\0';
}

/* What a multipart/report says of the mail that it is about (RFC 3464). */
static void
report_read(struct walk *w, GMimeObject *part)
{
	GMimeContentType *type = g_mime_object_get_content_type(part);
	GMimeMessage	 *m;
	struct mail_bytes a;
	char		  action[24], status[24], id[512];
	const char	 *mid = NULL;

	if (GMIME_IS_MESSAGE_PART(part)) {
		m = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));
		if (m != NULL)
			mid = g_mime_message_get_message_id(m);
		if (mid != NULL && *mid != '\0' && strlen(mid) < sizeof id)
			w->body->returned_id = keep(w, mid, strlen(mid));
		return;
	}
	w->e->no_room |= !mailpart_get(&a, part);
	if (g_mime_content_type_is_type(type, "message", "delivery-status")) {
		line_field(&a, "Action:", action, sizeof action);
		line_field(&a, "Status:", status, sizeof status);
		g_snprintf(w->body->bounce, sizeof w->body->bounce, "%s%s%s",
		    action, *status != '\0' ? " " : "", status);
		utf8_clean(w->body->bounce, strlen(w->body->bounce));
	} else if (g_mime_content_type_is_type(
		       type, "text", "rfc822-headers")) {
		line_field(&a, "Message-ID:", id, sizeof id);
		if (id[0] == '<' && id[strlen(id) - 1] == '>')
			w->body->returned_id = keep(w, id + 1, strlen(id) - 2);
	}
	mailpart_done(&a);
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
	bool alternative;
	int  i, n = g_mime_multipart_get_count(m);

	if (n == 0) {
		leaf_attachment(w, GMIME_OBJECT(m)); /* nothing is lost */
		return;
	}
	if (g_mime_content_type_is_type(type, "multipart", "report"))
		w->body->report = true;
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
		if (w->body->report)
			report_read(w, part);
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
	if (tree_depth(root, max_depth + 1) > max_depth)
		wrong(&w, "its parts are nested too deeply");
	else
		walk_part(&w, root, 1);
	e->text = keep_text(&w, &w.out.plain, EVENT_TEXT_MAX);
	if (w.html)
		e->html = keep_text(&w, &w.out.html, EVENT_TEXT_MAX);
	forms_free(&w.out);
	digest_end(&w.digest, body->digest);
	files_seal(e);
}
