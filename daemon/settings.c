/*
 * deskd.conf: the option table and all that is read from it.
 */
#include <confuse.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/def.h"
#include "base/mem.h"
#include "desk/deskconf.h"
#include "edge/conn.h"
#include "edge/courier_guard.h"
#include "proxied.h"
#include "settings.h"
#include "base/redisurl.h"

enum option_type { OPT_TEXT, OPT_NUMBER, OPT_FLAG };

struct option {
	const char	*name;
	size_t		 at;
	enum option_type type;
	const char	*def;
	int64_t		 min, max;
	bool		 restart;
	const char	*text;
};

#define AT(member) #member, offsetof(struct settings, member)
#define TEXT(member, def, restart, text)                       \
	{                                                      \
		AT(member), OPT_TEXT, def, 0, 0, restart, text \
	}
#define NUMBER(member, def, min, max, restart, text)                 \
	{                                                            \
		AT(member), OPT_NUMBER, def, min, max, restart, text \
	}
#define FLAG(member, def, restart, text)                       \
	{                                                      \
		AT(member), OPT_FLAG, def, 0, 1, restart, text \
	}

static const struct option options[] = {
	TEXT(listen_http, "127.0.0.1:8080", true,
	    "Address of the web client, the HTTP API and the hooks; empty: "
	    "not served without TLS."),
	TEXT(listen_https, "", true,
	    "The same with TLS; needs tls_cert and tls_key."),
	TEXT(listen_smtp, "127.0.0.1:2525", true,
	    "Address for mail by SMTP (STARTTLS when there is a "
	    "certificate)."),
	TEXT(listen_lmtp, "127.0.0.1:2424", true,
	    "Address for mail by LMTP, from your own mail server."),
	TEXT(listen_lmtp_unix, "", true,
	    "Path of a unix socket for LMTP, or empty."),
	TEXT(listen_resp, "127.0.0.1:6390", true,
	    "Address of the TCP protocol (RESP) for services."),
	TEXT(listen_resp_tls, "", true,
	    "The same with TLS; needs tls_cert and tls_key."),
	TEXT(listen_metrics, "127.0.0.1:9390", true,
	    "Address of /metrics, /healthz and /readyz; keep it private."),
	TEXT(control, "/run/deskd/control.sock", true,
	    "Path of the unix socket that deskctl uses on this machine."),
	TEXT(postgres, "dbname=deskd", true,
	    "PostgreSQL connection string (libpq's keywords; numeric host or "
	    "socket directory: names are looked up only at start)."),
	TEXT(redis, "127.0.0.1:6379", true,
	    "Redis: host:port, unix:PATH, a redis:// URL, "
	    "sentinel://HOST:PORT,.../NAME or cluster://HOST:PORT,...."),
	TEXT(tls_cert, "", false, "PEM file of the certificate chain."),
	TEXT(tls_key, "", false, "PEM file of its private key."),
	TEXT(hostname, "localhost", true,
	    "The name this host greets other mail servers with."),
	TEXT(state_dir, "/var/lib/deskd", true,
	    "Directory of the hooks' secret files and of totp.key, which seals "
	    "second factors: made at the first start, and the same for every "
	    "daemon of a desk."),
	TEXT(temp_dir, "", true,
	    "Directory, on a disk, of the nameless files that large mail is "
	    "held in until it is committed; empty: $TMPDIR, else /var/tmp."),
	TEXT(web_dir, PKGDATADIR "/web", true,
	    "Directory of the web client and the customers' widget, as make "
	    "install put it there; read when deskd starts."),
	TEXT(mood_dir, PKGDATADIR "/conf/mood", true,
	    "Directory of the words that customers' feelings are read by "
	    "(vi.mood, en.mood, signs.mood); read when deskd starts; empty: "
	    "feelings are not read."),
	TEXT(authserv_id, "", false,
	    "The authserv-id of your own mail server: its "
	    "Authentication-Results are believed (RFC 8601), no others."),
	TEXT(trusted_proxy, "", false,
	    "Addresses of your own reverse proxies for HTTP, blank between: "
	    "who comes from one is whom its X-Forwarded-For names last."),
	TEXT(outgoing_allow, "", true,
	    "Addresses and networks (10.1.0.0/16), blank between, that web "
	    "hooks and channels may be sent to though they are not public."),
	TEXT(smtp_relay, "", false,
	    "The mail server that takes our mail (RFC 6409): host:port or "
	    "smtps://host:port; empty: mail is queued and not sent."),
	FLAG(smtp_starttls, "yes", false,
	    "No mail, and no password, goes to it without STARTTLS."),
	TEXT(smtp_user, "", false, "The name to log in to it with, or empty."),
	TEXT(smtp_password_file, "", false,
	    "File whose first line is the password."),
	TEXT(smtp_ca, "", false,
	    "PEM file of the authorities its certificate is checked with; "
	    "empty: the system's."),
	NUMBER(smtp_patience, "600", 1, 3600, false,
	    "How long it may take for one answer, in seconds (RFC 5321 asks "
	    "for 600 at a mail's end)."),
	NUMBER(pg_ingest, "2", 1, 8, true,
	    "PostgreSQL connections that file events, in batches."),
	NUMBER(pg_ops, "2", 1, 32, true,
	    "PostgreSQL connections that serve operations."),
	NUMBER(mail_max, "10485760", 65536, 104857600, true,
	    "Largest mail taken, in bytes."),
	NUMBER(waiting_max, "67108864", 1048576, 1073741824, true,
	    "Bytes of events that may wait for PostgreSQL; past it senders "
	    "are told to come again."),
	NUMBER(batch_max, "64", 1, 256, false,
	    "Events in one transaction at most."),
	NUMBER(attachment_max, "10485760", 1024, 104857600, false,
	    "Largest file that a visitor or an agent may upload, in bytes."),
	NUMBER(chat_opens, "30", 1, 1000000, false,
	    "Conversations that one address may open in a minute."),
	NUMBER(max_peer, "0", 0, 100000, true,
	    "Connections of one address to one port; 0: no limit (behind a "
	    "proxy all come from one)."),
	NUMBER(offer_ticks, "250", 50, 5000, false,
	    "How often lapsed offers are looked for, in ms."),
	FLAG(secure_cookies, "yes", false,
	    "Session cookies are sent over TLS and to localhost only."),
	FLAG(demo_shop, "no", true,
	    "The demo shop, a page of somebody else's with the widget in it, "
	    "is served at /shop/."),
};

/* libconfuse hands its error function nothing of ours: the first fault of
   the file being read stands here. */
static char fault[400];

static void
settings_fault(cfg_t *cfg, const char *fmt, va_list ap)
{
	char what[200];

	if (fault[0] != '\0')
		return;
	vsnprintf(what, sizeof what, fmt, ap);
	snprintf(fault, sizeof fault, "%s:%d: %s",
	    cfg->filename != NULL ? cfg->filename : "deskd.conf", cfg->line,
	    what);
}

static void
option_put(struct settings *s, const struct option *o, cfg_t *cfg)
{
	char	   *at = (char *)s + o->at;
	int64_t	    n;
	const char *text;

	switch (o->type) {
	case OPT_TEXT:
		text = cfg != NULL ? cfg_getstr(cfg, o->name) : o->def;
		*(char **)(void *)at = xstrdup(text);
		break;
	case OPT_NUMBER:
		n = cfg != NULL ? cfg_getint(cfg, o->name) : atoll(o->def);
		*(int64_t *)(void *)at = n;
		if ((n < o->min || n > o->max) && fault[0] == '\0')
			snprintf(fault, sizeof fault,
			    "%s must be from %lld to %lld", o->name,
			    (long long)o->min, (long long)o->max);
		break;
	case OPT_FLAG:
		*(bool *)(void *)at = cfg != NULL ? cfg_getbool(cfg, o->name)
						  : strcmp(o->def, "yes") == 0;
		break;
	}
}

static cfg_t *
settings_parse(const char *path)
{
	cfg_opt_t spec[nitems(options) + 1];
	cfg_t	 *cfg;
	size_t	  i;
	int	  how;

	for (i = 0; i < nitems(options); i++) {
		const struct option *o = &options[i];

		if (o->type == OPT_TEXT)
			spec[i] =
			    (cfg_opt_t)CFG_STR(o->name, o->def, CFGF_NONE);
		else if (o->type == OPT_NUMBER)
			spec[i] = (cfg_opt_t)CFG_INT(
			    o->name, atoll(o->def), CFGF_NONE);
		else
			spec[i] = (cfg_opt_t)CFG_BOOL(o->name,
			    strcmp(o->def, "yes") == 0 ? cfg_true : cfg_false,
			    CFGF_NONE);
	}
	spec[i] = (cfg_opt_t)CFG_END();
	cfg = cfg_init(spec, CFGF_NONE);
	cfg_set_error_function(cfg, settings_fault);
	deskconf_hold();
	how = cfg_parse(cfg, path);
	deskconf_let();
	if (how == CFG_FILE_ERROR && fault[0] == '\0')
		snprintf(fault, sizeof fault, "%s: cannot be read", path);
	if (how != CFG_SUCCESS) {
		cfg_free(cfg);
		return (NULL);
	}
	return (cfg);
}

/* An address that nobody can listen on is found out before the start. */
static void
settings_check_addresses(const struct settings *s)
{
	const struct {
		const char *name, *at;
	} ports[] = { { "listen_http", s->listen_http },
		{ "listen_https", s->listen_https },
		{ "listen_smtp", s->listen_smtp },
		{ "listen_lmtp", s->listen_lmtp },
		{ "listen_resp", s->listen_resp },
		{ "listen_resp_tls", s->listen_resp_tls },
		{ "listen_metrics", s->listen_metrics } };
	struct redisurl redis;
	const char     *wrong;
	size_t		i;

	for (i = 0; i < nitems(ports) && fault[0] == '\0'; i++)
		if (ports[i].at[0] != '\0' &&
		    !listen_possible(ports[i].at, &wrong))
			snprintf(fault, sizeof fault, "%s \"%s\": %s",
			    ports[i].name, ports[i].at, wrong);
	if (fault[0] == '\0' && !redisurl_read(&redis, s->redis, &wrong))
		snprintf(fault, sizeof fault, "redis: %s", wrong);
}

/* "host:port", or a URL of either kind without a path. */
static bool
relay_good(const char *s)
{
	const char *host = s;
	size_t	    n;

	if (strncmp(s, "smtp://", 7) == 0)
		host = s + 7;
	else if (strncmp(s, "smtps://", 8) == 0)
		host = s + 8;
	n = strcspn(host, "/@?#%\" \t\r\n");
	return (n != 0 && host[n] == '\0' && n < 256);
}

/* A password must not be read on the way. */
static bool
relay_private(const struct settings *s)
{
	const char *at = strstr(s->smtp_relay, "://");

	if (s->smtp_starttls || strncmp(s->smtp_relay, "smtps:", 6) == 0)
		return (true);
	at = at != NULL ? at + 3 : s->smtp_relay;
	return (strncmp(at, "127.", 4) == 0 || strncmp(at, "[::1]", 5) == 0 ||
	    strncmp(at, "localhost", 9) == 0);
}

static void
settings_check_relay(const struct settings *s)
{
	if (fault[0] != '\0' || s->smtp_relay[0] == '\0')
		return;
	if (!relay_good(s->smtp_relay))
		snprintf(fault, sizeof fault,
		    "smtp_relay must be host:port or smtps://host:port");
	else if ((s->smtp_user[0] == '\0') !=
	    (s->smtp_password_file[0] == '\0'))
		snprintf(fault, sizeof fault,
		    "smtp_user and smtp_password_file go together");
	else if (s->smtp_user[0] != '\0' && !relay_private(s))
		snprintf(fault, sizeof fault,
		    "smtp_user needs smtp_starttls, smtps:// or a relay on "
		    "this machine");
}

/* What no single option can tell. */
static void
settings_check(const struct settings *s)
{
	bool wants_tls =
	    s->listen_https[0] != '\0' || s->listen_resp_tls[0] != '\0';

	if (fault[0] != '\0')
		return;
	if ((s->tls_cert[0] == '\0') != (s->tls_key[0] == '\0'))
		snprintf(
		    fault, sizeof fault, "tls_cert and tls_key go together");
	else if (wants_tls && s->tls_cert[0] == '\0')
		snprintf(fault, sizeof fault,
		    "listen_https and listen_resp_tls need tls_cert and "
		    "tls_key");
	else if (s->postgres[0] == '\0' || s->redis[0] == '\0')
		snprintf(
		    fault, sizeof fault, "postgres and redis must be named");
	else if (!proxied_list_ok(s->trusted_proxy))
		snprintf(fault, sizeof fault,
		    "trusted_proxy takes addresses, blank between");
	else if (!courier_list_ok(s->outgoing_allow))
		snprintf(fault, sizeof fault,
		    "outgoing_allow takes addresses and networks, blank "
		    "between");
	else
		settings_check_addresses(s);
	settings_check_relay(s);
}

struct settings *
settings_read(const char *path, char *wrong, size_t size)
{
	struct settings *s;
	cfg_t		*cfg = NULL;
	size_t		 i;

	fault[0] = '\0';
	if (path != NULL && (cfg = settings_parse(path)) == NULL) {
		snprintf(wrong, size, "%s", fault);
		return (NULL);
	}
	s = xcalloc(1, sizeof *s);
	for (i = 0; i < nitems(options); i++)
		option_put(s, &options[i], cfg);
	if (cfg != NULL)
		cfg_free(cfg);
	settings_check(s);
	if (fault[0] != '\0') {
		snprintf(wrong, size, "%s", fault);
		settings_free(s);
		return (NULL);
	}
	return (s);
}

void
settings_free(struct settings *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < nitems(options); i++)
		if (options[i].type == OPT_TEXT)
			free(*(char **)(void *)((char *)s + options[i].at));
	free(s);
}

static bool
option_same(
    const struct option *o, const struct settings *a, const struct settings *b)
{
	const char *p = (const char *)a + o->at, *q = (const char *)b + o->at;

	switch (o->type) {
	case OPT_TEXT:
		return (strcmp(*(char *const *)(const void *)p,
			    *(char *const *)(const void *)q) == 0);
	case OPT_NUMBER:
		return (*(const int64_t *)(const void *)p ==
		    *(const int64_t *)(const void *)q);
	case OPT_FLAG:
		return (*(const bool *)p == *(const bool *)q);
	}
	return (false);
}

const char *
settings_needs_restart(const struct settings *old, const struct settings *next)
{
	size_t i;

	for (i = 0; i < nitems(options); i++)
		if (options[i].restart && !option_same(&options[i], old, next))
			return (options[i].name);
	return (NULL);
}

void
settings_print(FILE *out)
{
	size_t i;

	for (i = 0; i < nitems(options); i++) {
		const struct option *o = &options[i];

		fprintf(out, "# %s%s\n", o->text,
		    o->restart ? "" : "  (SIGHUP takes it over)");
		if (o->type == OPT_TEXT)
			fprintf(out, "%s = \"%s\"\n\n", o->name, o->def);
		else
			fprintf(out, "%s = %s\n\n", o->name, o->def);
	}
}

static const char page_head[] =
    ".\\\" Made from daemon/settings.c by deskd -O.\n"
    ".Dd November 21, 2026\n.Dt DESKD.CONF 5\n.Os\n"
    ".Sh NAME\n.Nm deskd.conf\n.Nd settings of deskd\n"
    ".Sh DESCRIPTION\nHow\n.Xr deskd 8\nruns; the company's own settings "
    "are in\n.Xr desk.conf 5 .\n"
    "Options are written\n.Li name = \\(dqvalue\\(dq ,\none a line; "
    "what follows a # is a comment.\n"
    "Those marked with a star are taken over by SIGHUP, the others need a\n"
    "restart.\n.Bl -tag -width Ds\n";

void
settings_page(FILE *out)
{
	size_t i;

	fputs(page_head, out);
	for (i = 0; i < nitems(options); i++) {
		const struct option *o = &options[i];

		fprintf(out, ".It Ic %s%s No = %s%s%s\n%s\n", o->name,
		    o->restart ? "" : "*", o->type == OPT_TEXT ? "\\(dq" : "",
		    o->def, o->type == OPT_TEXT ? "\\(dq" : "", o->text);
	}
	fputs(".El\n.Sh SEE ALSO\n.Xr desk.conf 5 ,\n.Xr deskd 8\n", out);
}
