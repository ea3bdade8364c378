/*
 * Redis's address; see redisurl.h.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/hex.h"
#include "redisurl.h"

#define PORT   6379
#define DB_MAX 9999

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
get_host(struct redisurl *u, const char *p, size_t n, const char **wrong)
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
	if (len == 0 || !put_decoded(u->host, sizeof u->host, host, len))
		return (false);
	*wrong = "the port is no number from 1 to 65535";
	return (colon == end ||
	    (*colon == ':' &&
		get_number(
		    &u->port, colon + 1, (size_t)(end - colon - 1), 65535) &&
		u->port != 0));
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

static bool
read_scheme(struct redisurl *u, const char *p, const char **wrong)
{
	const char *slash = strchr(p, '/'), *at;
	size_t	    n = slash != NULL ? (size_t)(slash - p) : strlen(p);

	if (slash != NULL && slash[1] != '\0' &&
	    !get_number(&u->db, slash + 1, strlen(slash + 1), DB_MAX)) {
		*wrong = "the database is no number from 0 to 9999";
		return (false);
	}
	if ((at = memrchr(p, '@', n)) != NULL) {
		*wrong = "user or password is too long or not well encoded";
		if (!get_login(u, p, (size_t)(at - p)))
			return (false);
		n -= (size_t)(at + 1 - p);
		p = at + 1;
	}
	return (get_host(u, p, n, wrong));
}

bool
redisurl_read(struct redisurl *u, const char *s, const char **wrong)
{
	*u = (struct redisurl){ .port = PORT };
	if (strncmp(s, "unix:", 5) == 0) {
		*wrong = "the socket's path is missing or too long";
		return (s[5] == '/' &&
		    put_decoded(u->path, sizeof u->path, s + 5, strlen(s + 5)));
	}
	if (strncmp(s, "redis://", 8) == 0)
		return (read_scheme(u, s + 8, wrong));
	if (strncmp(s, "rediss://", 9) == 0) {
		*wrong = "TLS to Redis needs a hiredis with hiredis_ssl";
		return (false);
	}
	return (get_host(u, s, strlen(s), wrong));
}
