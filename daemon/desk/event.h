/*
 * One inbound event, of whatever channel, as everything after the parsers
 * sees it.  Every string is UTF-8 without U+0000, ends in NUL and lives in
 * the event's arena; NULL means "not there".  Nobody frees a part: the arena
 * goes as a whole.  What may be large, its source and the bytes of its
 * attachments, lives in two spills.
 */
#ifndef DESK_EVENT_H
#define DESK_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/mem.h"
#include "base/spill.h"

/* Caps on what one event may carry; past them it is cut or refused. */
#define EVENT_TEXT_MAX	  262144 /* bytes of text shown and searched */
#define EVENT_SUBJECT_MAX 1000
#define EVENT_CONTACTS	  8
#define EVENT_OTHERS	  20
#define EVENT_REFS	  50 /* RFC 5322 sets none; the newest count */
#define EVENT_PARTS	  1000
#define EVENT_CANDIDATES  32
#define EVENT_WORDS_MAX	  16384 /* bytes of folded words indexed */
#define EVENT_ID_MAX	  512
#define EVENT_PREVIEW_MAX 200
#define EVENT_META_MAX	  65536
#define EVENT_DEPTH	  64 /* of nested JSON, ours and theirs */

struct contact {
	const char *kind;     /* "email", "phone", "chat", "zalo" … */
	const char *address;  /* normalised: what is compared */
	const char *original; /* as written, where it differs; or NULL */
	const char *flags;    /* words, blank between; or NULL */
};

struct attachment {
	const char *name;
	const char *type; /* "image/png" */
	const char *cid;  /* or NULL */
	/* In the event's files; NULL with a size: PostgreSQL has them. */
	const uint8_t *bytes;
	size_t	       size;
	char	       sha256[65]; /* hexadecimal */
	bool	       link;	   /* a survey's stands in it (maillink.h) */
};

/* A queue that the rules found; desk.ingest takes the first that fits. */
struct candidate {
	const char *segment; /* only for customers of it; NULL: for all */
	const char *queue;
	int	    priority; /* 1 to 99 */
	const char *skills;   /* words, blank between; or NULL */
	const char *why;      /* "recipient sales@…", "rule giao-tre: ship" */
};

enum event_auth { AUTH_NONE, AUTH_PASS, AUTH_FAIL };

struct call {
	const char *id;
	const char *state;     /* one of call_states */
	const char *agent;     /* extension or login that took part; or NULL */
	const char *by;	       /* transferred: who handed it on; or NULL */
	const char *direction; /* "in" or "out" */
	int64_t	    duration;  /* seconds talked, -1: not told */
	int64_t	    wait;      /* seconds before the answer, -1 */
	int64_t	    hold;      /* seconds on hold, -1 */
	const char *recording; /* reference at the exchange; or NULL */
	const char *disposition; /* the exchange's own word; or NULL */
	bool	    part;     /* of one phone's share only: the call goes on */
	bool	    attended; /* transferred: he had spoken with the other */
};

/* "ringing", "answered", "transferred", "ended", "missed"; then NULL. */
extern const char *const call_states[];

struct event {
	struct arena arena;
	const char  *channel; /* mail, chat, call, social, order, store, web */
	const char  *id;      /* external id; unique in its channel */
	const char  *at;      /* RFC 3339, with offset */
	const char  *kind;    /* message, call, order … */

	struct contact contacts[EVENT_CONTACTS]; /* [0] sent it */
	size_t	       ncontacts;
	const char    *name;
	const char    *to[EVENT_CONTACTS]; /* normalised, as contacted */
	size_t	       nto;
	/*
	 * Whom a mail's To and Cc name.  event_finish() moves those of them
	 * that are ours to the head of to; the others take part.
	 */
	const char *others[EVENT_OTHERS]; /* normalised */
	size_t	    nothers;

	const char *subject;
	const char *text;
	const char *own; /* of text, not quoted and no signature; NULL: all */
	const char *html;
	const char *lang; /* "vi", "en" or NULL */
	const char *order_no;
	const char *meta;  /* a JSON object, or NULL */
	const char *facts; /* what is acted on: a JSON object, or NULL */

	const char     *thread[EVENT_REFS]; /* ids this answers, newest first */
	size_t		nthread;
	const char     *refs[2]; /* ids by which this can be answered */
	size_t		nrefs;
	int64_t		token; /* ticket that our signed address names; 0 */
	int64_t		sent;  /* outbound row that it came back to; 0 */
	enum event_auth auth;
	bool		automatic;  /* RFC 3834: no person wrote it */
	const char     *quarantine; /* why it could not be read; or NULL */

	const char  *conversation;
	struct call *call;

	struct attachment *attachments;
	size_t		   nattachments;
	struct spill	   files; /* their bytes, one after the other; sealed */
	struct spill	   source;  /* what was parsed, sealed; or empty */
	char		   raw[65]; /* SHA-256 of the source; "" */
	bool		   no_room; /* on the disk: to be tried again (452) */

	struct candidate candidates[EVENT_CANDIDATES];
	size_t		 ncandidates;
	int		 units;	  /* of an agent's capacity */
	const char	*preview; /* the text's beginning, one line */
	const char	*mood;	  /* what its writer feels: JSON, or NULL */
	const char	*words;	  /* folded, unique, blank between */
	const char	*name_folded;
};

struct rules;

/*
 * An empty event whose arena gives at most cap bytes; and its end.  (Not
 * init and free: libevent has functions of those names, and one of the two
 * would be called for the other.)
 */
void event_begin(struct event *, size_t cap);
void event_drop(struct event *);

/*
 * Reads one event as JSON (the design's section 8), strictly: RFC 8259 with
 * no name twice, no U+0000, at most EVENT_DEPTH deep.  Unknown members go to
 * meta; wrong ones are refused by name: on false, *member names the member
 * ("from.address"; "" for the whole) and *wrong says what is the matter, in a
 * sentence; both live in the event's arena or are constant, and neither
 * carries what was sent.
 *
 * country is the calling code that bare telephone numbers are of ("84"; NULL
 * for that).  Without an id the event is named by the digest of the bytes
 * ("sha256:" and hexadecimal).  Without "at" e->at stays NULL: the caller has
 * the clock, and sets it.  A member "call" with the members of struct call
 * may come with channel "call".  "attachments" must be a list, and is left to
 * the caller.  Does not classify and does not fold: see
 * event_finish().
 */
bool event_from_json(struct event *, const char *, size_t, const char *country,
    const char **member, const char **wrong) MUSTCHECK;

/*
 * What every event needs before it is filed, from whatever parser it comes:
 * language, order number, preview, feeling, folded words, units and candidates.  What
 * is there already (lang, order_no, preview) is left.  rules may be NULL
 * while no configuration is applied: then there are no candidates.  False
 * only when the arena is full.
 */
bool event_finish(struct event *, const struct rules *) MUSTCHECK;

/*
 * Writes the member of desk.ingest()'s array (see ARCHITECTURE.md): one JSON
 * object, whose last byte is '}': ingest adds where its blobs stand before it.
 */
void event_write(struct buf *, const struct event *);

/*
 * Writes the event as event_from_json() reads it: what deskctl sends to
 * EVENT.ADD for the calls it imports.
 */
void event_to_json(struct buf *, const struct event *);

#endif
