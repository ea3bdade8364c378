/*
 * The first words to a Redis or a Sentinel; see redishello.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <hiredis/hiredis.h>

#include "redishello.h"

/*
 * The Sentinels are told the same login: they need it for the master anyway.
 * Those that want none refuse it, which is no matter.
 */
static struct redishello
hello_login(const struct redisurl *u, enum redishello_what what)
{
	if (u->user[0] != '\0')
		return (
		    struct redishello){ what, 3, { "AUTH", u->user, u->pass } };
	return (struct redishello){ what, 2, { "AUTH", u->pass, NULL } };
}

size_t
redishello_say(struct redishello *h, const struct redisnodes *nodes,
    bool sentinel, const char *name, const char *key)
{
	/* Good until the next call; the lines are sent before. */
	static char	       db[12];
	const struct redisurl *u = &nodes->url;
	size_t		       n = 0;

	if (u->user[0] != '\0' || u->pass[0] != '\0')
		h[n++] = hello_login(u, sentinel ? HELLO_MAY : HELLO_MUST);
	/* For the eyes of CLIENT LIST only. */
	h[n++] =
	    (struct redishello){ HELLO_MAY, 3, { "CLIENT", "SETNAME", name } };
	if (sentinel) {
		h[n++] = (struct redishello){ HELLO_SOUGHT, 3,
			{ "SENTINEL", "GET-MASTER-ADDR-BY-NAME", u->name } };
		return (n);
	}
	snprintf(db, sizeof db, "%d", u->db);
	h[n++] = (struct redishello){ HELLO_MUST, 2, { "SELECT", db, NULL } };
	/* Refused, unlike these, while it still loads its file. */
	h[n++] = (struct redishello){ HELLO_MUST, 1, { "PING", NULL, NULL } };
	if (u->kind == REDISURL_SENTINEL)
		h[n++] = (struct redishello){ HELLO_ROLE, 1,
			{ "ROLE", NULL, NULL } };
	else if (u->kind == REDISURL_CLUSTER)
		h[n++] = (struct redishello){ HELLO_KEY, 2,
			{ "EXISTS", key, NULL } };
	return (n);
}

static const char *
text_at(const redisReply *r, size_t i)
{
	if (r->type != REDIS_REPLY_ARRAY || i >= r->elements ||
	    r->element[i]->type != REDIS_REPLY_STRING)
		return ("");
	return (r->element[i]->str);
}

static enum redishello_means
hear_role(const redisReply *r, char *why, size_t size)
{
	const char *role = text_at(r, 0);

	if (strcmp(role, "master") == 0)
		return (HELLO_GOOD);
	snprintf(why, size, "the Sentinels call it master, its role is %s",
	    role[0] != '\0' ? role : "unknown");
	return (HELLO_BAD);
}

static enum redishello_means
hear_elsewhere(
    struct redisnodes *nodes, const char *host, int port, char *why, size_t n)
{
	if (redisnodes_tell(nodes, host, port))
		return (HELLO_ELSEWHERE);
	snprintf(why, n,
	    "it says %s, which is neither an address nor a host of the "
	    "setting",
	    host);
	return (HELLO_BAD);
}

static enum redishello_means
hear_sought(const redisReply *r, struct redisnodes *nodes, char *why, size_t n)
{
	const char *host = text_at(r, 0);

	if (host[0] != '\0')
		return (
		    hear_elsewhere(nodes, host, atoi(text_at(r, 1)), why, n));
	snprintf(why, n, "the Sentinel knows no master %s", nodes->url.name);
	return (HELLO_BAD);
}

enum redishello_means
redishello_hear(enum redishello_what what, const struct redisReply *r,
    struct redisnodes *nodes, char *why, size_t size)
{
	struct redisnode moved;

	if (what == HELLO_MAY)
		return (HELLO_GOOD);
	if (r->type == REDIS_REPLY_ERROR) {
		if (what == HELLO_KEY && redisurl_moved(&moved, r->str))
			return (hear_elsewhere(
			    nodes, moved.host, moved.port, why, size));
		snprintf(why, size, "refused: %s", r->str);
		return (HELLO_BAD);
	}
	switch (what) {
	case HELLO_ROLE:
		return (hear_role(r, why, size));
	case HELLO_SOUGHT:
		return (hear_sought(r, nodes, why, size));
	default:
		return (HELLO_GOOD);
	}
}
