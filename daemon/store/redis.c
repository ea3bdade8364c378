/*
 * The link to Redis on hiredis and libevent; see redis.h.
 *
 * hiredis frees its context by itself when the connection ends, and calls
 * every pending callback with no reply while doing so.  Nobody else's code
 * runs in there: asks that end so are put on a list, and redis_turn(), from
 * the loop, tells whoever asked.  The context is never used after that first
 * empty reply or the (dis)connect callback with an error.
 */
#include <sys/socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netdb.h>
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
#include "redisurl.h"

#define CONNECT_MS  5000 /* to connect, authenticate and select */
#define BACKOFF_MIN 100
#define BACKOFF_MAX 5000
#define TRY_EVERY   200
#define ADDRESSES   8
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
	struct redisurl	   url;
	char		   addr[ADDRESSES][64]; /* the host's, numeric */
	unsigned	   naddr, next_addr;
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
	char		   why[200];
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
	/* A master that became a replica: its successor may be elsewhere. */
	if (err != NULL && strncmp(err, "READONLY", 8) == 0)
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

static void
redis_greeted(redisAsyncContext *ac, void *p, void *arg)
{
	const redisReply *reply = p;
	struct redis	 *r = ac->data;

	(void)arg;
	if (r == NULL || r->ac != ac)
		return;
	if (reply == NULL) {
		redis_lost(r, "connection lost", context_error(ac));
	} else if (reply->type == REDIS_REPLY_ERROR) {
		redis_drop(r, "refused", reply->str);
	} else if (--r->greetings == 0) {
		redis_enter(r, REDIS_UP);
	}
}

/* hiredis refuses a command only while it closes; the deadline ends that. */
static void
redis_greet(struct redis *r, int argc, const char **argv)
{
	if (redisAsyncCommandArgv(
		r->ac, redis_greeted, NULL, argc, argv, NULL) == REDIS_OK)
		r->greetings++;
}

/*
 * Who we are, which database, and whether Redis can be asked: PING, unlike
 * the others, is refused while it still loads its file.
 */
static void
redis_greet_all(struct redis *r)
{
	const struct redisurl *u = &r->url;
	char		       db[12], name[64];

	r->greetings = 0;
	snprintf(db, sizeof db, "%d", u->db);
	snprintf(name, sizeof name, "deskd-%s", r->conf.name);
	if (u->user[0] != '\0')
		redis_greet(r, 3, (const char *[]){ "AUTH", u->user, u->pass });
	else if (u->pass[0] != '\0')
		redis_greet(r, 2, (const char *[]){ "AUTH", u->pass });
	redis_greet(r, 2, (const char *[]){ "SELECT", db });
	redis_greet(r, 1, (const char *[]){ "PING" });
	/* For the eyes of CLIENT LIST only: it may be refused. */
	(void)redisAsyncCommandArgv(r->ac, NULL, NULL, 3,
	    (const char *[]){ "CLIENT", "SETNAME", name }, NULL);
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
	redisAsyncContext *ac;

	if (r->url.path[0] != '\0')
		ac = redisAsyncConnectUnix(r->url.path);
	else
		ac = redisAsyncConnect(
		    r->addr[r->next_addr++ % r->naddr], r->url.port);
	if (ac == NULL || ac->err != 0) {
		redis_lost(r, "not connected",
		    ac != NULL ? context_error(ac) : "no memory");
		if (ac != NULL)
			redisAsyncFree(ac);
		return;
	}
	r->ac = ac;
	ac->data = r;
	if (r->url.path[0] == '\0')
		redis_keep_alive(ac->c.fd);
	if (redisLibeventAttach(ac, r->base) != REDIS_OK ||
	    redisAsyncSetConnectCallback(ac, redis_connected) != REDIS_OK ||
	    redisAsyncSetDisconnectCallback(ac, redis_disconnected) != REDIS_OK)
		redis_drop(r, "not connected", "no memory");
	else
		redis_after(r, CONNECT_MS);
}

/*
 * The pause before a try: half to the whole of a step that doubles with each
 * failure, and never more than five tries a second.
 */
static int64_t
redis_pause(struct redis *r)
{
	unsigned n = r->failures;
	int64_t	 now = redis_now(), step = 0, at;

	if (n != 0)
		step = BACKOFF_MIN << (n < 7 ? n - 1 : 6);
	if (step > BACKOFF_MAX)
		step = BACKOFF_MAX;
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
		redis_greet_all(r);
		break;
	case REDIS_UP:
		log_info("redis-%s connected", r->conf.name);
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
		redis_enter(r, REDIS_CONNECTING);
		break;
	case REDIS_CONNECTING:
	case REDIS_GREETING:
		redis_drop(r, "no connection within 5 s", "");
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

static bool
redis_resolve(struct redis *r, const char **wrong)
{
	static char	text[256];
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *all, *ai;
	const char     *host = r->url.host;
	int		e;

	if (r->url.path[0] != '\0')
		return (true);
	if ((e = getaddrinfo(host, NULL, &hints, &all)) != 0) {
		snprintf(text, sizeof text, "host %s is not known: %s",
		    log_shown(host, strlen(host)), gai_strerror(e));
		*wrong = text;
		return (false);
	}
	for (ai = all; ai != NULL && r->naddr < ADDRESSES; ai = ai->ai_next)
		if (getnameinfo(ai->ai_addr, ai->ai_addrlen, r->addr[r->naddr],
			sizeof r->addr[0], NULL, 0, NI_NUMERICHOST) == 0)
			r->naddr++;
	freeaddrinfo(all);
	*wrong = "the host has no address";
	return (r->naddr != 0);
}

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
	if (!redisurl_read(&r->url, conf->url, wrong) ||
	    !redis_resolve(r, wrong)) {
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
