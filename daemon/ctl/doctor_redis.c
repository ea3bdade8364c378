/*
 * deskctl doctor: Redis, wherever Sentinels or the nodes of a Cluster say that
 * it is; see doctor.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <hiredis/hiredis.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/redisurl.h"
#include "doctor.h"

#define STORE_WAIT_S 5
#define REDIS_OLDEST 7
/* Every key of the desk has it: see main.c of the daemon. */
#define REDIS_KEY "{desk}"
/* From node to node of a Cluster. */
#define REDIS_HOPS 5

/* NULL when it refuses or has gone. */
static redisReply *
redis_ask(redisContext *c, const char *words)
{
	redisReply *r = redisCommand(c, words);

	if (r != NULL && r->type == REDIS_REPLY_ERROR) {
		freeReplyObject(r);
		return (NULL);
	}
	return (r);
}

/* A line of INFO's, up to its end; free() it. */
static char *
info_line(const redisReply *info, const char *name)
{
	const char *at;

	if (info == NULL || info->type != REDIS_REPLY_STRING ||
	    (at = strstr(info->str, name)) == NULL)
		return (xstrdup("unknown"));
	at += strlen(name);
	return (xstrndup(at, strcspn(at, "\r\n")));
}

static void
redis_policy(struct doctor *d, redisContext *c)
{
	redisReply *info = redis_ask(c, "INFO memory");
	char	   *policy = info_line(info, "maxmemory_policy:");

	doctor_note(d, strcmp(policy, "noeviction") == 0 ? FIND_OK : FIND_BAD,
	    "Redis maxmemory-policy",
	    "set maxmemory-policy noeviction: an evicted line is a forgotten "
	    "ticket until the next rebuild",
	    "%s", policy);
	free(policy);
	if (info != NULL)
		freeReplyObject(info);
}

static void
redis_persistence(struct doctor *d, redisContext *c)
{
	redisReply *info = redis_ask(c, "INFO persistence");
	redisReply *save = redis_ask(c, "CONFIG GET save");
	char	   *aof = info_line(info, "aof_enabled:");
	bool	    saves = save != NULL && save->type == REDIS_REPLY_ARRAY &&
	    save->elements == 2 && save->element[1]->len > 0;

	doctor_note(d, strcmp(aof, "1") == 0 || saves ? FIND_OK : FIND_WARN,
	    "Redis persistence",
	    "set appendonly yes: without it agents' states and the feed are "
	    "lost with each restart (tickets are not)",
	    "%s",
	    strcmp(aof, "1") == 0 ? "append-only file"
		: saves		  ? "snapshots"
				  : "none");
	free(aof);
	if (info != NULL)
		freeReplyObject(info);
	if (save != NULL)
		freeReplyObject(save);
}

static void
redis_clock(struct doctor *d, redisContext *c)
{
	int64_t	    asked = clock_wall();
	redisReply *r = redis_ask(c, "TIME");

	if (r != NULL && r->type == REDIS_REPLY_ARRAY && r->elements == 2)
		doctor_clock(d, "Redis's clock",
		    atoll(r->element[0]->str) * 1000 +
			atoll(r->element[1]->str) / 1000,
		    asked);
	if (r != NULL)
		freeReplyObject(r);
}

static bool
redis_login(redisContext *c, const struct redisurl *url)
{
	redisReply *r;
	bool	    good;

	if (url->user[0] != '\0')
		r = redisCommand(c, "AUTH %s %s", url->user, url->pass);
	else if (url->pass[0] != '\0')
		r = redisCommand(c, "AUTH %s", url->pass);
	else
		return (true);
	good = r != NULL && r->type == REDIS_REPLY_STATUS;
	if (r != NULL)
		freeReplyObject(r);
	return (good);
}

static void
redis_checks(struct doctor *d, redisContext *c)
{
	redisReply *info = redis_ask(c, "INFO server");
	char	   *version = info_line(info, "redis_version:");

	doctor_note(d, atoi(version) >= REDIS_OLDEST ? FIND_OK : FIND_BAD,
	    "Redis",
	    info != NULL ? "deskd needs version 7.0 or later"
			 : "check the password in `redis' of deskd.conf",
	    "version %s", version);
	free(version);
	if (info == NULL)
		return;
	freeReplyObject(info);
	redis_policy(d, c);
	redis_persistence(d, c);
	redis_clock(d, c);
}

static bool
redis_reached(const redisContext *c)
{
	return (c != NULL && c->err == 0);
}

/* redisFree() it, also when it was not reached; NULL: no memory. */
static redisContext *
redis_dial(const struct redisurl *url, const struct redisnode *at)
{
	struct timeval wait = { STORE_WAIT_S, 0 };
	redisContext  *c = url->path[0] != '\0'
	     ? redisConnectUnixWithTimeout(url->path, wait)
	     : redisConnectWithTimeout(at->host, at->port, wait);

	if (redis_reached(c))
		(void)redisSetTimeout(c, wait);
	return (c);
}

/* Whom that Sentinel calls master. */
static bool
sentinel_says(const struct redisurl *url, const struct redisnode *sentinel,
    struct redisnode *master)
{
	redisContext *c = redis_dial(url, sentinel);
	redisReply   *r = NULL;
	bool	      known = false;

	if (redis_reached(c)) {
		(void)redis_login(c, url); /* it may want none */
		r = redisCommand(
		    c, "SENTINEL GET-MASTER-ADDR-BY-NAME %s", url->name);
	}
	if (r != NULL && r->type == REDIS_REPLY_ARRAY && r->elements == 2) {
		snprintf(master->host, sizeof master->host, "%s",
		    r->element[0]->str);
		master->port = atoi(r->element[1]->str);
		known = true;
	}
	if (r != NULL)
		freeReplyObject(r);
	if (c != NULL)
		redisFree(c);
	return (known);
}

/* All of them are asked: deskd needs one, its owner all. */
static bool
sentinels_say(
    struct doctor *d, const struct redisurl *url, struct redisnode *master)
{
	size_t i, n = 0;

	for (i = 0; i < url->nnodes; i++)
		n += sentinel_says(url, &url->node[i], master);
	doctor_note(d,
	    n == url->nnodes ? FIND_OK
		: n != 0     ? FIND_WARN
			     : FIND_BAD,
	    "Redis Sentinels",
	    "start those that are away, and check `redis' in deskd.conf: its "
	    "hosts, and the master's name",
	    "%zu of %zu know the master %s", n, url->nnodes, url->name);
	return (n != 0);
}

/* Who else serves our key, as this node says. */
static bool
cluster_says(redisContext *c, struct redisnode *at)
{
	redisReply	*r = redisCommand(c, "EXISTS %s", REDIS_KEY);
	struct redisnode moved;
	bool		 elsewhere = false;

	if (r != NULL && r->type == REDIS_REPLY_ERROR &&
	    redisurl_moved(&moved, r->str)) {
		if (moved.host[0] == '\0')
			snprintf(moved.host, sizeof moved.host, "%s", at->host);
		*at = moved;
		elsewhere = true;
	}
	if (r != NULL)
		freeReplyObject(r);
	return (elsewhere);
}

/* The node of ours: by way of the first that is there. */
static redisContext *
cluster_dial(const struct redisurl *url)
{
	struct redisnode at = url->node[0];
	redisContext	*c = redis_dial(url, &at);
	size_t		 i, hops;

	for (i = 1; !redis_reached(c) && i < url->nnodes; i++) {
		if (c != NULL)
			redisFree(c);
		at = url->node[i];
		c = redis_dial(url, &at);
	}
	for (hops = 0; redis_reached(c) && hops < REDIS_HOPS; hops++) {
		(void)redis_login(c, url);
		if (!cluster_says(c, &at))
			break;
		redisFree(c);
		c = redis_dial(url, &at);
	}
	return (c);
}

void
doctor_redis(struct doctor *d, const struct deskdconf *conf)
{
	struct redisurl	 url;
	struct redisnode at;
	redisContext	*c;
	const char	*wrong;

	if (!redisurl_read(&url, conf->redis, &wrong)) {
		doctor_note(d, FIND_BAD, "Redis", "check `redis' in deskd.conf",
		    "%s", wrong);
		return;
	}
	at = url.node[0];
	if (url.kind == REDISURL_SENTINEL && !sentinels_say(d, &url, &at))
		return;
	c = url.kind == REDISURL_CLUSTER ? cluster_dial(&url)
					 : redis_dial(&url, &at);
	if (!redis_reached(c))
		doctor_note(d, FIND_BAD, "Redis",
		    "start it, and check `redis' in deskd.conf", "%s",
		    c != NULL ? c->errstr : "no memory");
	else if (!redis_login(c, &url))
		doctor_note(d, FIND_BAD, "Redis",
		    "check the password in `redis' of deskd.conf",
		    "it does not let us in");
	else
		redis_checks(d, c);
	if (c != NULL)
		redisFree(c);
}
