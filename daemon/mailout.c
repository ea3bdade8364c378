/*
 * Mail on its way out; see mailout.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/idmap.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/spill.h"
#include "daemon.h"
#include "desk/compose.h"
#include "desk/paper.h"
#include "desk/surveymail.h"
#include "desk/token.h"
#include "mailout.h"
#include "settings.h"
#include "stmts.h"
#include "store/pgparam.h"
#include "store/pool.h"

#define CHUNK_MAX 262144 /* of a blob, as blob_put writes them */
#define FILES_MAX 100

/* One mail being made, or with the courier. */
struct mailout {
	struct link	 link;
	struct daemon	*d;
	uint64_t	 ref; /* outbound's */
	uint64_t	 id;  /* ours, for PostgreSQL's answers */
	uint64_t	 courier;
	const json_t	*m; /* outbound's, until the end */
	struct spill	 mail;
	struct composing w;
	size_t		 file; /* being fetched */
	int64_t		 got;  /* bytes of it */
	int		 chunk;
};

static struct idmap making;
static struct list  mails;
static char	    password[256];

static struct mailout *
mailout_of(uint64_t ref)
{
	LIST_EACH (l, &mails) {
		struct mailout *o = list_of(l, struct mailout, link);

		if (o->ref == ref)
			return (o);
	}
	return (NULL);
}

static void
mailout_free(struct mailout *o)
{
	list_remove(&mails, &o->link);
	idmap_drop(&making, o->id);
	spill_free(&o->mail);
	free(o);
}

static void
mailout_end(struct mailout *o, enum courier_how how, const char *words)
{
	struct courier_result r = { .how = how, .words = words, .body = "" };
	struct daemon	     *d = o->d;
	uint64_t	      ref = o->ref;

	mailout_free(o);
	outbound_ended(d->outbound, ref, &r);
}

static const char *
member(const json_t *m, const char *name)
{
	return (json_string_value(json_object_get(m, name)));
}

/* ---- settings */

/* The file's first line. */
static void
read_password(const char *path)
{
	FILE *f;

	explicit_bzero(password, sizeof password);
	if (path[0] == '\0')
		return;
	if ((f = fopen(path, "re")) == NULL ||
	    fgets(password, sizeof password, f) == NULL)
		log_error("smtp_password_file cannot be read: %s", path);
	password[strcspn(password, "\r\n")] = '\0';
	if (f != NULL)
		fclose(f);
}

void
mailout_open(struct daemon *d)
{
	mailout_reload(d);
}

void
mailout_reload(struct daemon *d)
{
	read_password(d->settings->smtp_password_file);
}

void
mailout_close(void)
{
	while (mails.first != NULL)
		mailout_free(list_of(mails.first, struct mailout, link));
	idmap_free(&making);
	explicit_bzero(password, sizeof password);
}

static bool
mailout_able(struct daemon *d)
{
	return (d->settings->smtp_relay[0] != '\0' && d->rules != NULL);
}

/* ---- to the courier */

static void
on_ready(void *arg, uint64_t ref)
{
	outbound_ready(((struct daemon *)arg)->outbound, ref);
}

static void
on_got(void *arg, uint64_t ref, const struct courier_result *r)
{
	struct daemon  *d = arg;
	struct mailout *o = mailout_of(ref);

	if (o != NULL)
		mailout_free(o);
	outbound_ended(d->outbound, ref, r);
}

/* An address of ours with a token in it, to the queue's domain. */
static bool
token_address(
    const struct mailout *o, const char *token, char *out, size_t size)
{
	const char *from = member(o->m, "from"), *at;

	if (from == NULL || (at = strrchr(from, '@')) == NULL)
		return (false);
	return ((size_t)snprintf(out, size, "%.*s+%s%s", (int)(at - from), from,
		    token, at) < size);
}

/* With the ticket's: where answers come to. */
static bool
reply_address(const struct mailout *o, char *out, size_t size)
{
	char	token[TOKEN_MAX];
	int64_t t = json_integer_value(json_object_get(o->m, "ticket"));

	return (token_make(token, sizeof token, o->d->token_key,
		    sizeof o->d->token_key, t) &&
	    token_address(o, token, out, size));
}

/*
 * What was sent unasked may come back, to an address that is that message's
 * alone: whoever it does not reach is to get no more of it.
 */
static bool
returns(const json_t *m)
{
	return (json_is_true(json_object_get(m, "returns")));
}

/* RFC 3834's word for what machines write; NULL: a person did. */
static const char *
automatic(const json_t *m)
{
	const char *purpose = member(m, "purpose");

	if (strcmp(purpose, "acknowledgement") == 0 && !returns(m))
		return ("auto-replied");
	if (returns(m) || strcmp(purpose, "transcript") == 0 ||
	    strcmp(purpose, "notice") == 0)
		return ("auto-generated");
	return (NULL);
}

/*
 * MAIL FROM: what a person wrote comes back to its case, other answers of
 * machines to nobody (RFC 3834 section 3.3).
 */
static bool
sender_address(const struct mailout *o, char *out, size_t size)
{
	char	token[TOKEN_MAX];
	int64_t id = json_integer_value(json_object_get(o->m, "id"));

	*out = '\0';
	if (returns(o->m))
		return (token_sent_make(token, sizeof token, o->d->token_key,
			    sizeof o->d->token_key, id) &&
		    token_address(o, token, out, size));
	return (automatic(o->m) != NULL || reply_address(o, out, size));
}

void
mailout_relay(
    const struct daemon *d, struct courier_mail *m, char url[MAILOUT_URL])
{
	const struct settings *s = d->settings;

	snprintf(url, MAILOUT_URL, "%s%s",
	    strstr(s->smtp_relay, "://") != NULL ? "" : "smtp://",
	    s->smtp_relay);
	*m = (struct courier_mail){ .url = url,
		.starttls = s->smtp_starttls && strncmp(url, "smtps:", 6) != 0,
		.ca = s->smtp_ca[0] != '\0' ? s->smtp_ca : NULL,
		.user = s->smtp_user[0] != '\0' ? s->smtp_user : NULL,
		.password = s->smtp_user[0] != '\0' ? password : NULL,
		.helo = s->hostname,
		.timeout_ms = s->smtp_patience * 1000 };
}

static bool
mailout_go(struct mailout *o)
{
	const char	   *rcpts[1 + COMPOSE_CC_MAX];
	const json_t	   *cc = json_object_get(o->m, "cc");
	char		    sender[400], url[MAILOUT_URL];
	struct courier_mail m;
	size_t		    i;

	if (!sender_address(o, sender, sizeof sender))
		return (false);
	rcpts[0] = member(o->m, "address");
	for (i = 0; i < json_array_size(cc) && i < COMPOSE_CC_MAX; i++)
		rcpts[1 + i] = json_string_value(json_array_get(cc, i));
	mailout_relay(o->d, &m, url);
	m.from = sender;
	m.rcpts = rcpts;
	m.nrcpts = 1 + i;
	m.bytes = o->mail.p;
	m.n = o->mail.n;
	o->courier =
	    courier_mail(o->d->courier, &m, on_ready, on_got, o->d, o->ref);
	return (o->courier != 0);
}

/* ---- the mail itself */

static const json_t *
file_of(const struct mailout *o)
{
	return (json_array_get(json_object_get(o->m, "attachments"), o->file));
}

/* What was written goes to the file; false: there is no room. */
static bool
mailout_keep(struct mailout *o, struct buf *b)
{
	bool ok = b->n == 0 || spill_add(&o->mail, b->p, b->n);

	buf_reset(b);
	return (ok);
}

static bool mailout_fetch(struct mailout *);

/* The next file begins; after the last one the mail is whole. */
static bool
mailout_next(struct mailout *o)
{
	const json_t *f = file_of(o);
	struct buf    b;
	bool	      ok;

	buf_init(&b, 0);
	if (f == NULL)
		compose_end(&o->w, &b);
	else
		compose_file(&o->w, &b,
		    &(struct compose_file){
			.name = member(f, "name"), .type = member(f, "type") });
	ok = mailout_keep(o, &b);
	buf_free(&b);
	if (!ok)
		return (false);
	if (f == NULL)
		return (spill_seal(&o->mail) && mailout_go(o));
	o->got = 0;
	o->chunk = 0;
	if (json_integer_value(json_object_get(f, "size")) == 0) {
		o->file++;
		return (mailout_next(o));
	}
	return (mailout_fetch(o));
}

/* PostgreSQL writes bytes as \x and hexadecimal digits. */
static bool
mailout_add(struct mailout *o, const char *text, size_t n)
{
	uint8_t	  *bytes;
	struct buf b;
	ssize_t	   len = -1;
	bool	   ok;

	bytes = xmalloc(CHUNK_MAX);
	if (n > 2 && text[0] == '\\' && text[1] == 'x')
		len = hex_get(bytes, CHUNK_MAX, text + 2, n - 2);
	buf_init(&b, 0);
	if (len > 0)
		compose_bytes(&o->w, &b, bytes, (size_t)len);
	ok = len > 0 && mailout_keep(o, &b);
	buf_free(&b);
	free(bytes);
	o->got += len > 0 ? len : 0;
	o->chunk++;
	return (ok);
}

static void
fetched(uint64_t id, const struct pg_reply *r)
{
	struct mailout *o = idmap_get(&making, id);
	int64_t		size;
	bool		ok;

	if (o == NULL)
		return;
	if (r->how != PG_DONE) {
		mailout_end(
		    o, COURIER_LATER, "PostgreSQL did not give an attachment");
		return;
	}
	if (PQntuples(r->res) != 1 || PQgetisnull(r->res, 0, 0)) {
		mailout_end(
		    o, COURIER_NEVER, "an attachment's bytes are not there");
		return;
	}
	ok = mailout_add(
	    o, PQgetvalue(r->res, 0, 0), (size_t)PQgetlength(r->res, 0, 0));
	size = json_integer_value(json_object_get(file_of(o), "size"));
	if (ok && o->got >= size) {
		o->file++;
		ok = mailout_next(o);
	} else if (ok)
		ok = mailout_fetch(o);
	if (!ok)
		mailout_end(o, COURIER_LATER, "there is no room just now");
}

static bool
mailout_fetch(struct mailout *o)
{
	const char     *sha256 = member(file_of(o), "sha256");
	char		num[24];
	struct pg_param p[2];

	snprintf(num, sizeof num, "%d", o->chunk);
	p[0] = pgparam_str(sha256);
	p[1] = pgparam_str(num);
	return (pool_ask(o->d->pg_ops, o->id, ST_BLOB_CHUNK, p, fetched));
}

/* Texts of a JSON array, at most max of them. */
static size_t
texts(const json_t *list, const char **out, size_t max)
{
	size_t i, n = json_array_size(list);

	n = n < max ? n : max;
	for (i = 0; i < n; i++)
		out[i] = json_string_value(json_array_get(list, i));
	return (n);
}

/* What desk.survey_message() says of a survey's mail; false: it is none. */
static bool
survey_read(const json_t *m, struct surveymail *s)
{
	const json_t *j = json_object_get(m, "survey"), *one, *ends;
	const char   *lang = member(j, "lang");
	size_t	      i;

	if (j == NULL || member(j, "url") == NULL)
		return (false);
	ends = json_object_get(j, "ends");
	*s = (struct surveymail){ .company = member(j, "company"),
		.question = member(j, "question"),
		.about = member(j, "about"),
		.low = json_string_value(json_array_get(ends, 0)),
		.high = json_string_value(json_array_get(ends, 1)),
		.url = member(j, "url"),
		.open = member(j, "open"),
		.foot = member(j, "foot"),
		.leave = member(j, "leave"),
		.leave_url = member(j, "leave_url"),
		.english = lang != NULL && strcmp(lang, "en") == 0 };
	json_array_foreach (json_object_get(j, "scale"), i, one) {
		if (i == SURVEYMAIL_SCORES)
			break;
		s->scores[i] =
		    (int)json_integer_value(json_object_get(one, "score"));
		s->urls[i] = member(one, "url");
		s->words[i] = member(one, "words");
		s->nscores = i + 1;
	}
	return (true);
}

static bool
mailout_write(struct mailout *o, const char **wrong)
{
	const json_t  *m = o->m, *quoted = json_object_get(m, "quoted");
	const char    *agent = member(m, "agent"), *company, *ids[64], *cc[50];
	char	       name[500], reply_to[400];
	struct compose c = { 0 };
	struct surveymail survey;
	struct buf	  b, text;
	bool		  ok;

	*wrong = NULL;
	company = member(m, "company");
	snprintf(name, sizeof name, "%s%s%s", agent != NULL ? agent : "",
	    agent != NULL && company != NULL ? " - " : "",
	    company != NULL ? company : "");
	c.from = member(m, "from");
	if (c.from == NULL) {
		*wrong = "the desk serves no e-mail address to write from";
		return (false);
	}
	c.from_name = name;
	c.paper = json_object_get(m, "paper");
	/* A letter is of no case that an answer could come to. */
	if (strcmp(member(m, "purpose"), "letter") != 0 &&
	    reply_address(o, reply_to, sizeof reply_to))
		c.reply_to = reply_to;
	c.to = member(m, "address");
	c.to_name = member(m, "to");
	c.ncc = texts(json_object_get(m, "cc"), cc, nitems(cc));
	c.cc = cc;
	c.subject = member(m, "subject");
	c.answers = json_is_true(json_object_get(m, "answers"));
	c.at = json_integer_value(json_object_get(m, "at"));
	c.message_id = member(m, "message_id");
	if (c.message_id == NULL)
		c.message_id = "";
	c.answered = member(m, "answered");
	c.nrefs = texts(json_object_get(m, "references"), ids, nitems(ids));
	c.refs = ids;
	c.automatic = automatic(m);
	buf_init(&text, 0);
	c.text = member(m, "text") != NULL ? member(m, "text") : "";
	if (c.paper != NULL) {
		paper_text(&text, c.paper);
		buf_char(&text, '\0');
		c.text = text.p;
	}
	c.signature = member(m, "signature");
	c.quoted = member(quoted, "text");
	c.quoted_head = member(quoted, "head");
	c.nfiles = json_array_size(json_object_get(m, "attachments"));
	c.leave_url = member(m, "leave_url");
	if (survey_read(m, &survey)) {
		c.survey = &survey;
		c.leave_url = survey.leave_url;
	}
	if (c.nfiles > FILES_MAX)
		*wrong = "it has too many attachments";
	buf_init(&b, 0);
	ok = *wrong == NULL && compose_begin(&o->w, &b, &c, wrong) &&
	    mailout_keep(o, &b);
	buf_free(&b);
	buf_free(&text);
	return (ok);
}

static bool
mailout_send(
    struct daemon *d, const json_t *m, uint64_t ref, const char **wrong)
{
	struct mailout *o;

	o = xcalloc(1, sizeof *o);
	o->d = d;
	o->m = m;
	o->ref = ref;
	o->id = idmap_add(&making, o);
	list_append(&mails, &o->link);
	if (mailout_write(o, wrong) && mailout_next(o))
		return (true);
	mailout_free(o);
	return (false);
}

static void
mailout_go_on(struct daemon *d, uint64_t ref)
{
	struct mailout *o = mailout_of(ref);

	if (o != NULL)
		courier_go_on(d->courier, o->courier);
}

static void
mailout_stop(struct daemon *d, uint64_t ref)
{
	struct mailout *o = mailout_of(ref);

	if (o == NULL)
		return;
	if (o->courier != 0)
		courier_stop(d->courier, o->courier);
	mailout_free(o);
}

const struct sender mailout_sender = { .channel = "mail",
	.pauses = true,
	.able = mailout_able,
	.send = mailout_send,
	.go_on = mailout_go_on,
	.stop = mailout_stop };
