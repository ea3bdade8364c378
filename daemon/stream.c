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
#include "route/route.h"
#include "stream.h"

struct stream {
	struct link	    link;
	uint64_t	    id;
	struct daemon	   *d;
	struct http_server *server;
	uint64_t	    http;
	uint64_t	    listener;
	struct caller	    caller;
};

static struct list  streams;
static struct idmap stream_ids;

static void
stream_free(struct stream *s)
{
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

/* What a visitor is told of a message: nothing of the desk's inside. */
static bool
visitor_send(struct stream *s, const struct route_entry *e)
{
	json_t	   *j = json_loadb(e->json, e->len, 0, NULL), *out;
	char	   *text;
	bool	    sent = true, ours;
	const char *direction;

	direction = json_string_value(json_object_get(j, "direction"));
	ours = direction != NULL && strcmp(direction, "out") == 0;
	out = json_pack("{s:O?,s:s,s:O?}", "id", json_object_get(j, "event"),
	    "from", ours ? "agent" : "visitor", "text",
	    json_object_get(j, "text"));
	/* Who is no agent (a service, a console) has no name to him. */
	if (ours && out != NULL && json_object_get(j, "display") != NULL)
		json_object_set(out, "name", json_object_get(j, "display"));
	if (out != NULL && json_is_string(json_object_get(out, "text"))) {
		text = json_dumps(out, JSON_COMPACT);
		sent = stream_send(s, e->id, "message", text, strlen(text));
		free(text);
	}
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
	return (
	    stream_told(s, stream_send(s, e->id, e->kind, e->json, e->len)));
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
	s->listener = feed_listen(d->feed, caller, offset,
	    &(struct feed_sink){
		stream_notice, stream_reset, stream_ready, NULL, s->id });
}

void
stream_gone(struct daemon *d, struct http_server *server, uint64_t http)
{
	LIST_EACH (l, &streams) {
		struct stream *s = list_of(l, struct stream, link);

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
stream_check(struct daemon *d)
{
	LIST_EACH (l, &streams) {
		struct stream *s = list_of(l, struct stream, link);

		/* A visitor's token does not end. */
		if (s->caller.role != ROLE_VISITOR)
			access_ask_hash(d->access,
			    s->caller.cookie ? ACCESS_SESSION : ACCESS_KEY,
			    s->caller.token, stream_checked, s->id);
	}
}
