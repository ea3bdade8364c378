/*
 * A mail of ours, written (RFC 5322, RFC 2045-2049): the answer as text and
 * as HTML, and files.  Pure: who asks brings everything, and the files' bytes
 * piece by piece; all of it is appended to buffers of his.
 *
 *   compose_begin(), for each file compose_file() and compose_bytes() as
 *   often as it takes, compose_end()
 *
 * Whatever the texts say, they end up in their own place and nowhere else.
 */
#ifndef DESK_COMPOSE_H
#define DESK_COMPOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>
#include "base/buf.h"
#include "base/def.h"
#include "mailwrite.h"

struct surveymail;

#define COMPOSE_CC_MAX	 50
#define COMPOSE_REFS_MAX 20

/* Texts may be NULL where that is said; UTF-8, anything in it. */
struct compose {
	const char	  *from;      /* the queue's address */
	const char	  *from_name; /* or NULL */
	const char	  *reply_to;  /* or NULL */
	const char	  *to;
	const char	  *to_name; /* or NULL */
	const char *const *cc;
	size_t		   ncc;
	const char	  *subject;    /* or NULL */
	bool		   answers;    /* a mail of theirs: "Re: " */
	int64_t		   at;	       /* Unix seconds */
	const char	  *message_id; /* bare */
	const char	  *answered;   /* the mail's id, bare; or NULL */
	const char *const *refs;       /* the case's ids, the oldest first */
	size_t		   nrefs;
	const char	  *automatic; /* Auto-Submitted (RFC 3834); or NULL */
	const char	  *text;
	const char	  *signature;	/* or NULL */
	const char	  *quoted;	/* what is answered; or NULL */
	const char	  *quoted_head; /* "On …, … wrote:" */
	size_t		   nfiles;
	/* What is asked: the HTML, with the text beside it; or NULL. */
	const struct surveymail *survey;
	const char *leave_url; /* out of what nobody asked for; or NULL */
	/* A report of the desk's own (paper.h), as survey; or NULL. */
	const json_t *paper;
};

struct compose_file {
	const char *name;
	const char *type; /* or NULL */
};

/* One that is being written; zeroes, then only compose_*() touch it. */
struct composing {
	char		     boundary[48];
	bool		     files; /* there will be some */
	bool		     open;  /* one is being written */
	struct mailwrite_b64 b64;
};

/*
 * The head and the texts.  False, and nothing written, when an address or the
 * Message-ID is none; *wrong says so.
 */
bool compose_begin(struct composing *, struct buf *, const struct compose *,
    const char **wrong) MUSTCHECK;
/* A file begins, and the one before ends. */
void compose_file(
    struct composing *, struct buf *, const struct compose_file *);
void compose_bytes(struct composing *, struct buf *, const void *, size_t n);
void compose_end(struct composing *, struct buf *);

#endif
