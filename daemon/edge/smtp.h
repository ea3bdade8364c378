/*
 * The mail server: SMTP (RFC 5321 with PIPELINING, SIZE, 8BITMIME, SMTPUTF8,
 * CHUNKING, STARTTLS, ENHANCEDSTATUSCODES) and LMTP (RFC 2033; one reply for
 * each accepted recipient).
 *
 * It takes a mail's bytes in and says 250 only when smtp_answer() is told
 * that the mail is committed: it keeps no spool, every sender can retry.
 * While a mail is under way nothing more is read from its connection.
 */
#ifndef EDGE_SMTP_H
#define EDGE_SMTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/def.h"
#include "base/spill.h"

struct event_base;
struct smtp_server;
struct tls;

enum smtp_rcpt {
	SMTP_RCPT_OK,
	SMTP_RCPT_UNKNOWN, /* 550 5.1.1: the desk does not serve it */
	SMTP_RCPT_LATER,   /* 451 4.3.0: we cannot tell at the moment */
};

enum smtp_outcome {
	SMTP_DONE,  /* 250 2.0.0: committed */
	SMTP_LATER, /* 451 4.3.0: try again */
	SMTP_FULL,  /* 452 4.3.1: no room, try again */
	SMTP_NEVER, /* 554 5.6.0: will not be taken */
};

/*
 * One whole mail.  Everything but source is good only during mail(); source
 * is sealed and from mail() on its callee's, who frees it.  It begins with
 * the Return-Path and Received headers that we add (RFC 5321 4.4).
 */
struct smtp_mail {
	uint64_t	   id; /* for smtp_answer(); never 0 */
	bool		   lmtp;
	bool		   tls;
	const char	  *peer; /* "127.0.0.1", "unix" */
	const char	  *helo;
	const char	  *sender; /* "" for <> */
	const char *const *rcpts;
	size_t		   nrcpts;
	struct spill	   source;
	size_t		   added; /* of it: our own headers, at its head */
};

struct smtp_conf {
	const char *at; /* as struct listen_conf's */
	bool	    lmtp;
	const char *hostname; /* ours, in the greeting and in Received */
	size_t	    max_size; /* bytes of one mail */
	struct tls *tls;      /* for STARTTLS, or NULL */
	unsigned    mode;     /* of a unix socket */
	unsigned    max_peer; /* connections of one address; 0: any */
	/* Whether the desk serves the address; postmaster is not asked for. */
	enum smtp_rcpt (*rcpt)(void *arg, const char *address);
	/*
	 * A mail is whole.  smtp_answer() must follow, sooner or later, and
	 * not from inside; source is the callee's (see above).
	 */
	void (*mail)(void *arg, const struct smtp_mail *);
	/* True: too much is under way; MAIL is answered 451 4.3.2. */
	bool (*busy)(void *arg);
	void *arg;
};

struct smtp_stats {
	unsigned sessions; /* connections now, to the last byte sent */
	unsigned pending;  /* mails handed over and not answered */
	size_t	 held;	   /* bytes of mails still coming in */
	uint64_t accepted; /* mails answered 250 */
	uint64_t deferred; /* mails answered 4yz */
	uint64_t refused;  /* mails answered 5yz, also by us */
};

/*
 * Copies conf (its strings too).  NULL and *wrong, a sentence, when it
 * cannot listen.
 */
struct smtp_server *smtp_listen(struct event_base *, const struct smtp_conf *,
    const char **wrong) MUSTCHECK;
/*
 * Takes no more connections.  Those between mails are told 421 and closed,
 * the others as soon as their mail has been answered.
 */
void smtp_stop(struct smtp_server *);
/* Frees it; connections that stand are cut.  Later answers are ignored. */
void smtp_close(struct smtp_server *);
int  smtp_port(const struct smtp_server *);
void smtp_stats(const struct smtp_server *, struct smtp_stats *);

/*
 * The answer to the mail of that id; a peer that has gone is ignored.  text
 * (ours, one line of printable ASCII, no reply code; NULL: a standard
 * sentence) follows the code.  Never calls back.
 */
void smtp_answer(
    struct smtp_server *, uint64_t id, enum smtp_outcome, const char *text);

#endif
