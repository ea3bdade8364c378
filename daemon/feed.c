/*
 * The live feed of one daemon; see feed.h.
 *
 * A listener first reads what the stream holds after his offset, page by
 * page (CATCHING); when a page ends where the follower already is, he is
 * LIVE and gets the follower's news.  Both compare stream ids, so that no
 * notice is told twice and none is passed over between the two.
 *
 * Visitors are many and each hears of one conversation only: they stand in
 * buckets by it, so that a notice costs what its own listeners cost, and they
 * read what they missed from their conversation's own stream.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "base/idmap.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon.h"
#include "feed.h"
#include "route/route.h"
#include "service.h"
#include "stats.h"
#include "stream.h"
#include "visits.h"

#define PAGE  500
#define TALKS 4096 /* buckets: a power of two */

struct place {
	int64_t ms, n;
};

enum listener_state { CATCHING, LIVE };

struct listener {
	struct link	    link; /* on staff or guests */
	struct link	    talk; /* a guest's, in his bucket */
	uint64_t	    id;
	struct feed	   *feed;
	enum listener_state state;
	bool		    reading, dead;
	struct caller	    caller;
	struct place	    at;
	char		    after[48]; /* what to read from, while CATCHING */
	struct feed_sink    sink;
};

struct feed {
	struct daemon *d;
	struct list    staff;
	struct list    guests; /* visitors */
	struct list    talks[TALKS];
	struct place   last;	/* the newest that the follower told */
	json_t	      *members; /* queue → {login: true}; only closed ones */
	json_t	      *serving; /* the same of all queues */
	size_t	       ndead;	/* to be buried */
	bool	       telling;
};

static struct idmap listeners;

struct feed *
feed_open(struct daemon *d)
{
	struct feed *f;

	f = xcalloc(1, sizeof *f);
	f->d = d;
	f->members = json_object();
	f->serving = json_object();
	return (f);
}

static struct place
place_of(const char *id)
{
	long long ms = 0, n = 0;

	if (sscanf(id, "%lld-%lld", &ms, &n) != 2)
		return ((struct place){ 0, 0 });
	return ((struct place){ ms, n });
}

static bool
place_before(struct place a, struct place b)
{
	return (a.ms != b.ms ? a.ms < b.ms : a.n < b.n);
}

bool
feed_knows(const struct feed *f, const struct caller *c)
{
	return (c->role != ROLE_AGENT || f->d->rules != NULL);
}

static bool
queue_open_to(const struct feed *f, const char *queue, const char *who)
{
	const json_t *members = json_object_get(f->members, queue);

	return (members == NULL || json_object_get(members, who) != NULL);
}

/* One notice, its JSON read at most once for all listeners. */
struct told {
	const struct route_entry *e;
	json_t			 *j;
	bool			  read;
};

static const char *
told_text(struct told *t, const char *name)
{
	if (!t->read) {
		t->read = true;
		t->j = json_loadb(t->e->json, t->e->len, 0, NULL);
	}
	return (json_string_value(json_object_get(t->j, name)));
}

static bool
visitor_may_see(struct told *t, const struct caller *c)
{
	const char *conversation = told_text(t, "conversation");
	const char *kind = t->e->kind, *word;

	if (conversation == NULL || strcmp(conversation, c->conversation) != 0)
		return (false);
	if (strcmp(kind, "event") == 0) {
		word = told_text(t, "direction");
		if (word == NULL || strcmp(word, "own") == 0)
			return (false);
		word = told_text(t, "channel");
		return (word != NULL && strcmp(word, "chat") == 0);
	}
	if (strcmp(kind, "typing") == 0) {
		word = told_text(t, "from");
		return (word != NULL && strcmp(word, "agent") == 0);
	}
	return (strcmp(kind, "seen") == 0 || strcmp(kind, "ended") == 0);
}

static bool
names_him(struct told *t, const char *login)
{
	const json_t *name;
	size_t	      i;

	told_text(t, "agents");
	json_array_foreach (json_object_get(t->j, "agents"), i, name)
		if (strcmp(json_string_value(name), login) == 0)
			return (true);
	return (false);
}

/*
 * A call is told to those whose phone rings or rang, and, when it rang their
 * queue, to its members: it comes up on their screens, not on everybody's.
 */
static bool
call_concerns(const struct feed *f, const char *login, struct told *t)
{
	return (names_him(t, login) ||
	    (json_is_true(json_object_get(t->j, "members")) &&
		json_object_get(
		    json_object_get(f->serving, t->e->queue), login) != NULL));
}

static bool
may_see(const struct feed *f, const struct caller *c, struct told *t)
{
	const char *agent;

	if (c->role == ROLE_VISITOR)
		return (visitor_may_see(t, c));
	if (c->role >= ROLE_SERVICE)
		return (true);
	if (strcmp(t->e->kind, "call") == 0)
		return (call_concerns(f, c->who, t));
	if (strcmp(t->e->kind, "told") == 0)
		return (names_him(t, c->who));
	if (t->e->queue[0] == '\0' || queue_open_to(f, t->e->queue, c->who))
		return (true);
	agent = told_text(t, "assignee");
	if (agent == NULL)
		agent = told_text(t, "agent");
	return (agent != NULL && strcmp(agent, c->who) == 0);
}

bool
feed_may_see(
    const struct feed *f, const struct caller *c, const struct route_entry *e)
{
	struct told t = { .e = e };
	bool	    may = may_see(f, c, &t);

	json_decref(t.j);
	return (may);
}

static struct list *
talk_of(struct feed *f, const char *conversation)
{
	uint32_t h = 2166136261u; /* FNV-1a */

	for (; *conversation != '\0'; conversation++)
		h = (h ^ (unsigned char)*conversation) * 16777619u;
	return (&f->talks[h & (TALKS - 1)]);
}

static bool
is_guest(const struct listener *l)
{
	return (l->caller.role == ROLE_VISITOR);
}

static void
listener_end(struct listener *l)
{
	struct feed *f = l->feed;

	if (is_guest(l))
		list_remove(talk_of(f, l->caller.conversation), &l->talk);
	list_remove(is_guest(l) ? &f->guests : &f->staff, &l->link);
	if (l->dead)
		f->ndead--;
	idmap_drop(&listeners, l->id);
	free(l);
}

static void
listener_die(struct listener *l)
{
	if (!l->dead)
		l->feed->ndead++;
	l->dead = true;
}

static void
bury_in(struct list *list)
{
	LIST_EACH (k, list) {
		struct listener *l = list_of(k, struct listener, link);

		if (l->dead)
			listener_end(l);
	}
}

static void
feed_bury(struct feed *f)
{
	if (f->telling || f->ndead == 0)
		return;
	bury_in(&f->staff);
	bury_in(&f->guests);
}

static void
listener_tell(struct listener *l, struct told *t)
{
	struct place at = place_of(t->e->id);

	if (l->dead || !place_before(l->at, at))
		return;
	l->at = at;
	if (may_see(l->feed, &l->caller, t) &&
	    !l->sink.notice(l->sink.arg, l->sink.ref, t->e)) {
		stats_add(COUNT_SLOW_READERS, 1);
		listener_die(l);
	}
}

/* What has no place in the feed: told to who is here now, or not at all. */
static void
listener_brief(struct listener *l, struct told *t)
{
	if (l->dead || l->state != LIVE || l->sink.brief == NULL ||
	    !may_see(l->feed, &l->caller, t))
		return;
	if (!l->sink.brief(l->sink.arg, l->sink.ref, t->e)) {
		stats_add(COUNT_SLOW_READERS, 1);
		listener_die(l);
	}
}

static void listener_read(struct listener *);

static void
listener_got(uint64_t id, enum route_how how, bool gap,
    const struct route_entry *e, size_t n, const char *last)
{
	struct listener *l = idmap_get(&listeners, id);
	struct feed	*f;
	size_t		 i;

	if (l == NULL)
		return;
	f = l->feed;
	l->reading = false;
	if (how != ROUTE_DONE || l->dead)
		return; /* feed_retry() reads again, or buries */
	f->telling = true;
	if (gap && !l->sink.reset(l->sink.arg, l->sink.ref, last))
		listener_die(l);
	for (i = 0; i < n && !l->dead; i++) {
		struct told t = { .e = &e[i] };

		listener_tell(l, &t);
		json_decref(t.j);
	}
	f->telling = false;
	snprintf(l->after, sizeof l->after, "%s", last);
	if (place_before(l->at, place_of(last)))
		l->at = place_of(last);
	if (l->dead)
		listener_end(l);
	else if (n == PAGE || place_before(l->at, f->last))
		listener_read(l);
	else {
		l->state = LIVE;
		if (!l->sink.ready(l->sink.arg, l->sink.ref, last))
			listener_end(l);
	}
}

/*
 * Which queues are closed to an agent is not known before the configuration
 * is: until then he hears nothing; feed_retry() comes back to him.
 */
static void
listener_read(struct listener *l)
{
	if (!feed_knows(l->feed, &l->caller))
		return;
	if (is_guest(l))
		l->reading =
		    route_talk_read(l->feed->d->route, l->caller.conversation,
			l->after, PAGE, l->id, listener_got);
	else
		l->reading = route_feed_read(
		    l->feed->d->route, l->after, PAGE, l->id, listener_got);
}

uint64_t
feed_listen(struct feed *f, const struct caller *caller, const char *offset,
    const struct feed_sink *sink)
{
	struct listener *l;

	l = xcalloc(1, sizeof *l);
	l->feed = f;
	l->caller = *caller;
	l->sink = *sink;
	snprintf(l->after, sizeof l->after, "%s", offset);
	l->id = idmap_add(&listeners, l);
	list_append(is_guest(l) ? &f->guests : &f->staff, &l->link);
	if (is_guest(l))
		list_append(talk_of(f, l->caller.conversation), &l->talk);
	listener_read(l);
	return (l->id);
}

void
feed_leave(struct feed *f, uint64_t id)
{
	struct listener *l = idmap_get(&listeners, id);

	if (l == NULL)
		return;
	if (f->telling)
		listener_die(l);
	else
		listener_end(l);
}

/* Somebody's sessions or keys changed: those whom he has here are looked at. */
static void
feed_look_over(struct feed *f, const struct route_entry *e)
{
	json_t	   *j = json_loadb(e->json, e->len, 0, NULL);
	const char *who = json_string_value(json_object_get(j, "who"));

	access_forget(f->d->access);
	if (who != NULL) {
		stream_check(f->d, who);
		service_check(who);
	}
	json_decref(j);
}

/* What concerns this daemon itself. */
static void
feed_heed(struct feed *f, const struct route_entry *e)
{
	bool access = strcmp(e->kind, "access") == 0;

	if (access || strcmp(e->kind, "config") == 0)
		f->d->changed = true;
	if (access)
		feed_look_over(f, e);
}

/* Whether a notice may be of a conversation: mostly told without reading it. */
static bool
is_talk(const struct feed *f, const struct route_entry *e)
{
	return (f->guests.count != 0 &&
	    strstr(e->json, "\"conversation\"") != NULL);
}

static void
feed_tell(struct feed *f, struct told *t,
    void (*tell)(struct listener *, struct told *))
{
	const char *conversation;

	LIST_EACH (k, &f->staff)
		tell(list_of(k, struct listener, link), t);
	if (!is_talk(f, t->e) ||
	    (conversation = told_text(t, "conversation")) == NULL)
		return;
	LIST_EACH (k, talk_of(f, conversation))
		tell(list_of(k, struct listener, talk), t);
}

/* The ticket of a conversation may stand elsewhere now. */
static void
feed_place(struct feed *f, struct told *t)
{
	const char *conversation;

	if (t->e->ticket != 0 && is_talk(f, t->e) &&
	    (conversation = told_text(t, "conversation")) != NULL)
		visits_heed(f->d->visits, conversation, t->e->ticket);
}

static void
listener_news(struct listener *l, struct told *t)
{
	if (l->state == LIVE)
		listener_tell(l, t);
}

static void
feed_news(void *arg, const struct route_entry *e, size_t n)
{
	struct feed *f = arg;
	size_t	     i;

	f->telling = true;
	for (i = 0; i < n; i++) {
		struct told t = { .e = &e[i] };

		f->last = place_of(e[i].id);
		feed_heed(f, &e[i]);
		feed_tell(f, &t, listener_news);
		feed_place(f, &t);
		json_decref(t.j);
	}
	f->telling = false;
	feed_bury(f);
}

static void
feed_briefs(void *arg, const struct route_entry *e, size_t n)
{
	struct feed *f = arg;
	size_t	     i;

	f->telling = true;
	for (i = 0; i < n; i++) {
		struct told t = { .e = &e[i] };

		feed_tell(f, &t, listener_brief);
		json_decref(t.j);
	}
	f->telling = false;
	feed_bury(f);
}

void
feed_whisper(
    struct feed *f, const char *conversation, const struct route_entry *e)
{
	f->telling = true;
	LIST_EACH (k, talk_of(f, conversation)) {
		struct listener *l = list_of(k, struct listener, talk);

		if (!l->dead && l->state == LIVE && l->sink.brief != NULL &&
		    strcmp(l->caller.conversation, conversation) == 0 &&
		    !l->sink.brief(l->sink.arg, l->sink.ref, e))
			listener_die(l);
	}
	f->telling = false;
	feed_bury(f);
}

void
feed_follow(struct feed *f)
{
	route_feed_follow(f->d->route, feed_news, feed_briefs, f);
}

static void
retry_in(struct list *list)
{
	LIST_EACH (k, list) {
		struct listener *l = list_of(k, struct listener, link);

		if (l->state == CATCHING && !l->reading)
			listener_read(l);
	}
}

void
feed_retry(struct feed *f)
{
	feed_bury(f);
	retry_in(&f->staff);
	retry_in(&f->guests);
}

void
feed_configure(struct feed *f, const char *config, size_t n)
{
	json_t *j = json_loadb(config, n, 0, NULL), *q, *a, *name, *members;
	size_t	i, k;

	json_decref(f->members);
	json_decref(f->serving);
	f->members = json_object();
	f->serving = json_object();
	json_array_foreach (json_object_get(j, "queues"), i, q)
		json_object_set_new(f->serving,
		    json_string_value(json_object_get(q, "name")),
		    json_object());
	json_array_foreach (json_object_get(j, "queues"), i, q)
		if (json_is_true(json_object_get(q, "members_only")))
			json_object_set_new(f->members,
			    json_string_value(json_object_get(q, "name")),
			    json_object());
	json_array_foreach (json_object_get(j, "agents"), i, a)
		json_array_foreach (json_object_get(a, "queues"), k, name) {
			members = json_object_get(
			    f->members, json_string_value(name));
			json_object_set_new(members,
			    json_string_value(json_object_get(a, "name")),
			    json_true());
			json_object_set_new(json_object_get(f->serving,
						json_string_value(name)),
			    json_string_value(json_object_get(a, "name")),
			    json_true());
		}
	json_decref(j);
}

size_t
feed_count(const struct feed *f)
{
	return (f->staff.count + f->guests.count);
}

void
feed_close(struct feed *f)
{
	LIST_EACH (k, &f->staff)
		listener_end(list_of(k, struct listener, link));
	LIST_EACH (k, &f->guests)
		listener_end(list_of(k, struct listener, link));
	idmap_free(&listeners);
	json_decref(f->members);
	json_decref(f->serving);
	free(f);
}
