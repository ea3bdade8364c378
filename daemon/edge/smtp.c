/*
 * The mail server's sessions; see smtp.h.
 *
 * A session is where its next byte belongs: a command, DATA, a BDAT chunk,
 * the rest of a line that was too long, or nowhere because a mail is under
 * way.  session_input() is that switch; a table says what each verb needs
 * and does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/failpoint.h"
#include "base/idmap.h"
#include "base/log.h"
#include "base/mem.h"
#include "proto/smtp.h"
#include "conn.h"
#include "smtp.h"

#define COMMAND_MS    300000 /* RFC 5321 4.5.3.2.7: 5 minutes a command */
#define DATA_GRACE_MS 60000  /* before the least rate counts */
#define DATA_BLOCK_MS 180000 /* RFC 5321 4.5.3.2.5: 3 minutes a block */
#define DATA_RATE     500    /* bytes a second, less is an attack */
#define ERRORS_MAX    20     /* Postfix's smtpd_hard_error_limit */
#define JUNK_MAX      100    /* Postfix's smtpd_junk_command_limit */
#define RECEIVED_MAX  50     /* Postfix's hopcount_limit */
#define HELD_MAILS    4	     /* mails of max_size held in all sessions */
#define HELD_LEAST    (64u << 20)

enum session_state {
	AT_COMMAND,
	AT_SKIP, /* the rest of a line that is too long */
	AT_DATA,
	AT_CHUNK,
	AT_PENDING, /* the mail is the spine's; nothing is read */
};

struct smtp_server {
	struct smtp_conf  conf; /* strings are ours */
	struct listener	 *listener;
	struct idmap	  pending; /* mail's id → session */
	struct smtp_stats stats;
	bool		  stopping;
};

struct session {
	struct smtp_server *server; /* NULL: closed under it */
	struct conn	   *conn;
	enum session_state  state;
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
	uint64_t id;	  /* while AT_PENDING */

	/* Its bytes: from DATA or the first BDAT on. */
	struct smtp_data data;
	uint8_t		*bytes;
	size_t		 n;
	size_t		 size;	/* allocated */
	size_t		 added; /* of n: our headers */
	bool		 chunked;
	bool		 too_large; /* what follows is not kept */
	bool		 no_room;
	bool		 chunk_void; /* BDAT where none may stand */
	bool		 chunk_last;
	uint64_t	 chunk_left;
	int64_t		 since; /* clock_now() at the first byte's wait */
	uint64_t	 got;	/* bytes since then */
};

static void
reply(struct session *s, const char *line)
{
	conn_write(s->conn, line, strlen(line));
	conn_write(s->conn, "\r\n", 2);
}

/* Says why and leaves. */
static void
session_quit(struct session *s, const char *line, const char *why)
{
	reply(s, line);
	conn_close(s->conn, "%s", why);
}

static void
session_command(struct session *s)
{
	s->state = AT_COMMAND;
	conn_deadline(s->conn, COMMAND_MS);
}

/* A wrong command; too many of them end the session. */
static void
reply_wrong(struct session *s, const char *line)
{
	reply(s, line);
	if (++s->errors > ERRORS_MAX)
		session_quit(s, "421 4.7.0 Too many errors", "errors");
}

static void
bytes_drop(struct session *s)
{
	if (s->server != NULL)
		s->server->stats.held -= s->size;
	free(s->bytes);
	s->bytes = NULL;
	s->n = s->size = s->added = 0;
}

/* The transaction is over, however it went. */
static void
session_reset(struct session *s)
{
	bytes_drop(s);
	free(s->sender);
	s->sender = NULL;
	while (s->nrcpts > 0)
		free(s->rcpts[--s->nrcpts]);
	s->mail = s->smtputf8 = s->chunked = false;
	s->too_large = s->no_room = false;
	s->refused = 0;
	s->id = 0;
}

/*
 * Room for n more bytes in the mail.  False, and the mail's bytes are let
 * go, when it has grown past its limit or all mails past theirs.
 */
static bool
bytes_room(struct session *s, size_t n)
{
	struct smtp_server *srv = s->server;
	size_t		    all, want, size;

	if (s->too_large || s->no_room)
		return (false);
	/* What comes may be dots and an end mark: session_whole() is exact. */
	if (s->n > s->added + srv->conf.max_size)
		s->too_large = true;
	want = s->n + n;
	if (!s->too_large && want <= s->size)
		return (true);
	for (size = s->size != 0 ? s->size : 4096; size < want;)
		size *= 2;
	all = srv->conf.max_size * HELD_MAILS;
	if (srv->stats.held + size - s->size >
	    (all > HELD_LEAST ? all : HELD_LEAST))
		s->no_room = true;
	if (s->too_large || s->no_room) {
		bytes_drop(s);
		return (false);
	}
	srv->stats.held += size - s->size;
	s->bytes = xreallocarray(s->bytes, size, 1);
	s->size = size;
	return (true);
}

static void
bytes_add(struct session *s, const void *p, size_t n)
{
	if (n == 0 || !bytes_room(s, n))
		return;
	memcpy(s->bytes + s->n, p, n);
	s->n += n;
}

/* RFC 5322 3.3, in UTC and in English whatever the locale. */
static void
add_date(struct buf *b)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t		  now = (time_t)(clock_wall() / 1000);
	struct tm	  tm;

	gmtime_r(&now, &tm);
	buf_printf(b, "%.3s, %d %.3s %d %02d:%02d:%02d +0000",
	    days + 3 * tm.tm_wday, tm.tm_mday, months + 3 * tm.tm_mon,
	    tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* The protocol's name in Received (RFC 3848, 6531 4.3). */
static const char *
with_name(const struct session *s)
{
	static const char *const names[2][2] = { { "ESMTP", "ESMTPS" },
		{ "UTF8SMTP", "UTF8SMTPS" } };
	static const char *const lmtp[2][2] = { { "LMTP", "LMTPS" },
		{ "UTF8LMTP", "UTF8LMTPS" } };
	bool			 tls = conn_is_tls(s->conn);

	if (s->server->conf.lmtp)
		return (lmtp[s->smtputf8][tls]);
	return (s->extended ? names[s->smtputf8][tls] : "SMTP");
}

/*
 * Return-Path and Received (RFC 5321 4.4).  The parser let no control
 * characters into what the peer said of itself.
 */
static void
bytes_start(struct session *s)
{
	const char *peer = conn_peer(s->conn);
	struct buf  b;
	bool	    v6 = strchr(peer, ':') != NULL;
	bool	    local = strcmp(peer, "unix") == 0;

	buf_init(&b, 0);
	buf_printf(&b, "Return-Path: <%s>\r\n", s->sender);
	buf_printf(&b, "Received: from %s (%s%s%s%s)\r\n", s->helo,
	    local ? "" : "[", v6 ? "IPv6:" : "", peer, local ? "" : "]");
	buf_printf(&b, "\tby %s with %s id %s", s->server->conf.hostname,
	    with_name(s), conn_name(s->conn));
	if (s->nrcpts == 1)
		buf_printf(&b, "\r\n\tfor <%s>", s->rcpts[0]);
	buf_str(&b, ";\r\n\t");
	add_date(&b);
	buf_str(&b, "\r\n");

	s->added = b.n; /* first: the limit is the sender's bytes' alone */
	if (bytes_room(s, b.n))
		memcpy(s->bytes, b.p, b.n);
	s->n = s->bytes != NULL ? b.n : 0;
	if (s->bytes == NULL)
		s->added = 0;
	buf_free(&b);
	s->since = clock_now();
	s->got = 0;
}

/* How many times this mail has been passed on: a loop has no end. */
static unsigned
received_count(const uint8_t *p, size_t n)
{
	const uint8_t *end = p + n, *eol;
	unsigned       count = 0;

	for (; p < end && *p != '\r' && *p != '\n'; p = eol + 1) {
		if (end - p > 9 &&
		    strncasecmp((const char *)p, "Received:", 9) == 0)
			count++;
		if ((eol = memchr(p, '\n', (size_t)(end - p))) == NULL)
			break;
	}
	return (count);
}

/* One line for the mail; in LMTP one for each recipient that was taken. */
static void
reply_mail(struct session *s, const char *line)
{
	size_t i, n = s->server->conf.lmtp ? s->nrcpts : 1;

	for (i = 0; i < n; i++)
		reply(s, line);
}

/* Ends the transaction with an answer and reads on. */
static void
session_answer(struct session *s, const char *line)
{
	struct smtp_stats *st = &s->server->stats;

	switch (line[0]) {
	case '2':
		st->accepted++;
		break;
	case '4':
		st->deferred++;
		break;
	default:
		st->refused++;
	}
	reply_mail(s, line);
	session_reset(s);
	session_command(s);
	if (s->server->stopping)
		session_quit(s, "421 4.3.2 Going down, try again", "stop");
}

/* The bytes are the spine's from here; so is the answer. */
static void
session_hand_over(struct session *s)
{
	struct smtp_server *srv = s->server;
	struct smtp_mail    m;

	FAILPOINT("mail-whole");
	s->id = idmap_add(&srv->pending, s);
	srv->stats.pending++;
	srv->stats.held -= s->size;
	m = (struct smtp_mail){
		.id = s->id,
		.lmtp = srv->conf.lmtp,
		.tls = conn_is_tls(s->conn),
		.peer = conn_peer(s->conn),
		.helo = s->helo,
		.sender = s->sender,
		.rcpts = (const char *const *)s->rcpts,
		.nrcpts = s->nrcpts,
		.bytes = s->bytes,
		.n = s->n,
		.added = s->added,
	};
	s->bytes = NULL;
	s->n = s->size = s->added = 0;
	s->state = AT_PENDING;
	conn_deadline(s->conn, 0);
	conn_hold(s->conn, true);
	srv->conf.mail(srv->conf.arg, &m);
}

/* The mail is whole: what we can judge ourselves, then on to the spine. */
static void
session_whole(struct session *s)
{
	size_t max = s->server->conf.max_size;

	if (!s->too_large && !s->no_room && s->n - s->added > max)
		s->too_large = true;
	if (s->too_large)
		session_answer(s, "552 5.3.4 The mail is too large");
	else if (s->no_room)
		session_answer(s, "452 4.3.1 Too many mails at once");
	else if (s->data.bare)
		session_answer(s, "550 5.5.2 The mail has a bare CR or LF");
	else if (received_count(s->bytes + s->added, s->n - s->added) >
	    RECEIVED_MAX)
		session_answer(s, "554 5.4.6 The mail goes round in a loop");
	else
		session_hand_over(s);
}

/* After n more bytes: the time until which more must come. */
static void
data_deadline(struct session *s, size_t n)
{
	int64_t left;

	s->got += n;
	left = DATA_GRACE_MS + (int64_t)(s->got / DATA_RATE * 1000) -
	    (clock_now() - s->since);
	if (left > DATA_BLOCK_MS)
		left = DATA_BLOCK_MS;
	conn_deadline(s->conn, left > 1 ? left : 1);
}

static size_t
input_data(struct session *s, const uint8_t *p, size_t n)
{
	uint8_t lost[4096 + SMTP_DATA_HELD];
	size_t	got, nout;

	if (bytes_room(s, n + SMTP_DATA_HELD)) {
		got = smtp_data_read(&s->data, p, n, s->bytes + s->n, &nout);
		s->n += nout;
	} else {
		n = n < 4096 ? n : 4096;
		got = smtp_data_read(&s->data, p, n, lost, &nout);
	}
	if (s->data.done)
		session_whole(s);
	else {
		FAILPOINT("mail-half");
		data_deadline(s, got);
	}
	return (got);
}

static void
chunk_end(struct session *s)
{
	if (s->chunk_void) {
		session_command(s);
		reply_wrong(s, "503 5.5.1 MAIL and RCPT come first");
	} else if (s->chunk_last)
		session_whole(s);
	else {
		session_command(s);
		reply(s,
		    s->too_large     ? "552 5.3.4 The mail is too large"
			: s->no_room ? "452 4.3.1 Too many mails at once"
				     : "250 2.0.0 Chunk taken");
	}
}

static size_t
input_chunk(struct session *s, const uint8_t *p, size_t n)
{
	if (n > s->chunk_left)
		n = (size_t)s->chunk_left;
	if (!s->chunk_void)
		bytes_add(s, p, n);
	s->chunk_left -= n;
	if (s->chunk_left == 0)
		chunk_end(s);
	else
		data_deadline(s, n);
	return (n);
}

/* A line that is too long is read to its end and answered once. */
static size_t
input_skip(struct session *s, const uint8_t *p, size_t n)
{
	const uint8_t *lf = memchr(p, '\n', n);

	if (lf == NULL)
		return (n);
	session_command(s);
	reply_wrong(s, "500 5.5.2 The line is too long");
	return ((size_t)(lf + 1 - p));
}

static void
do_hello(struct session *s, const struct smtp_command *cmd)
{
	const struct smtp_conf *conf = &s->server->conf;
	struct buf		b;

	if ((cmd->verb == SMTP_LHLO) != conf->lmtp) {
		reply_wrong(s,
		    conf->lmtp ? "500 5.5.1 This is LMTP: say LHLO"
			       : "500 5.5.1 This is SMTP: say EHLO");
		return;
	}
	session_reset(s);
	memcpy(s->helo, cmd->name, sizeof s->helo);
	s->extended = cmd->verb != SMTP_HELO;
	buf_init(&b, 0);
	if (s->extended) {
		buf_printf(&b, "250-%s\r\n", conf->hostname);
		buf_str(&b, "250-PIPELINING\r\n250-8BITMIME\r\n");
		buf_str(&b, "250-SMTPUTF8\r\n250-CHUNKING\r\n");
		if (conf->tls != NULL && !conn_is_tls(s->conn))
			buf_str(&b, "250-STARTTLS\r\n");
		buf_printf(&b, "250-SIZE %zu\r\n", conf->max_size);
		buf_str(&b, "250 ENHANCEDSTATUSCODES\r\n");
	} else
		buf_printf(&b, "250 %s\r\n", conf->hostname);
	conn_write(s->conn, b.p, b.n);
	buf_free(&b);
}

static bool
is_ascii(const char *s)
{
	while (*s != '\0')
		if ((unsigned char)*s++ >= 0x80)
			return (false);
	return (true);
}

static void
do_mail(struct session *s, const struct smtp_command *cmd)
{
	struct smtp_server *srv = s->server;

	if (s->mail)
		reply_wrong(s, "503 5.5.1 A mail has been begun already");
	else if (cmd->size > srv->conf.max_size)
		reply(s, "552 5.3.4 The mail is too large");
	else if (!cmd->smtputf8 && !is_ascii(cmd->address))
		reply_wrong(s, "553 5.6.7 SMTPUTF8 is needed for that");
	else if (srv->conf.busy != NULL && srv->conf.busy(srv->conf.arg))
		reply(s, "451 4.3.2 Busy, try again");
	else {
		s->mail = true;
		s->smtputf8 = cmd->smtputf8;
		s->sender = xstrdup(cmd->address);
		reply(s, "250 2.1.0 Sender taken");
		FAILPOINT("mail-begun");
	}
}

static bool
is_postmaster(const char *address)
{
	return (strncasecmp(address, "postmaster", 10) == 0 &&
	    (address[10] == '\0' || address[10] == '@'));
}

static void
do_rcpt(struct session *s, const struct smtp_command *cmd)
{
	struct smtp_server *srv = s->server;
	enum smtp_rcpt	    verdict = SMTP_RCPT_OK;

	if (!s->mail || s->chunked) {
		reply_wrong(s, "503 5.5.1 MAIL comes first");
		return;
	}
	if (s->nrcpts == SMTP_RCPTS_MAX) {
		reply(s, "452 4.5.3 Too many recipients");
		return;
	}
	if (!is_postmaster(cmd->address))
		verdict = srv->conf.rcpt(srv->conf.arg, cmd->address);
	switch (verdict) {
	case SMTP_RCPT_OK:
		s->rcpts[s->nrcpts++] = xstrdup(cmd->address);
		reply(s, "250 2.1.5 Recipient taken");
		break;
	case SMTP_RCPT_UNKNOWN:
		s->refused++;
		reply_wrong(s, "550 5.1.1 Nobody here has that address");
		break;
	case SMTP_RCPT_LATER:
		s->refused++;
		reply(s, "451 4.3.0 Try again later");
		break;
	}
}

static void
do_data(struct session *s, const struct smtp_command *cmd)
{
	(void)cmd;
	if (s->chunked)
		reply_wrong(s, "503 5.5.1 BDAT and DATA do not mix");
	else if (s->nrcpts == 0 && s->refused != 0)
		reply(s, "554 5.5.1 There is no valid recipient");
	else if (s->nrcpts == 0)
		reply_wrong(s, "503 5.5.1 MAIL and RCPT come first");
	else {
		smtp_data_start(&s->data);
		bytes_start(s);
		s->state = AT_DATA;
		data_deadline(s, 0);
		reply(s, "354 End with <CR><LF>.<CR><LF>");
	}
}

/* The chunk's bytes follow whatever we think of it (RFC 3030 2). */
static void
do_bdat(struct session *s, const struct smtp_command *cmd)
{
	if (cmd->size > (uint64_t)s->server->conf.max_size + (1 << 20)) {
		session_quit(s, "552 5.3.4 The chunk is too large", "chunk");
		return;
	}
	s->chunk_void = s->nrcpts == 0;
	s->chunk_last = cmd->last;
	s->chunk_left = cmd->size;
	if (!s->chunk_void && !s->chunked) {
		s->chunked = true;
		smtp_data_start(&s->data);
		bytes_start(s);
	}
	s->state = AT_CHUNK;
	if (s->chunk_void) {
		s->since = clock_now();
		s->got = 0;
	}
	data_deadline(s, 0);
	if (s->chunk_left == 0)
		chunk_end(s);
}

static void
do_simple(struct session *s, const struct smtp_command *cmd)
{
	if (++s->junk > JUNK_MAX) {
		session_quit(s, "421 4.7.0 Too many commands", "junk");
		return;
	}
	switch (cmd->verb) {
	case SMTP_RSET:
		session_reset(s);
		reply(s, "250 2.0.0 Forgotten");
		break;
	case SMTP_VRFY:
		reply(s, "252 2.5.0 Send a mail and see");
		break;
	case SMTP_EXPN:
		reply(s, "502 5.5.1 Lists are not told");
		break;
	case SMTP_HELP:
		reply(s, "214 2.0.0 See RFC 5321 and RFC 2033");
		break;
	default:
		reply(s, "250 2.0.0 OK");
	}
}

static void
do_quit(struct session *s, const struct smtp_command *cmd)
{
	(void)cmd;
	session_quit(s, "221 2.0.0 Good bye", "quit");
}

/* Everything said before is forgotten (RFC 3207 4.2). */
static void
do_starttls(struct session *s, const struct smtp_command *cmd)
{
	(void)cmd;
	if (s->server->conf.tls == NULL || conn_is_tls(s->conn)) {
		reply_wrong(s, "503 5.5.1 TLS is not to be had");
		return;
	}
	session_reset(s);
	s->helo[0] = '\0';
	s->extended = false;
	reply(s, "220 2.0.0 Go ahead");
	conn_starttls(s->conn, s->server->conf.tls);
}

static const struct {
	void (*run)(struct session *, const struct smtp_command *);
	bool greeted; /* only after HELO, EHLO or LHLO */
} commands[SMTP_VERBS] = {
	[SMTP_HELO] = { do_hello, false },
	[SMTP_EHLO] = { do_hello, false },
	[SMTP_LHLO] = { do_hello, false },
	[SMTP_MAIL] = { do_mail, true },
	[SMTP_RCPT] = { do_rcpt, true },
	[SMTP_DATA] = { do_data, true },
	[SMTP_BDAT] = { do_bdat, false }, /* its bytes come anyway */
	[SMTP_RSET] = { do_simple, false },
	[SMTP_NOOP] = { do_simple, false },
	[SMTP_QUIT] = { do_quit, false },
	[SMTP_VRFY] = { do_simple, false },
	[SMTP_EXPN] = { do_simple, false },
	[SMTP_HELP] = { do_simple, false },
	[SMTP_STARTTLS] = { do_starttls, false },
};

static size_t
input_command(struct session *s, const uint8_t *p, size_t n)
{
	struct smtp_command cmd;
	const char	   *wrong;
	ssize_t		    len = smtp_line(p, n, SMTP_LINE_MAX);

	switch (len) {
	case SMTP_LINE_MORE:
		return (0);
	case SMTP_LINE_LONG:
		s->state = AT_SKIP;
		return (input_skip(s, p, n));
	case SMTP_LINE_BARE:
		/* Where the next command begins is anybody's guess. */
		session_quit(
		    s, "500 5.5.2 Lines end in CR LF", "bare CR or LF");
		return (n);
	}
	session_command(s);
	wrong = smtp_parse(&cmd, p, (size_t)len - 2);
	if (s->server->stopping && !s->mail)
		session_quit(s, "421 4.3.2 Going down, try again", "stop");
	else if (wrong != NULL)
		reply_wrong(s, wrong);
	else if (commands[cmd.verb].greeted && s->helo[0] == '\0')
		reply_wrong(s, "503 5.5.1 Say who you are first");
	else
		commands[cmd.verb].run(s, &cmd);
	return ((size_t)len);
}

static size_t
session_input(void *owner, const uint8_t *p, size_t n)
{
	struct session *s = owner;

	if (conn_closing(s->conn))
		return (n);
	switch (s->state) {
	case AT_COMMAND:
		return (input_command(s, p, n));
	case AT_SKIP:
		return (input_skip(s, p, n));
	case AT_DATA:
		return (input_data(s, p, n));
	case AT_CHUNK:
		return (input_chunk(s, p, n));
	case AT_PENDING:
		break;
	}
	return (0);
}

static void
session_late(void *owner)
{
	struct session *s = owner;

	session_quit(s, "421 4.4.2 Too slow", "timeout");
}

static void
session_gone(void *owner, const char *why)
{
	struct session	   *s = owner;
	struct smtp_server *srv = s->server;

	(void)why; /* conn has logged it */
	if (srv != NULL) {
		if (s->id != 0 && idmap_drop(&srv->pending, s->id) != NULL)
			srv->stats.pending--;
		srv->stats.sessions--;
	}
	session_reset(s);
	free(s);
}

static const struct conn_kind smtp_kind = {
	.name = "smtp",
	.in_max = 65536,
	.out_max = 65536,
	.first_ms = COMMAND_MS,
	.input = session_input,
	.late = session_late,
	.gone = session_gone,
};

static const struct conn_kind lmtp_kind = {
	.name = "lmtp",
	.in_max = 65536,
	.out_max = 65536,
	.first_ms = COMMAND_MS,
	.input = session_input,
	.late = session_late,
	.gone = session_gone,
};

static void *
session_new(void *arg, struct conn *conn)
{
	struct smtp_server *srv = arg;
	struct session	   *s;
	struct buf	    b;

	if (srv->stopping)
		return (NULL);
	s = xcalloc(1, sizeof *s);
	s->server = srv;
	s->conn = conn;
	srv->stats.sessions++;
	buf_init(&b, 0);
	buf_printf(&b, "220 %s %s deskd\r\n", srv->conf.hostname,
	    srv->conf.lmtp ? "LMTP" : "ESMTP");
	conn_write(conn, b.p, b.n);
	buf_free(&b);
	return (s);
}

struct smtp_server *
smtp_listen(
    struct event_base *base, const struct smtp_conf *conf, const char **wrong)
{
	struct smtp_server *srv = xcalloc(1, sizeof *srv);
	struct listen_conf  lc;

	srv->conf = *conf;
	srv->conf.at = xstrdup(conf->at);
	srv->conf.hostname = xstrdup(conf->hostname);
	lc = (struct listen_conf){
		.at = srv->conf.at,
		.kind = conf->lmtp ? &lmtp_kind : &smtp_kind,
		.accept = session_new,
		.arg = srv,
		.max_peer = conf->max_peer,
		.mode = conf->mode,
	};
	if ((srv->listener = listen_open(base, &lc, wrong)) == NULL) {
		free((char *)srv->conf.at);
		free((char *)srv->conf.hostname);
		free(srv);
		return (NULL);
	}
	return (srv);
}

static void
session_stop(void *owner, void *arg)
{
	struct session *s = owner;

	(void)arg;
	if (s->state == AT_COMMAND && !s->mail && !conn_closing(s->conn))
		session_quit(s, "421 4.3.2 Going down, try again", "stop");
}

void
smtp_stop(struct smtp_server *srv)
{
	if (srv->stopping)
		return;
	srv->stopping = true;
	listen_stop(srv->listener);
	listen_each(srv->listener, session_stop, NULL);
}

/* gone() comes later, when the server is no more. */
static void
session_orphan(void *owner, void *arg)
{
	struct session *s = owner;

	(void)arg;
	s->server = NULL;
	conn_abort(s->conn, "the server is closed");
}

void
smtp_close(struct smtp_server *srv)
{
	listen_each(srv->listener, session_orphan, NULL);
	listen_close(srv->listener);
	idmap_free(&srv->pending);
	free((char *)srv->conf.at);
	free((char *)srv->conf.hostname);
	free(srv);
}

int
smtp_port(const struct smtp_server *srv)
{
	return (listen_port(srv->listener));
}

void
smtp_stats(const struct smtp_server *srv, struct smtp_stats *out)
{
	*out = srv->stats;
}

void
smtp_answer(struct smtp_server *srv, uint64_t id, enum smtp_outcome outcome,
    const char *text)
{
	static const struct {
		const char *code;
		const char *text;
	} words[] = {
		[SMTP_DONE] = { "250 2.0.0", "Taken" },
		[SMTP_LATER] = { "451 4.3.0", "Try again later" },
		[SMTP_FULL] = { "452 4.3.1", "No room, try again later" },
		[SMTP_NEVER] = { "554 5.6.0", "The mail is not taken" },
	};
	struct session *s;
	char		line[400];

	if ((s = idmap_drop(&srv->pending, id)) == NULL) {
		log_debug("smtp mail %llu gone, answer dropped",
		    (unsigned long long)id);
		return;
	}
	srv->stats.pending--;
	s->id = 0;
	snprintf(line, sizeof line, "%s %s", words[outcome].code,
	    text != NULL ? text : words[outcome].text);
	session_answer(s, line);
	conn_hold(s->conn, false);
}
