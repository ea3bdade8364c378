/*
 * Calls of the function library and what every reply says; see call.h.
 *
 * A call keeps its arguments until its answer: Redis may not have the library
 * (it was restarted, or FUNCTION FLUSHed); then it is loaded and the call
 * asked again, right behind it on the same link, which keeps the order.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <hiredis/hiredis.h>

#include "base/clock.h"
#include "base/idmap.h"
#include "base/log.h"
#include "base/mem.h"
#include "call.h"
#include "route/desk_lua.h"

/* lost() is told no more often than this. */
#define ROUTE_LOST_MS 500

/* The calls under way, of all routes: an answer carries an id only. */
static struct idmap calls;

/* Making ------------------------------------------------------------------- */

static void
call_free(struct call *c)
{
	buf_free(&c->text);
	free(c->lens);
	free(c);
}

void
call_add(struct call *c, const char *p, size_t n)
{
	if (c->argc == c->size) {
		c->size = c->size != 0 ? c->size * 2 : 8;
		c->lens =
		    xreallocarray(c->lens, (size_t)c->size, sizeof *c->lens);
	}
	c->lens[c->argc++] = n;
	buf_add(&c->text, p, n);
}

void
call_str(struct call *c, const char *s)
{
	call_add(c, s, strlen(s));
}

void
call_int(struct call *c, int64_t v)
{
	char s[24];

	snprintf(s, sizeof s, "%lld", (long long)v);
	call_str(c, s);
}

struct call *
call_command(struct route *r, const char *command,
    void (*raw)(struct route *, const struct redisReply *, const char *))
{
	struct call *c = xcalloc(1, sizeof *c);

	c->r = r;
	c->raw = raw;
	buf_init(&c->text, 0); /* who gives the rows bounds them */
	call_str(c, command);
	return (c);
}

struct call *
call_new(struct route *r, const char *function, uint64_t id, union call_got got,
    call_end *end)
{
	struct call *c = call_command(r, "FCALL", NULL);

	c->id = id;
	c->got = got;
	c->end = end;
	call_str(c, function);
	call_str(c, "1");
	call_str(c, r->conf.prefix);
	return (c);
}

/* Answers ------------------------------------------------------------------ */

int64_t
reply_int(const struct redisReply *e)
{
	if (e->type == REDIS_REPLY_INTEGER)
		return (e->integer);
	if (e->type == REDIS_REPLY_STRING)
		return (strtoll(e->str, NULL, 10));
	return (0);
}

const char *
reply_str(const struct redisReply *e)
{
	return (e->type == REDIS_REPLY_STRING ? e->str : "");
}

static void
call_drained(
    struct call *c, enum route_how how, struct redisReply *const *e, size_t n)
{
	(void)how;
	(void)e;
	(void)n;
	c->r->draining = false; /* what is left now, route_heed() sees */
}

static void
route_drain(struct route *r)
{
	r->draining = true;
	if (!call_send(call_new(
		r, "desk_drain", 0, (union call_got){ 0 }, call_drained)))
		r->draining = false;
}

/* [agent, what, version] */
static void
route_heed_note(struct route *r, const struct redisReply *note)
{
	if (note->elements == 3 && r->conf.note != NULL)
		r->conf.note(r->conf.arg,
		    &(struct route_note){ reply_str(note->element[0]),
			reply_str(note->element[1]),
			reply_int(note->element[2]) });
}

/*
 * When a step is due, what is assigned, and what was found out of agents: [work
 * left, ms, ticket, agent …, [agent, what, version] …].
 */
static void
route_heed_list(struct route *r, const struct redisReply *list)
{
	int64_t ms;
	size_t	i;

	if (list->type != REDIS_REPLY_ARRAY || list->elements < 2)
		return;
	ms = reply_int(list->element[1]);
	if (ms != 0 && r->conf.due != NULL)
		r->conf.due(r->conf.arg, ms);
	for (i = 2; i < list->elements; i++) {
		if (list->element[i]->type == REDIS_REPLY_ARRAY) {
			route_heed_note(r, list->element[i]);
			continue;
		}
		if (++i < list->elements && r->conf.assign != NULL)
			r->conf.assign(r->conf.arg,
			    reply_int(list->element[i - 1]),
			    reply_str(list->element[i]));
	}
}

static bool
reply_more(const struct redisReply *e)
{
	if (e->type == REDIS_REPLY_ARRAY)
		return (e->elements != 0 && reply_int(e->element[0]) != 0);
	return (reply_int(e) != 0);
}

/* The two things that every reply begins with. */
static void
route_heed(struct route *r, const struct redisReply *reply)
{
	bool	epoch = reply_int(reply->element[0]) != 0;
	int64_t now;

	r->epoch = epoch;
	if (reply_more(reply->element[1]) && !r->draining)
		route_drain(r);
	route_heed_list(r, reply->element[1]);
	if (epoch || r->rebuilding || r->conf.lost == NULL)
		return;
	clock_tick();
	now = clock_now();
	if (r->lost_told != 0 && now - r->lost_told < ROUTE_LOST_MS)
		return;
	r->lost_told = now;
	r->conf.lost(r->conf.arg);
}

static void route_answer(uint64_t, const struct redisReply *, const char *);

static bool
call_ask(struct call *c, const struct route_link *link)
{
	const char **argv;
	size_t	     at = 0;
	uint64_t     id;
	bool	     taken;
	int	     i;

	argv = xcalloc((size_t)c->argc, sizeof *argv);
	for (i = 0; i < c->argc; i++) {
		argv[i] = c->text.p + at;
		at += c->lens[i];
	}
	id = idmap_add(&calls, c);
	taken = link->ask(link->link, id, c->argc, argv, c->lens, route_answer);
	free(argv);
	if (!taken)
		(void)idmap_drop(&calls, id);
	return (taken);
}

bool
call_send_on(struct call *c, const struct route_link *link)
{
	bool taken = call_ask(c, link);

	if (!taken)
		call_free(c);
	return (taken);
}

bool
call_send(struct call *c)
{
	return (call_send_on(c, &c->r->conf.link));
}

void
call_try(struct call *c)
{
	if (!call_send(c))
		log_debug("route: not asked, the link is down or full");
}

static bool
call_repeat(struct call *c)
{
	if (c->repeated)
		return (false);
	c->repeated = true;
	if (!c->r->loading) {
		log_info("route finds no library in redis: loading it");
		route_load_now(c->r);
	}
	return (call_ask(c, &c->r->conf.link));
}

static void
call_answer(struct call *c, const struct redisReply *reply, const char *err)
{
	struct route *r = c->r;
	bool	      good = err == NULL && reply->type == REDIS_REPLY_ARRAY &&
	    reply->elements >= 2;

	if (!good) {
		if (reply != NULL)
			log_warn("route got no answer it knows: %s",
			    err != NULL ? log_shown(err, strlen(err)) : "");
		c->end(c, ROUTE_LATER, NULL, 0);
		return;
	}
	c->end(c, ROUTE_DONE, reply->element + 2, reply->elements - 2);
	route_heed(r, reply);
}

static void
route_answer(uint64_t id, const struct redisReply *reply, const char *err)
{
	struct call *c = idmap_drop(&calls, id);

	if (c == NULL)
		return;
	if (c->raw != NULL) {
		c->raw(c->r, reply, err);
	} else if (reply != NULL && err != NULL &&
	    strstr(err, "Function not found") != NULL) {
		if (call_repeat(c))
			return;
		c->end(c, ROUTE_LATER, NULL, 0);
	} else {
		call_answer(c, reply, err);
	}
	call_free(c);
}

static void
forget_one(uint64_t id, void *p, void *arg)
{
	struct call *c = p;

	if (c->r != arg)
		return;
	(void)idmap_drop(&calls, id);
	call_free(c);
}

void
call_forget(struct route *r)
{
	idmap_each(&calls, forget_one, r);
	if (calls.used == 0)
		idmap_free(&calls);
}

/* Loading ------------------------------------------------------------------ */

static void
hello_end(
    struct call *c, enum route_how how, struct redisReply *const *e, size_t n)
{
	(void)e;
	(void)n;
	if (how == ROUTE_DONE)
		c->r->loaded = true;
}

void
route_epoch(const struct route *r, char *out, size_t size)
{
	snprintf(out, size, "%s%s%s", r->run_id,
	    r->records[0] != '\0' ? "/" : "", r->records);
}

void
route_hello(struct route *r)
{
	struct call *c;
	char	     epoch[sizeof r->epoch_of];

	if (r->run_id[0] == '\0' || (r->conf.records && r->records[0] == '\0'))
		return; /* it is said when both are known */
	route_epoch(r, epoch, sizeof epoch);
	c = call_new(r, "desk_hello", 0, (union call_got){ 0 }, hello_end);
	call_str(c, epoch);
	call_try(c); /* not taken: the link is down, and comes again */
}

static void
info_got(struct route *r, const struct redisReply *reply, const char *err)
{
	static const char name[] = "run_id:";
	const char	 *at = NULL;

	if (err == NULL && reply->type == REDIS_REPLY_STRING)
		at = strstr(reply->str, name);
	if (at == NULL) {
		log_warn("route cannot tell which redis this is");
		return;
	}
	at += sizeof name - 1;
	snprintf(
	    r->run_id, sizeof r->run_id, "%.*s", (int)strcspn(at, "\r\n"), at);
	route_hello(r);
}

static void
load_got(struct route *r, const struct redisReply *reply, const char *err)
{
	(void)reply;
	r->loading = false;
	if (err != NULL)
		log_warn("route cannot load its library: %s",
		    log_shown(err, strlen(err)));
}

void
route_load_now(struct route *r)
{
	struct call *c = call_command(r, "FUNCTION", load_got);

	r->loaded = false;
	r->loading = false;
	r->run_id[0] = '\0'; /* this may be another Redis */
	call_str(c, "LOAD");
	call_str(c, "REPLACE");
	call_add(c, desk_lua, sizeof desk_lua - 1);
	if (!call_send(c))
		return; /* the link is down: it comes again, and then this */
	r->loading = true;
	c = call_command(r, "INFO", info_got);
	call_str(c, "server");
	call_try(c);
}
