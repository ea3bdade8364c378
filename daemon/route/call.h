/*
 * Inside the route: one call of a function of the library, from its arguments
 * to what its reply means.
 */
#ifndef ROUTE_CALL_H
#define ROUTE_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "route.h"

struct call;
struct redisReply;

/*
 * What a reply means: e holds the n elements that follow the two that every
 * reply begins with; they are there for ROUTE_DONE only.
 */
typedef void call_end(
    struct call *, enum route_how, struct redisReply *const *e, size_t n);

union call_got {
	route_done	  *done;
	route_depths_got  *depths;
	route_agents_got  *agents;
	route_offers_got  *offers;
	route_feed_got	  *feed;
	route_forgot	  *forgot;
	route_left_got	  *left;
	route_back_got	  *back;
	route_places_got  *places;
	route_looks_got	  *looks;
	route_next_got	  *next;
	route_explain_got *explain;
};

struct call {
	struct route  *r;
	uint64_t       id; /* the asker's */
	union call_got got;
	call_end      *end;
	/* The reply as it came, or NULL: of what is no function of ours. */
	void (*raw)(struct route *, const struct redisReply *, const char *err);
	bool	   repeated; /* after the library was loaded anew */
	struct buf text;     /* the arguments, one after another */
	size_t	  *lens;
	int	   argc, size;
};

struct route {
	struct route_conf conf;
	bool		  loaded;
	bool		  loading;
	bool		  epoch;
	bool		  draining;
	int64_t		  lost_told;   /* when; see ROUTE_LOST_MS */
	char		  run_id[64];  /* of the Redis process; "" unknown */
	char		  records[48]; /* see route_records(); "" unknown */
	char epoch_of[112]; /* both, when the rebuild under way began */

	bool rebuilding;
	char token[40], last_token[40]; /* of this try, and the one before */

	route_feed_news *news;
	route_feed_news *brief;
	void		*news_arg;
	bool		 reading; /* an XREAD is under way */
	char		 at[48];  /* read so far; "" not yet known */
	char		 brief_at[48];
};

/* A call of a function: FCALL name 1 prefix. */
struct call *call_new(struct route *, const char *function, uint64_t id,
    union call_got, call_end *) MUSTCHECK;
/* Any other command. */
struct call *call_command(struct route *, const char *command,
    void (*raw)(
	struct route *, const struct redisReply *, const char *)) MUSTCHECK;
void	     call_add(struct call *, const char *, size_t n);
void	     call_str(struct call *, const char *);
void	     call_int(struct call *, int64_t);
/* Asks; the call is its own from here on, also when it was not taken. */
bool call_send(struct call *) MUSTCHECK;
bool call_send_on(struct call *, const struct route_link *) MUSTCHECK;
/* The same for calls that come again by themselves. */
void call_try(struct call *);
/* Forgets all calls of a route. */
void call_forget(struct route *);

/* Loads the library and looks which Redis this is. */
void route_load_now(struct route *);
/* What the epoch is called: of this Redis, with these records. */
void route_epoch(const struct route *, char *out, size_t size);
/* Says so; what Redis remembers under another name is as good as lost. */
void route_hello(struct route *);
/* The number, of an integer or of a text; 0 when it is neither. */
int64_t reply_int(const struct redisReply *);
/* The text, or "" when it is none. */
const char *reply_str(const struct redisReply *);

#endif
