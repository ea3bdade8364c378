/*
 * The waiting lines, the agents and the offers, as Redis holds them: the C
 * face of the function library in desk.lua.  Every function here is one
 * atomic step there; each may be repeated.
 *
 * What the library owes itself is done in here: it is loaded when Redis does
 * not have it, work that a step left over (a step is bounded) is drained, and
 * an epoch that is missing (Redis was emptied, or restarted with what it
 * remembered) is told to the owner, who then rebuilds from PostgreSQL.
 *
 * Nothing here calls back before it has returned.  Every ask that was taken
 * (true) is answered once.  Asks that return false were not taken: the link
 * is down or too much is under way.
 */
#ifndef ROUTE_ROUTE_H
#define ROUTE_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/def.h"

struct redisReply;
struct route;

typedef void route_reply(
    uint64_t id, const struct redisReply *, const char *err);

/* A link to Redis: redis_ask() of store/redis.h, as a function. */
struct route_link {
	void *link;
	bool (*ask)(void *link, uint64_t id, int argc, const char *const *argv,
	    const size_t *lens, route_reply *got);
};

enum route_how {
	ROUTE_DONE,
	ROUTE_NOT,  /* understood and refused: see each function */
	ROUTE_LATER /* not done, or unknown whether: repeat later */
};

/*
 * what: "away" (offers were not answered), "lost" (his connection, for longer
 * than the grace), "back" (he has one again); version: of the presence of which
 * it was found out.
 */
struct route_note {
	const char *agent;
	const char *what;
	int64_t	    version;
};

struct route_conf {
	struct route_link link;
	struct route_link feed;	  /* one of its own: XREAD blocks it */
	const char	 *prefix; /* "{desk}"; must outlive the route */
	bool records; /* route_records() says which: Redis is greeted then */
	/*
	 * Redis does not hold the desk: rebuild it.  Told by any reply that
	 * says so, hence again and again (desk_lapse() alone runs each
	 * second) until a rebuild, ours or another daemon's, has ended; not
	 * while one of ours is under way.
	 */
	void (*lost)(void *arg);
	/*
	 * The next route_tick() is worth while after so many ms (-1: not before
	 * something else happens).  May be NULL: then it is found each second.
	 */
	void (*due)(void *arg, int64_t ms);
	/*
	 * A queue whose mode is "assign" gives this agent the ticket.  It is held
	 * for him as after route_accept(): PostgreSQL is asked to assign it, and
	 * route_release() gives it back.  May be NULL: then the hold lapses.
	 */
	void (*assign)(void *arg, int64_t ticket, const char *agent);
	/*
	 * Something was found out of an agent, which PostgreSQL is to note; it is
	 * told again, to any daemon, until route_agent() told his next version.
	 * May be NULL.
	 */
	void (*note)(void *arg, const struct route_note *);
	void *arg;
};

typedef void route_done(uint64_t id, enum route_how);

struct route *route_open(const struct route_conf *) MUSTCHECK;
/*
 * The link stands (again): loads the library and looks whether Redis is the
 * one that was last rebuilt.  To be called from the link's up().
 */
void route_load(struct route *);
/*
 * Which records the lines are built from: an earlier state of them may lack
 * what Redis knows, so that with others everything is rebuilt.
 */
void route_records(struct route *, const char *which);
/* The library is loaded and the epoch was there in the last reply. */
bool route_ready(const struct route *);
/* Asks under way are forgotten untold. */
void route_close(struct route *);

/* One row of the outbox: its id, and its apply as JSON. */
struct route_row {
	int64_t	    outbox; /* 0: none (a rebuild's row) */
	const char *json;
	size_t	    len;
};

/*
 * Applies rows in order, at most ROUTE_ROWS.  DONE: they may be settled (a
 * row that is no JSON is logged and counts as applied: it will not be right
 * tomorrow either).
 */
#define ROUTE_ROWS 512
bool route_apply(struct route *, const struct route_row *, size_t n,
    uint64_t id, route_done *) MUSTCHECK;

/*
 * An agent's presence.  state: ready, away, break, training, offline; words,
 * blank between: queues (NAME[:PRIORITY[:AFTER]], 1 and 0 s when not given),
 * skills (NAME[:LEVEL], 3), limits (CHANNEL:CASES); reason may be "".  Capacity
 * in units.  Offers that he has not taken go back when he is not ready.  Of an
 * older version, and of one of which something was found out meanwhile, the
 * state is not taken.
 */
struct route_presence {
	const char *name;
	const char *state;
	int	    capacity;
	const char *queues;
	const char *skills;
	const char *limits;
	const char *reason;
	int64_t	    version; /* of what PostgreSQL says; 0: none */
	bool	    gone;    /* his connection is lost */
	bool	    said;    /* just now, by him or in his name */
};
bool route_agent(struct route *, const struct route_presence *, uint64_t id,
    route_done *) MUSTCHECK;

/*
 * DONE: the offer is held for 10 s, in which PostgreSQL is asked to assign
 * the ticket; the apply of that ends the hold, route_release() gives it back.
 * NOT: it is not offered to him (any more).
 */
bool route_accept(struct route *, int64_t ticket, const char *agent,
    uint64_t id, route_done *) MUSTCHECK;
/* PostgreSQL refused: back in line, and not to him for five minutes. */
bool route_release(struct route *, int64_t ticket, const char *agent,
    uint64_t id, route_done *) MUSTCHECK;
/* NOT: it is not offered to him (any more), or he has accepted it. */
bool route_decline(struct route *, int64_t ticket, const char *agent,
    uint64_t id, route_done *) MUSTCHECK;
/* Stops (true) or goes on with offering a queue's tickets. */
bool route_pause(struct route *, const char *queue, bool, uint64_t id,
    route_done *) MUSTCHECK;
/*
 * How queues want it: JSON each, {"queue","mode","strategy","steps","same",
 * "wrap","order"} (policy.lua).  What is so already costs nothing.
 */
bool route_policy(struct route *, const char *const *policies, size_t n,
    uint64_t id, route_done *) MUSTCHECK;
/*
 * He asks for what he is to do next, however much he has.  ticket: held for him
 * as after route_accept(); 0 with NOT: nothing waits that he may have.
 */
typedef void route_next_got(uint64_t id, enum route_how, int64_t ticket);
bool	     route_next(
	    struct route *, const char *agent, uint64_t id, route_next_got *) MUSTCHECK;
/* He is done with wrapping up.  NOT: he was not at it. */
bool route_wrapped(
    struct route *, const char *agent, uint64_t id, route_done *) MUSTCHECK;
/*
 * Once a second, and when it is due: takes back offers that were not answered,
 * and does what becomes possible by time alone.  Any number of daemons may.
 */
void route_tick(struct route *);

/* Lists; what is listed is gone when the callback returns. */
struct route_depth {
	const char *queue;
	int64_t	    waiting; /* in line, not offered */
	int64_t	    offered;
	int64_t	    oldest; /* least score; 0: nothing waits */
	bool	    paused;
};
struct route_who {
	const char *name, *state, *queues, *skills, *reason;
	int64_t	    capacity, load, pending; /* units; pending: offered */
	int64_t	    since; /* of the state; ms of Redis's clock */
	int64_t	    wrap;  /* wraps up until then; in the past or 0: not */
};
struct route_offer {
	int64_t	    ticket;
	const char *queue;
	int64_t	    expires; /* ms of Redis's clock */
	bool	    held;
	int64_t	    seconds; /* how long it stands in all */
	const char *why;     /* JSON, as the notice `offer' has it; may be "" */
};
typedef void route_depths_got(
    uint64_t id, enum route_how, const struct route_depth *, size_t n);
typedef void route_agents_got(
    uint64_t id, enum route_how, const struct route_who *, size_t n);
typedef void route_offers_got(
    uint64_t id, enum route_how, const struct route_offer *, size_t n);
bool route_depths(struct route *, uint64_t id, route_depths_got *) MUSTCHECK;
bool route_agents(struct route *, uint64_t id, route_agents_got *) MUSTCHECK;
bool route_offers(struct route *, const char *agent, uint64_t id,
    route_offers_got *) MUSTCHECK;

/*
 * Why a ticket is where it is, as JSON (times in ms of Redis's clock; members
 * that say nothing are left out): {"ticket","place","queue","agent","mode",
 * "strategy","paused","why"} and, while it waits, {"stage","since","waited",
 * "channel","units","needs":[{"name","level"}],"asked":[queues],"kept":agent,
 * "next":{"at","stage","asked"},"line","ahead","offer":{"agent","held",
 * "expires"},"counts":{"agents","fit","reasons":{},"more"},"agents":[{"agent",
 * "queue","rank"} or {"agent","queue","why","skill","level","has","room",
 * "units","channel","till"}]}.  NOT: Redis knows nothing of it.
 */
typedef void route_explain_got(uint64_t id, enum route_how, const char *json);
bool	     route_explain(
	    struct route *, int64_t ticket, uint64_t id, route_explain_got *) MUSTCHECK;

/*
 * A rebuild: begin, pages of the tickets that PostgreSQL holds open (read
 * after begin was DONE), end.  begin: NOT when it is not needed or another
 * daemon is at it.  page and end: NOT when the lease (4 s from the last step)
 * was lost or Redis was emptied meanwhile: it begins anew with the next
 * lost().  Whoever stops early calls route_rebuild_stop().
 */
bool route_rebuild_begin(struct route *, uint64_t id, route_done *) MUSTCHECK;
bool route_rebuild_page(struct route *, const struct route_row *, size_t n,
    uint64_t id, route_done *) MUSTCHECK;
bool route_rebuild_end(struct route *, uint64_t id, route_done *) MUSTCHECK;
void route_rebuild_stop(struct route *);

/* The feed: one notice.  The strings end in NUL. */
struct route_entry {
	const char *id; /* "<ms>-<n>" */
	const char *kind;
	const char *queue;  /* "" when it is about none */
	int64_t	    ticket; /* 0 when it is about none */
	const char *json;
	size_t	    len;
};
/*
 * gap: notices between `after' and the first of these are gone (trimmed, or
 * Redis was lost): the reader has to load everything anew.  last is the id to
 * read after next, also when n is 0.
 */
typedef void route_feed_got(uint64_t id, enum route_how, bool gap,
    const struct route_entry *, size_t n, const char *last);
/* after: "0", "$" (only tells last) or "<ms>-<n>"; count 1 to 1,000. */
bool route_feed_read(struct route *, const char *after, int count, uint64_t id,
    route_feed_got *) MUSTCHECK;
/* The same, but of what came after it the newest `count', in order. */
bool route_feed_newest(struct route *, const char *after, int count,
    uint64_t id, route_feed_got *) MUSTCHECK;
/*
 * Takes the notices about these customers out of a piece of the feed, from
 * after `after' ("0": its beginning).  last is where to go on, "" at the end.
 */
typedef void route_forgot(uint64_t id, enum route_how, const char *last);
bool route_forget(struct route *, const char *after, const int64_t *customers,
    size_t n, uint64_t id, route_forgot *) MUSTCHECK;
/* What is new, as it comes, for ever: each notice once, in order. */
typedef void route_feed_news(void *arg, const struct route_entry *, size_t n);
/*
 * Follows the feed from now on, on the link `feed'.  To be called from that
 * link's up(), each time: it goes on after the last notice told.  brief (may
 * be NULL) is told what is only worth telling now and nowhere kept: who types.
 */
void route_feed_follow(
    struct route *, route_feed_news *, route_feed_news *brief, void *arg);

/* As route_feed_read(), of what a conversation's visitor is told. */
bool route_talk_read(struct route *, const char *conversation,
    const char *after, int count, uint64_t id, route_feed_got *) MUSTCHECK;

/*
 * Visitors with a page open at a daemon (visits.lua).  A daemon says who came
 * and left, at most ROUTE_VISITS at once, and renews its lease with each tick;
 * who is left behind by one that died counts as gone from then on.
 */
#define ROUTE_VISITS 500
struct route_lease {
	const char *daemon;
	int64_t	    ms;
};
bool route_visits(struct route *, const struct route_lease *, bool came,
    const char *const *conversations, size_t n, uint64_t id,
    route_done *) MUSTCHECK;
/* Of those who left longer ago than the grace; since: ms of Redis's clock. */
struct route_left {
	const char *conversation;
	int64_t	    since;
};
/* known: false when the daemon must say anew who is with it. */
typedef void route_left_got(uint64_t id, enum route_how, bool known,
    const struct route_left *, size_t n);
bool	     route_visits_tick(struct route *, const struct route_lease *,
	    int64_t grace_ms, uint64_t id, route_left_got *) MUSTCHECK;
/* They are on record as gone.  Told: those who have come back meanwhile. */
typedef void route_back_got(
    uint64_t id, enum route_how, const char *const *, size_t n);
bool route_visits_gone(struct route *, const char *const *conversations,
    size_t n, uint64_t id, route_back_got *) MUSTCHECK;

/*
 * Agents with a connection that hears of offers (present.lua), told in the same
 * way, at most ROUTE_VISITS at once.  Who has lost his last one, whatever daemon
 * it was at, is waited for that long (0: he stays as he is).  NOT: done, but
 * Redis did not know this daemon, which must say anew who is with it.
 */
bool route_present(struct route *, const struct route_lease *, int64_t grace_ms,
    bool here, const char *const *agents, size_t n, uint64_t id,
    route_done *) MUSTCHECK;
/*
 * Renews the lease, or takes it.  given_up: the name that this daemon had before,
 * or "".
 */
bool route_present_lease(struct route *, const struct route_lease *,
    int64_t grace_ms, const char *given_up, uint64_t id,
    route_done *) MUSTCHECK;

/*
 * Tells who types in a chat ticket, by name ("": nameless).  login: the agent
 * who may only where he serves, else NULL.  NOT: there is nobody to tell, or
 * he may not.
 */
bool route_typing(struct route *, int64_t ticket, bool visitor,
    const char *name, const char *login, uint64_t id, route_done *) MUSTCHECK;

/* Who has a case open. */
struct route_look {
	const char *login;
	const char *doing; /* looking, writing; to be told: gone, too */
	const char *display;
	const char *page; /* to be told: which of his pages, or "" */
};
typedef void route_looks_got(
    uint64_t id, enum route_how, const struct route_look *, size_t n);
/*
 * Tells that an agent looks at a case, writes in it or has gone, to whom its
 * queue and assignee ("": nobody) may be told; good for 90 s.  Told back: who
 * is there now.
 */
bool route_look(struct route *, int64_t ticket, const char *queue,
    const char *assignee, const struct route_look *, uint64_t id,
    route_looks_got *) MUSTCHECK;
bool route_here(
    struct route *, int64_t ticket, uint64_t id, route_looks_got *) MUSTCHECK;

struct route_place {
	int64_t	    ticket;
	const char *queue;
	int64_t	    ahead; /* in its line; -1: it does not wait */
};
typedef void route_places_got(
    uint64_t id, enum route_how, const struct route_place *, size_t n);
bool route_places(struct route *, const int64_t *tickets, size_t n, uint64_t id,
    route_places_got *) MUSTCHECK;

#endif
