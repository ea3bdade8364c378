/*
 * The commands of SMTP and LMTP: what each needs and does; see
 * smtpsession.h.
 */
#include <string.h>
#include <strings.h>

#include "base/failpoint.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "smtpsession.h"

#define JUNK_MAX 100 /* Postfix's smtpd_junk_command_limit */

static void
do_hello(struct smtp_session *s, const struct smtp_command *cmd)
{
	const struct smtp_conf *conf = &s->server->conf;
	struct buf		b;

	if ((cmd->verb == SMTP_LHLO) != conf->lmtp) {
		smtp_reply_wrong(s,
		    conf->lmtp ? "500 5.5.1 This is LMTP: say LHLO"
			       : "500 5.5.1 This is SMTP: say EHLO");
		return;
	}
	smtp_session_reset(s);
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
do_mail(struct smtp_session *s, const struct smtp_command *cmd)
{
	struct smtp_server *srv = s->server;

	if (s->mail)
		smtp_reply_wrong(s, "503 5.5.1 A mail has been begun already");
	else if (cmd->size > srv->conf.max_size)
		smtp_reply(s, "552 5.3.4 The mail is too large");
	else if (!cmd->smtputf8 && !is_ascii(cmd->address))
		smtp_reply_wrong(s, "553 5.6.7 SMTPUTF8 is needed for that");
	else if (srv->conf.busy != NULL && srv->conf.busy(srv->conf.arg))
		smtp_reply(s, "451 4.3.2 Busy, try again");
	else {
		s->mail = true;
		s->smtputf8 = cmd->smtputf8;
		s->sender = xstrdup(cmd->address);
		smtp_reply(s, "250 2.1.0 Sender taken");
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
do_rcpt(struct smtp_session *s, const struct smtp_command *cmd)
{
	struct smtp_server *srv = s->server;
	enum smtp_rcpt	    verdict = SMTP_RCPT_OK;

	if (!s->mail || s->chunked) {
		smtp_reply_wrong(s, "503 5.5.1 MAIL comes first");
		return;
	}
	if (s->nrcpts == SMTP_RCPTS_MAX) {
		smtp_reply(s, "452 4.5.3 Too many recipients");
		return;
	}
	if (!is_postmaster(cmd->address))
		verdict = srv->conf.rcpt(srv->conf.arg, cmd->address);
	switch (verdict) {
	case SMTP_RCPT_OK:
		s->rcpts[s->nrcpts++] = xstrdup(cmd->address);
		smtp_reply(s, "250 2.1.5 Recipient taken");
		break;
	case SMTP_RCPT_UNKNOWN:
		s->refused++;
		smtp_reply_wrong(s, "550 5.1.1 Nobody here has that address");
		break;
	case SMTP_RCPT_LATER:
		s->refused++;
		smtp_reply(s, "451 4.3.0 Try again later");
		break;
	}
}

static void
do_data(struct smtp_session *s, const struct smtp_command *cmd)
{
	(void)cmd;
	if (s->chunked)
		smtp_reply_wrong(s, "503 5.5.1 BDAT and DATA do not mix");
	else if (s->nrcpts == 0 && s->refused != 0)
		smtp_reply(s, "554 5.5.1 There is no valid recipient");
	else if (s->nrcpts == 0)
		smtp_reply_wrong(s, "503 5.5.1 MAIL and RCPT come first");
	else {
		smtp_data_start(&s->data);
		smtp_body_start(s);
		s->state = SMTP_AT_DATA;
		smtp_session_expect(s, 0);
		smtp_reply(s, "354 End with <CR><LF>.<CR><LF>");
	}
}

/* The chunk's bytes follow whatever we think of it (RFC 3030 2). */
static void
do_bdat(struct smtp_session *s, const struct smtp_command *cmd)
{
	if (cmd->size > (uint64_t)s->server->conf.max_size + (1 << 20)) {
		smtp_session_quit(
		    s, "552 5.3.4 The chunk is too large", "chunk");
		return;
	}
	s->chunk_void = s->nrcpts == 0;
	s->chunk_last = cmd->last;
	s->chunk_left = cmd->size;
	if (!s->chunk_void && !s->chunked) {
		s->chunked = true;
		smtp_data_start(&s->data);
		smtp_body_start(s);
	}
	s->state = SMTP_AT_CHUNK;
	if (s->chunk_void) {
		s->since = clock_now();
		s->got = 0;
	}
	smtp_session_expect(s, 0);
	if (s->chunk_left == 0)
		smtp_session_chunk_end(s);
}

static void
do_simple(struct smtp_session *s, const struct smtp_command *cmd)
{
	if (++s->junk > JUNK_MAX) {
		smtp_session_quit(s, "421 4.7.0 Too many commands", "junk");
		return;
	}
	switch (cmd->verb) {
	case SMTP_RSET:
		smtp_session_reset(s);
		smtp_reply(s, "250 2.0.0 Forgotten");
		break;
	case SMTP_VRFY:
		smtp_reply(s, "252 2.5.0 Send a mail and see");
		break;
	case SMTP_EXPN:
		smtp_reply(s, "502 5.5.1 Lists are not told");
		break;
	case SMTP_HELP:
		smtp_reply(s, "214 2.0.0 See RFC 5321 and RFC 2033");
		break;
	default:
		smtp_reply(s, "250 2.0.0 OK");
	}
}

static void
do_quit(struct smtp_session *s, const struct smtp_command *cmd)
{
	(void)cmd;
	smtp_session_quit(s, "221 2.0.0 Good bye", "quit");
}

/* Everything said before is forgotten (RFC 3207 4.2). */
static void
do_starttls(struct smtp_session *s, const struct smtp_command *cmd)
{
	(void)cmd;
	if (s->server->conf.tls == NULL || conn_is_tls(s->conn)) {
		smtp_reply_wrong(s, "503 5.5.1 TLS is not to be had");
		return;
	}
	smtp_session_reset(s);
	s->helo[0] = '\0';
	s->extended = false;
	smtp_reply(s, "220 2.0.0 Go ahead");
	conn_starttls(s->conn, s->server->conf.tls);
}

static const struct {
	void (*run)(struct smtp_session *, const struct smtp_command *);
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

bool
smtp_line_is_http(const uint8_t *p, size_t n)
{
	static const char version[] = " HTTP/1.";
	const size_t	  len = sizeof version - 1;
	size_t		  i;

	for (i = 0; i < n && p[i] >= 'A' && p[i] <= 'Z'; i++)
		;
	return (i > 0 && n > i + len + 1 && p[i] == ' ' &&
	    memcmp(p + n - len - 1, version, len) == 0);
}

void
smtp_session_run(struct smtp_session *s, const struct smtp_command *cmd)
{
	if (commands[cmd->verb].greeted && s->helo[0] == '\0')
		smtp_reply_wrong(s, "503 5.5.1 Say who you are first");
	else
		commands[cmd->verb].run(s, cmd);
}
