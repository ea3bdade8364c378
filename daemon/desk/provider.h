/*
 * A provider of messages (Messenger, Zalo OA, Telegram, a shop's own system),
 * described in data: how it signs what it posts, where in its JSON stand
 * messages, comments and their parts, and how an answer is sent to it.  The
 * description is a source block of desk.conf with form "data" (desk.conf(5)).
 *
 * Pure: what comes is bytes and headers, what goes out is bytes; digests and
 * sockets are others' work.
 */
#ifndef DESK_PROVIDER_H
#define DESK_PROVIDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/def.h"
#include "base/mem.h"
#include "filling.h"
#include "pointer.h"

struct event;

#define PROVIDER_ITEMS	1000 /* of one post: Meta's most is 1,000 */
#define PROVIDER_CHOICE 8    /* ways to find one value; conditions */
#define PROVIDER_BLOCKS 8    /* event and send blocks each */
#define PROVIDER_CODES	32   /* error codes of one kind */

/* Ways to find a value: the first that gives one. */
struct provider_value {
	size_t	       n;
	struct filling ways[PROVIDER_CHOICE];
};

/*
 * "/a" is there (not false, null or empty), "/a=x|y" is x or y, "/a==2/b" is
 * what stands there; "!": not.
 */
struct provider_test {
	bool	       negated, same;
	struct pointer at, other;
	const char    *among; /* "x|y", or NULL: anything */
};

struct provider_tests {
	size_t		     n;
	struct provider_test list[PROVIDER_CHOICE];
};

enum provider_algorithm {
	PROVIDER_HMAC_SHA256,
	PROVIDER_HMAC_SHA1,
	PROVIDER_SHA256, /* of the base, which has the secret in it */
	PROVIDER_TOKEN	 /* the header is the secret itself */
};

struct provider_sign {
	const char	       *header;
	enum provider_algorithm algorithm;
	bool			base64; /* else hexadecimal */
	const char	       *prefix; /* "sha256=", or "" */
	struct filling		base;
	struct filling		time;	/* when it was signed, or none */
	int64_t			window; /* seconds */
};

/* What a provider asks before it posts. */
struct provider_verify {
	const char    *challenge;  /* GET's parameter that is answered */
	const char    *token;	   /* parameter that must be the secret … */
	const char    *token_file; /* … that stands in this file */
	bool	       posts;	   /* the challenge comes in a post … */
	struct pointer posted;	   /* … here */
};

struct provider_event {
	const char	     *name;
	struct pointer	      each; /* a pattern: the items */
	struct provider_tests when;
	const char	     *kind;   /* "message" or "feedback" */
	const char	     *answer; /* the send block for it */
	struct provider_value id, sender, person, to, text, subject, at, reply,
	    line, order, thread, rating;
	int		      rating_of;
	struct pointer	      links; /* a pattern under the item */
	bool		      linked;
	struct provider_value url, type;
};

struct provider_codes {
	size_t	    n;
	const char *list[PROVIDER_CODES];
};

struct provider_send {
	const char	     *name; /* of the event block it answers */
	struct filling	      url;
	const char	     *method;
	size_t		      nheaders;
	struct filling	      headers[PROVIDER_CHOICE];
	const char	     *body; /* see jsontemplate.h, or a form; or NULL */
	bool		      form; /* a=1&b=2, else JSON */
	const char	     *token_file;
	struct provider_tests success; /* besides a status of 2yz */
	struct provider_value id, code, words, retry;
	struct provider_codes temporary, expired, blocked, closed;
	int max_text; /* characters, 0: as many as there are */
	int timeout;  /* seconds */
	int status;   /* of a check: what it must answer with, 0: 2yz */
};

struct provider {
	const char	      *contact; /* kind of its senders' addresses */
	bool		       signs, verifies, checks;
	struct provider_sign   sign;
	struct provider_verify verify;
	size_t		       nevents, nsends;
	struct provider_event  events[PROVIDER_BLOCKS];
	struct provider_send   sends[PROVIDER_BLOCKS];
	struct provider_send   check; /* tries our token; it has no body */
};

/* What is wrong with a description, and where; every text is constant. */
struct provider_fault {
	const char *part;  /* "sign", "verify", "event", "send" or "" */
	size_t	    place; /* which of them, from 0 */
	const char *member;
	const char *what;
};

/*
 * From the JSON that desk.conf's source block becomes, all of it in the
 * arena.  NULL, and the first fault, when it is not that: what stood in a
 * database is read as a stranger's.
 */
struct provider *provider_load(
    struct arena *, const json_t *, struct provider_fault *) MUSTCHECK;

/* One post, as it came. */
struct provider_post {
	const char *body;
	size_t	    n;
	json_t	   *json; /* of provider_parse(); or NULL */
	/* The header's value, or NULL; name in any letter case. */
	const char *(*header)(void *arg, const char *name);
	void *arg;
};

/*
 * The post's JSON, strictly read but for what some senders get wrong and
 * mean no harm by: halves of surrogate pairs, U+0000 and bytes that are no
 * UTF-8 become U+FFFD or '?'.  NULL, and a constant sentence, when it is none.
 * json_decref() it.
 */
json_t *provider_parse(const char *, size_t, const char **wrong) MUSTCHECK;

/* Whether a post must be parsed before its proof can be looked at. */
bool provider_sign_reads(const struct provider *);
/*
 * Adds the bytes that the signature is made of.  False: the post lacks some
 * of it, so that nothing can be proved by it.
 */
bool provider_base(struct buf *, const struct provider_sign *,
    const struct provider_post *, const char *secret) MUSTCHECK;
/* NULL, or a sentence: too old or from the future.  now: Unix seconds. */
const char *provider_stale(
    const struct provider_sign *, const struct provider_post *, int64_t now);

/* The pieces of a description, asked at a place. */
bool provider_test_holds(const struct provider_test *, const struct spot *);
bool provider_tests_hold(const struct provider_tests *, const struct spot *);
/* By the first way that gives one, in the arena; or NULL. */
const char *provider_value_text(
    struct arena *, const struct provider_value *, const struct spot *);

/* What a post became; each event is malloc'd: event_drop() and free() it. */
struct provider_items {
	struct event *list[PROVIDER_ITEMS];
	size_t	      n;
};

/*
 * The post's items as events of channel social, id "SOURCE:ID".  What fits a
 * block but has no id or sender is quarantined, so that it is seen and the
 * others are not held up.  country: see contact_read().  False: there are
 * more than PROVIDER_ITEMS.  NULL json: one quarantined event of the bytes.
 */
bool provider_items(struct provider_items *, const struct provider *,
    const char *source, const char *country,
    const struct provider_post *) MUSTCHECK;
/* An event of its own: bytes kept as they came, and why (constant). */
struct event *provider_quarantine(
    const char *source, const char *why, const char *bytes, size_t n) MUSTCHECK;
/* Drops the events that are still there. */
void provider_items_drop(struct provider_items *);

/* Sending: what is answered, and with what. */
struct provider_letter {
	const char *text;
	const char *to;	   /* the customer's address there */
	const char *reply; /* facts.reply_id, or NULL */
	const char *token; /* of token_file, or NULL */
	const char *id;	   /* ours: the same for every try */
};

struct provider_request {
	struct arena arena;
	const char  *method, *url;
	const char  *headers[PROVIDER_CHOICE + 1];
	size_t	     nheaders;
	struct buf   body;
};

/*
 * The block that answers events of that name, else the one named "message";
 * NULL when there is neither.
 */
const struct provider_send *provider_send_find(
    const struct provider *, const char *name);
/*
 * Makes the request; NULL, or a sentence in plain words: it can never be
 * sent so.  End it with provider_request_end() in either case.
 */
const char *provider_request_make(struct provider_request *,
    const struct provider_send *, const struct provider_letter *);
void	    provider_request_end(struct provider_request *);

enum provider_how {
	PROVIDER_SENT,
	PROVIDER_LATER,
	PROVIDER_NEVER,
	PROVIDER_UNKNOWN /* nobody can tell from the answer */
};

struct provider_outcome {
	enum provider_how how;
	char		  id[300];    /* of the message there; "": not told */
	char		  words[400]; /* for the agent, when it was not sent */
	long		  retry;      /* seconds the provider asks for, 0 */
};

/*
 * What the answer to a check means: PROVIDER_SENT when the provider knows our
 * token, else words says what is the matter.
 */
void provider_check_judge(struct provider_outcome *,
    const struct provider_send *, long status, const char *body, size_t n);

/* What the answer means; body may be anything. */
void provider_judge(struct provider_outcome *, const struct provider_send *,
    long status, const char *body, size_t n);

#endif
