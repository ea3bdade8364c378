/*
 * All that deskd listens on; see listeners.h.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "daemon.h"
#include "edge/conn.h"
#include "edge/smtp.h"
#include "health.h"
#include "listeners.h"
#include "mailin.h"
#include "service.h"
#include "settings.h"
#include "web.h"

enum { SMTP, LMTP, LMTP_UNIX, MAILS };
enum { HTTP, HTTPS, WEBS };
enum { RESP, RESP_TLS, CONTROL, SERVICES };

struct listeners {
	struct daemon	   *d;
	struct smtp_server *smtp[MAILS];
	struct mailin	   *mailin[MAILS];
	struct web	   *web[WEBS];
	struct service	   *service[SERVICES];
	struct health	   *health;
	bool		    failed;
};

static void
listeners_fault(
    struct listeners *l, const char *option, const char *at, const char *wrong)
{
	log_error("%s %s: %s", option, at, wrong);
	l->failed = true;
}

static void
mail_open(struct listeners *l, int i, const char *option, const char *at,
    bool lmtp, bool is_unix)
{
	struct daemon *d = l->d;
	const char    *wrong = "";
	char	       path[200];

	if (at[0] == '\0')
		return;
	snprintf(path, sizeof path, "%s%s", is_unix ? "unix:" : "", at);
	l->mailin[i] = mailin_open(d);
	l->smtp[i] = smtp_listen(d->base,
	    &(struct smtp_conf){ .at = path,
		.lmtp = lmtp,
		.hostname = d->settings->hostname,
		.max_size = (size_t)d->settings->mail_max,
		.tls = lmtp ? NULL : d->tls,
		/* All of LMTP's mail comes from one mail server. */
		.max_peer = lmtp ? 0 : (unsigned)d->settings->max_peer,
		.mode = 0666, /* the mail server has an account of its own */
		.rcpt = mailin_rcpt,
		.mail = mailin_mail,
		.busy = mailin_busy,
		.arg = l->mailin[i] },
	    &wrong);
	if (l->smtp[i] == NULL)
		listeners_fault(l, option, at, wrong);
	mailin_serve(l->mailin[i], l->smtp[i]);
}

static void
web_begin(struct listeners *l, int i, const char *option, const char *at,
    struct tls *tls)
{
	const char *wrong = "";

	if (at[0] == '\0')
		return;
	if ((l->web[i] = web_open(l->d, at, tls, &wrong)) == NULL)
		listeners_fault(l, option, at, wrong);
}

static void
service_begin(struct listeners *l, int i, const char *option, const char *at,
    struct tls *tls)
{
	const char *wrong = "";
	char	    path[200];

	if (at[0] == '\0')
		return;
	snprintf(path, sizeof path, "%s%s", i == CONTROL ? "unix:" : "", at);
	l->service[i] = service_open(l->d, path, tls, i == CONTROL, &wrong);
	if (l->service[i] == NULL)
		listeners_fault(l, option, at, wrong);
}

struct listeners *
listeners_open(struct daemon *d)
{
	const struct settings *s = d->settings;
	struct listeners      *l;
	const char	      *wrong = "";

	l = xcalloc(1, sizeof *l);
	l->d = d;
	mail_open(l, SMTP, "listen_smtp", s->listen_smtp, false, false);
	mail_open(l, LMTP, "listen_lmtp", s->listen_lmtp, true, false);
	mail_open(
	    l, LMTP_UNIX, "listen_lmtp_unix", s->listen_lmtp_unix, true, true);
	web_begin(l, HTTP, "listen_http", s->listen_http, NULL);
	web_begin(l, HTTPS, "listen_https", s->listen_https, d->tls);
	service_begin(l, RESP, "listen_resp", s->listen_resp, NULL);
	service_begin(
	    l, RESP_TLS, "listen_resp_tls", s->listen_resp_tls, d->tls);
	service_begin(l, CONTROL, "control", s->control, NULL);
	if (s->listen_metrics[0] != '\0') {
		l->health = health_open(d, s->listen_metrics, &wrong);
		if (l->health == NULL)
			listeners_fault(
			    l, "listen_metrics", s->listen_metrics, wrong);
	}
	if (l->failed) {
		listeners_close(l);
		return (NULL);
	}
	return (l);
}

void
listeners_turn(struct listeners *l)
{
	int i;

	for (i = 0; i < MAILS; i++)
		if (l->mailin[i] != NULL)
			mailin_turn(l->mailin[i]);
}

void
listeners_stop(struct listeners *l)
{
	int i;

	for (i = 0; i < MAILS; i++)
		if (l->smtp[i] != NULL)
			smtp_stop(l->smtp[i]);
	for (i = 0; i < WEBS; i++)
		if (l->web[i] != NULL)
			web_stop(l->web[i]);
	for (i = 0; i < SERVICES; i++)
		if (l->service[i] != NULL)
			service_stop(l->service[i]);
}

unsigned
listeners_count(const struct listeners *l)
{
	struct smtp_stats st;
	unsigned	  n = 0;
	int		  i;

	for (i = 0; i < MAILS; i++)
		if (l->smtp[i] != NULL) {
			smtp_stats(l->smtp[i], &st);
			n += st.sessions;
		}
	for (i = 0; i < WEBS; i++)
		if (l->web[i] != NULL)
			n += web_count(l->web[i]);
	for (i = 0; i < SERVICES; i++)
		if (l->service[i] != NULL)
			n += service_count(l->service[i]);
	return (n);
}

void
listeners_close(struct listeners *l)
{
	int i;

	for (i = 0; i < MAILS; i++) {
		if (l->smtp[i] != NULL) {
			smtp_close(l->smtp[i]);
			conn_reap(); /* sessions end through mailin */
		}
		if (l->mailin[i] != NULL)
			mailin_close(l->mailin[i]);
	}
	for (i = 0; i < WEBS; i++)
		if (l->web[i] != NULL)
			web_close(l->web[i]);
	for (i = 0; i < SERVICES; i++)
		if (l->service[i] != NULL)
			service_close(l->service[i]);
	if (l->health != NULL)
		health_close(l->health);
	free(l);
}
