/*
 * The mail server: its listener, its end and the answers; see smtp.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "smtpsession.h"

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
		.kind = conf->lmtp ? &lmtp_session_kind : &smtp_session_kind,
		.accept = smtp_session_open,
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
	struct smtp_session *s = owner;

	(void)arg;
	if (s->state == SMTP_AT_COMMAND && !s->mail && !conn_closing(s->conn))
		smtp_session_quit(s, "421 4.3.2 Going down, try again", "stop");
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
	struct smtp_session *s = owner;

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
	out->sessions = listen_count(srv->listener);
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
	struct smtp_session *s;
	char		     line[400];

	if ((s = idmap_drop(&srv->pending, id)) == NULL) {
		log_debug("smtp mail %llu gone, answer dropped",
		    (unsigned long long)id);
		return;
	}
	srv->stats.pending--;
	s->id = 0;
	snprintf(line, sizeof line, "%s %s", words[outcome].code,
	    text != NULL ? text : words[outcome].text);
	smtp_session_answer(s, line);
	conn_hold(s->conn, false);
}
