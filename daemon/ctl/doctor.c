/*
 * deskctl doctor; see doctor.h.  This file: the host, its files and deskd.
 */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "base/clock.h"
#include "ctl.h"
#include "doctor.h"
#include "migrate.h"
#include "operation.h"
#include "wire.h"

#define CLOCK_APART_MS 2000
#define EXPIRES_SOON   (14 * 86400)

void
doctor_note(struct doctor *d, enum finding found, const char *what,
    const char *mend, const char *fmt, ...)
{
	static const char *const names[] = { "ok", "warn", "bad" };
	struct buf		 shown = { 0 };
	char			 detail[400];
	va_list			 ap;

	va_start(ap, fmt);
	vsnprintf(detail, sizeof detail, fmt, ap);
	va_end(ap);
	d->warned += found == FIND_WARN;
	d->bad += found == FIND_BAD;
	/* Servers' words stand in it. */
	buf_shown(&shown, detail, strcspn(detail, "\n"), sizeof detail);
	if (d->ctl->json)
		json_array_append_new(d->findings,
		    json_pack("{s:s, s:s, s:s, s:s*}", "level", names[found],
			"what", what, "detail", shown.p ? shown.p : "", "mend",
			found != FIND_OK ? mend : NULL));
	else
		printf("%-4s  %s: %s\n", names[found], what,
		    shown.p != NULL ? shown.p : "");
	if (!d->ctl->json && found != FIND_OK && mend != NULL)
		printf("      to mend: %s\n", mend);
	buf_free(&shown);
}

void
doctor_clock(
    struct doctor *d, const char *what, int64_t theirs, int64_t asked_at)
{
	int64_t now = clock_wall(), apart;

	/* He looked at his clock between our asking and now. */
	apart = theirs < asked_at ? theirs - asked_at
	    : theirs > now	  ? theirs - now
				  : 0;
	doctor_note(d,
	    apart > CLOCK_APART_MS || apart < -CLOCK_APART_MS ? FIND_BAD
							      : FIND_OK,
	    what, "run chrony or systemd-timesyncd on both machines",
	    "%lld ms from this host's", (long long)apart);
}

/* A file that nobody but its owner and group may read. */
static bool
check_private(struct doctor *d, const char *what, const char *path)
{
	struct stat st;

	if (stat(path, &st) == -1) {
		doctor_note(d, FIND_BAD, what,
		    "make it, or name another in deskd.conf", "%s: %s", path,
		    strerror(errno));
		return (false);
	}
	if (st.st_mode & S_IRWXO) {
		doctor_note(d, FIND_BAD, what, "chmod o-rwx it",
		    "%s: others on this machine may use it (mode %04o)", path,
		    (unsigned)(st.st_mode & 07777));
		return (true);
	}
	doctor_note(d, FIND_OK, what, NULL, "%s, mode %04o", path,
	    (unsigned)(st.st_mode & 07777));
	return (true);
}

static void
check_expiry(struct doctor *d, const char *path)
{
	FILE *f = fopen(path, "re");
	X509 *cert = f != NULL ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;
	int   days = 0, seconds = 0;
	long  left;

	if (f != NULL)
		fclose(f);
	ERR_clear_error();
	if (cert == NULL ||
	    ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(cert)) !=
		1) {
		doctor_note(d, FIND_BAD, "certificate",
		    "tls_cert must be a PEM file, the host's certificate first",
		    "%s: cannot be read", path);
		X509_free(cert);
		return;
	}
	X509_free(cert);
	left = days * 86400L + seconds;
	doctor_note(d,
	    left <= 0		       ? FIND_BAD
		: left <= EXPIRES_SOON ? FIND_WARN
				       : FIND_OK,
	    "certificate", "renew it, then send deskd a SIGHUP",
	    left <= 0 ? "%s has expired (%d days)" : "%s, %d days left", path,
	    days);
}

static void
check_pair(struct doctor *d, const struct deskdconf *conf)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	bool	 good;

	good = ctx != NULL &&
	    SSL_CTX_use_certificate_chain_file(ctx, conf->tls_cert) == 1 &&
	    SSL_CTX_use_PrivateKey_file(ctx, conf->tls_key, SSL_FILETYPE_PEM) ==
		1 &&
	    SSL_CTX_check_private_key(ctx) == 1;
	ERR_clear_error();
	SSL_CTX_free(ctx);
	doctor_note(d, good ? FIND_OK : FIND_BAD, "certificate and key",
	    "tls_key must be the key that tls_cert was made for",
	    good ? "they belong together" : "they are no pair");
}

static void
check_tls(struct doctor *d, const struct deskdconf *conf)
{
	if (conf->tls_cert[0] == '\0') {
		doctor_note(d, FIND_WARN, "certificate",
		    "set tls_cert and tls_key, or keep every port behind a "
		    "proxy that speaks TLS",
		    "none: nothing is encrypted");
		return;
	}
	check_expiry(d, conf->tls_cert);
	if (check_private(d, "key", conf->tls_key))
		check_pair(d, conf);
}

/* Without a verdict on a mail's sender, From is anybody's word. */
static void
check_mail(struct doctor *d, const struct deskdconf *conf)
{
	if (conf->authserv_id[0] == '\0')
		doctor_note(d, FIND_WARN, "mail",
		    "set authserv_id to the name that your mail server gives "
		    "itself in Authentication-Results",
		    "authserv_id is empty: a forged From with a known "
		    "Message-ID joins its ticket");
	else
		doctor_note(d, FIND_OK, "mail", NULL, "%s is believed",
		    conf->authserv_id);
}

/* Quietly: a daemon that is not there is a finding here, not a failure. */
static void
check_daemon(struct doctor *d, struct ctl *ctl)
{
	static const struct resp_arg ask[] = { { "WHOAMI", 6 } };
	struct resp_reply	     reply;
	enum ctl_exit		     status;
	const char		    *wrong;

	ctl->wire = wire_open(ctl, &wrong, &status);
	if (ctl->wire == NULL) {
		doctor_note(d, FIND_BAD, "deskd",
		    status == CTL_NO_DAEMON
			? "start it: systemctl start deskd"
			: "ask as root or as deskd's own user, or with a key",
		    "%s", wrong);
		return;
	}
	if (!wire_ask(ctl->wire, ask, 1, &reply)) {
		doctor_note(d, FIND_BAD, "deskd", "look into its log", "%s",
		    wire_wrong(ctl->wire));
		return;
	}
	if (reply.kind == RESP_REFUSED)
		doctor_note(d, FIND_BAD, "deskd", "look into its log", "%s %s",
		    reply.code, json_string_value(reply.value));
	else
		doctor_note(d, FIND_OK, "deskd", NULL, "answers");
	json_decref(reply.value);
}

/* One web hook: what it says, and since when it says it. */
static void
check_hook(struct doctor *d, const json_t *hook)
{
	const char *name = json_string_value(json_object_get(hook, "name"));
	const char *state = json_string_value(json_object_get(hook, "state"));
	const char *said = json_string_value(json_object_get(hook, "said"));
	long	    waiting =
	    (long)json_integer_value(json_object_get(hook, "waiting"));
	char what[100], mend[200];

	if (name == NULL || state == NULL)
		return;
	snprintf(what, sizeof what, "hook %s", name);
	if (strcmp(state, "ok") == 0) {
		doctor_note(d, FIND_OK, what, NULL, "%ld waiting", waiting);
		return;
	}
	snprintf(mend, sizeof mend,
	    "deskctl hook test %s says what it answers; then deskctl hook "
	    "resume %s",
	    name, name);
	doctor_note(d, strcmp(state, "gone") == 0 ? FIND_BAD : FIND_WARN, what,
	    mend, "%s, %ld waiting: %s", state, waiting,
	    said != NULL ? said : "");
}

/* Who may not see them is not told. */
static void
check_hooks(struct doctor *d, struct ctl *ctl)
{
	static const struct resp_arg ask[] = { { "HOOK.LIST", 9 } };
	struct resp_reply	     reply;
	json_t			    *hook;
	size_t			     i;

	if (ctl->wire == NULL || !wire_ask(ctl->wire, ask, 1, &reply))
		return;
	if (reply.kind != RESP_REFUSED)
		json_array_foreach (
		    json_object_get(reply.value, "hooks"), i, hook)
			check_hook(d, hook);
	json_decref(reply.value);
}

static void
check_files(struct doctor *d, const struct deskdconf *conf)
{
	check_private(d, "state directory", conf->state_dir);
	if (d->ctl->host == NULL)
		check_private(d, "control socket",
		    d->ctl->socket != NULL ? d->ctl->socket : conf->control);
	check_tls(d, conf);
}

static void
doctor_end(struct doctor *d)
{
	if (d->ctl->json)
		ctl_show(d->ctl, d->findings);
	else if (d->bad + d->warned == 0)
		puts("All is well.");
	else
		printf("%u bad, %u to look at.\n", d->bad, d->warned);
	json_decref(d->findings);
}

enum ctl_exit
ctl_doctor(struct ctl *ctl, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "sql", required_argument, NULL, 's' }, { 0 }
	};
	const char	 *sql = getenv("DESKD_SQL");
	struct doctor	  d = { .ctl = ctl,
		    .sql = sql != NULL ? sql : MIGRATE_SQL };
	struct deskdconf *conf;
	int		  c;

	optind = 0;
	while ((c = getopt_long(argc, argv, "f:", longs, NULL)) != -1) {
		if (c == 's')
			d.sql = optarg;
		else if (c == 'f')
			ctl->conf = optarg;
		else
			return (ctl_usage("doctor"));
	}
	if (optind != argc)
		return (ctl_usage("doctor"));
	if ((conf = deskdconf_read(ctl)) == NULL)
		return (CTL_REFUSED);
	d.findings = json_array();
	doctor_postgres(&d, conf);
	doctor_redis(&d, conf);
	check_files(&d, conf);
	check_mail(&d, conf);
	doctor_relay(&d, conf);
	check_daemon(&d, ctl);
	check_hooks(&d, ctl);
	if (ctl->wire != NULL && ctl->host == NULL)
		doctor_secrets(&d, ctl->wire, conf->state_dir);
	deskdconf_free(conf);
	doctor_end(&d);
	return (d.bad > 0 ? CTL_REFUSED : CTL_OK);
}
