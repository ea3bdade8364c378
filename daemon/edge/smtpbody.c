/*
 * The bytes of a mail that is coming in; see smtpsession.h.
 */
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/buf.h"
#include "base/clock.h"
#include "smtpsession.h"

#define HELD_MAILS 4 /* mails of max_size held in all sessions */
#define HELD_LEAST (64u << 20)

void
smtp_body_drop(struct smtp_session *s)
{
	if (s->server != NULL)
		s->server->stats.held -= s->source.n;
	spill_free(&s->source);
	s->added = 0;
}

/*
 * Past its limit, or all mails past theirs, or with no room on the disk, a
 * mail's bytes are let go and what follows is not kept.
 */
void
smtp_body_add(struct smtp_session *s, const void *p, size_t n)
{
	struct smtp_server *srv = s->server;
	size_t		    all = srv->conf.max_size * HELD_MAILS;

	if (n == 0 || s->too_large || s->no_room)
		return;
	/* Exact, because dots and the end mark have been taken away. */
	if (s->added != 0 && s->source.n + n - s->added > srv->conf.max_size)
		s->too_large = true;
	if (srv->stats.held + n > (all > HELD_LEAST ? all : HELD_LEAST))
		s->no_room = true;
	if (!s->too_large && !s->no_room && !spill_add(&s->source, p, n))
		s->no_room = true;
	if (s->too_large || s->no_room)
		smtp_body_drop(s);
	else
		srv->stats.held += n;
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
with_name(const struct smtp_session *s)
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
void
smtp_body_start(struct smtp_session *s)
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

	smtp_body_add(s, b.p, b.n);
	s->added = s->source.n;
	buf_free(&b);
	s->since = clock_now();
	s->got = 0;
}

/* How many times this mail has been passed on: a loop has no end. */
unsigned
smtp_body_hops(const struct smtp_session *s)
{
	const uint8_t *p = s->source.p + s->added, *eol;
	const uint8_t *end = s->source.p + s->source.n;
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
