/*
 * A session of the mail server, as its three parts see it: the conversation
 * (smtpsession.c), the commands (smtpcmd.c) and the bytes of the mail that is
 * coming in (smtpbody.c).  Nobody else includes this.
 */
#ifndef EDGE_SMTPSESSION_H
#define EDGE_SMTPSESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/idmap.h"
#include "base/spill.h"
#include "proto/smtp.h"
#include "conn.h"
#include "smtp.h"

/* Where the next byte belongs. */
enum smtp_state {
	SMTP_AT_COMMAND,
	SMTP_AT_SKIP, /* the rest of a line that is too long */
	SMTP_AT_DATA,
	SMTP_AT_CHUNK,
	SMTP_AT_PENDING, /* the mail is the spine's; nothing is read */
};

struct smtp_server {
	struct smtp_conf  conf; /* strings are ours */
	struct listener	 *listener;
	struct idmap	  pending; /* mail's id → session */
	struct smtp_stats stats;
	bool		  stopping;
};

struct smtp_session {
	struct smtp_server *server; /* NULL: closed under it */
	struct conn	   *conn;
	enum smtp_state	    state;
	unsigned	    errors;    /* commands that were wrong */
	unsigned	    junk;      /* commands that bring no mail on */
	char		    helo[256]; /* "": not greeted yet */
	bool		    extended;  /* EHLO or LHLO */

	/* The transaction: from MAIL on. */
	bool	 mail;
	bool	 smtputf8;
	char	*sender;
	char	*rcpts[SMTP_RCPTS_MAX];
	size_t	 nrcpts;
	unsigned refused; /* RCPTs that were not taken */
	uint64_t id;	  /* while SMTP_AT_PENDING */

	/* Its bytes: from DATA or the first BDAT on. */
	struct smtp_data data;
	struct spill	 source;
	size_t		 added; /* of it: our headers */
	bool		 chunked;
	bool		 too_large; /* what follows is not kept */
	bool		 no_room;
	bool		 chunk_void; /* BDAT where none may stand */
	bool		 chunk_last;
	uint64_t	 chunk_left;
	int64_t		 since; /* clock_now() at the first byte's wait */
	uint64_t	 got;	/* bytes since then */
};

/* ---- smtpsession.c */

extern const struct conn_kind smtp_session_kind;
extern const struct conn_kind lmtp_session_kind;

/* A conn_accept: arg is the server. */
void *smtp_session_open(void *arg, struct conn *);
/* One line, CRLF added. */
void smtp_reply(struct smtp_session *, const char *line);
/* … to a wrong command: too many of them end the session. */
void smtp_reply_wrong(struct smtp_session *, const char *line);
/* Says the line and leaves; why goes to the log. */
void smtp_session_quit(
    struct smtp_session *, const char *line, const char *why);
/* Forgets the transaction, however it went. */
void smtp_session_reset(struct smtp_session *);
/* Ends the transaction with an answer and reads on. */
void smtp_session_answer(struct smtp_session *, const char *line);
/* After n more bytes of a mail: more are expected, and not too slowly. */
void smtp_session_expect(struct smtp_session *, size_t n);
/* The last byte of a chunk has come. */
void smtp_session_chunk_end(struct smtp_session *);

/* ---- smtpcmd.c */

/*
 * True for the first line of an HTTP request: somebody's browser is made to
 * post here, and what follows is not his mail.
 */
bool smtp_line_is_http(const uint8_t *, size_t);
void smtp_session_run(struct smtp_session *, const struct smtp_command *);

/* ---- smtpbody.c */

/* Begins a mail's bytes with our own headers. */
void smtp_body_start(struct smtp_session *);
/*
 * Adds bytes.  The mail's bytes are let go when it has grown past its limit
 * (too_large), or all mails past theirs or the disk's (no_room).
 */
void smtp_body_add(struct smtp_session *, const void *, size_t n);
void smtp_body_drop(struct smtp_session *);
/* How many times this sealed mail has been passed on: a loop has no end. */
unsigned smtp_body_hops(const struct smtp_session *);

#endif
