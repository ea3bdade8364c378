/*
 * The front of the TCP protocol; see service.h.
 *
 * A session shows its key once (AUTH, HELLO) and is believed for
 * ACCESS_TTL_MS; the first command after that looks it up again, and a key
 * that was revoked meanwhile ends the session.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access.h"
#include "ask.h"
#include "base/clock.h"
#include "base/idmap.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon.h"
#include "dispatch.h"
#include "edge/conn.h"
#include "edge/resp.h"
#include "feed.h"
#include "greeting.h"
#include "presence.h"
#include "proto/call.h"
#include "route/route.h"
#include "service.h"
#include "settings.h"

struct service {
	struct daemon	   *d;
	struct resp_server *server;
	bool		    control;
};

/* What the front keeps for one session. */
struct client {
	uint64_t	     id;
	struct service	    *service;
	struct resp_session *session;
	struct caller	     caller;
	enum access_kind     kind;    /* of what it showed */
	int64_t		     checked; /* 0: need not be looked up */
	uint64_t	     listener;
};

/* A command between its coming and its reply. */
struct command {
	uint64_t	 client;
	struct service	*service;
	uint64_t	 slot;
	const struct op *op;
	json_t		*args;
	char		*raw; /* EVENT.ADD's own bytes */
	size_t		 nraw;
	struct greeting	 greeting;
	enum access_kind kind; /* of what is being looked up */
};

static struct idmap clients;
static struct idmap commands;

static void
slot_error(
    struct service *s, uint64_t slot, enum ask_code code, const char *words)
{
	struct buf b;

	buf_init(&b, 0);
	resp_error(&b, ask_code_name(code), words);
	resp_answer(s->server, slot, b.p, b.n);
	buf_free(&b);
}

static void
slot_done(struct service *s, uint64_t slot, const struct buf *b)
{
	resp_answer(s->server, slot, b->p, b->n);
}

static void
command_free(struct command *c)
{
	json_decref(c->args);
	free(c->raw);
	greeting_free(&c->greeting);
	free(c);
}

/* The peer is who he says: answers AUTH or HELLO. */
static void
client_in(struct client *cl, const struct command *c)
{
	struct buf b;

	resp_session_set_authed(cl->session, true);
	if (c->greeting.version != 0)
		resp_session_set_version(cl->session, c->greeting.version);
	buf_init(&b, 0);
	greeting_answer(&b, &c->greeting, cl->session);
	slot_done(cl->service, c->slot, &b);
	buf_free(&b);
}

/* Pushes: an array of "feed", kind ("notice", "reset", "ready"), offset and
   the notice. */
static bool
push(uint64_t id, const char *kind, const char *offset, const char *json,
    size_t n)
{
	struct client *cl = idmap_get(&clients, id);
	struct buf     b;
	bool	       sent;

	if (cl == NULL)
		return (false);
	buf_init(&b, 0);
	resp_pushed(&b, resp_session_version(cl->session), 4);
	resp_str(&b, "feed");
	resp_str(&b, kind);
	resp_str(&b, offset);
	resp_bulk(&b, json, n);
	sent = resp_push(
	    cl->service->server, resp_session_id(cl->session), b.p, b.n);
	buf_free(&b);
	return (sent);
}

static bool
push_notice(void *arg, uint64_t id, const struct route_entry *e)
{
	(void)arg;
	return (push(id, "notice", e->id, e->json, e->len));
}

static bool
push_reset(void *arg, uint64_t id, const char *offset)
{
	(void)arg;
	return (push(id, "reset", offset, "{}", 2));
}

static bool
push_ready(void *arg, uint64_t id, const char *offset)
{
	(void)arg;
	return (push(id, "ready", offset, "{}", 2));
}

static void
client_deaf(struct client *cl)
{
	struct daemon *d = cl->service->d;

	if (cl->listener == 0)
		return;
	feed_leave(d->feed, cl->listener);
	presence_leave(d->presence, &cl->caller);
	cl->listener = 0;
}

static void
client_listen(struct client *cl, const char *offset)
{
	struct daemon *d = cl->service->d;

	client_deaf(cl);
	cl->listener = feed_listen(d->feed, &cl->caller, offset,
	    &(struct feed_sink){
		push_notice, push_reset, push_ready, NULL, cl->id, NULL });
	presence_come(d->presence, &cl->caller);
}

/* An operation's result as the reply; also of the login behind AUTH. */
static void
service_answer(
    void *front, uint64_t ref, const struct ask *a, const struct answer *o)
{
	struct command *c = idmap_drop(&commands, ref);
	struct service *s = front;
	struct client  *cl;
	struct buf	b;
	json_t	       *j;

	(void)a;
	if (c == NULL)
		return;
	cl = idmap_get(&clients, c->client);
	buf_init(&b, 0);
	if (cl == NULL) {
		/* nobody to tell */
	} else if (o->code != ASK_OK) {
		slot_error(s, c->slot, o->code, o->words);
	} else {
		j = json_loadb(o->json, o->n, JSON_DECODE_ANY, NULL);
		resp_json(&b, resp_session_version(cl->session), j);
		json_decref(j);
		slot_done(s, c->slot, &b);
		if (o->live)
			client_listen(cl, o->offset);
	}
	buf_free(&b);
	command_free(c);
}

static void
command_run(struct client *cl, struct command *c)
{
	struct service *s = cl->service;
	struct ask     *a;
	uint64_t	ref = idmap_add(&commands, c);

	a = ask_new(s->d, c->op, c->args, &cl->caller);
	c->args = NULL;
	a->answer = service_answer;
	a->front = s;
	a->ref = ref;
	a->raw = c->raw;
	a->nraw = c->nraw;
	a->proof = &(struct proof){ 0 };
	dispatch_ask(a);
	/* It was read: what waits for PostgreSQL has a cap of its own. */
	free(c->raw);
	c->raw = NULL;
}

/* The session was looked up again, for a command that waits. */
static void
client_checked(
    void *arg, uint64_t ref, enum access_how how, const struct caller *caller)
{
	struct command *c = idmap_drop(&commands, ref);
	struct client  *cl;

	(void)arg;
	if (c == NULL)
		return;
	cl = idmap_get(&clients, c->client);
	if (cl == NULL) {
		command_free(c);
	} else if (how == ACCESS_YES) {
		cl->caller.role = caller->role;
		cl->caller.must_change = caller->must_change;
		cl->checked = clock_now();
		command_run(cl, c);
	} else {
		slot_error(cl->service, c->slot,
		    how == ACCESS_NO ? ASK_NOAUTH : ASK_TRYAGAIN,
		    how == ACCESS_NO
			? "That key or session has ended."
			: "The desk's records cannot be reached now. Try again.");
		if (how == ACCESS_NO)
			resp_session_close(cl->session, "its key has ended");
		command_free(c);
	}
}

static void
command_begin(struct client *cl, struct command *c)
{
	/* Whoever must change his password has perhaps just done so. */
	if (cl->checked == 0 ||
	    (clock_now() - cl->checked < ACCESS_TTL_MS &&
		!cl->caller.must_change)) {
		command_run(cl, c);
		return;
	}
	access_ask_hash(cl->service->d->access, cl->kind, cl->caller.token,
	    client_checked, idmap_add(&commands, c));
}

static void
auth_got(
    void *arg, uint64_t ref, enum access_how how, const struct caller *caller)
{
	struct command *c = idmap_drop(&commands, ref);
	struct client  *cl;

	(void)arg;
	if (c == NULL)
		return;
	cl = idmap_get(&clients, c->client);
	if (cl != NULL && how == ACCESS_YES) {
		/* What he heard as somebody else ends. */
		client_deaf(cl);
		cl->caller = *caller;
		cl->kind = c->kind;
		cl->checked = clock_now();
		client_in(cl, c);
	} else if (cl != NULL)
		slot_error(cl->service, c->slot,
		    how == ACCESS_NO ? ASK_NOAUTH : ASK_TRYAGAIN,
		    how == ACCESS_NO
			? "That key is not known."
			: "The desk's records cannot be reached now. Try again.");
	command_free(c);
}

/* LOGIN's answer, for AUTH login password: its token is the session. */
static void
auth_login_answer(
    void *front, uint64_t ref, const struct ask *a, const struct answer *o)
{
	struct command *c = idmap_drop(&commands, ref);
	struct service *s = front;
	struct client  *cl;

	(void)a;
	if (c == NULL)
		return;
	cl = idmap_get(&clients, c->client);
	if (cl == NULL || o->code != ASK_OK || o->cookie == NULL) {
		slot_error(s, c->slot, o->code != ASK_OK ? o->code : ASK_NOAUTH,
		    o->words != NULL ? o->words : "No.");
		command_free(c);
		return;
	}
	c->kind = ACCESS_SESSION;
	access_ask(s->d->access, ACCESS_SESSION, o->cookie, NULL, "resp",
	    cl->caller.from, auth_got, NULL, idmap_add(&commands, c));
}

/* AUTH KEY, or AUTH login password; "default" is Redis's word for nobody. */
static void
auth_begin(struct client *cl, struct command *c)
{
	struct service *s = cl->service;
	struct ask     *a;

	if (c->greeting.user[0] == '\0' ||
	    strcmp(c->greeting.user, "default") == 0) {
		c->kind = ACCESS_KEY;
		access_ask(s->d->access, ACCESS_KEY, c->greeting.secret, NULL,
		    "resp", cl->caller.from, auth_got, NULL,
		    idmap_add(&commands, c));
		return;
	}
	a = ask_new(s->d, &ops[OP_LOGIN],
	    json_pack("{s:s,s:s}", "login", c->greeting.user, "password",
		c->greeting.secret),
	    &cl->caller);
	a->answer = auth_login_answer;
	a->front = s;
	a->ref = idmap_add(&commands, c);
	dispatch_ask(a);
}

static void
request_hello(
    struct client *cl, struct command *c, const struct resp_request *r)
{
	if (!greeting_read(&c->greeting, r)) {
		slot_error(cl->service, c->slot, ASK_INVALID,
		    "Say AUTH KEY, AUTH login password, or HELLO 2|3 "
		    "[AUTH default KEY].");
		command_free(c);
	} else if (c->greeting.secret != NULL) {
		auth_begin(cl, c);
	} else if (cl->caller.role > ROLE_PUBLIC) {
		client_in(cl, c);
		command_free(c);
	} else {
		slot_error(cl->service, c->slot, ASK_NOAUTH,
		    "Say who you are: HELLO 3 AUTH default KEY.");
		command_free(c);
	}
}

static void
request_op(struct client *cl, struct command *c, const struct resp_request *r)
{
	const char *member = "", *wrong = "", *raw;
	char	    words[300];

	if (c->op == &ops[OP_EVENT_ADD] && call_event(r, &raw, &c->nraw)) {
		/* The event's own reader judges it: it is not read twice. */
		c->raw = xstrndup(raw, c->nraw);
	} else if (!call_from_resp(c->op, r, &c->args, &member, &wrong)) {
		snprintf(words, sizeof words, "%s%s%s.", member,
		    member[0] != '\0' ? " " : "The command ", wrong);
		slot_error(cl->service, c->slot, ASK_INVALID, words);
		command_free(c);
		return;
	}
	command_begin(cl, c);
}

static void
service_request(void *arg, struct resp_session *session, void *user,
    uint64_t slot, const struct resp_request *r)
{
	struct service *s = arg;
	struct client  *cl = user;
	struct command *c;

	(void)session;
	c = xcalloc(1, sizeof *c);
	c->client = cl->id;
	c->service = s;
	c->slot = slot;
	if (greeting_is(r)) {
		request_hello(cl, c, r);
		return;
	}
	c->op = op_find(r->argv[0].p, r->argv[0].n);
	/* Visitors and hooks come over HTTP, with what proves them. */
	if (c->op == NULL || c->op == &ops[OP_HOOK] ||
	    c->op == &ops[OP_HOOK_VERIFY] || c->op->role == ROLE_VISITOR) {
		slot_error(s, slot, ASK_NOTFOUND,
		    "There is no such command here; COMMAND lists them.");
		command_free(c);
		return;
	}
	request_op(cl, c, r);
}

static bool
service_side_by_side(const struct resp_request *r)
{
	return (resp_is(r, 0, "EVENT.ADD"));
}

static void *
service_begin(void *arg, struct resp_session *session)
{
	struct service *s = arg;
	struct client  *cl;
	int64_t		uid = resp_session_uid(session);

	if (s->d->draining)
		return (NULL);
	cl = xcalloc(1, sizeof *cl);
	cl->service = s;
	cl->session = session;
	cl->id = idmap_add(&clients, cl);
	caller_public(&cl->caller, s->control ? "control" : "resp",
	    resp_session_peer(session));
	if (s->control && (uid == 0 || uid == (int64_t)geteuid())) {
		cl->caller.role = ROLE_ADMIN;
		snprintf(cl->caller.who, sizeof cl->caller.who, "uid:%lld",
		    (long long)uid);
		resp_session_set_authed(session, true);
	}
	return (cl);
}

static void
service_end(void *arg, struct resp_session *session, void *user)
{
	struct client *cl = user;

	(void)arg;
	(void)session;
	client_deaf(cl);
	idmap_drop(&clients, cl->id);
	free(cl);
}

/* One who only listens asks nothing, so it is asked for him. */
static void
listener_checked(
    void *arg, uint64_t id, enum access_how how, const struct caller *caller)
{
	struct client *cl = idmap_get(&clients, id);

	(void)arg;
	if (cl == NULL || how == ACCESS_LATER)
		return;
	if (how == ACCESS_YES && caller->role == cl->caller.role)
		cl->checked = clock_now();
	else
		resp_session_close(cl->session, "its key has ended or changed");
}

static void
listener_check(uint64_t id, void *p, void *arg)
{
	struct client *cl = p;
	const char    *who = arg;

	if (cl->listener != 0 && cl->checked != 0 &&
	    (who == NULL || strcmp(cl->caller.who, who) == 0))
		access_ask_hash(cl->service->d->access, cl->kind,
		    cl->caller.token, listener_checked, id);
}

void
service_check(const char *who)
{
	idmap_each(&clients, listener_check, (void *)who);
}

struct service *
service_open(struct daemon *d, const char *at, struct tls *tls, bool control,
    const char **wrong)
{
	struct service *s;

	s = xcalloc(1, sizeof *s);
	s->d = d;
	s->control = control;
	s->server = resp_listen(d->base,
	    &(struct resp_conf){ .at = at,
		.tls = tls,
		.max_peer = (unsigned)d->settings->max_peer,
		.mode = 0660,
		.begin = service_begin,
		.end = service_end,
		.request = service_request,
		.side_by_side = service_side_by_side,
		.arg = s },
	    wrong);
	if (s->server == NULL) {
		free(s);
		return (NULL);
	}
	return (s);
}

void
service_stop(struct service *s)
{
	resp_stop(s->server);
}

unsigned
service_count(const struct service *s)
{
	return (resp_count(s->server));
}

void
service_close(struct service *s)
{
	resp_close(s->server);
	conn_reap(); /* sessions end through s */
	free(s);
}
