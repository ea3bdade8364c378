/*
 * Redis's address; see redisurl.h.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "hex.h"
#include "redisurl.h"

#define PORT	      6379
#define SENTINEL_PORT 26379
#define DB_MAX	      9999

/* Copies n bytes and undoes %XX; false when it does not fit or is no text. */
static bool
put_decoded(char *out, size_t size, const char *p, size_t n)
{
	uint8_t c;
	size_t	i, at = 0;

	for (i = 0; i < n; i++) {
		c = (uint8_t)p[i];
		if (c == '%') {
			if (n - i < 3 || hex_get(&c, 1, p + i + 1, 2) != 1)
				return (false);
			i += 2;
		}
		if (c == '\0' || at + 1 >= size)
			return (false);
		out[at++] = (char)c;
	}
	out[at] = '\0';
	return (true);
}

/* A whole decimal number from 0 to max. */
static bool
get_number(int *out, const char *p, size_t n, int max)
{
	size_t i;
	long   v = 0;

	if (n == 0 || n > 5)
		return (false);
	for (i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return (false);
		v = v * 10 + (p[i] - '0');
	}
	*out = (int)v;
	return (v <= max);
}

/* host, host:port, [v6] or [v6]:port */
static bool
get_node(struct redisnode *node, const char *p, size_t n, const char **wrong)
{
	const char *end = p + n, *colon, *host = p;
	size_t	    len;

	*wrong = "the host is missing or too long";
	if (n != 0 && p[0] == '[') {
		host = p + 1;
		if ((p = memchr(p, ']', n)) == NULL)
			return (false);
		len = (size_t)(p - host);
		colon = p + 1;
	} else {
		colon = memchr(p, ':', n);
		colon = colon != NULL ? colon : end;
		len = (size_t)(colon - p);
	}
	if (len == 0 || !put_decoded(node->host, sizeof node->host, host, len))
		return (false);
	*wrong = "the port is no number from 1 to 65535";
	return (colon == end ||
	    (*colon == ':' &&
		get_number(
		    &node->port, colon + 1, (size_t)(end - colon - 1), 65535) &&
		node->port != 0));
}

/* One node, or some with commas between. */
static bool
get_nodes(struct redisurl *u, const char *p, size_t n, const char **wrong)
{
	const char *end = p + n, *comma;
	size_t	    most = u->kind == REDISURL_ONE ? 1 : REDISURL_NODES;
	int	    port = u->kind == REDISURL_SENTINEL ? SENTINEL_PORT : PORT;

	for (;; p = comma + 1) {
		if ((comma = memchr(p, ',', (size_t)(end - p))) == NULL)
			comma = end;
		if (u->nnodes == most) {
			*wrong = most == 1
			    ? "several hosts need sentinel:// or cluster://"
			    : "16 hosts are the most";
			return (false);
		}
		u->node[u->nnodes].port = port;
		if (!get_node(
			&u->node[u->nnodes++], p, (size_t)(comma - p), wrong))
			return (false);
		if (comma == end)
			return (true);
	}
}

/* user:password, :password or user */
static bool
get_login(struct redisurl *u, const char *p, size_t n)
{
	const char *colon = memchr(p, ':', n);
	size_t	    len = colon != NULL ? (size_t)(colon - p) : n;

	return (put_decoded(u->user, sizeof u->user, p, len) &&
	    (colon == NULL ||
		put_decoded(u->pass, sizeof u->pass, colon + 1, n - len - 1)));
}

/* [login@]nodes */
static bool
get_authority(struct redisurl *u, const char *p, size_t n, const char **wrong)
{
	const char *at = memrchr(p, '@', n);

	if (at != NULL) {
		*wrong = "user or password is too long or not well encoded";
		if (!get_login(u, p, (size_t)(at - p)))
			return (false);
		n -= (size_t)(at + 1 - p);
		p = at + 1;
	}
	return (get_nodes(u, p, n, wrong));
}

/* name or name/; what Sentinel's own configuration allows there. */
static bool
get_name(struct redisurl *u, const char *p, size_t n)
{
	static const char may[] = "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";

	return (n != 0 && strspn(p, may) >= n &&
	    put_decoded(u->name, sizeof u->name, p, n));
}

/* What follows the scheme. */
static bool
read_scheme(struct redisurl *u, const char *p, const char **wrong)
{
	const char *slash = strchrnul(p, '/');
	size_t	    n = (size_t)(slash - p);

	if (u->kind == REDISURL_SENTINEL) {
		size_t len = *slash != '\0' ? strcspn(slash + 1, "/") : 0;

		*wrong = "the master's name is missing: sentinel://HOSTS/NAME";
		if (!get_name(u, slash + 1, len))
			return (false);
		slash += 1 + len;
	}
	*wrong = u->kind == REDISURL_CLUSTER
	    ? "a Cluster has no other database than 0"
	    : "the database is no number from 0 to 9999";
	if (*slash != '\0' && slash[1] != '\0' &&
	    (u->kind == REDISURL_CLUSTER ||
		!get_number(&u->db, slash + 1, strlen(slash + 1), DB_MAX)))
		return (false);
	return (get_authority(u, p, n, wrong));
}

bool
redisurl_read(struct redisurl *u, const char *s, const char **wrong)
{
	static const struct {
		const char	  *scheme;
		enum redisurl_kind kind;
	} schemes[] = { { "redis://", REDISURL_ONE },
		{ "sentinel://", REDISURL_SENTINEL },
		{ "cluster://", REDISURL_CLUSTER } };
	size_t i, n;

	*u = (struct redisurl){ .kind = REDISURL_ONE };
	if (strncmp(s, "unix:", 5) == 0) {
		*wrong = "the socket's path is missing or too long";
		return (s[5] == '/' &&
		    put_decoded(u->path, sizeof u->path, s + 5, strlen(s + 5)));
	}
	for (i = 0; i < nitems(schemes); i++) {
		n = strlen(schemes[i].scheme);
		if (strncmp(s, schemes[i].scheme, n) != 0)
			continue;
		u->kind = schemes[i].kind;
		return (read_scheme(u, s + n, wrong));
	}
	if (strncmp(s, "rediss://", 9) == 0) {
		*wrong = "TLS to Redis needs a hiredis with hiredis_ssl";
		return (false);
	}
	return (get_nodes(u, s, strlen(s), wrong));
}

bool
redisurl_moved(struct redisnode *node, const char *error)
{
	const char *host, *colon;
	size_t	    n;

	if (strncmp(error, "MOVED ", 6) != 0 ||
	    (host = strchr(error + 6, ' ')) == NULL ||
	    (colon = strrchr(++host, ':')) == NULL)
		return (false);
	n = (size_t)(colon - host);
	if (n == 1 && host[0] == '?') /* whose name is not known */
		n = 0;
	return (put_decoded(node->host, sizeof node->host, host, n) &&
	    get_number(&node->port, colon + 1, strlen(colon + 1), 65535) &&
	    node->port != 0);
}
