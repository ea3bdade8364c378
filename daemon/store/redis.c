/*
 * The link to Redis on hiredis and libevent; see redis.h.
 *
 * hiredis frees its context by itself when the connection ends, and calls
 * every pending callback with no reply while doing so.  Nobody else's code
 * runs in there: asks that end so are put on a list, and redis_turn(), from
 * the loop, tells whoever asked.  The context is never used after that first
 * empty reply or the (dis)connect callback with an error.
 *
 * With Sentinels a try is two connections: to one of them, who says where the
 * master is, then there, where ROLE must say so too (Redis documentation,
 * "Guidelines for Redis clients with support for Redis Sentinel").  In a
 * Cluster any node that is asked for our one key says by MOVED who serves it.
 * An answer that says that it is somebody else now (a demoted master's
 * READONLY, MOVED) is a loss like any other: what the new one remembers may
 * be old, and whoever routes finds that out anew (route/call.c).
 */
#include <sys/socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <event2/event.h>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <hiredis/adapters/libevent.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "redis.h"
#include "redishello.h"
#include "redisnodes.h"

#define CONNECT_MS  5000 /* to connect, authenticate and select */
#define SEEK_MS	    2000 /* for a Sentinel: another one may know, too */
#define BACKOFF_MIN 100
#define BACKOFF_MAX 5000
#define SEEK_MAX    1000 /* with others to ask: a fail-over takes seconds */
#define TRY_EVERY   200
#define HOPS	    5 /* from node to node in one try */
/* A peer that vanished without a word: as for PostgreSQL, see pgdsn.c. */
#define KEEPALIVE_S	3
#define USER_TIMEOUT_MS 10000

enum redis_state { REDIS_DOWN, REDIS_CONNECTING, REDIS_GREETING, REDIS_UP };

/* One ask under way. */
struct ask {
	struct link   link; /* on r->asked, or on r->lost */
	struct redis *r;    /* NULL: forgotten, see redis_close() */
	uint64_t      id;
	redis_got    *got;
	int64_t	      due;
	size_t	      bytes;
};

struct redis {
	struct redis_conf  conf;
	struct event_base *base;
	struct redisnodes  nodes;
	bool		   sentinel; /* connected to: not yet our Redis */
	unsigned	   hops;     /* of this try */
	enum redis_state   state;
	redisAsyncContext *ac;	  /* NULL when down */
	struct event	  *timer; /* the pause; a deadline */
	struct event	  *turn;  /* some were lost: see redis_turn() */
	struct list	   asked; /* in the order of their answers */
	struct list	   lost;  /* ended with no answer, yet untold */
	size_t		   bytes;
	unsigned	   greetings; /* answers outstanding */
	unsigned	   failures;  /* in a row */
	int64_t		   next_try;
	char		   why[300];
};

static void redis_enter(struct redis *, enum redis_state);

static int64_t
redis_now(void)
{
	clock_tick(); /* see pool_now() in pool.c */
	return (clock_now());
}

static void
redis_after(struct redis *r, int64_t ms)
{
	struct timeval tv;

	if (ms < 1)
		ms = 1;
	tv = (struct timeval){ .tv_sec = ms / 1000,
		.tv_usec = ms % 1000 * 1000 };
	evtimer_add(r->timer, &tv);
}

/* Asks --------------------------------------------------------------------- */

static void
ask_end(
    struct redis *r, struct ask *a, const redisReply *reply, const char *err)
{
	r->bytes -= a->bytes;
	if (a->got != NULL)
		a->got(a->id, reply, err);
	free(a);
}

/* Of several that it may be with: which. */
static void
redis_say_where(const struct redis *r, char *text, size_t size)
{
	const struct redisaddr *now = &r->nodes.now;
	size_t			n = strlen(text);

	if (r->nodes.url.kind == REDISURL_ONE)
		return;
	snprintf(text + n, size - n, " (%s%s:%d)",
	    r->sentinel ? "Sentinel " : "", now->addr, now->port);
}

/*
 * The link is gone, or must go.  From inside hiredis (it frees the context
 * itself then) as well as from our own timers.
 */
static void
redis_lost(struct redis *r, const char *what, const char *detail)
{
	struct link *l;

	if (r->state == REDIS_DOWN)
		return;
	snprintf(r->why, sizeof r->why, "%s%s%s", what,
	    detail[0] != '\0' ? ": " : "", log_shown(detail, strlen(detail)));
	redis_say_where(r, r->why, sizeof r->why);
	if (r->failures == 0)
		log_warn("redis-%s down: %s", r->conf.name, r->why);
	r->failures++;
	r->ac = NULL;
	while ((l = list_shift(&r->asked)) != NULL)
		list_append(&r->lost, l);
	event_active(r->turn, EV_TIMEOUT, 0);
	redis_enter(r, REDIS_DOWN);
}

/* Drops a link of our own accord. */
static void
redis_drop(struct redis *r, const char *what, const char *detail)
{
	redisAsyncContext *ac = r->ac;

	redis_lost(r, what, detail);
	if (ac != NULL)
		redisAsyncFree(ac);
}

static const char *
context_error(const redisAsyncContext *ac)
{
	return (ac->errstr != NULL ? ac->errstr : "");
}

/*
 * A master that became a replica: its successor may be elsewhere.  A node of
 * a Cluster that has our slot no more, or not yet, or only half (a step of
 * ours needs all of its keys: ASK is waited out, not followed).
 */
static bool
redis_has_left(struct redis *r, const char *err)
{
	static const char *const half[] = { "ASK ", "TRYAGAIN", "CLUSTERDOWN" };
	struct redisnode	 node;
	size_t			 i;

	if (strncmp(err, "READONLY", 8) == 0)
		return (true);
	if (r->nodes.url.kind != REDISURL_CLUSTER)
		return (false);
	if (redisurl_moved(&node, err)) {
		if (!redisnodes_tell(&r->nodes, node.host, node.port))
			log_warn("redis-%s is sent to a name unknown here: %s",
			    r->conf.name, log_shown(err, strlen(err)));
		return (true);
	}
	for (i = 0; i < nitems(half); i++)
		if (strncmp(err, half[i], strlen(half[i])) == 0)
			return (true);
	return (false);
}

static void
redis_answer(redisAsyncContext *ac, void *p, void *arg)
{
	const redisReply *reply = p;
	struct ask	 *a = arg;
	struct redis	 *r = a->r;
	const char	 *err = NULL;

	if (r == NULL) { /* the link was closed: this is its end */
		free(a);
		return;
	}
	if (reply ==
	    NULL) { /* a stays on r->lost, where redis_lost() puts it */
		redis_lost(r, "connection lost", context_error(ac));
		return;
	}
	list_remove(&r->asked, &a->link);
	if (reply->type == REDIS_REPLY_ERROR)
		err = reply->str;
	if (err != NULL && redis_has_left(r, err))
		redisAsyncDisconnect(ac);
	ask_end(r, a, reply, err);
}

/* Tells those whose answers will not come. */
static void
redis_turn(evutil_socket_t fd, short what, void *arg)
{
	struct redis *r = arg;
	struct link  *l;

	(void)fd;
	(void)what;
	while ((l = list_shift(&r->lost)) != NULL)
		ask_end(r, list_of(l, struct ask, link), NULL,
		    "no answer: the link to Redis was lost");
}

/* Connecting --------------------------------------------------------------- */

/* It is somewhere else: there, in the same try. */
static void
redis_hop(struct redis *r)
{
	redisAsyncContext *ac = r->ac;

	if (r->sentinel)
		redisnodes_stay(&r->nodes); /* it knows */
	if (++r->hops > HOPS) {
		redis_drop(r, "not connected", "sent from node to node");
		return;
	}
	r->ac = NULL;
	redis_enter(r, REDIS_CONNECTING);
	redisAsyncFree(ac);
}

/* The answers come in the order in which the lines were said. */
static void
redis_greeted(redisAsyncContext *ac, void *p, void *arg)
{
	enum redishello_what what = (enum redishello_what)(uintptr_t)arg;
	const redisReply    *reply = p;
	struct redis	    *r = ac->data;
	char		     why[200] = "";

	if (r == NULL || r->ac != ac)
		return;
	if (reply == NULL) {
		redis_lost(r, "connection lost", context_error(ac));
		return;
	}
	switch (redishello_hear(what, reply, &r->nodes, why, sizeof why)) {
	case HELLO_GOOD:
		if (--r->greetings == 0)
			redis_enter(r, REDIS_UP);
		break;
	case HELLO_ELSEWHERE:
		redis_hop(r);
		break;
	case HELLO_BAD:
		redis_drop(r, "not connected", why);
		break;
	}
}

/* hiredis refuses a command only while it closes; the deadline ends that. */
static void
redis_greet(struct redis *r)
{
	struct redishello lines[REDISHELLO_LINES];
	char		  name[64];
	size_t		  i, n;

	snprintf(name, sizeof name, "deskd-%s", r->conf.name);
	n = redishello_say(lines, &r->nodes, r->sentinel, name, r->conf.key);
	r->greetings = 0;
	for (i = 0; i < n; i++)
		if (redisAsyncCommandArgv(r->ac, redis_greeted,
			(void *)(uintptr_t)lines[i].what, lines[i].argc,
			lines[i].argv, NULL) == REDIS_OK)
			r->greetings++;
}

static void
redis_connected(const redisAsyncContext *ac, int status)
{
	struct redis *r = ac->data;

	if (r == NULL)
		return;
	if (status != REDIS_OK)
		redis_lost(r, "not connected", context_error(ac));
	else
		redis_enter(r, REDIS_GREETING);
}

static void
redis_disconnected(const redisAsyncContext *ac, int status)
{
	struct redis *r = ac->data;

	(void)status;
	if (r != NULL && r->ac == ac)
		redis_lost(r, "connection lost", context_error(ac));
}

/* The kernel tells of a dead peer in 15 s; failing to ask it is no matter. */
static void
redis_keep_alive(int fd)
{
	int on = 1, s = KEEPALIVE_S, n = 3, ms = USER_TIMEOUT_MS;

	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &s, sizeof s);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &s, sizeof s);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &n, sizeof n);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms);
}

static void
redis_connect(struct redis *r)
{
	const struct redisurl  *url = &r->nodes.url;
	const struct redisaddr *to;
	redisAsyncContext      *ac;

	r->sentinel = url->kind == REDISURL_SENTINEL && !r->nodes.is_told;
	if (url->path[0] != '\0') {
		ac = redisAsyncConnectUnix(url->path);
	} else {
		to = redisnodes_next(&r->nodes);
		ac = redisAsyncConnect(to->addr, to->port);
	}
	if (ac == NULL || ac->err != 0) {
		redis_lost(r, "not connected",
		    ac != NULL ? context_error(ac) : "no memory");
		if (ac != NULL)
			redisAsyncFree(ac);
		return;
	}
	r->ac = ac;
	ac->data = r;
	if (url->path[0] == '\0')
		redis_keep_alive(ac->c.fd);
	if (redisLibeventAttach(ac, r->base) != REDIS_OK ||
	    redisAsyncSetConnectCallback(ac, redis_connected) != REDIS_OK ||
	    redisAsyncSetDisconnectCallback(ac, redis_disconnected) != REDIS_OK)
		redis_drop(r, "not connected", "no memory");
	else
		redis_after(r, r->sentinel ? SEEK_MS : CONNECT_MS);
}

/*
 * The pause before a try: half to the whole of a step that doubles with each
 * failure, and never more than five tries a second.
 */
static int64_t
redis_pause(struct redis *r)
{
	unsigned n = r->failures;
	int64_t	 now = redis_now(), step = 0, at, most;

	most = r->nodes.url.kind == REDISURL_ONE ? BACKOFF_MAX : SEEK_MAX;
	if (n != 0)
		step = BACKOFF_MIN << (n < 7 ? n - 1 : 6);
	if (step > most)
		step = most;
	at = now + step / 2 + arc4random_uniform((uint32_t)(step / 2 + 1));
	if (at < r->next_try)
		at = r->next_try;
	r->next_try = at + TRY_EVERY;
	return (at - now);
}

/* What we do on arriving in a state. */
static void
redis_enter(struct redis *r, enum redis_state next)
{
	static const char *const names[] = { "down", "connecting", "greeting",
		"up" };
	char			 where[100] = "";

	log_debug(
	    "redis-%s: %s -> %s", r->conf.name, names[r->state], names[next]);
	r->state = next;
	switch (next) {
	case REDIS_DOWN:
		redis_after(r, redis_pause(r));
		break;
	case REDIS_CONNECTING:
		redis_connect(r);
		break;
	case REDIS_GREETING:
		redis_greet(r);
		break;
	case REDIS_UP:
		redis_say_where(r, where, sizeof where);
		log_info("redis-%s connected%s", r->conf.name, where);
		r->failures = 0;
		event_del(r->timer);
		if (r->conf.up != NULL)
			r->conf.up(r->conf.arg);
		break;
	}
}

static int64_t
redis_first_due(const struct redis *r)
{
	return (list_of(r->asked.first, struct ask, link)->due);
}

/* The timer ran out: what that means in a state. */
static void
redis_late(evutil_socket_t fd, short what, void *arg)
{
	struct redis *r = arg;
	int64_t	      ms;

	(void)fd;
	(void)what;
	switch (r->state) {
	case REDIS_DOWN:
		r->hops = 0;
		redis_enter(r, REDIS_CONNECTING);
		break;
	case REDIS_CONNECTING:
	case REDIS_GREETING:
		redis_drop(r, "no connection in time", "");
		break;
	case REDIS_UP:
		if (r->asked.count == 0)
			break;
		if ((ms = redis_first_due(r) - redis_now()) <= 0)
			redis_drop(r, "no answer in time", "");
		else
			redis_after(r, ms);
		break;
	}
}

/* For everybody ------------------------------------------------------------ */

struct redis *
redis_open(
    struct event_base *base, const struct redis_conf *conf, const char **wrong)
{
	struct redis *r = xcalloc(1, sizeof *r);

	r->conf = *conf;
	r->base = base;
	if (r->conf.max_waiting == 0)
		r->conf.max_waiting = 10000;
	if (r->conf.max_bytes == 0)
		r->conf.max_bytes = 16 << 20;
	if (r->conf.answer_ms == 0)
		r->conf.answer_ms = 5000;
	if (!redisnodes_open(&r->nodes, conf->url, wrong)) {
		free(r);
		return (NULL);
	}
	r->timer = evtimer_new(base, redis_late, r);
	r->turn = event_new(base, -1, 0, redis_turn, r);
	if (r->timer == NULL || r->turn == NULL)
		fatal("redis-%s: no memory for its events", conf->name);
	redis_enter(r, REDIS_DOWN); /* the first try: in the loop, at once */
	return (r);
}

static size_t
argv_bytes(int argc, const size_t *lens)
{
	size_t n = 0;
	int    i;

	for (i = 0; i < argc; i++)
		n += lens[i];
	return (n);
}

bool
redis_ask(struct redis *r, uint64_t id, int argc, const char *const *argv,
    const size_t *lens, redis_got *got)
{
	size_t	    bytes = argv_bytes(argc, lens);
	struct ask *a;

	if (r->state != REDIS_UP || r->asked.count >= r->conf.max_waiting ||
	    (r->bytes != 0 && r->bytes + bytes > r->conf.max_bytes))
		return (false);
	a = xcalloc(1, sizeof *a);
	*a = (struct ask){ .r = r,
		.id = id,
		.got = got,
		.bytes = bytes,
		.due = redis_now() + r->conf.answer_ms };
	if (redisAsyncCommandArgv(r->ac, redis_answer, a, argc,
		(const char **)(uintptr_t)argv, lens) != REDIS_OK) {
		free(a);
		return (false);
	}
	r->bytes += bytes;
	list_append(&r->asked, &a->link);
	if (!evtimer_pending(r->timer, NULL))
		redis_after(r, r->conf.answer_ms);
	return (true);
}

bool
redis_up(const struct redis *r)
{
	return (r->state == REDIS_UP);
}

size_t
redis_waiting(const struct redis *r)
{
	return (r->asked.count);
}

const char *
redis_wrong(const struct redis *r)
{
	return (r->why);
}

void
redis_close(struct redis *r)
{
	redisAsyncContext *ac = r->ac;
	struct link	  *l;

	while ((l = list_shift(&r->lost)) != NULL)
		free(list_of(l, struct ask, link));
	LIST_EACH (one, &r->asked)
		list_of(one, struct ask, link)->r = NULL;
	if (ac != NULL) {
		ac->data = NULL;
		redisAsyncFree(ac); /* frees the asks: see redis_answer() */
	}
	event_free(r->timer);
	event_free(r->turn);
	free(r);
}
