/*
 * A link to one Asterisk's manager interface (AMI): connects, logs in by
 * challenge (the secret itself never goes over the wire), asks for the
 * channels that there are, and then hands over every event.  It connects
 * again by itself, 1 s to 60 s between tries; a link on which nothing comes,
 * not even the answer to a ping, is cut.
 *
 * Nothing that is read reaches the log unescaped; no message is kept.
 */
#ifndef EDGE_AMILINK_H
#define EDGE_AMILINK_H

#include <stdbool.h>
#include <stddef.h>
#include "base/def.h"

struct ami_message;
struct amilink;
struct evdns_base;
struct event_base;

struct amilink_conf {
	const char *name; /* of the source: log prefix */
	const char *host; /* "pbx.example:5038", "[::1]:5038"; port 5038 */
	const char *user;
	const char *secret;
	/* An event; good during the call.  Never from within a call here. */
	void (*event)(void *arg, const struct ami_message *);
	/* Logged in; the list of channels is asked for, and comes as events. */
	void (*up)(void *arg);
	void *arg;
};

/* Copies what conf points to.  NULL and *wrong when host is none. */
struct amilink *amilink_open(struct event_base *, struct evdns_base *,
    const struct amilink_conf *, const char **wrong) MUSTCHECK;
bool		amilink_up(const struct amilink *);
const char *amilink_wrong(const struct amilink *); /* why not, safe to show */
void	    amilink_close(struct amilink *);

#endif
