/*
 * The feed: read from a place, and followed as it grows; see route.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <hiredis/hiredis.h>

#include "base/log.h"
#include "base/mem.h"
#include "call.h"
#include "feed.h"
#include "route.h"

/* An XREAD waits so long for news; the link's answer_ms must be longer. */
#define BLOCK_MS "5000"
/* Notices told at once. */
#define NEWS "500"
/* Notices looked through at once for what is to be forgotten. */
#define FORGET "2000"

/* One notice: [id, [field, value, …]]; false when it is none of ours. */
static bool
entry_read(struct route_entry *e, const struct redisReply *row)
{
	const struct redisReply *f;
	size_t			 i;

	if (row->type != REDIS_REPLY_ARRAY || row->elements != 2 ||
	    row->element[1]->type != REDIS_REPLY_ARRAY)
		return (false);
	f = row->element[1];
	*e = (struct route_entry){ .id = reply_str(row->element[0]),
		.kind = "",
		.queue = "",
		.json = "" };
	for (i = 0; i + 1 < f->elements; i += 2) {
		const struct redisReply *v = f->element[i + 1];

		switch (reply_str(f->element[i])[0]) {
		case 'k':
			e->kind = reply_str(v);
			break;
		case 't':
			e->ticket = reply_int(v);
			break;
		case 'q':
			e->queue = reply_str(v);
			break;
		case 'j':
			e->json = reply_str(v);
			e->len =
			    v->type == REDIS_REPLY_STRING ? (size_t)v->len : 0;
			break;
		}
	}
	return (true);
}

/* free() the result. */
static struct route_entry *
entries_read(const struct redisReply *rows, size_t *n)
{
	struct route_entry *all;
	size_t		    i, count;

	count = rows->type == REDIS_REPLY_ARRAY ? rows->elements : 0;
	all = xcalloc(count + 1, sizeof *all);
	for (i = *n = 0; i < count; i++)
		*n += entry_read(&all[*n], rows->element[i]);
	return (all);
}

static void
feed_end(
    struct call *c, enum route_how how, struct redisReply *const *e, size_t n)
{
	struct route_entry *all;
	size_t		    count;

	if (how != ROUTE_DONE || n < 3) {
		c->got.feed(c->id, ROUTE_LATER, false, NULL, 0, "");
		return;
	}
	all = entries_read(e[2], &count);
	c->got.feed(
	    c->id, how, reply_int(e[0]) != 0, all, count, reply_str(e[1]));
	free(all);
}

static bool
feed_ask(struct route *r, const char *after, int count, bool newest,
    uint64_t id, route_feed_got *got)
{
	struct call *c = call_new(
	    r, "desk_feed", id, (union call_got){ .feed = got }, feed_end);

	call_str(c, after);
	call_int(c, count);
	call_int(c, newest);
	return (call_send(c));
}

bool
route_feed_read(struct route *r, const char *after, int count, uint64_t id,
    route_feed_got *got)
{
	return (feed_ask(r, after, count, false, id, got));
}

bool
route_talk_read(struct route *r, const char *conversation, const char *after,
    int count, uint64_t id, route_feed_got *got)
{
	struct call *c = call_new(
	    r, "desk_talk", id, (union call_got){ .feed = got }, feed_end);

	call_str(c, conversation);
	call_str(c, after);
	call_int(c, count);
	return (call_send(c));
}

bool
route_feed_newest(struct route *r, const char *after, int count, uint64_t id,
    route_feed_got *got)
{
	return (feed_ask(r, after, count, true, id, got));
}

static void
forget_end(
    struct call *c, enum route_how how, struct redisReply *const *e, size_t n)
{
	if (how == ROUTE_DONE && n == 0)
		how = ROUTE_LATER;
	c->got.forgot(c->id, how, how == ROUTE_DONE ? reply_str(e[0]) : "");
}

bool
route_forget(struct route *r, const char *after, const int64_t *customers,
    size_t n, uint64_t id, route_forgot *got)
{
	struct call *c = call_new(r, "desk_forget", id,
	    (union call_got){ .forgot = got }, forget_end);
	size_t	     i;

	call_str(c, after);
	call_str(c, FORGET);
	for (i = 0; i < n; i++)
		call_int(c, customers[i]);
	return (call_send(c));
}

/* Following ---------------------------------------------------------------- */

static void feed_wait(struct route *);

/* What one of the two streams brought: [key, [entry, …]]. */
static void
feed_stream(struct route *r, const struct redisReply *stream)
{
	struct route_entry *all;
	const char	   *key;
	size_t		    n, nkey;
	bool		    brief;

	if (stream->type != REDIS_REPLY_ARRAY || stream->elements != 2)
		return;
	key = reply_str(stream->element[0]);
	nkey = strlen(key);
	brief = nkey >= 6 && strcmp(key + nkey - 6, ":brief") == 0;
	all = entries_read(stream->element[1], &n);
	if (n != 0) {
		snprintf(brief ? r->brief_at : r->at, sizeof r->at, "%s",
		    all[n - 1].id);
		if (!brief)
			r->news(r->news_arg, all, n);
		else if (r->brief != NULL)
			r->brief(r->news_arg, all, n);
	}
	free(all);
}

/* What each stream brought, or nil when nothing came in BLOCK_MS. */
static void
feed_news(struct route *r, const struct redisReply *reply, const char *err)
{
	size_t i;

	r->reading = false;
	if (err != NULL) {
		log_warn("route does not hear the feed: %s",
		    log_shown(err, strlen(err)));
		return; /* feed_tick(), or the link when it is up again */
	}
	for (i = 0; reply->type == REDIS_REPLY_ARRAY && i < reply->elements;
	     i++)
		feed_stream(r, reply->element[i]);
	feed_wait(r);
}

static void
feed_from(
    struct call *c, enum route_how how, struct redisReply *const *e, size_t n)
{
	c->r->reading = false;
	if (how != ROUTE_DONE || n < 2)
		return;
	snprintf(c->r->at, sizeof c->r->at, "%s", reply_str(e[1]));
	if (c->r->brief_at[0] == '\0')
		snprintf(c->r->brief_at, sizeof c->r->brief_at, "%s",
		    reply_str(e[1]));
	feed_wait(c->r);
}

/* Waits for what comes after r->at; asks first where that is. */
static void
feed_wait(struct route *r)
{
	struct call *c;
	char	     key[128], brief[128];

	if (r->at[0] == '\0') {
		c = call_new(
		    r, "desk_feed", 0, (union call_got){ 0 }, feed_from);
		call_str(c, "$");
		call_str(c, "1");
	} else {
		snprintf(key, sizeof key, "%s:feed", r->conf.prefix);
		snprintf(brief, sizeof brief, "%s:brief", r->conf.prefix);
		c = call_command(r, "XREAD", feed_news);
		call_str(c, "BLOCK");
		call_str(c, BLOCK_MS);
		call_str(c, "COUNT");
		call_str(c, NEWS);
		call_str(c, "STREAMS");
		call_str(c, key);
		call_str(c, brief);
		call_str(c, r->at);
		call_str(c, r->brief_at);
	}
	r->reading = call_send_on(c, &r->conf.feed);
}

void
route_feed_follow(
    struct route *r, route_feed_news *news, route_feed_news *brief, void *arg)
{
	r->news = news;
	r->brief = brief;
	r->news_arg = arg;
	if (!r->reading)
		feed_wait(r);
}

void
feed_tick(struct route *r)
{
	if (r->news != NULL && !r->reading)
		feed_wait(r);
}
