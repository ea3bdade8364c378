/*
 * The front of the survey's page; see surveyfront.h.
 *
 * A request is a struct polled from its coming to its answer; what is asked
 * meanwhile knows it by its id.  A form that could not be kept is shown again
 * with what stood in it.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ask.h"
#include "base/buf.h"
#include "base/idmap.h"
#include "base/list.h"
#include "base/mem.h"
#include "desk/surveypage.h"
#include "dispatch.h"
#include "edge/hmac.h"
#include "edge/http.h"
#include "proto/pagequery.h"
#include "proto/surveyform.h"
#include "surveyfront.h"

#define KEY_MAX 64 /* letters of a token, or of a form's name */

struct polled {
	struct link	    link;
	uint64_t	    id;
	struct daemon	   *d;
	struct http_server *server;
	uint64_t	    http;
	struct caller	    caller;
	bool		    form;     /* the feedback form; else a link */
	bool		    followup; /* of a follow-up's mail */
	char		    key[KEY_MAX + 1];
	struct pagequery    query;
	enum surveyword	    said;   /* what the page thanks for */
	int		    failed; /* the status of what was not kept, 0 */
	struct surveyform   posted;
};

static struct list  all;
static struct idmap ids;

static const char *const headers[] = {
	"Content-Security-Policy: default-src 'none'; style-src 'self'; "
	"img-src data:; form-action 'self'; base-uri 'none'; "
	"frame-ancestors 'none'",
	"X-Robots-Tag: noindex, nofollow", NULL
};

static void
polled_free(struct polled *p)
{
	list_remove(&all, &p->link);
	idmap_drop(&ids, p->id);
	surveyform_free(&p->posted);
	free(p);
}

void
surveyfront_gone(struct http_server *server, uint64_t http)
{
	LIST_EACH (l, &all) {
		struct polled *p = list_of(l, struct polled, link);

		if (p->server == server && p->http == http) {
			polled_free(p);
			return;
		}
	}
}

void
surveyfront_close(void)
{
	while (all.first != NULL)
		polled_free(list_of(all.first, struct polled, link));
	idmap_free(&ids);
}

/* ---- answers; each ends the request */

static void
page_out(struct polled *p, int status, struct buf *b)
{
	const char *later[] = { headers[0], headers[1], "Retry-After: 30",
		NULL };

	http_answer(p->server, p->http,
	    &(struct http_answer){ .status = status,
		.type = "text/html; charset=utf-8",
		.body = b->p,
		.n = b->n,
		.headers = status == 503 || status == 429 ? later : headers });
	buf_free(b);
	polled_free(p);
}

static void
page_notice(struct polled *p, int status, enum surveyword w)
{
	struct buf b;

	buf_init(&b, 0);
	surveypage_notice(&b, w, p->query.english);
	page_out(p, status, &b);
}

/* Nothing can be asked for: what was posted goes back to who posted it. */
static void
page_kept(struct polled *p)
{
	struct buf b;

	buf_init(&b, 0);
	surveypage_kept(&b, p->posted.once, surveyform_button(p->posted.what),
	    p->posted.answers, p->posted.besides, p->query.english);
	page_out(p, 503, &b);
}

static void
page_refused(struct polled *p, enum ask_code code)
{
	if (code == ASK_NOTFOUND)
		page_notice(p, 404, p->form ? SW_NONE : SW_GONE);
	else if (code == ASK_TOOMANY)
		page_notice(p, 429, SW_OFTEN);
	else if (p->failed != 0 && p->posted.once[0] != '\0')
		page_kept(p);
	else
		page_notice(p, 503, SW_AWAY);
}

/* On to a page by GET. */
static void
page_next(struct polled *p, const char *key, const char *said)
{
	char	    location[160];
	const char *to[] = { location, NULL };

	snprintf(location, sizeof location, "Location: /%s/%s?lang=%s%s%s",
	    p->form ? "feedback" : "survey", key,
	    p->query.english ? "en" : "vi", said != NULL ? "&said=" : "",
	    said != NULL ? said : "");
	http_answer(p->server, p->http,
	    &(struct http_answer){ .status = 303, .headers = to });
	polled_free(p);
}

/* ---- the page by what is there to see */

/* What stood in the form, all in one. */
static json_t *
typed_of(const struct polled *p)
{
	json_t *typed = json_copy(p->posted.answers);

	json_object_update(typed, p->posted.besides);
	return (typed);
}

static void
page_show(struct polled *p, const json_t *seen)
{
	struct surveypage page = { .seen = seen,
		.score = p->query.score[0] != '\0' ? p->query.score : NULL,
		.english = p->query.english,
		.staff = json_is_true(json_object_get(seen, "staff")),
		.said = p->said,
		.failed = p->failed != 0,
		.typed = p->failed != 0 ? typed_of(p) : NULL };
	struct buf	  b;
	char		  once[37];

	/* The same form sent again is to be known as the same. */
	if (p->failed != 0 && p->posted.once[0] != '\0')
		snprintf(once, sizeof once, "%s", p->posted.once);
	else if (!uuid_make(once)) {
		json_decref((json_t *)(uintptr_t)page.typed);
		page_notice(p, 503, SW_AWAY);
		return;
	}
	page.once = once;
	buf_init(&b, 0);
	surveypage_write(&b, &page);
	json_decref((json_t *)(uintptr_t)page.typed);
	page_out(p, p->failed != 0 ? p->failed : 200, &b);
}

static void
got_page(void *front, uint64_t id, const struct ask *a, const struct answer *o)
{
	struct polled *p = idmap_get(&ids, id);
	json_t	      *seen;
	const char    *lang;

	(void)front;
	(void)a;
	if (p == NULL)
		return;
	if (o->code != ASK_OK) {
		page_refused(p, o->code);
		return;
	}
	seen = json_loadb(o->json, o->n, 0, NULL);
	lang = json_string_value(json_object_get(seen, "lang"));
	p->query.english = lang != NULL && strcmp(lang, "en") == 0;
	page_show(p, seen);
	json_decref(seen);
}

static void
ask_as(struct polled *p, enum op_id op, json_t *args,
    void (*answer)(void *, uint64_t, const struct ask *, const struct answer *))
{
	struct ask *a;

	json_object_set_new(
	    args, p->form ? "survey" : "token", json_string(p->key));
	a = ask_new(p->d, &ops[op], args, &p->caller);
	a->answer = answer;
	a->front = NULL;
	a->ref = p->id;
	dispatch_ask(a);
}

static void
page_ask(struct polled *p)
{
	json_t *args = json_object();

	if (p->query.asked || p->form)
		json_object_set_new(
		    args, "lang", json_string(p->query.english ? "en" : "vi"));
	ask_as(p, p->form ? OP_FEEDBACK_SEE : OP_SURVEY_SEE, args, got_page);
}

/* Not kept: the page again, with what was typed and why it was not. */
static void
page_again(struct polled *p, enum ask_code code, const char *member)
{
	bool reach = member != NULL &&
	    (strcmp(member, "email") == 0 || strcmp(member, "phone") == 0);

	switch (code) {
	case ASK_NOTFOUND:
		page_refused(p, code);
		return;
	case ASK_INVALID:
		p->failed = 400;
		p->said = reach ? SW_FAILED_REACH : SW_FAILED_EMPTY;
		break;
	case ASK_TOOLARGE:
		p->failed = 413;
		p->said = SW_FAILED_LARGE;
		break;
	case ASK_TOOMANY:
		p->failed = 429;
		p->said = SW_FAILED_OFTEN;
		break;
	default:
		p->failed = 503;
		p->said = SW_FAILED;
	}
	page_ask(p);
}

/* ---- what was posted */

static void
got_answer(
    void *front, uint64_t id, const struct ask *a, const struct answer *o)
{
	struct polled *p = idmap_get(&ids, id);
	json_t	      *told;
	char	       key[KEY_MAX + 1];

	(void)front;
	(void)a;
	if (p == NULL)
		return;
	if (o->code != ASK_OK) {
		page_again(p, o->code, o->member);
		return;
	}
	if (p->form) {
		page_next(p, p->key, "sent");
		return;
	}
	told = json_loadb(o->json, o->n, 0, NULL);
	snprintf(key, sizeof key, "%s",
	    json_string_value(json_object_get(told, "token")));
	json_decref(told);
	page_next(p, key, NULL);
}

/* Words that are no question's are for his case: nothing typed is lost. */
static bool
wants_help(const struct polled *p)
{
	return (p->posted.what == SURVEYFORM_HELP ||
	    json_is_true(json_object_get(p->posted.besides, "call")) ||
	    json_object_get(p->posted.besides, "text") != NULL);
}

static void
got_help(void *front, uint64_t id, const struct ask *a, const struct answer *o)
{
	struct polled *p = idmap_get(&ids, id);

	(void)front;
	(void)a;
	if (p == NULL)
		return;
	if (o->code == ASK_OK)
		page_next(p, p->key, "help");
	else
		page_again(p, o->code, o->member);
}

static void
help_ask(struct polled *p)
{
	json_t	   *args = json_object();
	const char *text =
	    json_string_value(json_object_get(p->posted.besides, "text"));

	if (text != NULL)
		json_object_set_new(args, "text", json_string(text));
	json_object_set_new(args, "call",
	    json_boolean(
		json_is_true(json_object_get(p->posted.besides, "call"))));
	ask_as(p, OP_SURVEY_HELP, args, got_help);
}

static void
got_more(void *front, uint64_t id, const struct ask *a, const struct answer *o)
{
	struct polled *p = idmap_get(&ids, id);

	(void)front;
	(void)a;
	if (p == NULL)
		return;
	if (o->code != ASK_OK)
		page_again(p, o->code, o->member);
	else if (wants_help(p))
		help_ask(p);
	else
		page_next(p, p->key,
		    p->posted.what == SURVEYFORM_DONE ? "done" : "more");
}

static void
feedback_ask(struct polled *p)
{
	static const char *const names[] = { "name", "email", "phone" };
	json_t *args = json_pack("{s:O,s:s,s:s}", "answers", p->posted.answers,
	    "id", p->posted.once, "lang", p->query.english ? "en" : "vi");
	json_t *value;
	size_t	i;

	for (i = 0; i < nitems(names); i++)
		if ((value = json_object_get(p->posted.besides, names[i])) !=
		    NULL)
			json_object_set(args, names[i], value);
	ask_as(p, OP_FEEDBACK_SEND, args, got_answer);
}

static void
got_left(void *front, uint64_t id, const struct ask *a, const struct answer *o)
{
	struct polled *p = idmap_get(&ids, id);

	(void)front;
	(void)a;
	if (p == NULL)
		return;
	if (o->code == ASK_OK)
		page_notice(p, 200, p->followup ? SW_UNSENT : SW_LEFT);
	else if (o->code == ASK_NOTFOUND || o->code == ASK_TOOMANY)
		page_refused(p, o->code);
	else
		page_notice(p, 503, SW_UNLEFT);
}

static void
form_sent(struct polled *p)
{
	if (p->form && p->posted.trapped)
		page_next(p, p->key, "sent"); /* a robot learns nothing */
	else if (p->form)
		feedback_ask(p);
	else if (p->posted.what == SURVEYFORM_ANSWER)
		ask_as(p, OP_SURVEY_ANSWER,
		    json_pack("{s:O,s:s}", "answers", p->posted.answers, "once",
			p->posted.once),
		    got_answer);
	else
		ask_as(p, OP_SURVEY_MORE,
		    json_pack("{s:O}", "answers", p->posted.answers), got_more);
}

static void
form_read(struct polled *p, const struct http_request *r)
{
	if (surveyform_read(
		&p->posted, http_header(r, "Content-Type"), r->body, r->nbody))
		form_sent(p);
	else {
		p->failed = 400;
		p->said = SW_FAILED_FORM;
		page_ask(p);
	}
}

/* ---- requests */

/*
 * Whether the path is PREFIX and one more word, or that and the tail; the word,
 * as far as it may be a key of ours.
 */
static bool
path_key(const char *path, const char *prefix, const char *tail,
    char key[KEY_MAX + 1])
{
	static const char ok[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "abcdefghijklmnopqrstuvwxyz0123456789-_.";
	size_t		  n = strlen(prefix);

	if (strncmp(path, prefix, n) != 0)
		return (false);
	path += n;
	n = strcspn(path, "/");
	if (n == 0 || strcmp(path + n, tail) != 0 ||
	    strcmp(path, "page.css") == 0 || strncmp(path, "v1/", 3) == 0)
		return (false);
	/* What can be no key opens nothing, as a wrong one does. */
	if (n > KEY_MAX || strspn(path, ok) != n)
		snprintf(key, KEY_MAX + 1, "-");
	else
		snprintf(key, KEY_MAX + 1, "%.*s", (int)n, path);
	return (true);
}

/* What "said=WORD" of the address thanks for; SURVEYWORDS: nothing. */
static enum surveyword
said_of(const char *word)
{
	static const struct {
		const char     *word;
		enum surveyword is;
	} words[] = {
		{ "more", SW_SAID_MORE },
		{ "help", SW_SAID_HELP },
		{ "done", SW_SAID_DONE },
		{ "sent", SW_SAID_SENT },
	};
	size_t i;

	for (i = 0; i < nitems(words); i++)
		if (strcmp(words[i].word, word) == 0)
			return (words[i].is);
	return (SURVEYWORDS);
}

static void
wrong_method(struct polled *p)
{
	http_wrong_method(p->server, p->http, "GET, HEAD, POST");
	polled_free(p);
}

bool
surveyfront_request(struct daemon *d, struct http_server *server,
    const struct http_request *r, const char *peer)
{
	char key[KEY_MAX + 1];
	bool form = path_key(r->path, "/feedback/", "", key);
	bool followup = path_key(r->path, "/followup/", "/leave", key);
	bool leave =
	    followup || (!form && path_key(r->path, "/survey/", "/leave", key));
	bool	       get = strcmp(r->method, "GET") == 0;
	struct polled *p;

	if (!form && !leave && !path_key(r->path, "/survey/", "", key))
		return (false);
	p = xcalloc(1, sizeof *p);
	p->d = d;
	p->server = server;
	p->http = r->id;
	p->form = form;
	p->followup = followup;
	caller_public(&p->caller, "http", peer);
	memcpy(p->key, key, sizeof key);
	p->id = idmap_add(&ids, p);
	list_append(&all, &p->link);
	pagequery_read(&p->query, r->query, http_header(r, "Accept-Language"));
	p->said = said_of(p->query.said);
	if (!get && strcmp(r->method, "POST") != 0)
		wrong_method(p);
	else if (leave && get)
		/* Whatever its link. */
		page_notice(p, 200, followup ? SW_UNWANTED : SW_LEAVE);
	else if (leave)
		ask_as(p, followup ? OP_FOLLOWUP_LEAVE : OP_SURVEY_LEAVE,
		    json_object(), got_left);
	else if (get)
		page_ask(p);
	else
		form_read(p, r);
	return (true);
}
