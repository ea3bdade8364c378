/*
 * The HTTP front; see web.h.
 *
 * A request's bytes are good during one call only, but who asks is known
 * later: what the ask needs is kept in a struct visit, until the ask is
 * made.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "access.h"
#include "ask.h"
#include "base/buf.h"
#include "base/idmap.h"
#include "base/mem.h"
#include "casefront.h"
#include "cookie.h"
#include "daemon.h"
#include "dispatch.h"
#include "download.h"
#include "edge/conn.h"
#include "edge/hmac.h"
#include "edge/http.h"
#include "edge/site.h"
#include "ingest.h"
#include "proto/call.h"
#include "proto/http.h"
#include "settings.h"
#include "stream.h"
#include "surveyfront.h"
#include "upload.h"
#include "web.h"
#include "webhead.h"

/* Bodies of EVENT.ADD and hooks; the API's others are small. */
#define BODY_EVENT 1114112
#define BODY_SMALL 131072

struct web {
	struct daemon	   *d;
	struct http_server *server;
	bool		    tls;
};

/* One request, from its coming to its ask. */
struct visit {
	struct web     *web;
	uint64_t	http;
	struct op_match match;
	char	       *path; /* match.values point in here */
	char	       *query;
	char	       *body;
	size_t		nbody;
	char		peer[46];
	char	       *csrf;
	bool		cross_site;
	struct cookies	cookies;
	char	       *auth;	/* the Authorization header */
	char	       *offset; /* Last-Event-ID: a stream resumes */
	struct proof	proof;
	char	       *proofs[5];
	/* Of a file that is to be uploaded; type NULL: it is none. */
	struct upload_head upload;
	char		  *of_upload[2];
	bool		   uploads;
};

static struct idmap visits;

static char *
dup_or_null(const char *s)
{
	return (s != NULL ? xstrdup(s) : NULL);
}

static void
visit_free(struct visit *v)
{
	size_t i;

	for (i = 0; i < nitems(v->proofs); i++)
		free(v->proofs[i]);
	for (i = 0; i < nitems(v->of_upload); i++)
		free(v->of_upload[i]);
	free(v->path);
	free(v->query);
	free(v->body);
	free(v->csrf);
	free(v->auth);
	free(v->offset);
	free(v);
}

static void
web_refuse(struct web *w, uint64_t http, const struct op *op,
    enum ask_code code, const char *words)
{
	http_problem(w->server, http,
	    &(struct http_problem){ .status = ask_code_status(code),
		.code = ask_code_name(code),
		.detail = words,
		.retry = code == ASK_TRYAGAIN ? 2 : 0,
		.headers = webhead_of(op) });
}

static void web_answer(
    void *, uint64_t, const struct ask *, const struct answer *);

/* The last of an upload's answers: something new stands. */
static void
web_uploaded(
    void *front, uint64_t http, const struct ask *a, const struct answer *o)
{
	struct answer made = *o;

	made.made = o->code == ASK_OK;
	web_answer(front, http, a, &made);
}

static void
web_file(
    struct web *w, uint64_t http, const struct ask *a, const struct answer *o)
{
	json_t *file = json_loadb(o->json, o->n, 0, NULL);

	download_begin(w->d, w->server, http, file, webhead_of(a->op));
	json_decref(file);
}

/* What an ask's answer needs of the front; its reference is the http id. */
static void
web_answer(
    void *front, uint64_t http, const struct ask *a, const struct answer *o)
{
	struct web *w = front;
	const char *headers[3] = { NULL, NULL, NULL };
	char	    cookie[200], device[200];

	if (o->code != ASK_OK) {
		http_problem(w->server, http,
		    &(struct http_problem){ .status = ask_code_status(o->code),
			.code = ask_code_name(o->code),
			.detail = o->words,
			.member = o->member,
			.retry = o->retry,
			.headers = webhead_of(a->op) });
		return;
	}
	if (o->live) {
		stream_open(w->d, w->server, http, &a->caller, o->offset,
		    webhead_of(a->op));
		return;
	}
	if (o->body) {
		upload_begin(a,
		    &(struct upload_front){ .server = w->server,
			.http = http,
			.answer = web_uploaded,
			.front = w,
			.headers = webhead_of(a->op) });
		return;
	}
	if (o->file) {
		web_file(w, http, a, o);
		return;
	}
	if (o->cookie != NULL) {
		cookie_write(cookie, sizeof cookie, o->cookie,
		    w->d->settings->secure_cookies);
		headers[0] = cookie;
	}
	if (o->cookie != NULL && o->device != NULL) {
		cookie_write_device(device, sizeof device, o->device,
		    w->d->settings->secure_cookies);
		headers[1] = device;
	}
	http_answer(w->server, http,
	    &(struct http_answer){ .status = o->made ? 201 : 200,
		.type =
		    o->plain ? "text/plain; charset=utf-8" : "application/json",
		.body = o->json,
		.n = o->n,
		.headers = o->cookie != NULL ? headers : webhead_of(a->op),
		.pack = o->cookie == NULL && webhead_packs(a->op) });
}

/*
 * No page can have another site's browser post this type without being asked
 * first whether it may (Fetch standard, section 3.2.2).
 */
static bool
visit_is_json(const struct visit *v)
{
	static const char type[] = "application/json";
	const size_t	  n = sizeof type - 1;
	const char	 *s = v->upload.type;

	return (s != NULL && strncasecmp(s, type, n) == 0 &&
	    strchr("; \t", s[n]) != NULL);
}

/* A browser's write carries the session's own secret besides the cookie. */
static bool
visit_is_forged(
    const struct visit *v, const struct caller *c, const struct op *op)
{
	/* Nobody is to be logged in by another's page. */
	if (op == &ops[OP_LOGIN] || op == &ops[OP_SETUP_BEGIN])
		return (v->cross_site || !visit_is_json(v));
	if (!op->writes || !c->cookie)
		return (false);
	return (v->cross_site || v->csrf == NULL ||
	    !same_secret(v->csrf, strlen(v->csrf), c->csrf, strlen(c->csrf)));
}

/* A browser that lost its stream names the last notice it saw. */
static void
visit_resume(const struct visit *v, const struct op *op, json_t *args)
{
	const struct op_arg *arg;
	const char	    *wrong;

	if (v->offset == NULL || json_object_get(args, "offset") != NULL)
		return;
	for (arg = op->args; arg->type != ARG_END; arg++)
		if (arg->type == ARG_OFFSET &&
		    arg_check(arg, v->offset, strlen(v->offset), &wrong))
			json_object_set_new(
			    args, arg->name, json_string(v->offset));
}

static void
visit_ask(struct visit *v, const struct caller *c)
{
	const struct op *op = v->match.op;
	const char	*member = "", *wrong = "";
	struct ask	*a;
	json_t		*args = NULL;
	char		 words[300];

	if (visit_is_forged(v, c, op)) {
		web_refuse(v->web, v->http, op, ASK_DENIED,
		    "This did not come from the desk's own page.");
		return;
	}
	if (!call_from_http(op, &v->match, v->query, v->body, v->nbody, &args,
		&member, &wrong)) {
		snprintf(words, sizeof words, "%s%s%s.", member,
		    member[0] != '\0' ? " " : "The request ", wrong);
		http_problem(v->web->server, v->http,
		    &(struct http_problem){ .status = 400,
			.code = "INVALID",
			.detail = words,
			.member = member[0] != '\0' ? member : NULL,
			.headers = webhead_of(op) });
		return;
	}
	visit_resume(v, op, args);
	a = ask_new(v->web->d, op, args, c);
	a->answer = web_answer;
	a->front = v->web;
	a->ref = v->http;
	a->raw = op == &ops[OP_HOOK_VERIFY] ? v->query : v->body;
	a->nraw = op == &ops[OP_HOOK_VERIFY] && v->query != NULL
	    ? strlen(v->query)
	    : v->nbody;
	a->proof = &v->proof;
	a->upload = v->uploads ? &v->upload : NULL;
	a->cookies = &v->cookies;
	dispatch_ask(a);
}

static void
visit_known(void *arg, uint64_t id, enum access_how how, const struct caller *c)
{
	struct visit *v = idmap_drop(&visits, id);
	struct caller nobody;

	(void)arg;
	if (v == NULL)
		return;
	if (how == ACCESS_LATER)
		web_refuse(v->web, v->http, v->match.op, ASK_TRYAGAIN,
		    "The desk's records cannot be reached now. Try again.");
	else if (how == ACCESS_YES)
		visit_ask(v, c);
	else {
		caller_public(&nobody, "http", v->peer);
		visit_ask(v, &nobody);
	}
	visit_free(v);
}

/* The Bearer token of the Authorization header, or NULL. */
static const char *
visit_bearer(const struct visit *v)
{
	if (v->auth != NULL && strncasecmp(v->auth, "Bearer ", 7) == 0)
		return (v->auth + 7);
	return (NULL);
}

/* Looks up who comes: a token in the header, or the session's cookie. */
static void
visit_begin(struct visit *v)
{
	const struct op *op = v->match.op;
	const char	*bearer = visit_bearer(v);
	enum access_kind kind = ACCESS_KEY;
	char		 conversation[37] = "";
	struct caller	 nobody;
	uint64_t	 id;

	if (op->role == ROLE_VISITOR && v->match.n > 0 &&
	    v->match.lengths[0] == 36) {
		kind = ACCESS_VISITOR;
		memcpy(conversation, v->match.values[0], 36);
	}
	if (bearer == NULL && v->cookies.session[0] != '\0' &&
	    op->role > ROLE_VISITOR)
		kind = ACCESS_SESSION;
	if (bearer == NULL && kind != ACCESS_SESSION) {
		caller_public(&nobody, "http", v->peer);
		visit_ask(v, &nobody);
		visit_free(v);
		return;
	}
	id = idmap_add(&visits, v);
	access_ask(v->web->d->access, kind,
	    bearer != NULL ? bearer : v->cookies.session,
	    kind == ACCESS_VISITOR ? conversation : NULL, "http", v->peer,
	    visit_known, NULL, id);
}

/* A hook's secret: in a header of its own, or the password of Basic. */
static char *
hook_secret(const struct http_request *r)
{
	const char *auth = http_header(r, "Authorization");
	char	    password[256];

	if (auth != NULL && basic_password(password, sizeof password, auth))
		return (xstrdup(password));
	return (dup_or_null(http_header(r, "X-Hook-Secret")));
}

/* All fields, for a provider that signs in one of its own (struct proof). */
static char *
hook_head(const struct http_request *r)
{
	const struct http_head *h = r->fields;
	struct buf		b;
	size_t			i;

	if (strncmp(r->path, "/hooks/", 7) != 0)
		return (NULL);
	buf_init(&b, 0);
	for (i = 0; i < h->nfields; i++) {
		buf_add(
		    &b, r->bytes + h->fields[i].name.at, h->fields[i].name.n);
		buf_char(&b, '\0');
		buf_add(
		    &b, r->bytes + h->fields[i].value.at, h->fields[i].value.n);
		buf_char(&b, '\0');
	}
	buf_char(&b, '\0');
	return (buf_take(&b, NULL));
}

static struct visit *
visit_new(struct web *w, const struct http_request *r)
{
	struct visit *v;

	v = xcalloc(1, sizeof *v);
	v->web = w;
	v->http = r->id;
	v->path = xstrdup(r->path);
	v->query = r->query[0] != '\0' ? xstrdup(r->query) : NULL;
	v->body = r->nbody != 0 ? xstrndup(r->body, r->nbody) : NULL;
	v->nbody = r->nbody;
	webhead_peer(v->peer, w->d->settings->trusted_proxy, r);
	v->csrf = dup_or_null(http_header(r, "X-CSRF-Token"));
	v->cross_site = webhead_cross_site(r);
	cookie_read(&v->cookies, r, w->d->settings->secure_cookies);
	v->auth = dup_or_null(http_header(r, "Authorization"));
	v->offset = dup_or_null(http_header(r, "Last-Event-ID"));
	v->uploads = r->upload;
	v->upload.length = r->length;
	v->upload.type = v->of_upload[0] =
	    dup_or_null(http_header(r, "Content-Type"));
	v->upload.disposition = v->of_upload[1] =
	    dup_or_null(http_header(r, "Content-Disposition"));
	v->proof.id = v->proofs[0] = dup_or_null(http_header(r, "webhook-id"));
	v->proof.timestamp = v->proofs[1] =
	    dup_or_null(http_header(r, "webhook-timestamp"));
	v->proof.signature = v->proofs[2] =
	    dup_or_null(http_header(r, "webhook-signature"));
	v->proof.secret = v->proofs[3] = hook_secret(r);
	v->proof.head = v->proofs[4] = hook_head(r);
	/* A browser says where a page's request comes from: any page may post. */
	v->proof.forwarded = http_header(r, "X-Forwarded-For") != NULL ||
	    http_header(r, "Forwarded") != NULL ||
	    http_header(r, "Origin") != NULL || v->cross_site;
	return (v);
}

static enum http_method
method_of(const char *s)
{
	enum http_method m;

	for (m = HTTP_GET; m <= HTTP_DELETE; m++)
		if (strcmp(method_name(m), s) == 0)
			return (m);
	return (HTTP_NONE);
}

/* The path is ours, the method is not one of its own. */
static void
web_wrong_method(struct web *w, uint64_t http, unsigned allowed)
{
	char		 allow[64] = "";
	enum http_method m;
	size_t		 n = 0;

	for (m = HTTP_GET; m <= HTTP_DELETE; m++)
		if (allowed & BIT(m))
			n += (size_t)snprintf(allow + n, sizeof allow - n,
			    "%s%s", n > 0 ? ", " : "", method_name(m));
	http_wrong_method(w->server, http, allow);
}

static void
web_request(void *arg, const struct http_request *r)
{
	struct web   *w = arg;
	struct visit *v;
	char	      peer[46];

	webhead_peer(peer, w->d->settings->trusted_proxy, r);
	if (casefront_request(w->d, w->server, r, peer) ||
	    surveyfront_request(w->d, w->server, r, peer))
		return;
	if (site_answer(w->d->site, w->server, r))
		return;
	if (strcmp(r->method, "OPTIONS") == 0 && webhead_is_chat(r->path)) {
		http_answer(w->server, r->id,
		    &(struct http_answer){
			.status = 204, .headers = webhead_preflight });
		return;
	}
	v = visit_new(w, r);
	if (op_match(
		&v->match, method_of(r->method), v->path, strlen(v->path))) {
		visit_begin(v);
		return;
	}
	if (v->match.allowed != 0)
		web_wrong_method(w, r->id, v->match.allowed);
	else
		web_refuse(
		    w, r->id, NULL, ASK_NOTFOUND, "There is nothing there.");
	visit_free(v);
}

static size_t
web_body_max(void *arg, const char *path)
{
	(void)arg;
	if (strncmp(path, "/api/v1/events", 14) == 0 ||
	    strncmp(path, "/api/v1/config", 14) == 0 ||
	    strncmp(path, "/hooks/", 7) == 0)
		return (BODY_EVENT);
	return (BODY_SMALL);
}

static void
web_gone(void *arg, uint64_t http)
{
	struct web *w = arg;

	stream_gone(w->d, w->server, http);
	casefront_gone(w->server, http);
	surveyfront_gone(w->server, http);
	upload_gone(w->server, http);
	download_gone(w->server, http);
}

static bool
web_wants(void *arg, const char *method, const char *path)
{
	struct op_match m;

	(void)arg;
	if (casefront_wants(method, path))
		return (true);
	return (op_match(&m, method_of(method), path, strlen(path)) &&
	    m.op->way == BY_UPLOAD);
}

static bool
web_piece(void *arg, uint64_t http, const char *p, size_t n)
{
	struct web *w = arg;

	if (casefront_owns(w->server, http))
		return (casefront_piece(w->server, http, p, n));
	return (upload_piece(w->server, http, p, n));
}

static void
web_whole(void *arg, uint64_t http)
{
	struct web *w = arg;

	if (casefront_owns(w->server, http))
		casefront_whole(w->server, http);
	else
		upload_whole(w->server, http);
}

static void
web_sent(void *arg, uint64_t http)
{
	struct web *w = arg;

	download_sent(w->server, http);
}

struct web *
web_open(struct daemon *d, const char *at, struct tls *tls, const char **wrong)
{
	struct web *w;

	w = xcalloc(1, sizeof *w);
	w->d = d;
	w->tls = tls != NULL;
	w->server = http_listen(d->base,
	    &(struct http_conf){ .at = at,
		.tls = tls,
		.max_peer = (unsigned)d->settings->max_peer,
		.body_max = web_body_max,
		.request = web_request,
		.gone = web_gone,
		.wants = web_wants,
		.piece = web_piece,
		.whole = web_whole,
		.sent = web_sent,
		.arg = w },
	    wrong);
	if (w->server == NULL) {
		free(w);
		return (NULL);
	}
	return (w);
}

void
web_stop(struct web *w)
{
	http_stop(w->server);
}

unsigned
web_count(const struct web *w)
{
	return (http_count(w->server));
}

int
web_port(const struct web *w)
{
	return (http_port(w->server));
}

void
web_close(struct web *w)
{
	http_close(w->server);
	conn_reap(); /* streams end through w */
	casefront_close();
	surveyfront_close();
	upload_close();
	download_close();
	free(w);
}
