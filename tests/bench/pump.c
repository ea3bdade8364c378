/*
 * Asks and answers; see pump.h.
 *
 * With a rate, an ask's time begins when it was due, not when a connection
 * had room for it: who waits in front of the door waits too.
 */
#include <sys/socket.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "pump.h"
#include "spread.h"

struct peer {
	int	   fd;
	struct buf in, out;
	size_t	   sent; /* of out */
	int64_t	  *begun;
	unsigned   first, waiting; /* in begun[], a ring of depth */
};

struct pump {
	const struct pump_conf *conf;
	struct peer	       *peers;
	struct pollfd	       *fds;
	int64_t			from, to; /* what is counted */
	int64_t			start;
	uint64_t		asked, done, bad;
	struct spread		spread;
};

static int
peer_connect(const struct pump_conf *c)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *ai;
	int		fd, one = 1, wrong;

	if ((wrong = getaddrinfo(c->host, c->port, &hints, &ai)) != 0)
		errx(1, "%s:%s: %s", c->host, c->port, gai_strerror(wrong));
	if ((fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0)) == -1 ||
	    connect(fd, ai->ai_addr, ai->ai_addrlen) == -1)
		err(1, "%s:%s", c->host, c->port);
	freeaddrinfo(ai);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	return (fd);
}

/* Until the answer to hello is there, everybody may wait. */
static void
peer_greet(struct peer *p, const struct pump_conf *c)
{
	char	in[4096];
	size_t	n = 0, used = 0, out = strlen(c->hello);
	ssize_t got;
	bool	good = true;

	if (write(p->fd, c->hello, out) != (ssize_t)out)
		err(1, "greeting");
	while (used == 0) {
		if ((got = read(p->fd, in + n, sizeof in - n)) <= 0)
			errx(1, "the greeting got no answer");
		used = c->answer(in, n += (size_t)got, &good);
	}
	if (!good)
		errx(1, "refused: %.*s", (int)n, in);
}

static void
peer_open(struct peer *p, const struct pump_conf *c)
{
	p->fd = peer_connect(c);
	p->begun = xcalloc(c->depth, sizeof *p->begun);
	buf_init(&p->in, 0);
	buf_init(&p->out, 0);
	if (c->hello != NULL)
		peer_greet(p, c);
	if (fcntl(p->fd, F_SETFL, O_NONBLOCK) == -1)
		err(1, "fcntl");
}

/* When the next ask is due. */
static int64_t
pump_due(const struct pump *u)
{
	if (u->conf->rate == 0)
		return (u->start);
	return (u->start + (int64_t)((double)u->asked * 1e6 / u->conf->rate));
}

static void
pump_fill(struct pump *u, struct peer *p, int64_t now)
{
	int64_t due;

	while (p->waiting < u->conf->depth && now < u->to &&
	    (due = pump_due(u)) <= now) {
		u->conf->ask(&p->out, u->asked++);
		p->begun[(p->first + p->waiting++) % u->conf->depth] =
		    u->conf->rate != 0 ? due : now;
	}
}

static void
peer_write(struct peer *p)
{
	ssize_t n;

	if (p->sent == p->out.n)
		return;
	n = send(p->fd, p->out.p + p->sent, p->out.n - p->sent, MSG_NOSIGNAL);
	if (n == -1 && errno != EAGAIN)
		err(1, "write");
	p->sent += n > 0 ? (size_t)n : 0;
	if (p->sent == p->out.n) {
		buf_reset(&p->out);
		p->sent = 0;
	}
}

static void
pump_take(struct pump *u, struct peer *p, int64_t now)
{
	size_t at = 0, n;
	bool   good;

	while (at < p->in.n) {
		good = true;
		n = u->conf->answer(p->in.p + at, p->in.n - at, &good);
		if (n == 0)
			break;
		if (p->waiting == 0)
			errx(1, "an answer that nobody asked for: %.80s",
			    p->in.p + at);
		if (!good && u->bad++ == 0)
			warnx("refused: %.*s", n < 300 ? (int)n : 300,
			    p->in.p + at);
		if (good && now >= u->from && now < u->to) {
			u->done++;
			spread_add(&u->spread, now - p->begun[p->first]);
		}
		p->first = (p->first + 1) % u->conf->depth;
		p->waiting--;
		at += n;
	}
	buf_drop(&p->in, at);
}

static void
pump_read(struct pump *u, struct peer *p)
{
	char	bytes[65536];
	ssize_t n;

	n = recv(p->fd, bytes, sizeof bytes, 0);
	if (n == 0)
		errx(1, "the connection was closed");
	if (n == -1 && errno != EAGAIN)
		err(1, "read");
	if (n > 0) {
		buf_add(&p->in, bytes, (size_t)n);
		pump_take(u, p, clock_micros());
	}
}

/* Who is ready; false when nothing is under way and time is up. */
static bool
pump_wait(struct pump *u)
{
	int64_t	 now = clock_micros(), left = 100000;
	unsigned i, waiting = 0;

	for (i = 0; i < u->conf->connections; i++) {
		struct peer *p = &u->peers[i];

		pump_fill(u, p, now);
		peer_write(p);
		waiting += p->waiting;
		u->fds[i] = (struct pollfd){ p->fd,
			POLLIN | (p->sent < p->out.n ? POLLOUT : 0), 0 };
	}
	if (waiting == 0 && now >= u->to)
		return (false);
	if (now > u->to + 60000000)
		errx(1, "%u answers did not come in a minute", waiting);
	if (u->conf->rate != 0 && now < u->to && pump_due(u) > now)
		left = pump_due(u) - now;
	if (poll(u->fds, u->conf->connections, (int)(left / 1000) + 1) == -1 &&
	    errno != EINTR)
		err(1, "poll");
	return (true);
}

static void
pump_print(const struct pump *u)
{
	printf("{\"done\":%" PRIu64 ",\"rate\":%.1f,\"p50\":%.3f,"
	       "\"p99\":%.3f,\"most\":%.3f,\"refused\":%" PRIu64 "}\n",
	    u->done, (double)u->done * 1e6 / (double)(u->to - u->from),
	    (double)spread_part(&u->spread, 0.5) / 1e3,
	    (double)spread_part(&u->spread, 0.99) / 1e3,
	    (double)spread_part(&u->spread, 1) / 1e3, u->bad);
}

void
pump_run(const struct pump_conf *c)
{
	struct pump *u = xcalloc(1, sizeof *u);
	unsigned     i;

	u->conf = c;
	u->peers = xcalloc(c->connections, sizeof *u->peers);
	u->fds = xcalloc(c->connections, sizeof *u->fds);
	for (i = 0; i < c->connections; i++)
		peer_open(&u->peers[i], c);
	u->start = clock_micros();
	u->from = u->start + (int64_t)(c->seconds * 0.2e6);
	u->to = u->from + (int64_t)(c->seconds * 1e6);
	while (pump_wait(u))
		for (i = 0; i < c->connections; i++)
			if (u->fds[i].revents != 0)
				pump_read(u, &u->peers[i]);
	pump_print(u);
	for (i = 0; i < c->connections; i++) {
		close(u->peers[i].fd);
		free(u->peers[i].begun);
		buf_free(&u->peers[i].in);
		buf_free(&u->peers[i].out);
	}
	free(u->peers);
	free(u->fds);
	free(u);
}
