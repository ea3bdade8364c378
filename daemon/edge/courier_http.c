/*
 * HTTP requests; see courier_http.h.
 */
#include <curl/curl.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/idmap.h"
#include "base/log.h"
#include "base/mem.h"
#include "courier_guard.h"
#include "courier_http.h"

#define POSTS_MAX      1024 /* under way and waiting for a connection */
#define POSTS_HOST     4    /* at once to one host */
#define POSTS_TOTAL    64
#define CONNECT_MAX_MS 10000
#define ANSWER_MAX     65536 /* when the caller names no cap */

struct poster {
	struct event_base *base;
	CURLM		  *multi;
	struct event	  *timer;
	struct idmap	   posts;
	size_t		   nposts;
	char		  *allowed;
};

struct post {
	struct poster	  *poster;
	uint64_t	   id, ref;
	courier_got	  *got;
	void		  *arg;
	CURL		  *easy;
	struct curl_slist *headers;
	struct buf	   answer;
	bool		   guard;
	bool		   barred; /* the guard said no */
	char		  *allowed;
	char		   error[CURL_ERROR_SIZE];
};

static void
post_free(struct post *p)
{
	if (p->easy != NULL)
		curl_easy_cleanup(p->easy);
	curl_slist_free_all(p->headers);
	buf_free(&p->answer);
	free(p->allowed);
	free(p);
}

/*
 * Before an answer a lost connection means that the request may have been
 * read; before the request was sent, that it was not.
 */
static enum courier_how
post_how(struct post *p, CURLcode result, long status)
{
	curl_off_t sent = 0;
	long	   request = 0;

	if (status >= 200 && status < 300)
		return (COURIER_DONE);
	if (status == 408 || status == 425 || status == 429 || status >= 500)
		return (COURIER_LATER);
	if (status >= 300)
		return (COURIER_NEVER);
	curl_easy_getinfo(p->easy, CURLINFO_SIZE_UPLOAD_T, &sent);
	curl_easy_getinfo(p->easy, CURLINFO_REQUEST_SIZE, &request);
	if (request > 0 || sent > 0)
		return (COURIER_UNKNOWN);
	return (p->barred || result == CURLE_URL_MALFORMAT ||
		    result == CURLE_UNSUPPORTED_PROTOCOL
		? COURIER_NEVER
		: COURIER_LATER);
}

static void
post_ended(struct post *p, CURLcode result)
{
	struct courier_result r = { .words = "" };
	char		      words[400];
	struct buf	      b;
	curl_off_t	      retry = 0;

	curl_easy_getinfo(p->easy, CURLINFO_RESPONSE_CODE, &r.status);
	curl_easy_getinfo(p->easy, CURLINFO_RETRY_AFTER, &retry);
	r.how = post_how(p, result, r.status);
	r.retry = retry > 0 && retry < 1000000 ? (long)retry : 0;
	r.body = p->answer.n != 0 ? p->answer.p : "";
	r.n = p->answer.n;
	buf_init(&b, 0);
	if (p->barred)
		buf_str(&b, "this address is not public");
	else if (r.status != 0) {
		buf_printf(&b, "%ld ", r.status);
		buf_shown(&b, r.body, r.n, 300);
	} else {
		const char *why =
		    p->error[0] != '\0' ? p->error : curl_easy_strerror(result);

		buf_shown(&b, why, strlen(why), 300);
	}
	snprintf(words, sizeof words, "%s", b.p);
	buf_free(&b);
	r.words = words;

	curl_multi_remove_handle(p->poster->multi, p->easy);
	idmap_drop(&p->poster->posts, p->id);
	p->poster->nposts--;
	p->got(p->arg, p->ref, &r);
	post_free(p);
}

/* What has ended is told when libcurl has returned to us. */
static void
poster_reap(struct poster *po)
{
	CURLMsg *m;
	void	*p;
	int	 left;

	while ((m = curl_multi_info_read(po->multi, &left)) != NULL) {
		CURLcode result = m->data.result;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &p);
		post_ended(p, result);
	}
}

static void
poster_ready(evutil_socket_t fd, short what, void *arg)
{
	struct poster *po = arg;
	int	       running;

	curl_multi_socket_action(po->multi, fd,
	    ((what & EV_READ) ? CURL_CSELECT_IN : 0) |
		((what & EV_WRITE) ? CURL_CSELECT_OUT : 0),
	    &running);
	poster_reap(po);
}

static void
poster_late(evutil_socket_t fd, short what, void *arg)
{
	struct poster *po = arg;
	int	       running;

	(void)fd;
	(void)what;
	curl_multi_socket_action(po->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	poster_reap(po);
}

/* libcurl wants to hear of this socket, or no more. */
static int
poster_watch(
    CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
	struct poster *po = arg;
	struct event  *ev = socket_arg;

	(void)easy;
	if (ev != NULL)
		event_free(ev);
	if (what == CURL_POLL_REMOVE) {
		curl_multi_assign(po->multi, fd, NULL);
		return (0);
	}
	ev = event_new(po->base, fd,
	    (short)(EV_PERSIST | ((what & CURL_POLL_IN) ? EV_READ : 0) |
		((what & CURL_POLL_OUT) ? EV_WRITE : 0)),
	    poster_ready, po);
	if (ev == NULL || event_add(ev, NULL) == -1)
		fatal("event loop: cannot watch %d", (int)fd);
	curl_multi_assign(po->multi, fd, ev);
	return (0);
}

static int
poster_alarm(CURLM *multi, long ms, void *arg)
{
	struct poster *po = arg;

	(void)multi;
	if (ms < 0)
		event_del(po->timer);
	else
		event_add(po->timer,
		    &(struct timeval){ ms / 1000, ms % 1000 * 1000 });
	return (0);
}

struct poster *
poster_open(struct event_base *base, const char *allowed)
{
	struct poster *po;

	po = xcalloc(1, sizeof *po);
	po->base = base;
	po->allowed = xstrdup(allowed);
	po->timer = evtimer_new(base, poster_late, po);
	po->multi = curl_multi_init();
	if (po->timer == NULL || po->multi == NULL)
		fatal("libcurl: no memory to start");
	curl_multi_setopt(po->multi, CURLMOPT_SOCKETFUNCTION, poster_watch);
	curl_multi_setopt(po->multi, CURLMOPT_SOCKETDATA, po);
	curl_multi_setopt(po->multi, CURLMOPT_TIMERFUNCTION, poster_alarm);
	curl_multi_setopt(po->multi, CURLMOPT_TIMERDATA, po);
	curl_multi_setopt(
	    po->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)POSTS_HOST);
	curl_multi_setopt(
	    po->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)POSTS_TOTAL);
	return (po);
}

/* The address is known by now: no second look-up can change it. */
static curl_socket_t
post_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct post *p = arg;

	if (purpose != CURLSOCKTYPE_IPCXN)
		return (CURL_SOCKET_BAD);
	if (p->guard && !courier_may_go(&a->addr, p->poster->allowed) &&
	    !courier_may_go(&a->addr, p->allowed)) {
		p->barred = true;
		return (CURL_SOCKET_BAD);
	}
	/* Of a host's several addresses this one will do. */
	p->barred = false;
	return (socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol));
}

/* Past the cap the rest is of no use: the answer ends there. */
static size_t
post_answer(char *bytes, size_t one, size_t n, void *arg)
{
	struct post *p = arg;
	size_t	     room = p->answer.cap - p->answer.n;

	n *= one;
	buf_add(&p->answer, bytes, n < room ? n : room);
	return (n <= room ? n : 0);
}

static bool
line_ok(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return (false);
	return (true);
}

static bool
post_headers(struct post *p, const struct courier_post *conf)
{
	struct curl_slist *l;
	size_t		   i;

	for (i = 0; i < conf->nheaders; i++) {
		if (!line_ok(conf->headers[i]))
			return (false);
		if ((l = curl_slist_append(p->headers, conf->headers[i])) ==
		    NULL)
			return (false);
		p->headers = l;
	}
	/* We do not wait for 100-continue. */
	if ((l = curl_slist_append(p->headers, "Expect:")) == NULL)
		return (false);
	p->headers = l;
	return (true);
}

static bool
post_setup(struct post *p, const struct courier_post *conf)
{
	CURL *e = p->easy;
	long  connect = conf->timeout_ms < CONNECT_MAX_MS
	     ? (long)conf->timeout_ms
	     : CONNECT_MAX_MS;
	bool  ok = true;

#define SET(opt, value) ok &= curl_easy_setopt(e, opt, value) == CURLE_OK
	SET(CURLOPT_PRIVATE, p);
	SET(CURLOPT_ERRORBUFFER, p->error);
	SET(CURLOPT_URL, conf->url);
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	SET(CURLOPT_PROXY, ""); /* none that the environment names */
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	/* On a used one that died, libcurl would send it again unasked. */
	SET(CURLOPT_FRESH_CONNECT, 1L);
	SET(CURLOPT_FORBID_REUSE, 1L);
	SET(CURLOPT_USERAGENT, "deskd");
	SET(CURLOPT_OPENSOCKETFUNCTION, post_socket);
	SET(CURLOPT_OPENSOCKETDATA, p);
	SET(CURLOPT_WRITEFUNCTION, post_answer);
	SET(CURLOPT_WRITEDATA, p);
	SET(CURLOPT_HTTPHEADER, p->headers);
	SET(CURLOPT_TIMEOUT_MS, (long)conf->timeout_ms);
	SET(CURLOPT_CONNECTTIMEOUT_MS, connect);
	if (conf->ca != NULL)
		SET(CURLOPT_CAINFO, conf->ca);
	if (conf->body != NULL) {
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)conf->n);
		SET(CURLOPT_COPYPOSTFIELDS, conf->body);
	}
	if (strcmp(conf->method, "GET") != 0 || conf->body != NULL)
		SET(CURLOPT_CUSTOMREQUEST, conf->method);
#undef SET
	return (ok);
}

uint64_t
poster_send(struct poster *po, const struct courier_post *conf,
    courier_got *got, void *arg, uint64_t ref)
{
	struct post *p;

	if (po->nposts >= POSTS_MAX || conf->timeout_ms <= 0 ||
	    !line_ok(conf->method) || !line_ok(conf->url))
		return (0);
	p = xcalloc(1, sizeof *p);
	p->poster = po;
	p->got = got;
	p->arg = arg;
	p->ref = ref;
	p->guard = conf->guard;
	p->allowed = xstrdup(conf->allowed != NULL ? conf->allowed : "");
	buf_init(
	    &p->answer, conf->max_answer != 0 ? conf->max_answer : ANSWER_MAX);
	p->easy = curl_easy_init();
	if (p->easy == NULL || !post_headers(p, conf) || !post_setup(p, conf) ||
	    curl_multi_add_handle(po->multi, p->easy) != CURLM_OK) {
		post_free(p);
		return (0);
	}
	po->nposts++;
	p->id = idmap_add(&po->posts, p);
	return (p->id);
}

static void
post_stop(uint64_t id, void *arg, void *unused)
{
	struct post   *p = arg;
	struct poster *po = p->poster;

	(void)unused;
	curl_multi_remove_handle(po->multi, p->easy);
	idmap_drop(&po->posts, id);
	po->nposts--;
	post_free(p);
}

void
poster_stop(struct poster *po, uint64_t id)
{
	struct post *p = idmap_get(&po->posts, id);

	if (p != NULL)
		post_stop(id, p, NULL);
}

size_t
poster_busy(const struct poster *po)
{
	return (po->nposts);
}

void
poster_close(struct poster *po)
{
	idmap_each(&po->posts, post_stop, NULL);
	idmap_free(&po->posts);
	curl_multi_cleanup(po->multi);
	event_free(po->timer);
	free(po->allowed);
	free(po);
}
