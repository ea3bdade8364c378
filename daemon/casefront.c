/*
 * The front of the customer's page; see casefront.h.
 *
 * A request is a struct posted from its coming to its answer; what is asked
 * meanwhile knows it by its id.  A form's body is taken once its link was
 * looked up: whoever only guesses sends none.  While PostgreSQL is away it is
 * taken all the same, so that what was typed can be shown again.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ask.h"
#include "base/buf.h"
#include "base/hex.h"
#include "base/idmap.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/spill.h"
#include "casefront.h"
#include "caseform.h"
#include "desk/casepage.h"
#include "desk/event.h"
#include "dispatch.h"
#include "download.h"
#include "edge/hmac.h"
#include "edge/http.h"
#include "proto/filename.h"
#include "proto/pagequery.h"

#define TOKEN_LEN 32	  /* 192 bits in base64url */
#define BODY_MAX  8519680 /* 8 MiB of files, and a form around them */
#define AT_ONCE	  16	  /* forms coming in */
#define OF_PEER	  3

struct posted {
	struct link	    link;
	uint64_t	    id;
	struct daemon	   *d;
	struct http_server *server;
	uint64_t	    http;
	struct caller	    caller;
	char		    token[TOKEN_LEN + 1];
	char		   *type;   /* Content-Type of a form */
	int64_t		    length; /* of its body, -1: not known */
	struct pagequery    query;
	enum caseword	    said; /* what the page thanks for */
	json_t		   *seen; /* CASE.SEE's answer, or NULL */
	bool		    taking;
	struct spill	    body;
	struct caseform	    form; /* points into body */
};

static struct list  all;
static struct idmap ids;

#define POLICY                                                             \
	"Content-Security-Policy: default-src 'none'; script-src 'self'; " \
	"style-src 'self'; img-src data:; connect-src 'self'; "            \
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
#define UNLISTED "X-Robots-Tag: noindex, nofollow"

static const char *const headers[] = { POLICY, UNLISTED, NULL };
/* For what may be had later: the desk is away, or too much was asked. */
static const char *const headers_later[] = { POLICY, UNLISTED,
	"Retry-After: 30", NULL };

static void
posted_free(struct posted *p)
{
	list_remove(&all, &p->link);
	idmap_drop(&ids, p->id);
	caseform_free(&p->form);
	spill_free(&p->body);
	json_decref(p->seen);
	free(p->type);
	free(p);
}

static struct posted *
posted_find(struct http_server *server, uint64_t http)
{
	LIST_EACH (l, &all) {
		struct posted *p = list_of(l, struct posted, link);

		if (p->server == server && p->http == http)
			return (p);
	}
	return (NULL);
}

/* ---- answers; each ends the request */

static void
page_out(struct posted *p, int status, struct buf *b, bool close)
{
	http_answer(p->server, p->http,
	    &(struct http_answer){ .status = status,
		.type = "text/html; charset=utf-8",
		.body = b->p,
		.n = b->n,
		.headers =
		    status == 503 || status == 429 ? headers_later : headers,
		.close = close });
	buf_free(b);
	posted_free(p);
}

static void
page_notice(struct posted *p, int status, enum caseword w)
{
	struct buf b;

	buf_init(&b, 0);
	casepage_notice(&b, w, p->query.english);
	page_out(p, status, &b, p->length != 0);
}

/* The page itself; failed: with what could not be sent in its form. */
static void
page_show(struct posted *p, int status, enum caseword said, bool failed)
{
	struct casepage page = { .seen = p->seen,
		.token = p->token,
		.english = p->query.english,
		.said = said,
		.failed = failed,
		.files = p->form.nfiles != 0,
		.typed = failed ? p->form.text : NULL };
	struct buf	b;
	char		id[37];

	if (failed && p->form.id[0] != '\0')
		snprintf(id, sizeof id, "%s", p->form.id);
	else if (!uuid_make(id)) {
		page_notice(p, 503, CW_AWAY);
		return;
	}
	page.id = id;
	buf_init(&b, 0);
	casepage_write(&b, &page);
	page_out(p, status, &b, status == 413);
}

/* Back to the page by GET: to load that anew sends nothing. */
static void
page_return(struct posted *p, const char *said)
{
	char	    location[120];
	const char *to[] = { location, NULL };

	snprintf(location, sizeof location,
	    "Location: /case/%s?lang=%s&said=%s#write", p->token,
	    p->query.english ? "en" : "vi", said);
	http_answer(p->server, p->http,
	    &(struct http_answer){ .status = 303, .headers = to });
	posted_free(p);
}

static void
page_refused(struct posted *p, enum ask_code code)
{
	if (code == ASK_NOTFOUND)
		page_notice(p, 404, CW_GONE);
	else if (code == ASK_TOOMANY)
		page_notice(p, 429, CW_OFTEN);
	else
		page_notice(p, 503, CW_AWAY);
}

/* ---- asking */

static void
ask_as(struct posted *p, enum op_id op, json_t *args,
    void (*answer)(void *, uint64_t, const struct ask *, const struct answer *))
{
	struct ask *a;

	json_object_set_new(args, "token", json_string(p->token));
	a = ask_new(p->d, &ops[op], args, &p->caller);
	a->answer = answer;
	a->front = NULL;
	a->ref = p->id;
	a->posted = p->form.nfiles != 0 ? p->id : 0;
	dispatch_ask(a);
}

static json_t *
lang_args(const struct posted *p)
{
	json_t *args = json_object();

	if (p->query.asked)
		json_object_set_new(
		    args, "lang", json_string(p->query.english ? "en" : "vi"));
	return (args);
}

static void
seen_take(struct posted *p, const struct answer *o)
{
	const char *lang;

	p->seen = json_loadb(o->json, o->n, 0, NULL);
	lang = json_string_value(json_object_get(p->seen, "lang"));
	p->query.english = lang != NULL && strcmp(lang, "en") == 0;
}

static void
got_page(void *front, uint64_t id, const struct ask *a, const struct answer *o)
{
	struct posted *p = idmap_get(&ids, id);

	(void)front;
	(void)a;
	if (p == NULL)
		return;
	if (o->code != ASK_OK) {
		page_refused(p, o->code);
		return;
	}
	seen_take(p, o);
	page_show(p, 200, p->said, false);
}

static void
got_file(void *front, uint64_t id, const struct ask *a, const struct answer *o)
{
	struct posted *p = idmap_get(&ids, id);
	json_t	      *file;

	(void)front;
	(void)a;
	if (p == NULL)
		return;
	if (o->code != ASK_OK) {
		page_refused(p, o->code);
		return;
	}
	file = json_loadb(o->json, o->n, 0, NULL);
	download_begin(p->d, p->server, p->http, file, headers + 1);
	json_decref(file);
	posted_free(p);
}

/* What was sent is kept, or the form comes back with it. */
static void
got_sent(void *front, uint64_t id, const struct ask *a, const struct answer *o)
{
	struct posted *p = idmap_get(&ids, id);

	(void)front;
	if (p == NULL)
		return;
	switch (o->code) {
	case ASK_OK:
		page_return(p,
		    a->op == &ops[OP_CASE_WRITE]	? "sent"
			: p->form.what == CASEFORM_DONE ? "done"
							: "again");
		break;
	case ASK_NOTFOUND:
		page_notice(p, 404, CW_GONE);
		break;
	case ASK_TOOMANY:
		page_show(p, 429, CW_FAILED_OFTEN, true);
		break;
	case ASK_TOOLARGE:
		page_show(p, 413, CW_FAILED_LARGE, true);
		break;
	case ASK_INVALID:
		page_show(p, 400, CW_FAILED_EMPTY, true);
		break;
	default:
		page_show(p, 503, CW_FAILED, true);
	}
}

/* ---- forms */

static bool
room_for(const struct posted *own)
{
	size_t n = 0, near = 0;

	LIST_EACH (l, &all) {
		const struct posted *p = list_of(l, struct posted, link);

		if (p->taking) {
			n++;
			near += strcmp(p->caller.from, own->caller.from) == 0;
		}
	}
	return (n < AT_ONCE && near < OF_PEER);
}

static void
got_check(void *front, uint64_t id, const struct ask *a, const struct answer *o)
{
	struct posted *p = idmap_get(&ids, id);

	(void)front;
	(void)a;
	if (p == NULL)
		return;
	if (o->code == ASK_OK)
		seen_take(p, o);
	else if (o->code != ASK_TRYAGAIN) {
		page_refused(p, o->code);
		return;
	}
	if (p->length > BODY_MAX)
		page_show(p, 413, CW_FAILED_LARGE, true);
	else if (p->length == 0)
		page_show(p, 400, CW_FAILED_FORM, true);
	else if (!room_for(p))
		page_notice(p, 503, CW_AWAY);
	else {
		p->taking = true;
		if (!http_body_take(p->server, p->http, BODY_MAX))
			posted_free(p);
	}
}

static void
form_sent(struct posted *p)
{
	json_t *args;

	if (p->form.what != CASEFORM_WRITE) {
		ask_as(p, OP_CASE_DONE,
		    json_pack("{s:b}", "done", p->form.what == CASEFORM_DONE),
		    got_sent);
		return;
	}
	if (p->form.text[0] == '\0' && p->form.nfiles == 0) {
		page_show(p, 400, CW_FAILED_EMPTY, true);
		return;
	}
	args = json_pack("{s:s}", "id", p->form.id);
	if (p->form.text[0] != '\0')
		json_object_set_new(args, "text", json_string(p->form.text));
	ask_as(p, OP_CASE_WRITE, args, got_sent);
}

bool
casefront_owns(struct http_server *server, uint64_t http)
{
	return (posted_find(server, http) != NULL);
}

bool
casefront_piece(
    struct http_server *server, uint64_t http, const char *s, size_t n)
{
	struct posted *p = posted_find(server, http);

	if (p == NULL)
		return (false);
	if (!spill_add(&p->body, s, n)) {
		p->length = -1;
		page_notice(p, 503, CW_AWAY);
		return (false);
	}
	return (true);
}

void
casefront_whole(struct http_server *server, uint64_t http)
{
	struct posted *p = posted_find(server, http);

	if (p == NULL)
		return;
	p->taking = false;
	p->length = 0;
	if (!spill_seal(&p->body))
		page_notice(p, 503, CW_AWAY);
	else if (!caseform_read(
		     &p->form, p->type, (const char *)p->body.p, p->body.n))
		page_show(p, 400, CW_FAILED_FORM, true);
	else
		form_sent(p);
}

/* An ask under way for it finds nothing, but what it files stays filed. */
void
casefront_gone(struct http_server *server, uint64_t http)
{
	struct posted *p = posted_find(server, http);

	if (p != NULL)
		posted_free(p);
}

void
casefront_close(void)
{
	while (all.first != NULL)
		posted_free(list_of(all.first, struct posted, link));
	idmap_free(&ids);
}

bool
casefront_files(uint64_t id, struct event *e)
{
	struct posted	  *p = idmap_get(&ids, id);
	struct attachment *to;
	uint8_t		   digest[SHA256_LEN];
	size_t		   i;

	if (p == NULL)
		return (false);
	e->attachments =
	    arena_get(&e->arena, p->form.nfiles * sizeof *e->attachments);
	if (e->attachments == NULL)
		return (false);
	memset(e->attachments, 0, p->form.nfiles * sizeof *e->attachments);
	for (i = 0; i < p->form.nfiles; i++) {
		to = &e->attachments[i];
		to->name = arena_str(&e->arena, p->form.files[i].name);
		to->type = arena_str(&e->arena, p->form.files[i].type);
		to->bytes = (const uint8_t *)p->form.files[i].bytes;
		to->size = p->form.files[i].n;
		if (to->name == NULL || to->type == NULL ||
		    !sha256(digest, to->bytes, to->size))
			return (false);
		hex_put(to->sha256, digest, sizeof digest);
	}
	e->nattachments = p->form.nfiles;
	e->files = spill_take(&p->body);
	return (true);
}

/* ---- requests */

/* /case/TOKEN, and what follows it; NULL when the path is none of these. */
static const char *
path_token(const char *path, char token[TOKEN_LEN + 1])
{
	static const char ok[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "abcdefghijklmnopqrstuvwxyz0123456789-_";

	if (strncmp(path, "/case/", 6) != 0)
		return (NULL);
	path += 6;
	if (strspn(path, ok) != TOKEN_LEN)
		return (NULL);
	memcpy(token, path, TOKEN_LEN);
	token[TOKEN_LEN] = '\0';
	return (path + TOKEN_LEN);
}

bool
casefront_wants(const char *method, const char *path)
{
	char	    token[TOKEN_LEN + 1];
	const char *rest = path_token(path, token);

	return (rest != NULL && rest[0] == '\0' && strcmp(method, "POST") == 0);
}

/* What "said=WORD" of the address thanks for; CASEWORDS: nothing. */
static enum caseword
said_of(const char *word)
{
	return (strcmp(word, "sent") == 0    ? CW_SENT
		: strcmp(word, "done") == 0  ? CW_SAID_DONE
		: strcmp(word, "again") == 0 ? CW_SAID_AGAIN
					     : CASEWORDS);
}

/* "/files/EVENT/PLACE", in numbers as we write them. */
static json_t *
file_args(const char *rest)
{
	char	  check[64];
	long long event;
	int	  place;

	if (sscanf(rest, "/files/%15lld/%6d", &event, &place) != 2 ||
	    event < 1 || place < 0)
		return (NULL);
	snprintf(check, sizeof check, "/files/%lld/%d", event, place);
	if (strcmp(check, rest) != 0)
		return (NULL);
	return (
	    json_pack("{s:I,s:i}", "event", (json_int_t)event, "place", place));
}

static void
wrong_method(struct posted *p)
{
	http_wrong_method(p->server, p->http, "GET, HEAD, POST");
	posted_free(p);
}

bool
casefront_request(struct daemon *d, struct http_server *server,
    const struct http_request *r, const char *peer)
{
	char	       token[TOKEN_LEN + 1];
	const char    *rest = path_token(r->path, token);
	bool	       get = strcmp(r->method, "GET") == 0;
	struct posted *p;
	json_t	      *args;

	if (rest == NULL)
		return (false);
	p = xcalloc(1, sizeof *p);
	p->d = d;
	p->server = server;
	p->http = r->id;
	caller_public(&p->caller, "http", peer);
	memcpy(p->token, token, sizeof token);
	p->id = idmap_add(&ids, p);
	list_append(&all, &p->link);
	pagequery_read(&p->query, r->query, http_header(r, "Accept-Language"));
	p->said = said_of(p->query.said);
	if (rest[0] == '\0' && get)
		ask_as(p, OP_CASE_SEE, lang_args(p), got_page);
	else if (rest[0] == '\0' && strcmp(r->method, "POST") == 0) {
		const char *type = http_header(r, "Content-Type");

		p->type = type != NULL ? xstrdup(type) : NULL;
		p->length = r->upload ? r->length : 0;
		ask_as(p, OP_CASE_SEE, lang_args(p), got_check);
	} else if (get && (args = file_args(rest)) != NULL)
		ask_as(p, OP_CASE_FILE, args, got_file);
	else if (rest[0] == '\0')
		wrong_method(p);
	else
		page_notice(p, 404, CW_GONE);
	return (true);
}
