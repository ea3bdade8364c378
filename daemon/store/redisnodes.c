/*
 * Addresses of a Redis that may be elsewhere tomorrow; see redisnodes.h.
 */
#include <sys/socket.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "redisnodes.h"

/* Of one host. */
#define ADDRESSES 8

static char nodes_error[400];

static bool
nodes_resolve(struct redisnodes *d, size_t node)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *all, *ai;
	const char     *host = d->url.node[node].host;
	size_t		before = d->n;
	int		e;

	if ((e = getaddrinfo(host, NULL, &hints, &all)) != 0) {
		snprintf(nodes_error, sizeof nodes_error,
		    "host %s is not known: %s", log_shown(host, strlen(host)),
		    gai_strerror(e));
		return (false);
	}
	for (ai = all;
	     ai != NULL && d->n < REDISNODES && d->n - before < ADDRESSES;
	     ai = ai->ai_next) {
		struct redisaddr *a = &d->all[d->n];

		if (getnameinfo(ai->ai_addr, ai->ai_addrlen, a->addr,
			sizeof a->addr, NULL, 0, NI_NUMERICHOST) != 0)
			continue;
		a->port = d->url.node[node].port;
		d->of[d->n++] = node;
	}
	freeaddrinfo(all);
	snprintf(nodes_error, sizeof nodes_error, "the host has no address");
	return (d->n != before);
}

bool
redisnodes_open(struct redisnodes *d, const char *url, const char **wrong)
{
	size_t i;

	*d = (struct redisnodes){ 0 };
	if (!redisurl_read(&d->url, url, wrong))
		return (false);
	for (i = 0; i < d->url.nnodes; i++)
		if (!nodes_resolve(d, i) && d->url.nnodes > 1)
			log_warn("redis: %s", nodes_error);
	*wrong = nodes_error;
	return (d->n != 0 || d->url.path[0] != '\0');
}

const struct redisaddr *
redisnodes_next(struct redisnodes *d)
{
	if (d->is_told)
		d->now = d->told;
	else
		d->now = d->all[d->next++ % d->n];
	d->is_told = false;
	return (&d->now);
}

void
redisnodes_stay(struct redisnodes *d)
{
	d->next += d->n - 1;
}

bool
redisnodes_tell(struct redisnodes *d, const char *host, int port)
{
	unsigned char any[sizeof(struct in6_addr)];
	const char   *addr = NULL;
	size_t	      i;

	if (host[0] == '\0')
		addr = d->now.addr;
	else if (inet_pton(AF_INET, host, any) == 1 ||
	    inet_pton(AF_INET6, host, any) == 1)
		addr = host;
	for (i = 0; addr == NULL && i < d->n; i++)
		if (strcasecmp(d->url.node[d->of[i]].host, host) == 0)
			addr = d->all[i].addr;
	if (addr == NULL || port < 1 || port > 65535)
		return (false);
	snprintf(d->told.addr, sizeof d->told.addr, "%s", addr);
	d->told.port = port;
	d->is_told = true;
	return (true);
}
