/*
 * deskctl top's link to its desk; see toplink.h.
 *
 * The asker asks BOARD, the counts, and what the page shows: when the feed
 * says that something happened (once a second at most), when the page
 * changes, and each two seconds.  The listener follows the feed on a
 * connection of its own.  Each connects anew, by itself, when it is cut.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "operation.h"
#include "topkeys.h"
#include "toplink.h"
#include "toptable.h"
#include "wire.h"

#define ROUND_MS    2000   /* at the latest */
#define FEED_MS	    1000   /* at the soonest, for the feed */
#define AGAIN_MS    1000   /* until the next try to connect */
#define PATIENCE_MS 5000   /* without an answer: the desk is away */
#define NOTICES_MAX 5000   /* that wait to be taken out */
#define HISTORY	    "1000" /* notices, for the throughput before we came */

struct toplink {
	pthread_t	  asker, listener;
	pthread_mutex_t	  lock; /* of all below */
	pthread_cond_t	  wake;
	const struct ctl *ctl;
	int		  fd;
	bool		  stop;
	struct wire	 *ask_wire, *feed_wire;

	/* To ask. */
	bool		     feed_told, page_changed, to_act;
	struct request_words want, act;

	/* What came. */
	json_t *board, *counts, *answer;
	char	answer_of[TOP_TEXT_MAX]; /* to which question */
	bool	answer_is_list;
	char	refused[160];
	char	away[160];
	bool	acted, acted_good;
	char	acted_said[240];
	json_t *notices;  /* [ms, notice] */
	int64_t asked_at; /* our clock; 0: nothing is under way */
};

/* What nobody sets: for waiting. */
static int64_t
ticks_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ((int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}

/* Waits for the condition, so many ms at most; the lock is held. */
static void
link_wait(struct toplink *l, int64_t ms)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	ts.tv_sec += ms / 1000;
	ts.tv_nsec += ms % 1000 * 1000000;
	if (ts.tv_nsec >= 1000000000) {
		ts.tv_sec++;
		ts.tv_nsec -= 1000000000;
	}
	pthread_cond_timedwait(&l->wake, &l->lock, &ts);
}

/* The lock is held. */
static void
link_tell(struct toplink *l)
{
	/* A full pipe has told already. */
	if (write(l->fd, "", 1) == -1 && errno != EAGAIN && errno != EINTR)
		l->stop = true;
}

static void
said_copy(char *out, size_t size, const json_t *said)
{
	struct buf b = { 0 };

	buf_shown(&b, json_is_string(said) ? json_string_value(said) : "",
	    json_string_length(said), size - 8);
	snprintf(out, size, "%s", b.p != NULL ? b.p : "");
	buf_free(&b);
}

static bool
wire_words(
    struct wire *w, const struct request_words *r, struct resp_reply *reply)
{
	struct resp_arg argv[TOP_WORDS_MAX];
	size_t		i;

	for (i = 0; i < r->n; i++)
		argv[i] = (struct resp_arg){ r->words[i], strlen(r->words[i]) };
	return (wire_ask(w, argv, r->n, reply));
}

static bool
wire_name(struct wire *w, const char *name, struct resp_reply *reply)
{
	const struct resp_arg argv[] = { { name, strlen(name) } };

	return (wire_ask(w, argv, 1, reply));
}

/* ---- the asker */

/* Nobody answers: said, and the other connection looked at, too. */
static void
link_lost(struct toplink *l, struct wire **w, const char *why)
{
	pthread_mutex_lock(&l->lock);
	snprintf(l->away, sizeof l->away, "%.150s", why);
	l->asked_at = 0;
	if (w == &l->ask_wire && l->feed_wire != NULL)
		wire_shutdown(l->feed_wire);
	link_tell(l);
	if (*w != NULL)
		wire_close(*w);
	*w = NULL;
	pthread_mutex_unlock(&l->lock);
}

/* True when there is a connection; else said why not. */
static bool
link_open(struct toplink *l, struct wire **w)
{
	static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
	enum ctl_exit	       status;
	const char	      *wrong = "";
	char		       why[160];
	struct wire	      *made;

	if (*w != NULL)
		return (true);
	/* (What is wrong stands in one place for both.) */
	pthread_mutex_lock(&one);
	made = wire_open(l->ctl, &wrong, &status);
	snprintf(why, sizeof why, "%.150s", wrong);
	pthread_mutex_unlock(&one);
	if (made == NULL) {
		if (w == &l->ask_wire)
			link_lost(l, w, why);
		return (false);
	}
	pthread_mutex_lock(&l->lock);
	*w = made;
	if (l->stop)
		wire_shutdown(made);
	pthread_mutex_unlock(&l->lock);
	return (true);
}

static void
act_said(struct toplink *l, bool good, const char *said)
{
	pthread_mutex_lock(&l->lock);
	l->acted = true;
	l->acted_good = good;
	snprintf(l->acted_said, sizeof l->acted_said, "%s", said);
	link_tell(l);
	pthread_mutex_unlock(&l->lock);
}

static bool
ask_act(struct toplink *l, const struct request_words *act)
{
	struct resp_reply reply;
	char		  said[220];

	if (!wire_words(l->ask_wire, act, &reply)) {
		act_said(
		    l, false, "The desk went away: look whether it was done.");
		return (false);
	}
	said_copy(said, sizeof said, reply.value);
	act_said(l, reply.kind != RESP_REFUSED,
	    reply.kind == RESP_REFUSED ? said : "");
	json_decref(reply.value);
	return (true);
}

/* One more member of the case; a wire that is cut is found out after it. */
static void
ask_member(struct toplink *l, const struct request_words *r, json_t *of,
    const char *member)
{
	struct resp_reply reply;

	if (!wire_words(l->ask_wire, r, &reply))
		return;
	if (reply.kind != RESP_REFUSED)
		json_object_set(of, member, reply.value);
	json_decref(reply.value);
}

static void
ask_why(struct toplink *l, const char *ticket, json_t *of)
{
	struct request_words clocks = { .n = 4,
		.words = { "TICKET.CLOCKS", "", "lang", "en" } };
	struct request_words why = { .n = 2, .words = { "TICKET.EXPLAIN" } };

	snprintf(clocks.words[1], TOP_TEXT_MAX, "%s", ticket);
	snprintf(why.words[1], TOP_TEXT_MAX, "%s", ticket);
	ask_member(l, &clocks, of, "clocked");
	ask_member(l, &why, of, "explained");
}

/* What the page below the desk's shows. */
static bool
ask_page(struct toplink *l, const struct request_words *want)
{
	struct resp_reply reply;
	bool		  is_list = strcmp(want->words[0], "TICKET.LIST") == 0;

	if (!wire_words(l->ask_wire, want, &reply))
		return (false);
	if (want->why && reply.kind != RESP_REFUSED)
		ask_why(l, want->words[1], reply.value);
	pthread_mutex_lock(&l->lock);
	json_decref(l->answer);
	l->answer = NULL;
	l->refused[0] = '\0';
	if (reply.kind == RESP_REFUSED) {
		said_copy(l->refused, sizeof l->refused, reply.value);
	} else {
		l->answer = json_incref(reply.value);
		l->answer_is_list = is_list;
		snprintf(l->answer_of, sizeof l->answer_of, "%s",
		    want->words[is_list ? 2 : 1]);
	}
	link_tell(l);
	pthread_mutex_unlock(&l->lock);
	json_decref(reply.value);
	return (true);
}

/* The board and the counts; false: the wire is cut. */
static bool
ask_board(struct toplink *l)
{
	struct resp_reply board, counts;
	bool		  good;

	if (!wire_name(l->ask_wire, "BOARD", &board))
		return (false);
	if (!wire_name(l->ask_wire, "TICKET.COUNTS", &counts)) {
		json_decref(board.value);
		return (false);
	}
	good = board.kind != RESP_REFUSED;
	pthread_mutex_lock(&l->lock);
	l->away[0] = '\0';
	if (good) {
		json_decref(l->board);
		l->board = json_incref(board.value);
		json_decref(l->counts);
		l->counts = counts.kind == RESP_REFUSED
		    ? NULL
		    : json_incref(json_object_get(counts.value, "queues"));
	} else {
		said_copy(l->away, sizeof l->away, board.value);
	}
	l->asked_at = 0;
	link_tell(l);
	pthread_mutex_unlock(&l->lock);
	json_decref(board.value);
	json_decref(counts.value);
	return (true);
}

static void
ask_round(struct toplink *l, const struct request_words *act,
    const struct request_words *want)
{
	if (!link_open(l, &l->ask_wire)) {
		if (act->n > 0)
			act_said(
			    l, false, "The desk is away: nothing was done.");
		pthread_mutex_lock(&l->lock);
		if (!l->stop)
			link_wait(l, AGAIN_MS);
		pthread_mutex_unlock(&l->lock);
		return;
	}
	if ((act->n > 0 && !ask_act(l, act)) ||
	    (want->n > 0 && !ask_page(l, want)) || !ask_board(l))
		link_lost(l, &l->ask_wire, wire_wrong(l->ask_wire));
}

static void *
asker(void *arg)
{
	struct toplink	    *l = arg;
	struct request_words act, want;
	int64_t		     next = 0, told;

	pthread_mutex_lock(&l->lock);
	while (!l->stop) {
		told = l->feed_told ? next - ROUND_MS + FEED_MS : next;
		if (!l->to_act && !l->page_changed && ticks_ms() < told) {
			link_wait(l, told - ticks_ms());
			continue;
		}
		act = l->to_act ? l->act : (struct request_words){ 0 };
		want = l->want;
		l->to_act = l->page_changed = l->feed_told = false;
		l->asked_at = clock_wall();
		pthread_mutex_unlock(&l->lock);
		ask_round(l, &act, &want);
		next = ticks_ms() + ROUND_MS;
		pthread_mutex_lock(&l->lock);
	}
	pthread_mutex_unlock(&l->lock);
	return (NULL);
}

/* ---- the listener */

/* Notes one notice; its offset begins with its time. */
static void
notice_note(json_t *notices, const char *offset, json_t *notice)
{
	json_array_append_new(notices,
	    json_pack("[I, o]", (json_int_t)strtoll(offset, NULL, 10), notice));
}

/* What has happened before we came; the offset to go on from. */
static bool
feed_history(struct wire *w, json_t *notices, char *offset, size_t size)
{
	const struct resp_arg argv[] = { { "FEED.READ", 9 }, { "0", 1 },
		{ "last", 4 }, { HISTORY, sizeof HISTORY - 1 } };
	struct resp_reply     reply;
	json_t		     *row;
	size_t		      i;

	if (!wire_ask(w, argv, nitems(argv), &reply))
		return (false);
	if (reply.kind != RESP_REFUSED) {
		json_array_foreach (
		    json_object_get(reply.value, "notices"), i, row)
			notice_note(
			    notices, text_of(row, "offset"), json_incref(row));
		if (text_of(reply.value, "offset")[0] != '\0')
			snprintf(offset, size, "%.60s",
			    text_of(reply.value, "offset"));
	}
	json_decref(reply.value);
	return (true);
}

/* ["feed", kind, offset, notice as JSON text] */
static void
push_take(struct toplink *l, const json_t *push, char *offset, size_t size)
{
	const json_t *text = json_array_get(push, 3);
	const char   *kind = json_string_value(json_array_get(push, 1));
	const char   *at = json_string_value(json_array_get(push, 2));
	json_t	     *notice;

	if (kind == NULL || at == NULL || !json_is_string(text))
		return;
	snprintf(offset, size, "%.60s", at);
	if (strcmp(kind, "notice") != 0)
		return;
	notice = json_loadb(
	    json_string_value(text), json_string_length(text), 0, NULL);
	if (notice == NULL)
		return;
	pthread_mutex_lock(&l->lock);
	if (json_array_size(l->notices) < NOTICES_MAX)
		notice_note(l->notices, at, notice);
	else
		json_decref(notice);
	l->feed_told = true;
	pthread_cond_signal(&l->wake);
	pthread_mutex_unlock(&l->lock);
}

static void
feed_follow(struct toplink *l, char *offset, size_t size)
{
	struct resp_arg	  argv[] = { { "FEED.SUBSCRIBE", 14 }, { "OFFSET", 6 },
		  { offset, strlen(offset) } };
	struct resp_reply reply;
	bool		  good = true;

	if (!wire_send(l->feed_wire, argv, nitems(argv)))
		return;
	wire_patient(l->feed_wire, true);
	while (good && wire_read(l->feed_wire, &reply)) {
		if (reply.kind == RESP_PUSH)
			push_take(l, reply.value, offset, size);
		good = reply.kind != RESP_REFUSED;
		json_decref(reply.value);
	}
}

static void *
listener(void *arg)
{
	struct toplink *l = arg;
	char		offset[64] = "";
	json_t	       *before;

	pthread_mutex_lock(&l->lock);
	while (!l->stop) {
		pthread_mutex_unlock(&l->lock);
		if (link_open(l, &l->feed_wire)) {
			before = json_array();
			if (offset[0] == '\0' &&
			    feed_history(
				l->feed_wire, before, offset, sizeof offset)) {
				pthread_mutex_lock(&l->lock);
				json_array_extend(l->notices, before);
				link_tell(l);
				pthread_mutex_unlock(&l->lock);
			}
			json_decref(before);
			if (offset[0] == '\0')
				strcpy(offset, "$");
			feed_follow(l, offset, sizeof offset);
			pthread_mutex_lock(&l->lock);
			wire_close(l->feed_wire);
			l->feed_wire = NULL;
			pthread_mutex_unlock(&l->lock);
		}
		pthread_mutex_lock(&l->lock);
		if (!l->stop)
			link_wait(l, AGAIN_MS);
	}
	pthread_mutex_unlock(&l->lock);
	return (NULL);
}

/* ---- for the screen */

struct toplink *
toplink_start(const struct ctl *ctl, int wake_fd)
{
	struct toplink	  *l = xcalloc(1, sizeof *l);
	pthread_condattr_t attr;

	l->ctl = ctl;
	l->fd = wake_fd;
	l->notices = json_array();
	pthread_mutex_init(&l->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&l->wake, &attr);
	pthread_condattr_destroy(&attr);
	/* Before there are two who might. */
	json_object_seed(0);
	if (pthread_create(&l->asker, NULL, asker, l) != 0 ||
	    pthread_create(&l->listener, NULL, listener, l) != 0)
		abort();
	return (l);
}

static void
take_notices(struct toplink *l, struct top *t)
{
	json_t *pair;
	size_t	i;

	json_array_foreach (l->notices, i, pair)
		top_notice(t, json_array_get(pair, 1),
		    json_integer_value(json_array_get(pair, 0)));
	json_array_clear(l->notices);
}

void
toplink_exchange(struct toplink *l, struct top *t, int64_t ms)
{
	struct request_words want = { 0 };
	char		     done[240];

	pthread_mutex_lock(&l->lock);
	t->now = ms;
	take_notices(l, t);
	if (l->board != NULL)
		top_board(t, l->board, l->counts, ms);
	l->board = l->counts = NULL;
	if (l->answer != NULL && l->answer_is_list)
		top_list(t, l->answer_of, l->answer);
	else if (l->answer != NULL)
		top_ticket(t, l->answer_of, l->answer);
	l->answer = NULL;
	if (l->refused[0] != '\0')
		top_refused(t, l->refused);
	l->refused[0] = '\0';
	if (l->away[0] != '\0')
		top_away(t, l->away, ms);
	else if (l->asked_at != 0 && ms - l->asked_at > PATIENCE_MS)
		top_away(t, "no answer comes", l->asked_at);
	if (l->acted) {
		top_act_done(t, done, sizeof done);
		top_acted(
		    t, l->acted_good, l->acted_good ? done : l->acted_said);
	}
	l->acted = false;

	if (t->to_ask) {
		l->act = t->request;
		l->to_act = true;
		t->to_ask = false;
		pthread_cond_signal(&l->wake);
	}
	if (!top_wants(t, &want))
		want.n = 0;
	if (memcmp(&want, &l->want, sizeof want) != 0) {
		l->want = want;
		l->page_changed = true;
		pthread_cond_signal(&l->wake);
	}
	pthread_mutex_unlock(&l->lock);
}

/* Whether the thread has ended within two seconds. */
static bool
thread_ended(pthread_t thread)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	ts.tv_sec += 2;
	return (pthread_timedjoin_np(thread, NULL, &ts) == 0);
}

bool
toplink_stop(struct toplink *l)
{
	pthread_mutex_lock(&l->lock);
	l->stop = true;
	if (l->ask_wire != NULL)
		wire_shutdown(l->ask_wire);
	if (l->feed_wire != NULL)
		wire_shutdown(l->feed_wire);
	pthread_cond_broadcast(&l->wake);
	pthread_mutex_unlock(&l->lock);
	if (!thread_ended(l->asker) || !thread_ended(l->listener))
		return (false);
	if (l->ask_wire != NULL)
		wire_close(l->ask_wire);
	json_decref(l->board);
	json_decref(l->counts);
	json_decref(l->answer);
	json_decref(l->notices);
	pthread_cond_destroy(&l->wake);
	pthread_mutex_destroy(&l->lock);
	free(l);
	return (true);
}

enum ctl_exit
toplink_once(struct ctl *ctl, struct top *t, int64_t ms)
{
	const struct resp_arg board[] = { { "BOARD", 5 } };
	const struct resp_arg counts[] = { { "TICKET.COUNTS", 13 } };
	json_t		     *b, *c, *notices = json_array(), *pair;
	enum ctl_exit	      status;
	char		      offset[64];
	size_t		      i;

	if ((status = ctl_ask(ctl, board, 1, &b)) == CTL_OK &&
	    (status = ctl_ask(ctl, counts, 1, &c)) == CTL_OK) {
		top_board(t, b, json_incref(json_object_get(c, "queues")), ms);
		json_decref(c);
		if (!feed_history(ctl->wire, notices, offset, sizeof offset))
			status = CTL_NO_DAEMON;
	}
	json_array_foreach (notices, i, pair)
		top_notice(t, json_array_get(pair, 1),
		    json_integer_value(json_array_get(pair, 0)));
	json_decref(notices);
	t->now = ms;
	return (status);
}
