/*
 * A link to one Asterisk; see amilink.h.  Each state stands once in
 * link_enter(), what we do on arriving there, and once in link_take(), what
 * the peer's words mean in it.
 */
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/dns.h>
#include <event2/event.h>
#include <event2/util.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "amilink.h"
#include "base/hex.h"
#include "base/log.h"
#include "base/mem.h"
#include "desk/ami.h"

#define PORT	    5038
#define STEP_S	    10 /* to connect, and for each answer until we are up */
#define PING_S	    5
#define SILENT_S    12 /* nothing came, whatever we asked */
#define BACKOFF_MAX 60
#define READ_MAX    (4 * AMI_MESSAGE_MAX)
/* What telephone calls are told by; others would only be read and dropped. */
#define EVENT_CLASSES "call,agent,cdr"

enum link_state { DOWN, CONNECTING, BANNER, CHALLENGE, LOGIN, UP };

struct amilink {
	struct amilink_conf conf;
	char		   *host;
	int		    port;
	struct event_base  *base;
	struct evdns_base  *dns;
	struct bufferevent *bev;
	struct event	   *timer; /* the next try, or the next ping */
	enum link_state	    state;
	bool		    skipping; /* within a message that is too long */
	int		    backoff;  /* s */
	int		    silent;   /* s since something came */
	char		    why[200];
	struct ami_message  message;
};

static void link_enter(struct amilink *, enum link_state);

static void
link_timer(struct amilink *l, int seconds)
{
	struct timeval tv = { seconds, 0 };

	evtimer_add(l->timer, &tv);
}

/* The peer's fault or ours: said once until it is another. */
static void
link_drop(struct amilink *l, const char *why)
{
	if (strcmp(l->why, why) != 0)
		log_warn("asterisk %s: %s", l->conf.name, why);
	snprintf(l->why, sizeof l->why, "%s", why);
	link_enter(l, DOWN);
}

static void
link_say(struct amilink *l, const char *action, const char *more)
{
	evbuffer_add_printf(bufferevent_get_output(l->bev),
	    "Action: %s\r\nActionID: %s\r\n%s\r\n", action, action, more);
}

/* The answer to a challenge: MD5 of it and the secret, in hexadecimal. */
static bool
link_key(const struct amilink *l, const char *challenge, char hex[33])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned      n = 0;
	EVP_MD_CTX   *md = EVP_MD_CTX_new();
	bool	      good;

	good = md != NULL && EVP_DigestInit_ex(md, EVP_md5(), NULL) == 1 &&
	    EVP_DigestUpdate(md, challenge, strlen(challenge)) == 1 &&
	    EVP_DigestUpdate(md, l->conf.secret, strlen(l->conf.secret)) == 1 &&
	    EVP_DigestFinal_ex(md, digest, &n) == 1 && n == 16;
	EVP_MD_CTX_free(md);
	if (good)
		hex_put(hex, digest, n);
	return (good);
}

static void
link_login(struct amilink *l, const char *challenge)
{
	char more[400], key[33];

	if (!link_key(l, challenge, key)) {
		link_drop(l, "this OpenSSL has no MD5, which its login needs");
		return;
	}
	snprintf(more, sizeof more,
	    "AuthType: MD5\r\nUsername: %s\r\nKey: %s\r\n"
	    "Events: " EVENT_CLASSES "\r\n",
	    l->conf.user, key);
	link_say(l, "Login", more);
}

/* An answer to one of our actions. */
static void
link_answered(struct amilink *l, const struct ami_message *m)
{
	const char *id = ami_get(m, "ActionID");
	bool	    good = !ami_is(m, "Response", "Error");

	if (l->state == CHALLENGE && strcmp(id, "Challenge") == 0) {
		if (!good || *ami_get(m, "Challenge") == '\0') {
			link_drop(l, "it gives no challenge to log in by");
			return;
		}
		link_enter(l, LOGIN);
		link_login(l, ami_get(m, "Challenge"));
	} else if (l->state == LOGIN && strcmp(id, "Login") == 0) {
		if (good)
			link_enter(l, UP);
		else
			link_drop(l, "it refuses the user or the secret");
	} else if (l->state == UP && strcmp(id, "CoreShowChannels") == 0 &&
	    !good)
		log_warn("asterisk %s: it does not list its channels: the "
			 "user needs read = call,system,reporting",
		    l->conf.name);
}

static void
link_message(struct amilink *l, const struct ami_message *m)
{
	if (*ami_get(m, "Response") != '\0')
		link_answered(l, m);
	else if (l->state == UP && *ami_get(m, "Event") != '\0')
		l->conf.event(l->conf.arg, m);
}

/* Takes what stands at the head of the bytes; how many, or AMI_BAD. */
static ssize_t
link_take(struct amilink *l, const char *s, size_t n)
{
	ssize_t took;
	bool	over;

	if (l->state == BANNER) {
		if ((took = ami_banner(s, n)) > 0)
			link_enter(l, CHALLENGE);
		return (took);
	}
	if (l->skipping) {
		took = (ssize_t)ami_skip(s, n, &over);
		l->skipping = !over;
		return (took);
	}
	took = ami_parse(&l->message, s, n);
	if (took == AMI_BAD) {
		log_warn("asterisk %s: a message of more than %d bytes is "
			 "left out",
		    l->conf.name, AMI_MESSAGE_MAX);
		l->skipping = true;
		return (0);
	}
	if (took > 0)
		link_message(l, &l->message);
	return (took);
}

static void
link_read(struct bufferevent *bev, void *arg)
{
	struct amilink	*l = arg;
	struct evbuffer *in = bufferevent_get_input(bev);
	ssize_t		 took;
	size_t		 n;
	bool		 was;

	l->silent = 0;
	for (;;) {
		n = evbuffer_get_length(in);
		if (n == 0)
			break;
		if (n > AMI_MESSAGE_MAX)
			n = AMI_MESSAGE_MAX;
		was = l->skipping;
		took = link_take(l, (char *)evbuffer_pullup(in, (ssize_t)n), n);
		if (l->bev != bev)
			return; /* dropped meanwhile */
		if (took < 0) {
			link_drop(l, "this is no Asterisk's manager port");
			return;
		}
		if (took == 0 && l->skipping == was)
			break;
		evbuffer_drain(in, (size_t)took);
	}
}

static void
link_event(struct bufferevent *bev, short what, void *arg)
{
	struct amilink *l = arg;
	char		why[160];
	int		one = 1;

	if (what & BEV_EVENT_CONNECTED) {
		setsockopt(bufferevent_getfd(bev), IPPROTO_TCP, TCP_NODELAY,
		    &one, sizeof one);
		link_enter(l, BANNER);
		return;
	}
	if (what & BEV_EVENT_TIMEOUT)
		snprintf(why, sizeof why, "no answer");
	else if (what & BEV_EVENT_EOF)
		snprintf(why, sizeof why, "it hung up");
	else if (bufferevent_socket_get_dns_error(bev) != 0)
		snprintf(why, sizeof why, "its name is unknown");
	else
		snprintf(why, sizeof why, "%s",
		    evutil_socket_error_to_string(EVUTIL_SOCKET_ERROR()));
	link_drop(l, why);
}

static void
link_connect(struct amilink *l)
{
	struct timeval step = { STEP_S, 0 };

	/* Deferred: no callback comes from within a call of ours. */
	l->bev = bufferevent_socket_new(
	    l->base, -1, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
	if (l->bev == NULL)
		fatal("asterisk %s: no memory for a link", l->conf.name);
	bufferevent_setcb(l->bev, link_read, NULL, link_event, l);
	bufferevent_setwatermark(l->bev, EV_READ, 0, READ_MAX);
	bufferevent_set_timeouts(l->bev, &step, &step);
	bufferevent_enable(l->bev, EV_READ | EV_WRITE);
	/* What fails at once is told by link_event(), from the loop. */
	if (bufferevent_socket_connect_hostname(
		l->bev, l->dns, AF_UNSPEC, l->host, l->port) == -1)
		link_timer(l, 1);
}

static void
link_enter(struct amilink *l, enum link_state next)
{
	l->state = next;
	switch (next) {
	case DOWN:
		if (l->bev != NULL)
			bufferevent_free(l->bev);
		l->bev = NULL;
		l->skipping = false;
		link_timer(l, l->backoff);
		l->backoff =
		    l->backoff * 2 < BACKOFF_MAX ? l->backoff * 2 : BACKOFF_MAX;
		break;
	case CONNECTING:
		link_connect(l);
		break;
	case BANNER:
	case LOGIN:
		break;
	case CHALLENGE:
		link_say(l, "Challenge", "AuthType: MD5\r\n");
		break;
	case UP:
		log_info("asterisk %s: logged in", l->conf.name);
		l->why[0] = '\0';
		l->backoff = 1;
		l->silent = 0;
		bufferevent_set_timeouts(l->bev, NULL, NULL);
		link_timer(l, PING_S);
		l->conf.up(l->conf.arg);
		link_say(l, "CoreShowChannels", "");
		break;
	}
}

static void
link_tick(evutil_socket_t fd, short what, void *arg)
{
	struct amilink *l = arg;

	(void)fd;
	(void)what;
	switch (l->state) {
	case DOWN:
		link_enter(l, CONNECTING);
		break;
	case UP:
		l->silent += PING_S;
		if (l->silent > SILENT_S) {
			link_drop(l, "nothing comes any more");
			break;
		}
		link_say(l, "Ping", "");
		link_timer(l, PING_S);
		break;
	default:
		link_drop(l, "it cannot be reached");
		break;
	}
}

/* "host", "host:port", "[v6]:port" */
static bool
host_read(struct amilink *l, const char *at)
{
	const char *host = at, *end = at + strlen(at), *colon;
	char	   *rest;
	long	    port = PORT;

	colon = strrchr(at, ':');
	if (*at == '[') {
		host = at + 1;
		if ((end = strchr(at, ']')) == NULL)
			return (false);
		colon = end[1] == ':' ? end + 1 : NULL;
		if (colon == NULL && end[1] != '\0')
			return (false);
	} else if (colon != NULL)
		end = colon;
	if (colon != NULL) {
		port = strtol(colon + 1, &rest, 10);
		if (*rest != '\0' || rest == colon + 1)
			return (false);
	}
	if (end == host || port < 1 || port > 65535)
		return (false);
	l->host = xstrndup(host, (size_t)(end - host));
	l->port = (int)port;
	return (true);
}

struct amilink *
amilink_open(struct event_base *base, struct evdns_base *dns,
    const struct amilink_conf *conf, const char **wrong)
{
	struct amilink *l;

	l = xcalloc(1, sizeof *l);
	if (!host_read(l, conf->host) || !ami_sayable(conf->user) ||
	    strlen(conf->user) > 200) {
		*wrong = "host is none, or user is no name";
		free(l);
		return (NULL);
	}
	l->conf = *conf;
	l->conf.host = NULL;
	l->conf.name = xstrdup(conf->name);
	l->conf.user = xstrdup(conf->user);
	l->conf.secret = xstrdup(conf->secret);
	l->base = base;
	l->dns = dns;
	l->backoff = 1;
	l->timer = evtimer_new(base, link_tick, l);
	link_timer(l, 0);
	return (l);
}

bool
amilink_up(const struct amilink *l)
{
	return (l->state == UP);
}

const char *
amilink_wrong(const struct amilink *l)
{
	return (l->why);
}

void
amilink_close(struct amilink *l)
{
	if (l->bev != NULL)
		bufferevent_free(l->bev);
	event_free(l->timer);
	free((char *)l->conf.name);
	free((char *)l->conf.user);
	explicit_bzero((char *)l->conf.secret, strlen(l->conf.secret));
	free((char *)l->conf.secret);
	free(l->host);
	free(l);
}
