/*
 * The courier's mail; see courier_mail.h.  What a thread and the loop both
 * touch of a mail is under the mailer's lock; a stopped mail's bytes are not
 * read again once mailer_stop() has returned.
 */
#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/idmap.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "courier_mail.h"
#include "courier_smtp.h"

#define MAILER_THREADS 4
#define MAILER_WAITING 64
struct mailer {
	struct event   *told;
	struct idmap	mails;
	size_t		nmails;
	pthread_mutex_t lock;
	pthread_cond_t more, moved; /* for the threads; for a mail at its end */
	struct list    waiting, ended, readies;
	unsigned       nthreads, idle;
	bool	       closing;
	int	       fd;
	pthread_t      threads[MAILER_THREADS];
};

static struct mail *
mail_of(struct link *l)
{
	return (l != NULL ? list_of(l, struct mail, link) : NULL);
}

static void
mail_free(struct mail *m)
{
	curl_slist_free_all(m->rcpts);
	free(m->url);
	free(m->ca);
	free(m->user);
	if (m->password != NULL)
		explicit_bzero(m->password, strlen(m->password));
	free(m->password);
	free(m->from);
	buf_free(&m->words);
	free(m);
}

static void
mailer_tell(struct mailer *ml)
{
	uint64_t one = 1;

	if (write(ml->fd, &one, sizeof one) == -1)
		log_warn("courier tell: eventfd not written");
}

/* ---- in a thread */

/* Waits at the mail's end until the loop lets it go; false: it must not. */
static bool
mail_wait(struct mail *m)
{
	struct mailer  *ml = m->mailer;
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += m->timeout_ms / 1000 + 1;
	list_append(&ml->readies, &m->readies);
	mailer_tell(ml);
	while (!m->go_on && !m->stopped && !ml->closing)
		if (pthread_cond_timedwait(&ml->moved, &ml->lock, &until) != 0)
			break;
	if (m->readies.on != NULL)
		list_remove(&ml->readies, &m->readies);
	return (m->go_on && !m->stopped && !ml->closing);
}

size_t
mail_read(char *out, size_t one, size_t n, void *arg)
{
	struct mail *m = arg;
	size_t	     left;

	n *= one;
	pthread_mutex_lock(&m->mailer->lock);
	left = m->n - m->at;
	if (m->stopped || m->mailer->closing)
		n = CURL_READFUNC_ABORT;
	else if (left > MAIL_TAIL) {
		if (n > left - MAIL_TAIL)
			n = left - MAIL_TAIL;
		memcpy(out, m->bytes + m->at, n);
		m->at += n;
	} else if (left > 0) {
		if (!mail_wait(m))
			n = CURL_READFUNC_ABORT;
		else {
			m->phase = PHASE_LET_GO;
			m->status = 0;
			buf_reset(&m->words);
			n = left;
			memcpy(out, m->bytes + m->at, n);
			m->at += n;
		}
	} else
		n = 0;
	pthread_mutex_unlock(&m->mailer->lock);
	return (n);
}

int
mail_progress(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	struct mail *m = arg;
	bool	     stop;

	(void)a;
	(void)b;
	(void)c;
	(void)d;
	pthread_mutex_lock(&m->mailer->lock);
	stop = m->stopped || m->mailer->closing;
	pthread_mutex_unlock(&m->mailer->lock);
	return (stop ? 1 : 0);
}

static void *
mailer_main(void *arg)
{
	struct mailer *ml = arg;
	struct mail   *m;
	CURL	      *easy = curl_easy_init();

	if (easy == NULL)
		fatal("libcurl: no memory to start");
	pthread_mutex_lock(&ml->lock);
	for (;;) {
		ml->idle++;
		while ((m = mail_of(list_shift(&ml->waiting))) == NULL &&
		    !ml->closing)
			pthread_cond_wait(&ml->more, &ml->lock);
		ml->idle--;
		if (m == NULL)
			break;
		pthread_mutex_unlock(&ml->lock);
		mail_run(m, easy);
		pthread_mutex_lock(&ml->lock);
		list_append(&ml->ended, &m->link);
		mailer_tell(ml);
	}
	pthread_mutex_unlock(&ml->lock);
	/* It says QUIT, and waits so long for the answer. */
	curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, 1L);
	curl_easy_setopt(easy, CURLOPT_VERBOSE, 0L);
	curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 1L);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, NULL);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, NULL);
	curl_easy_cleanup(easy);
	return (NULL);
}

/* ---- on the loop */

static void
mailer_forget(struct mailer *ml, struct mail *m)
{
	idmap_drop(&ml->mails, m->id);
	ml->nmails--;
	mail_free(m);
}

static void
mail_tell_end(struct mailer *ml, struct mail *m)
{
	struct courier_result r = { .how = m->how,
		.status = m->status,
		.words = m->words.n != 0 ? m->words.p : "",
		.body = "" };

	if (!m->stopped)
		m->got(m->arg, m->ref, &r);
	mailer_forget(ml, m);
}

static void
mailer_told(evutil_socket_t fd, short what, void *arg)
{
	struct mailer *ml = arg;
	struct link   *l;
	struct mail   *m;
	uint64_t       n;

	(void)what;
	if (read((int)fd, &n, sizeof n) == -1)
		n = 0; /* nothing was told: the lists are still right */
	for (;;) {
		pthread_mutex_lock(&ml->lock);
		if ((l = list_shift(&ml->readies)) != NULL) {
			m = list_of(l, struct mail, readies);
			pthread_mutex_unlock(&ml->lock);
			/* Only this thread frees it. */
			if (!m->stopped)
				m->ready(m->arg, m->ref);
			continue;
		}
		m = mail_of(list_shift(&ml->ended));
		pthread_mutex_unlock(&ml->lock);
		if (m == NULL)
			break;
		mail_tell_end(ml, m);
	}
}

struct mailer *
mailer_open(struct event_base *base)
{
	pthread_condattr_t steady;
	struct mailer	  *ml;

	ml = xcalloc(1, sizeof *ml);
	pthread_mutex_init(&ml->lock, NULL);
	pthread_cond_init(&ml->more, NULL);
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_cond_init(&ml->moved, &steady);
	pthread_condattr_destroy(&steady);
	ml->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (ml->fd == -1)
		fatal("courier open: no eventfd");
	ml->told =
	    event_new(base, ml->fd, EV_READ | EV_PERSIST, mailer_told, ml);
	if (ml->told == NULL || event_add(ml->told, NULL) == -1)
		fatal("event loop: cannot watch %d", ml->fd);
	return (ml);
}

/* One more thread, when there is work for it. */
static void
mailer_hire(struct mailer *ml)
{
	sigset_t all, old;

	if (ml->nthreads == MAILER_THREADS || ml->idle >= ml->waiting.count)
		return;
	/* Signals are the loop's business. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	if (pthread_create(&ml->threads[ml->nthreads], NULL, mailer_main, ml) ==
	    0)
		ml->nthreads++;
	else
		log_warn("courier: no thread for mail");
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

/* An address that says nothing but an address to an SMTP server. */
static bool
address_ok(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s <= 0x20 || *s == 0x7f || *s == '<' ||
		    *s == '>')
			return (false);
	return (true);
}

static bool
mail_rcpts(struct mail *m, const struct courier_mail *conf)
{
	struct curl_slist *l;
	size_t		   i;

	if (!address_ok(conf->from) || conf->nrcpts == 0)
		return (false);
	for (i = 0; i < conf->nrcpts; i++) {
		if (conf->rcpts[i][0] == '\0' || !address_ok(conf->rcpts[i]))
			return (false);
		l = curl_slist_append(m->rcpts, conf->rcpts[i]);
		if (l == NULL)
			return (false);
		m->rcpts = l;
	}
	return (true);
}

/* Where it goes; the path is the name that we greet with. */
static char *
mail_url(const struct courier_mail *conf)
{
	struct buf b;
	char	  *helo = curl_easy_escape(NULL, conf->helo, 0), *url;

	buf_init(&b, 0);
	buf_printf(&b, "%s/%s", conf->url, helo != NULL ? helo : "");
	curl_free(helo);
	url = buf_take(&b, NULL);
	return (url);
}

static char *
copy(const char *s)
{
	return (s != NULL ? xstrdup(s) : NULL);
}

uint64_t
mailer_send(struct mailer *ml, const struct courier_mail *conf,
    courier_ready *ready, courier_got *got, void *arg, uint64_t ref)
{
	struct mail *m;

	if (ml->nmails >= MAILER_WAITING || conf->n <= MAIL_TAIL ||
	    conf->timeout_ms <= 0)
		return (0);
	m = xcalloc(1, sizeof *m);
	buf_init(&m->words, 1000);
	if (!mail_rcpts(m, conf)) {
		mail_free(m);
		return (0);
	}
	m->mailer = ml;
	m->ref = ref;
	m->ready = ready;
	m->got = got;
	m->arg = arg;
	m->url = mail_url(conf);
	m->ca = copy(conf->ca);
	m->user = copy(conf->user);
	m->password = copy(conf->password);
	m->from = xstrdup(conf->from);
	m->starttls = conf->starttls;
	m->timeout_ms = conf->timeout_ms;
	m->bytes = conf->bytes;
	m->n = conf->n;
	m->size = mail_size(m->bytes, m->n);
	m->id = idmap_add(&ml->mails, m);
	ml->nmails++;
	pthread_mutex_lock(&ml->lock);
	list_append(&ml->waiting, &m->link);
	mailer_hire(ml);
	pthread_cond_signal(&ml->more);
	pthread_mutex_unlock(&ml->lock);
	return (m->id);
}

void
mailer_go_on(struct mailer *ml, uint64_t id)
{
	struct mail *m = idmap_get(&ml->mails, id);

	if (m == NULL)
		return;
	pthread_mutex_lock(&ml->lock);
	m->go_on = true;
	pthread_cond_broadcast(&ml->moved);
	pthread_mutex_unlock(&ml->lock);
}

void
mailer_stop(struct mailer *ml, uint64_t id)
{
	struct mail *m = idmap_get(&ml->mails, id);
	bool	     mine;

	if (m == NULL)
		return;
	pthread_mutex_lock(&ml->lock);
	m->stopped = true;
	mine = m->link.on == &ml->waiting;
	if (mine)
		list_remove(&ml->waiting, &m->link);
	pthread_cond_broadcast(&ml->moved);
	pthread_mutex_unlock(&ml->lock);
	if (mine)
		mailer_forget(ml, m);
}

size_t
mailer_busy(const struct mailer *ml)
{
	return (ml->nmails);
}

static void
mail_drop(uint64_t id, void *m, void *ml)
{
	(void)id;
	mailer_forget(ml, m);
}

void
mailer_close(struct mailer *ml)
{
	struct mail *m;
	unsigned     i;

	pthread_mutex_lock(&ml->lock);
	ml->closing = true;
	while ((m = mail_of(list_shift(&ml->waiting))) != NULL)
		mailer_forget(ml, m);
	pthread_cond_broadcast(&ml->more);
	pthread_cond_broadcast(&ml->moved);
	pthread_mutex_unlock(&ml->lock);
	for (i = 0; i < ml->nthreads; i++)
		pthread_join(ml->threads[i], NULL);
	idmap_each(&ml->mails, mail_drop, ml);
	idmap_free(&ml->mails);
	event_free(ml->told);
	close(ml->fd);
	pthread_mutex_destroy(&ml->lock);
	pthread_cond_destroy(&ml->more);
	pthread_cond_destroy(&ml->moved);
	free(ml);
}
