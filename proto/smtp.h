/*
 * SMTP and LMTP (RFC 5321, 2033) as bytes: the line reader, the parser of
 * commands and the decoder of DATA.  No I/O, no allocation, no callbacks; cut
 * the input anywhere and the outcome is the same.
 */
#ifndef PROTO_SMTP_H
#define PROTO_SMTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/def.h"

/*
 * RFC 5321 4.5.3.1.4 asks for 512 bytes and each extension for some more;
 * EAI addresses (RFC 6531) in both path and parameters stay well below this.
 */
#define SMTP_LINE_MAX  2048
#define SMTP_PATH_MAX  254 /* RFC 5321 4.5.3.1.3: 256 with < and > */
#define SMTP_LOCAL_MAX 64
#define SMTP_RCPTS_MAX 100 /* RFC 5321 4.5.3.1.8 asks for 100 */

enum smtp_line_is {
	SMTP_LINE_MORE = 0,  /* no CRLF yet */
	SMTP_LINE_LONG = -1, /* max bytes and no end in sight */
	SMTP_LINE_BARE = -2, /* a CR or an LF that is not half of a CRLF */
};

/*
 * The bytes that the first line takes, its CRLF included, or an enum
 * smtp_line_is.  A bare CR or LF never ends a line (RFC 5321 2.3.8).
 */
ssize_t smtp_line(const uint8_t *, size_t n, size_t max) MUSTCHECK;

enum smtp_verb {
	SMTP_HELO,
	SMTP_EHLO,
	SMTP_LHLO,
	SMTP_MAIL,
	SMTP_RCPT,
	SMTP_DATA,
	SMTP_BDAT,
	SMTP_RSET,
	SMTP_NOOP,
	SMTP_QUIT,
	SMTP_VRFY,
	SMTP_EXPN,
	SMTP_HELP,
	SMTP_STARTTLS,
	SMTP_VERBS
};

struct smtp_command {
	enum smtp_verb verb;
	char	       name[256];		   /* HELO, EHLO, LHLO */
	char	       address[SMTP_PATH_MAX + 1]; /* MAIL, RCPT; "" for <> */
	uint64_t       size;	 /* MAIL: SIZE=, 0 when absent; BDAT's bytes */
	bool	       smtputf8; /* MAIL */
	bool	       body8;	 /* MAIL: BODY=8BITMIME */
	bool	       last;	 /* BDAT LAST */
};

/*
 * Reads one line (without its CRLF).  NULL when it is a command, else the
 * whole reply without CRLF ("501 5.5.4 …"): constant text that carries
 * nothing of what the peer sent.  Source routes are read and dropped
 * (RFC 5321 C), quoted local parts come out unquoted where that changes
 * nothing else, address literals are refused: we serve none.  A RCPT to
 * <postmaster> has no domain.  Whether the command stands where it may is
 * the session's to say.
 */
const char *smtp_parse(
    struct smtp_command *, const uint8_t *, size_t n) MUSTCHECK;

/* The word of a verb, as it is written. */
const char *smtp_verb_name(enum smtp_verb);

/*
 * DATA's decoder: takes away dot transparency (RFC 5321 4.5.2) and finds the
 * end, which is CR LF . CR LF and nothing else.  A bare CR or LF is kept as
 * it is and remembered: by SMTP such a mail is to be answered 550 5.5.2,
 * because other software takes it for a line's end (CVE-2023-51764, -51765,
 * -51766); what one's own server brings by LMTP is kept.
 */
struct smtp_data {
	unsigned char at;   /* private: which bytes came last */
	bool	      bare; /* a bare CR or LF was seen */
	bool	      done; /* the end was seen */
};

void smtp_data_start(struct smtp_data *);
/*
 * Reads at most n bytes and not past the end mark; returns how many it took
 * (all of them unless done).  *nout bytes of mail are written to out, which
 * has room for n + SMTP_DATA_HELD.
 */
#define SMTP_DATA_HELD 4 /* bytes of a possible end mark held back */
size_t smtp_data_read(struct smtp_data *, const uint8_t *, size_t n,
    uint8_t *out, size_t *nout) MUSTCHECK;

#endif
