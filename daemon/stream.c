/*
 * Server-Sent Events; see stream.h.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "base/idmap.h"
#include "base/list.h"
#include "base/mem.h"
#include "daemon.h"
#include "edge/http.h"
#include "edge/sse.h"
#include "feed.h"
#include "presence.h"
#include "route/route.h"
#include "stream.h"
#include "visits.h"

#define BY_HTTP 4096 /* buckets: a power of two */

struct stream {
	struct link	    link;
	struct link	    by; /* in its bucket by http */
	uint64_t	    id;
	struct daemon	   *d;
	struct http_server *server;
	uint64_t	    http;
	uint64_t	    listener;
	struct caller	    caller;
};

static struct list  streams;
static struct list  by_http[BY_HTTP];
static struct idmap stream_ids;

static struct list *
bucket_of(uint64_t http)
{
	return (&by_http[(http * UINT64_C(0x9e3779b97f4a7c15)) >> 52]);
}

static void
stream_free(struct stream *s)
{
	if (s->caller.role == ROLE_VISITOR)
		visits_leave(s->d->visits, s->caller.conversation);
	presence_leave(s->d->presence, &s->caller);
	list_remove(bucket_of(s->http), &s->by);
	list_remove(&streams, &s->link);
	idmap_drop(&stream_ids, s->id);
	free(s);
}

static bool
stream_send(struct stream *s, const char *id, const char *event,
    const char *data, size_t n)
{
	struct buf b;
	bool	   sent;

	buf_init(&b, 0);
	sse_encode(&b, id, event, data, n);
	sent = http_stream_send(s->server, s->http, b.p, b.n);
	buf_free(&b);
	return (sent);
}

/* A message as the chat's interface has it. */
static json_t *
visitor_message(const json_t *j)
{
	const char *direction =
	    json_string_value(json_object_get(j, "direction"));
	bool	ours = direction != NULL && strcmp(direction, "out") == 0;
	json_t *out;

	if (!json_is_string(json_object_get(j, "text")) &&
	    !json_is_array(json_object_get(j, "attachments")))
		return (NULL);
	out = json_pack("{s:O?,s:s,s:O*,s:O*,s:O*}", "id",
	    json_object_get(j, "event"), "from", ours ? "agent" : "visitor",
	    "text", json_object_get(j, "text"), "message",
	    json_object_get(j, "message"), "attachments",
	    json_object_get(j, "attachments"));
	/* Who is no agent (a service, a console) has no name to him. */
	if (ours && out != NULL && json_object_get(j, "display") != NULL)
		json_object_set(out, "name", json_object_get(j, "display"));
	if (out != NULL && json_is_true(json_object_get(j, "automatic")))
		json_object_set_new(out, "automatic", json_true());
	/* A question; who reads the message has what it is answered by. */
	if (ours && out != NULL && json_object_get(j, "survey") != NULL)
		json_object_set(out, "survey", json_object_get(j, "survey"));
	return (out);
}

/* What a visitor is told of a notice: nothing of the desk's inside. */
static json_t *
visitor_words(const struct route_entry *e, json_t *j)
{
	if (strcmp(e->kind, "event") == 0)
		return (visitor_message(j));
	if (strcmp(e->kind, "seen") == 0)
		return (
		    json_pack("{s:O?,s:O?}", "from", json_object_get(j, "from"),
			"upto", json_object_get(j, "upto")));
	if (strcmp(e->kind, "ended") == 0)
		return (json_pack("{s:O?}", "by", json_object_get(j, "by")));
	if (strcmp(e->kind, "typing") == 0)
		return (json_pack("{s:s,s:O*}", "from", "agent", "name",
		    json_object_get(j, "who")));
	return (json_incref(j)); /* a line: our own words */
}

static bool
visitor_send(struct stream *s, const struct route_entry *e)
{
	json_t	   *j = json_loadb(e->json, e->len, 0, NULL), *out;
	const char *name = strcmp(e->kind, "event") == 0 ? "message" : e->kind;
	char	   *text;
	bool	    sent = true;

	out = visitor_words(e, j);
	text = out != NULL ? json_dumps(out, JSON_COMPACT) : NULL;
	if (text != NULL)
		sent = stream_send(s, e->id[0] != '\0' ? e->id : NULL, name,
		    text, strlen(text));
	free(text);
	json_decref(out);
	json_decref(j);
	return (sent);
}

/* False ends the listener; the stream goes with it. */
static bool
stream_told(struct stream *s, bool sent)
{
	if (!sent)
		stream_free(s);
	return (sent);
}

static bool
stream_notice(void *arg, uint64_t id, const struct route_entry *e)
{
	struct stream *s = idmap_get(&stream_ids, id);

	(void)arg;
	if (s == NULL)
		return (false);
	if (s->caller.role == ROLE_VISITOR)
		return (stream_told(s, visitor_send(s, e)));
	return (stream_told(s,
	    stream_send(
		s, e->id[0] != '\0' ? e->id : NULL, e->kind, e->json, e->len)));
}

/* As a notice; but nothing resumes from it. */
static bool
stream_brief(void *arg, uint64_t id, const struct route_entry *e)
{
	struct route_entry brief = *e;

	brief.id = "";
	return (stream_notice(arg, id, &brief));
}

static bool
stream_reset(void *arg, uint64_t id, const char *offset)
{
	struct stream *s = idmap_get(&stream_ids, id);

	(void)arg;
	return (s != NULL &&
	    stream_told(s, stream_send(s, offset, "reset", "{}", 2)));
}

static bool
stream_ready(void *arg, uint64_t id, const char *offset)
{
	struct stream *s = idmap_get(&stream_ids, id);

	(void)arg;
	return (s != NULL &&
	    stream_told(s, stream_send(s, offset, "ready", "{}", 2)));
}

void
stream_open(struct daemon *d, struct http_server *server, uint64_t http,
    const struct caller *caller, const char *offset, const char *const *headers)
{
	struct stream *s;

	if (!http_stream(server, http, headers))
		return;
	s = xcalloc(1, sizeof *s);
	s->d = d;
	s->server = server;
	s->http = http;
	s->caller = *caller;
	s->id = idmap_add(&stream_ids, s);
	list_append(&streams, &s->link);
	list_append(bucket_of(http), &s->by);
	s->listener = feed_listen(d->feed, caller, offset,
	    &(struct feed_sink){ stream_notice, stream_reset, stream_ready,
		NULL, s->id, stream_brief });
	if (caller->role == ROLE_VISITOR)
		visits_come(d->visits, caller);
	presence_come(d->presence, caller);
}

void
stream_gone(struct daemon *d, struct http_server *server, uint64_t http)
{
	LIST_EACH (l, bucket_of(http)) {
		struct stream *s = list_of(l, struct stream, by);

		if (s->server != server || s->http != http)
			continue;
		feed_leave(d->feed, s->listener);
		stream_free(s);
		return;
	}
}

static void
stream_checked(
    void *arg, uint64_t id, enum access_how how, const struct caller *c)
{
	struct stream *s = idmap_get(&stream_ids, id);

	(void)arg;
	if (s == NULL || how == ACCESS_LATER ||
	    (how == ACCESS_YES && c->role == s->caller.role))
		return;
	feed_leave(s->d->feed, s->listener);
	http_stream_end(s->server, s->http);
	stream_free(s);
}

void
stream_check(struct daemon *d, const char *who)
{
	LIST_EACH (l, &streams) {
		struct stream *s = list_of(l, struct stream, link);

		/* A visitor's token does not end. */
		if (s->caller.role != ROLE_VISITOR &&
		    (who == NULL || strcmp(s->caller.who, who) == 0))
			access_ask_hash(d->access,
			    s->caller.cookie ? ACCESS_SESSION : ACCESS_KEY,
			    s->caller.token, stream_checked, s->id);
	}
}
