/*
 * Mail on its way in; see mailin.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/idmap.h"
#include "base/jobs.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon.h"
#include "desk/event.h"
#include "desk/mail.h"
#include "desk/mailtest.h"
#include "desk/rules.h"
#include "edge/hmac.h"
#include "ingest.h"
#include "mailin.h"
#include "settings.h"
#include "stats.h"
#include "stmts.h"
#include "store/pgparam.h"
#include "store/pool.h"

struct mailin {
	struct daemon	   *d;
	struct smtp_server *server;
	struct list	    come;    /* mails to be looked at in the turn */
	unsigned	    parsing; /* in threads */
	bool		    closed;
};

/* One mail under way; a thread may be reading it. */
struct mail_job {
	struct link	link;
	struct mailin  *m;
	uint64_t	id;	/* the server's */
	uint64_t	noting; /* while PostgreSQL notes what it is */
	struct spill	source; /* until the event is filed, with it */
	struct event	event;
	struct mail_env env;
	char		at[32];
	char	       *sender;
	char	      **rcpts;
	char	       *authserv;
	uint8_t		key[sizeof((struct daemon *)0)->token_key];
};

static struct idmap noting; /* struct mail_job */

struct mailin *
mailin_open(struct daemon *d)
{
	struct mailin *m;

	m = xcalloc(1, sizeof *m);
	m->d = d;
	return (m);
}

void
mailin_serve(struct mailin *m, struct smtp_server *server)
{
	m->server = server;
}

enum smtp_rcpt
mailin_rcpt(void *arg, const char *address)
{
	struct mailin *m = arg;

	if (m->d->rules == NULL)
		return (SMTP_RCPT_LATER);
	return (rules_serves(m->d->rules, address) ? SMTP_RCPT_OK
						   : SMTP_RCPT_UNKNOWN);
}

bool
mailin_busy(void *arg)
{
	struct mailin *m = arg;

	return (m->d->draining ||
	    !ingest_has_room(m->d->ingest, (size_t)m->d->settings->mail_max));
}

static void
mail_job_free(struct mail_job *j)
{
	size_t i;

	for (i = 0; i < j->env.nrcpts; i++)
		free(j->rcpts[i]);
	free(j->rcpts);
	free(j->sender);
	free(j->authserv);
	spill_free(&j->source);
	free(j);
}

static void
mailin_done(void *arg, uint64_t ref, const struct ingest_outcome *o)
{
	static const enum smtp_outcome says[] = {
		[INGEST_DONE] = SMTP_DONE,
		[INGEST_LATER] = SMTP_LATER,
		[INGEST_FULL] = SMTP_FULL,
		[INGEST_NEVER] = SMTP_NEVER,
	};
	struct mailin *m = arg;

	if (m->server != NULL)
		smtp_answer(m->server, ref, says[o->how], NULL);
}

/* Classified: let it be filed. */
static void
mail_job_take(struct mail_job *j)
{
	struct mailin *m = j->m;
	uint64_t       id = j->id;

	j->event.source = spill_take(&j->source);
	if (!ingest_take(m->d->ingest, &j->event, mailin_done, m, id))
		smtp_answer(m->server, id, SMTP_LATER, NULL);
	mail_job_free(j);
}

/* It cannot be taken now. */
static void
mail_job_later(struct mail_job *j, enum smtp_outcome how)
{
	event_drop(&j->event);
	smtp_answer(j->m->server, j->id, how, NULL);
	mail_job_free(j);
}

/* True: it is noted and files nothing; else it is ordinary mail. */
static void
mail_noted(uint64_t id, const struct pg_reply *r)
{
	struct mail_job *j = idmap_drop(&noting, id);

	if (j == NULL)
		return;
	if (r->how != PG_DONE)
		mail_job_later(j, SMTP_LATER);
	else if (*PQgetvalue(r->res, 0, 0) == 't')
		mail_job_later(j, SMTP_DONE);
	else
		mail_job_take(j);
}

static void
mail_note(struct mail_job *j, size_t stmt, const struct pg_param *p)
{
	j->noting = idmap_add(&noting, j);
	if (!pool_ask(j->m->d->pg_ops, j->noting, stmt, p, mail_noted)) {
		idmap_drop(&noting, j->noting);
		mail_job_later(j, SMTP_LATER);
	}
}

static void
mail_test_note(struct mail_job *j, const struct mailtest *t)
{
	char		num[24];
	struct pg_param p[4];

	snprintf(num, sizeof num, "%lld", (long long)t->test);
	p[0] = pgparam_str(num);
	p[1] = pgparam_str(t->as);
	p[2] = pgparam_str(t->from);
	p[3] = pgparam_str(t->said);
	mail_note(j, ST_TEST_MAIL, p);
}

/* What no person wrote, to the address of something that was sent. */
static void
mail_back_note(struct mail_job *j)
{
	char		num[24];
	struct pg_param p[2];

	snprintf(num, sizeof num, "%lld", (long long)j->event.sent);
	p[0] = pgparam_str(num);
	p[1] = pgparam_str(j->event.facts);
	mail_note(j, ST_LETTER_BACK, p);
}

/* Parsed: classify it. */
static void
mail_job_file(struct mail_job *j)
{
	struct daemon  *d = j->m->d;
	struct mailtest test;

	if (j->event.quarantine != NULL)
		stats_add(COUNT_QUARANTINED, 1);
	if (j->event.no_room)
		mail_job_later(j, SMTP_FULL);
	else if (d->rules == NULL || !event_finish(&j->event, d->rules))
		mail_job_later(j, SMTP_LATER);
	else if (mailtest_read(&test, &j->event, &j->env))
		mail_test_note(j, &test);
	else if (j->event.sent != 0 && j->event.automatic)
		mail_back_note(j);
	else
		mail_job_take(j);
}

static void
mail_job_work(void *arg)
{
	struct mail_job *j = arg;
	uint8_t		 sum[SHA256_LEN];
	char		 digest[2 * SHA256_LEN + 1];

	/* OpenSSL's is some times faster than the one that desk/ may use. */
	if (sha256(sum, j->source.p, j->source.n)) {
		hex_put(digest, sum, sizeof sum);
		j->env.digest = digest;
	}
	mail_parse(&j->event, j->source.p, j->source.n, &j->env);
	j->env.digest = NULL;
}

static void
mail_job_done(void *arg)
{
	struct mail_job *j = arg;
	struct mailin	*m = j->m;

	m->parsing--;
	if (m->server != NULL) {
		mail_job_file(j);
		return;
	}
	event_drop(&j->event);
	mail_job_free(j);
	if (m->closed && m->parsing == 0)
		free(m);
}

void
mailin_mail(void *arg, const struct smtp_mail *mail)
{
	struct mailin	      *m = arg;
	const struct settings *s = m->d->settings;
	struct mail_job	      *j;
	size_t		       i;

	j = xcalloc(1, sizeof *j);
	j->m = m;
	j->id = mail->id;
	j->source = mail->source;
	j->sender = xstrdup(mail->sender);
	j->rcpts = xcalloc(mail->nrcpts, sizeof *j->rcpts);
	for (i = 0; i < mail->nrcpts; i++)
		j->rcpts[i] = xstrdup(mail->rcpts[i]);
	j->authserv =
	    s->authserv_id[0] != '\0' ? xstrdup(s->authserv_id) : NULL;
	/* The daemon's own may be read anew while a thread is at work. */
	memcpy(j->key, m->d->token_key, sizeof j->key);
	clock_rfc3339(j->at, sizeof j->at, clock_wall());
	j->env = (struct mail_env){ .sender = j->sender,
		.rcpts = (const char *const *)j->rcpts,
		.nrcpts = mail->nrcpts,
		.at = j->at,
		.added = mail->added,
		.authserv = j->authserv,
		.key = j->key,
		.keylen = sizeof j->key };
	event_begin(&j->event, mail_arena_cap(j->source.n));
	list_append(&m->come, &j->link);
}

void
mailin_turn(struct mailin *m)
{
	struct mail_job *j;
	struct link	*l;

	while ((l = list_shift(&m->come)) != NULL) {
		j = list_of(l, struct mail_job, link);
		if (j->source.n <= DAEMON_THREAD_BYTES) {
			mail_job_work(j);
			mail_job_file(j);
		} else if (jobs_ask(
			       m->d->jobs, mail_job_work, mail_job_done, j)) {
			m->parsing++;
		} else {
			event_drop(&j->event);
			smtp_answer(m->server, j->id, SMTP_LATER, NULL);
			mail_job_free(j);
		}
	}
}

static void
mail_note_drop(uint64_t id, void *what, void *arg)
{
	struct mail_job *j = what;

	(void)arg;
	idmap_drop(&noting, id);
	event_drop(&j->event);
	mail_job_free(j);
}

void
mailin_close(struct mailin *m)
{
	struct mail_job *j;
	struct link	*l;

	m->server = NULL;
	m->closed = true;
	while ((l = list_shift(&m->come)) != NULL) {
		j = list_of(l, struct mail_job, link);
		event_drop(&j->event);
		mail_job_free(j);
	}
	idmap_each(&noting, mail_note_drop, NULL);
	idmap_free(&noting);
	if (m->parsing == 0)
		free(m);
}
