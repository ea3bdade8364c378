/*
 * A listening socket and how many came in by it; see conn.h.
 *
 * When the process has no descriptor left, accept() fails and the socket
 * stays readable: a loop would spin.  So one descriptor is kept in reserve;
 * with it the peer is taken, told that we are busy, and let go, and then
 * accepting pauses until a connection has ended or a moment has passed.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/event_struct.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "listen.h"

#define LISTEN_MAX  10240 /* connections, when the caller names none */
#define LISTEN_TURN 64	  /* accepted at once, before others' turn */
#define LISTEN_PAUSE      \
	{                 \
		0, 200000 \
	}
#define LISTEN_BUCKETS 256

/* An address (IPv6: its /64) and how many connections it has. */
struct listen_peer {
	struct listen_peer *next;
	uint8_t		    key[16];
	unsigned	    n;
};

struct listener {
	struct event_base  *base;
	struct listen_conf  conf;
	char		   *path; /* of a unix socket */
	struct stat	    made; /* as we made it */
	struct event	    ready;
	struct event	    pause;
	struct list	    seats;
	struct listen_peer *peers[LISTEN_BUCKETS];
	int		    fd;
	int		    port;
	bool		    paused;
	bool		    closed; /* freed with its last connection */
};

union address {
	struct sockaddr		sa;
	struct sockaddr_in	in;
	struct sockaddr_in6	in6;
	struct sockaddr_un	un;
	struct sockaddr_storage any;
};

/* The descriptor kept for telling somebody that there is none. */
static int listen_reserve = -1;

/* ---- who came */

static bool
peer_key(uint8_t key[16], const union address *a)
{
	memset(key, 0, 16);
	switch (a->sa.sa_family) {
	case AF_INET:
		memcpy(key + 12, &a->in.sin_addr, 4);
		return (true);
	case AF_INET6:
		/* One house has a whole /64; an IPv4 peer is one address. */
		memcpy(key, &a->in6.sin6_addr,
		    IN6_IS_ADDR_V4MAPPED(&a->in6.sin6_addr) ? 16 : 8);
		return (true);
	default:
		return (false);
	}
}

static struct listen_peer **
peer_place(struct listener *l, const uint8_t key[16])
{
	struct listen_peer **p;
	unsigned	     i, h = 0;

	for (i = 0; i < 16; i++)
		h = h * 31 + key[i];
	for (p = &l->peers[h % LISTEN_BUCKETS]; *p != NULL; p = &(*p)->next)
		if (memcmp((*p)->key, key, 16) == 0)
			break;
	return (p);
}

/* Counts the peer in; false when he has as many as he may. */
static bool
peer_enter(struct listener *l, const union address *a, struct listen_peer **out)
{
	struct listen_peer **p;
	uint8_t		     key[16];

	*out = NULL;
	if (l->conf.max_peer == 0 || !peer_key(key, a))
		return (true);
	p = peer_place(l, key);
	if (*p == NULL) {
		*p = xcalloc(1, sizeof **p);
		memcpy((*p)->key, key, sizeof key);
	}
	if ((*p)->n >= l->conf.max_peer)
		return (false);
	(*p)->n++;
	*out = *p;
	return (true);
}

static void
peer_leave(struct listener *l, struct listen_peer *peer)
{
	struct listen_peer **p;

	if (peer == NULL || --peer->n > 0)
		return;
	p = peer_place(l, peer->key);
	*p = peer->next;
	free(peer);
}

static const char *
peer_name(const union address *a, char *out, size_t size)
{
	const uint8_t *six;

	switch (a->sa.sa_family) {
	case AF_INET:
		inet_ntop(AF_INET, &a->in.sin_addr, out, (socklen_t)size);
		break;
	case AF_INET6:
		six = a->in6.sin6_addr.s6_addr;
		if (IN6_IS_ADDR_V4MAPPED(&a->in6.sin6_addr))
			inet_ntop(AF_INET, six + 12, out, (socklen_t)size);
		else
			inet_ntop(AF_INET6, six, out, (socklen_t)size);
		break;
	default:
		snprintf(out, size, "unix");
	}
	return (out);
}

/* ---- taking connections */

static void
listen_pause(struct listener *l)
{
	static const struct timeval tv = LISTEN_PAUSE;

	if (l->paused)
		return;
	l->paused = true;
	event_del(&l->ready);
	evtimer_add(&l->pause, &tv);
}

static void
listen_resume(struct listener *l)
{
	if (!l->paused)
		return;
	l->paused = false;
	evtimer_del(&l->pause);
	if (l->fd != -1)
		event_add(&l->ready, NULL);
}

static void
listen_paused(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	listen_resume(arg);
}

/* One too many: says so if there are words for it, and lets go. */
static void
listen_refuse(struct listener *l, int fd)
{
	const char *words = l->conf.busy;

	if (words != NULL && l->conf.tls == NULL)
		(void)!send(
		    fd, words, strlen(words), MSG_DONTWAIT | MSG_NOSIGNAL);
	close(fd);
}

static void
listen_no_fd(struct listener *l)
{
	int fd;

	log_warn("listen %s: no file descriptor left (%zu connections)",
	    l->conf.at, l->seats.count);
	close(listen_reserve);
	if ((fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC)) != -1)
		listen_refuse(l, fd);
	listen_reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
	listen_pause(l);
}

static int64_t
listen_uid(int fd)
{
	struct ucred who;
	socklen_t    n = sizeof who;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) == -1)
		return (-1);
	return ((int64_t)who.uid);
}

static void
listen_take(struct listener *l, int fd, const union address *a)
{
	char		  peer[INET6_ADDRSTRLEN];
	struct conn_birth b = { .base = l->base,
		.kind = l->conf.kind,
		.tls = l->conf.tls,
		.accept = l->conf.accept,
		.arg = l->conf.arg,
		.peer = peer_name(a, peer, sizeof peer),
		.uid = a->sa.sa_family == AF_UNIX ? listen_uid(fd) : -1,
		.seat = { .listener = l },
		.fd = fd };

	if (l->seats.count >= l->conf.max || !peer_enter(l, a, &b.seat.peer)) {
		log_debug("listen %s: refused %s (%zu connections)", l->conf.at,
		    peer, l->seats.count);
		listen_refuse(l, fd);
		return;
	}
	if (!conn_open(&b))
		log_debug("listen %s: not taken: %s", l->conf.at, peer);
}

static void
listen_ready(evutil_socket_t sock, short what, void *arg)
{
	struct listener *l = arg;
	union address	 a;
	socklen_t	 n;
	int		 fd, i;

	(void)what;
	clock_tick();
	for (i = 0; i < LISTEN_TURN && l->fd != -1; i++) {
		n = sizeof a;
		memset(&a, 0, sizeof a.sa);
		fd = accept4(sock, &a.sa, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd != -1) {
			listen_take(l, fd, &a);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE)
			listen_no_fd(l);
		else if (errno == ENOBUFS || errno == ENOMEM)
			listen_pause(l);
		/* Else EAGAIN, or one who left before he was taken. */
		return;
	}
}

/* ---- the socket */

/* A socket file that nobody answers behind is a dead daemon's. */
static bool
listen_unlink_stale(const union address *a, socklen_t n, const char **wrong)
{
	struct stat st;
	int	    fd, rc, err;

	if (lstat(a->un.sun_path, &st) == -1)
		return (true);
	*wrong = "a file that is no socket has that path";
	if (!S_ISSOCK(st.st_mode))
		return (false);
	*wrong = "somebody listens on that path";
	if ((fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) == -1)
		return (false);
	rc = connect(fd, &a->sa, n);
	err = errno;
	close(fd);
	if (rc == 0 || err != ECONNREFUSED)
		return (false);
	return (unlink(a->un.sun_path) == 0);
}

static bool
listen_unix(
    struct listener *l, union address *a, socklen_t *n, const char **wrong)
{
	const char *path = l->conf.at + strlen("unix:");

	*wrong = "the path is empty or too long for a unix socket";
	if (*path == '\0' || strlen(path) >= sizeof a->un.sun_path)
		return (false);
	a->un.sun_family = AF_UNIX;
	memcpy(a->un.sun_path, path, strlen(path) + 1);
	*n = sizeof a->un;
	l->path = xstrdup(path);
	return (listen_unlink_stale(a, *n, wrong));
}

/* "127.0.0.1:25", "[::1]:80", "*:80" (every address, IPv6 and IPv4). */
static bool
listen_inet(const char *at, union address *a, socklen_t *n, const char **wrong)
{
	struct addrinfo	 hints = { .ai_socktype = SOCK_STREAM,
		 .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE };
	struct addrinfo *found;
	char		 host[64];
	const char	*colon = strrchr(at, ':');
	size_t		 nhost;

	*wrong = "not an address and port (such as 127.0.0.1:8080)";
	if (colon == NULL || colon[1] < '0' || colon[1] > '9' ||
	    strlen(colon + 1) > 5 || atol(colon + 1) > 65535)
		return (false);
	nhost = (size_t)(colon - at);
	if (nhost >= 2 && at[0] == '[' && at[nhost - 1] == ']') {
		at++;
		nhost -= 2;
	} else if (memchr(at, ':', nhost) != NULL)
		return (false);
	if (nhost == 0 || nhost >= sizeof host)
		return (false);
	memcpy(host, at, nhost);
	host[nhost] = '\0';
	if (strcmp(host, "*") == 0)
		strcpy(host, "::");
	if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
		return (false);
	memcpy(a, found->ai_addr, found->ai_addrlen);
	*n = found->ai_addrlen;
	freeaddrinfo(found);
	return (true);
}

bool
listen_possible(const char *at, const char **wrong)
{
	union address a;
	socklen_t     n;

	return (listen_inet(at, &a, &n, wrong));
}

static bool
listen_bind(struct listener *l, const union address *a, socklen_t n)
{
	static const int on = 1, off = 0, idle = 30, probe = 10, probes = 3;
	mode_t		 old;
	int		 rc;

	l->fd = socket(
	    a->sa.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (l->fd == -1)
		return (false);
	if (l->path == NULL) {
		setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
		/* Those that it takes inherit this. */
		setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		/* A peer that vanished without a word: found within 60 s. */
		setsockopt(l->fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
		setsockopt(
		    l->fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
		setsockopt(
		    l->fd, IPPROTO_TCP, TCP_KEEPINTVL, &probe, sizeof probe);
		setsockopt(
		    l->fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
		if (a->sa.sa_family == AF_INET6)
			setsockopt(
			    l->fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
		return (bind(l->fd, &a->sa, n) == 0 &&
		    listen(l->fd, SOMAXCONN) == 0);
	}
	/* Nobody's until its mode is right. */
	old = umask(0177);
	rc = bind(l->fd, &a->sa, n);
	umask(old);
	return (rc == 0 &&
	    chmod(l->path, l->conf.mode != 0 ? l->conf.mode : 0600) == 0 &&
	    stat(l->path, &l->made) == 0 && listen(l->fd, SOMAXCONN) == 0);
}

static int
listen_read_port(int fd)
{
	union address a;
	socklen_t     n = sizeof a;

	if (getsockname(fd, &a.sa, &n) == -1)
		return (0);
	switch (a.sa.sa_family) {
	case AF_INET:
		return (ntohs(a.in.sin_port));
	case AF_INET6:
		return (ntohs(a.in6.sin6_port));
	default:
		return (0);
	}
}

static void
listen_free(struct listener *l)
{
	if (l->fd != -1)
		close(l->fd);
	free(l->path);
	free((char *)l->conf.at);
	free(l);
}

struct listener *
listen_open(
    struct event_base *base, const struct listen_conf *conf, const char **wrong)
{
	struct listener *l = xcalloc(1, sizeof *l);
	union address	 a;
	socklen_t	 n = 0;
	bool		 ok;

	memset(&a, 0, sizeof a);
	l->base = base;
	l->conf = *conf;
	l->conf.at = xstrdup(conf->at);
	l->fd = -1;
	if (l->conf.max == 0)
		l->conf.max = LISTEN_MAX;
	if (listen_reserve == -1)
		listen_reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);

	ok = strncmp(conf->at, "unix:", 5) == 0
	    ? listen_unix(l, &a, &n, wrong)
	    : listen_inet(conf->at, &a, &n, wrong);
	if (ok && !listen_bind(l, &a, n)) {
		*wrong = strerror(errno);
		ok = false;
	}
	if (!ok) {
		listen_free(l);
		return (NULL);
	}
	l->port = listen_read_port(l->fd);
	evtimer_assign(&l->pause, base, listen_paused, l);
	event_assign(
	    &l->ready, base, l->fd, EV_READ | EV_PERSIST, listen_ready, l);
	event_add(&l->ready, NULL);
	return (l);
}

void
listen_stop(struct listener *l)
{
	struct stat st;

	if (l->fd == -1)
		return;
	event_del(&l->ready);
	evtimer_del(&l->pause);
	close(l->fd);
	l->fd = -1;
	/* The path may be another daemon's by now. */
	if (l->path != NULL && stat(l->path, &st) == 0 &&
	    st.st_ino == l->made.st_ino && st.st_dev == l->made.st_dev)
		unlink(l->path);
}

void
listen_close(struct listener *l)
{
	listen_stop(l);
	l->closed = true;
	if (l->seats.count == 0) {
		listen_free(l);
		return;
	}
	LIST_EACH (s, &l->seats)
		conn_drop(conn_of(list_of(s, struct seat, link)));
}

struct list *
listen_seats(struct listener *l)
{
	return (&l->seats);
}

void
listen_left(struct seat *s)
{
	struct listener *l = s->listener;

	list_remove(&l->seats, &s->link);
	peer_leave(l, s->peer);
	if (l->closed && l->seats.count == 0)
		listen_free(l);
	else
		listen_resume(l);
}

unsigned
listen_count(const struct listener *l)
{
	return ((unsigned)l->seats.count);
}

int
listen_port(const struct listener *l)
{
	return (l->port);
}

void
listen_each(struct listener *l, void (*fn)(void *, void *), void *arg)
{
	void *owner;

	LIST_EACH (s, &l->seats) {
		owner = conn_owner(conn_of(list_of(s, struct seat, link)));
		if (owner != NULL)
			fn(owner, arg);
	}
}
