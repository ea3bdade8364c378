/*
 * A mail of ours; see compose.h.  Texts are quoted-printable and files are
 * base64, so that any server takes them (RFC 5321 without 8BITMIME), and
 * neither can contain a line of the boundary, which has "=_" in it.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "compose.h"
#include "markhtml.h"
#include "paper.h"
#include "surveymail.h"
#include "texthtml.h"

/* Does the subject say already that it is an answer? */
static bool
subject_answers(const char *s)
{
	static const char *const marks[] = { "re:", "re :", "tl:", "tr:", "aw:",
		"sv:", "trả lời:", "Trả lời:" };
	size_t			 i;

	s += strspn(s, " \t");
	for (i = 0; i < nitems(marks); i++)
		if (strncasecmp(s, marks[i], strlen(marks[i])) == 0)
			return (true);
	return (false);
}

static void
put_subject(struct buf *out, const struct compose *c)
{
	struct buf  b;
	const char *s = c->subject != NULL ? c->subject : "";

	buf_init(&b, 0);
	if (c->answers && !subject_answers(s))
		buf_str(&b, "Re: ");
	buf_add(&b, s, strnlen(s, 1000));
	mailwrite_text(out, "Subject", b.p != NULL ? b.p : "");
	buf_free(&b);
}

/* RFC 5322 section 3.3, in UTC. */
static void
put_date(struct buf *out, int64_t at)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t		  t = (time_t)at;
	struct tm	  tm;

	if (gmtime_r(&t, &tm) == NULL || tm.tm_year < 0 || tm.tm_year > 8099) {
		t = 0;
		gmtime_r(&t, &tm);
	}
	buf_printf(out, "Date: %.3s, %02d %.3s %04d %02d:%02d:%02d +0000\r\n",
	    days + 3 * tm.tm_wday, tm.tm_mday, months + 3 * tm.tm_mon,
	    tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/*
 * In-Reply-To and References (RFC 5322 section 3.6.4): of a long case the
 * first id and the newest ones, each in a line of its own.
 */
static void
put_thread(struct buf *out, const struct compose *c)
{
	const char *ids[COMPOSE_REFS_MAX], *last = c->answered;
	size_t	    i, n = 0, skip = 0;

	if (c->nrefs > COMPOSE_REFS_MAX)
		skip = c->nrefs - COMPOSE_REFS_MAX;
	for (i = 0; i < c->nrefs; i++) {
		if (i != 0 && i <= skip)
			continue;
		if (mailwrite_id_good(c->refs[i]))
			ids[n++] = c->refs[i];
	}
	if (last != NULL && !mailwrite_id_good(last))
		last = NULL;
	if (last == NULL && n > 0)
		last = ids[n - 1];
	if (last != NULL)
		buf_printf(out, "In-Reply-To: <%s>\r\n", last);
	if (n == 0)
		return;
	buf_str(out, "References:");
	for (i = 0; i < n; i++)
		buf_printf(out, "%s <%s>", i != 0 ? "\r\n" : "", ids[i]);
	buf_str(out, "\r\n");
}

static void
put_mailbox(
    struct buf *out, const char *header, const char *name, const char *address)
{
	buf_printf(out, "%s: ", header);
	mailwrite_mailbox(out, name, address);
	buf_str(out, "\r\n");
}

/*
 * The way out of mail that nobody asked for (RFC 2369 section 3.2), by one tap
 * in the mail program itself where the link is safe (RFC 8058 section 3.1).
 */
static void
put_leave(struct buf *out, const char *url)
{
	if (url == NULL || !surveymail_url_good(url))
		return;
	buf_printf(out, "List-Unsubscribe: <%s>\r\n", url);
	if (strncmp(url, "https://", 8) == 0)
		buf_str(out,
		    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
}

static void
put_head(struct buf *out, const struct compose *c)
{
	size_t i;

	put_date(out, c->at);
	put_mailbox(out, "From", c->from_name, c->from);
	if (c->reply_to != NULL)
		put_mailbox(out, "Reply-To", c->from_name, c->reply_to);
	put_mailbox(out, "To", c->to_name, c->to);
	for (i = 0; i < c->ncc && i < COMPOSE_CC_MAX; i++)
		buf_printf(out, "%s<%s>%s", i == 0 ? "Cc: " : ",\r\n ",
		    c->cc[i],
		    i + 1 == c->ncc || i + 1 == COMPOSE_CC_MAX ? "\r\n" : "");
	put_subject(out, c);
	buf_printf(out, "Message-ID: <%s>\r\n", c->message_id);
	put_thread(out, c);
	if (c->automatic != NULL)
		buf_printf(out,
		    "Auto-Submitted: %s\r\n"
		    "X-Auto-Response-Suppress: All\r\n",
		    c->automatic);
	put_leave(out, c->leave_url);
	buf_str(out, "MIME-Version: 1.0\r\n");
}

/* Every line of what is answered, behind a mark. */
static void
put_marked(struct buf *out, const char *s)
{
	size_t n;

	while (*s != '\0') {
		n = strcspn(s, "\n");
		buf_str(out, *s == '>' ? ">" : "> ");
		buf_add(out, s, n);
		buf_char(out, '\n');
		s += n + (s[n] == '\n');
	}
}

static void
put_plain(struct buf *out, const struct compose *c)
{
	struct buf b;

	buf_init(&b, 0);
	buf_str(&b, c->text);
	if (b.n != 0 && b.p[b.n - 1] != '\n')
		buf_char(&b, '\n');
	/* Two dashes and a blank: programs know it (RFC 3676 section 4.3). */
	if (c->signature != NULL && c->signature[0] != '\0')
		buf_printf(&b, "\n-- \n%s\n", c->signature);
	if (c->quoted != NULL && c->quoted[0] != '\0') {
		buf_printf(
		    &b, "\n%s\n", c->quoted_head != NULL ? c->quoted_head : "");
		put_marked(&b, c->quoted);
	}
	mailwrite_quoted(out, b.p, b.n);
	buf_free(&b);
}

static void
put_html(struct buf *out, const struct compose *c)
{
	struct buf  b;
	const char *head = c->quoted_head != NULL ? c->quoted_head : "";

	buf_init(&b, 0);
	if (c->survey != NULL || c->paper != NULL) {
		if (c->paper != NULL)
			paper_html(&b, c->paper);
		else
			surveymail(&b, c->survey);
		mailwrite_quoted(out, b.p, b.n);
		buf_free(&b);
		return;
	}
	buf_str(&b,
	    "<!DOCTYPE html>\n<html><head>"
	    "<meta http-equiv=\"Content-Type\""
	    " content=\"text/html; charset=utf-8\">"
	    "</head><body>\n");
	markhtml(&b, c->text, strlen(c->text));
	if (c->signature != NULL && c->signature[0] != '\0') {
		buf_str(&b, "<div style=\"color:#555\">\n");
		texthtml(&b, c->signature, strlen(c->signature));
		buf_str(&b, "</div>\n");
	}
	if (c->quoted != NULL && c->quoted[0] != '\0') {
		buf_str(&b, "<div class=\"gmail_quote\">");
		texthtml_escape(&b, head, strlen(head));
		buf_str(&b,
		    "<br>\n<blockquote type=\"cite\" style=\"margin:0 0 0 "
		    ".8ex;border-left:1px solid #ccc;padding-left:1ex\">\n");
		texthtml(&b, c->quoted, strlen(c->quoted));
		buf_str(&b, "</blockquote></div>\n");
	}
	buf_str(&b, "</body></html>\n");
	mailwrite_quoted(out, b.p, b.n);
	buf_free(&b);
}

/* The two forms of one text: the better one last (RFC 2046 section 5.1.4). */
static void
put_texts(struct buf *out, const struct compose *c, const char *boundary)
{
	buf_printf(out,
	    "Content-Type: multipart/alternative;\r\n boundary=\"a%s\"\r\n"
	    "\r\n--a%s\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
	    boundary, boundary);
	put_plain(out, c);
	buf_printf(out,
	    "\r\n--a%s\r\n"
	    "Content-Type: text/html; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
	    boundary);
	put_html(out, c);
	buf_printf(out, "\r\n--a%s--\r\n", boundary);
}

static const char *
compose_wrong(const struct compose *c)
{
	size_t i;

	if (!mailwrite_address_good(c->from) ||
	    (c->reply_to != NULL && !mailwrite_address_good(c->reply_to)))
		return ("the queue's address cannot be written");
	if (!mailwrite_address_good(c->to))
		return ("the address is none that mail can be sent to");
	for (i = 0; i < c->ncc; i++)
		if (!mailwrite_address_good(c->cc[i]))
			return ("a copy's address is none that mail can be "
				"sent to");
	if (!mailwrite_id_good(c->message_id))
		return ("the Message-ID cannot be written");
	return (NULL);
}

/* Of the Message-ID, which is unique: what may stand in a boundary. */
static void
make_boundary(char *out, size_t size, const char *id)
{
	size_t n = 0;

	out[n++] = '=';
	out[n++] = '_';
	for (; *id != '\0' && *id != '@' && n + 1 < size - 4; id++)
		if (strchr("abcdefghijklmnopqrstuvwxyz0123456789", *id) != NULL)
			out[n++] = *id;
	out[n] = '\0';
}

bool
compose_begin(struct composing *w, struct buf *out, const struct compose *c,
    const char **wrong)
{
	if ((*wrong = compose_wrong(c)) != NULL)
		return (false);
	memset(w, 0, sizeof *w);
	make_boundary(w->boundary, sizeof w->boundary, c->message_id);
	w->files = c->nfiles != 0;
	put_head(out, c);
	if (w->files)
		buf_printf(out,
		    "Content-Type: multipart/mixed;\r\n boundary=\"m%s\"\r\n"
		    "\r\n--m%s\r\n",
		    w->boundary, w->boundary);
	put_texts(out, c, w->boundary);
	return (true);
}

/* "image/png"; whatever else it says, it is bytes. */
static bool
type_good(const char *s)
{
	static const char token[] = "abcdefghijklmnopqrstuvwxyz0123456789"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ!#$&-^_.+";
	size_t		  n = strspn(s, token), m;

	if (n == 0 || n > 60 || s[n] != '/')
		return (false);
	if (strncasecmp(s, "multipart/", 10) == 0 ||
	    strncasecmp(s, "message/", 8) == 0)
		return (false); /* base64 may not stand there */
	m = strspn(s + n + 1, token);
	return (m != 0 && m <= 80 && s[n + 1 + m] == '\0');
}

void
compose_file(struct composing *w, struct buf *out, const struct compose_file *f)
{
	const char *type = f->type != NULL && type_good(f->type)
	    ? f->type
	    : "application/octet-stream";

	if (w->open)
		mailwrite_base64_end(&w->b64, out);
	w->open = true;
	buf_printf(out, "\r\n--m%s\r\nContent-Type: %s\r\n", w->boundary, type);
	buf_str(out, "Content-Disposition: attachment");
	mailwrite_param(out, "filename", f->name);
	buf_str(out, "\r\nContent-Transfer-Encoding: base64\r\n\r\n");
}

void
compose_bytes(struct composing *w, struct buf *out, const void *bytes, size_t n)
{
	mailwrite_base64(&w->b64, out, bytes, n);
}

void
compose_end(struct composing *w, struct buf *out)
{
	if (w->open)
		mailwrite_base64_end(&w->b64, out);
	if (w->files)
		buf_printf(out, "\r\n--m%s--\r\n", w->boundary);
	w->open = false;
}
