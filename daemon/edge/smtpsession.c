/*
 * A session of the mail server; see smtpsession.h.
 *
 * A session is where its next byte belongs: a command, DATA, a BDAT chunk,
 * the rest of a line that was too long, or nowhere because a mail is under
 * way.  session_input() is that switch.
 */
#include <stdlib.h>
#include <string.h>

#include "base/failpoint.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "smtpsession.h"

#define COMMAND_MS    300000 /* RFC 5321 4.5.3.2.7: 5 minutes a command */
#define DATA_GRACE_MS 60000  /* before the least rate counts */
#define DATA_BLOCK_MS 180000 /* RFC 5321 4.5.3.2.5: 3 minutes a block */
#define DATA_RATE     500    /* bytes a second, less is an attack */
#define DATA_PIECE    16384  /* bytes decoded at a time */
#define ERRORS_MAX    20     /* Postfix's smtpd_hard_error_limit */
#define RECEIVED_MAX  50     /* Postfix's hopcount_limit */

void
smtp_reply(struct smtp_session *s, const char *line)
{
	conn_write(s->conn, line, strlen(line));
	conn_write(s->conn, "\r\n", 2);
}

/* Says why and leaves. */
void
smtp_session_quit(struct smtp_session *s, const char *line, const char *why)
{
	smtp_reply(s, line);
	conn_close(s->conn, "%s", why);
}

static void
session_command(struct smtp_session *s)
{
	s->state = SMTP_AT_COMMAND;
	conn_deadline(s->conn, COMMAND_MS);
}

/* A wrong command; too many of them end the session. */
void
smtp_reply_wrong(struct smtp_session *s, const char *line)
{
	smtp_reply(s, line);
	if (++s->errors > ERRORS_MAX)
		smtp_session_quit(s, "421 4.7.0 Too many errors", "errors");
}

/* The transaction is over, however it went. */
void
smtp_session_reset(struct smtp_session *s)
{
	smtp_body_drop(s);
	free(s->sender);
	s->sender = NULL;
	while (s->nrcpts > 0)
		free(s->rcpts[--s->nrcpts]);
	s->mail = s->smtputf8 = s->chunked = false;
	s->too_large = s->no_room = false;
	s->refused = 0;
	s->id = 0;
}

/* One line for the mail; in LMTP one for each recipient that was taken. */
static void
reply_mail(struct smtp_session *s, const char *line)
{
	size_t i, n = s->server->conf.lmtp ? s->nrcpts : 1;

	for (i = 0; i < n; i++)
		smtp_reply(s, line);
}

/* Ends the transaction with an answer and reads on. */
void
smtp_session_answer(struct smtp_session *s, const char *line)
{
	struct smtp_stats *st = &s->server->stats;

	switch (line[0]) {
	case '2':
		st->accepted++;
		s->junk = 0; /* as Postfix: a sender may use one session long */
		break;
	case '4':
		st->deferred++;
		break;
	default:
		st->refused++;
	}
	reply_mail(s, line);
	smtp_session_reset(s);
	session_command(s);
	if (s->server->stopping)
		smtp_session_quit(s, "421 4.3.2 Going down, try again", "stop");
}

/* The bytes are the spine's from here; so is the answer. */
static void
session_hand_over(struct smtp_session *s)
{
	struct smtp_server *srv = s->server;
	struct smtp_mail    m;

	FAILPOINT("mail-whole");
	s->id = idmap_add(&srv->pending, s);
	srv->stats.pending++;
	srv->stats.held -= s->source.n;
	m = (struct smtp_mail){
		.id = s->id,
		.lmtp = srv->conf.lmtp,
		.tls = conn_is_tls(s->conn),
		.peer = conn_peer(s->conn),
		.helo = s->helo,
		.sender = s->sender,
		.rcpts = (const char *const *)s->rcpts,
		.nrcpts = s->nrcpts,
		.source = spill_take(&s->source),
		.added = s->added,
	};
	s->added = 0;
	s->state = SMTP_AT_PENDING;
	conn_deadline(s->conn, 0);
	conn_hold(s->conn, true);
	srv->conf.mail(srv->conf.arg, &m);
}

/* The mail is whole: what we can judge ourselves, then on to the spine. */
static void
session_whole(struct smtp_session *s)
{
	if (!s->too_large && !s->no_room && !spill_seal(&s->source))
		s->no_room = true;
	if (s->too_large)
		smtp_session_answer(s, "552 5.3.4 The mail is too large");
	else if (s->no_room)
		smtp_session_answer(s, "452 4.3.1 No room for the mail now");
	else if (s->data.bare && !s->server->conf.lmtp)
		/*
		 * By LMTP comes what our own server has taken already, and to
		 * refuse it now would lose it: bare ones are kept as they are.
		 * Neither way do they end a mail.
		 */
		smtp_session_answer(
		    s, "550 5.5.2 The mail has a bare CR or LF");
	else if (smtp_body_hops(s) > RECEIVED_MAX)
		smtp_session_answer(
		    s, "554 5.4.6 The mail goes round in a loop");
	else
		session_hand_over(s);
}

/* After n more bytes: the time until which more must come. */
void
smtp_session_expect(struct smtp_session *s, size_t n)
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
input_data(struct smtp_session *s, const uint8_t *p, size_t n)
{
	uint8_t piece[DATA_PIECE + SMTP_DATA_HELD];
	size_t	got, nout;

	n = n < DATA_PIECE ? n : DATA_PIECE;
	got = smtp_data_read(&s->data, p, n, piece, &nout);
	smtp_body_add(s, piece, nout);
	if (s->data.done)
		session_whole(s);
	else {
		FAILPOINT("mail-half");
		smtp_session_expect(s, got);
	}
	return (got);
}

void
smtp_session_chunk_end(struct smtp_session *s)
{
	if (s->chunk_void) {
		session_command(s);
		smtp_reply_wrong(s, "503 5.5.1 MAIL and RCPT come first");
	} else if (s->chunk_last)
		session_whole(s);
	else {
		session_command(s);
		smtp_reply(s,
		    s->too_large     ? "552 5.3.4 The mail is too large"
			: s->no_room ? "452 4.3.1 No room for the mail now"
				     : "250 2.0.0 Chunk taken");
	}
}

static size_t
input_chunk(struct smtp_session *s, const uint8_t *p, size_t n)
{
	if (n > s->chunk_left)
		n = (size_t)s->chunk_left;
	if (!s->chunk_void)
		smtp_body_add(s, p, n);
	s->chunk_left -= n;
	if (s->chunk_left == 0)
		smtp_session_chunk_end(s);
	else
		smtp_session_expect(s, n);
	return (n);
}

/* A line that is too long is read to its end and answered once. */
static size_t
input_skip(struct smtp_session *s, const uint8_t *p, size_t n)
{
	const uint8_t *lf = memchr(p, '\n', n);

	if (lf == NULL)
		return (n);
	session_command(s);
	smtp_reply_wrong(s, "500 5.5.2 The line is too long");
	return ((size_t)(lf + 1 - p));
}

static size_t
input_command(struct smtp_session *s, const uint8_t *p, size_t n)
{
	struct smtp_command cmd;
	const char	   *wrong;
	ssize_t		    len = smtp_line(p, n, SMTP_LINE_MAX);

	switch (len) {
	case SMTP_LINE_MORE:
		return (0);
	case SMTP_LINE_LONG:
		s->state = SMTP_AT_SKIP;
		return (input_skip(s, p, n));
	case SMTP_LINE_BARE:
		/* Where the next command begins is anybody's guess. */
		smtp_session_quit(
		    s, "500 5.5.2 Lines end in CR LF", "bare CR or LF");
		return (n);
	}
	session_command(s);
	if (s->helo[0] == '\0' && smtp_line_is_http(p, (size_t)len - 2)) {
		smtp_session_quit(s, "421 4.7.0 This is no web server", "HTTP");
		return (n);
	}
	wrong = smtp_parse(&cmd, p, (size_t)len - 2);
	if (s->server->stopping && !s->mail)
		smtp_session_quit(s, "421 4.3.2 Going down, try again", "stop");
	else if (wrong != NULL)
		smtp_reply_wrong(s, wrong);
	else
		smtp_session_run(s, &cmd);
	return ((size_t)len);
}

static size_t
session_input(void *owner, const uint8_t *p, size_t n)
{
	struct smtp_session *s = owner;

	if (conn_closing(s->conn))
		return (n);
	switch (s->state) {
	case SMTP_AT_COMMAND:
		return (input_command(s, p, n));
	case SMTP_AT_SKIP:
		return (input_skip(s, p, n));
	case SMTP_AT_DATA:
		return (input_data(s, p, n));
	case SMTP_AT_CHUNK:
		return (input_chunk(s, p, n));
	case SMTP_AT_PENDING:
		break;
	}
	return (0);
}

static void
session_late(void *owner)
{
	struct smtp_session *s = owner;

	smtp_session_quit(s, "421 4.4.2 Too slow", "timeout");
}

static void
session_gone(void *owner, const char *why)
{
	struct smtp_session *s = owner;
	struct smtp_server  *srv = s->server;

	(void)why; /* conn has logged it */
	if (srv != NULL && s->id != 0 &&
	    idmap_drop(&srv->pending, s->id) != NULL)
		srv->stats.pending--;
	smtp_session_reset(s);
	free(s);
}

const struct conn_kind smtp_session_kind = {
	.name = "smtp",
	.in_max = 65536,
	.out_max = 65536,
	.first_ms = COMMAND_MS,
	.input = session_input,
	.late = session_late,
	.gone = session_gone,
};

const struct conn_kind lmtp_session_kind = {
	.name = "lmtp",
	.in_max = 65536,
	.out_max = 65536,
	.first_ms = COMMAND_MS,
	.input = session_input,
	.late = session_late,
	.gone = session_gone,
};

void *
smtp_session_open(void *arg, struct conn *conn)
{
	struct smtp_server  *srv = arg;
	struct smtp_session *s;
	struct buf	     b;

	if (srv->stopping)
		return (NULL);
	s = xcalloc(1, sizeof *s);
	s->server = srv;
	s->conn = conn;
	buf_init(&b, 0);
	buf_printf(&b, "220 %s %s deskd\r\n", srv->conf.hostname,
	    srv->conf.lmtp ? "LMTP" : "ESMTP");
	conn_write(conn, b.p, b.n);
	buf_free(&b);
	return (s);
}
