/*
 * The HTTP front: requests become asks, answers become responses, streams
 * listen to the feed.  Paths, methods and arguments come from the table of
 * operations; nothing here knows what any of them does.
 */
#ifndef WEB_H
#define WEB_H

#include "base/def.h"

struct daemon;
struct tls;
struct web;

/* NULL and *wrong when it cannot listen there. */
struct web *web_open(struct daemon *, const char *at, struct tls *,
    const char **wrong) MUSTCHECK;
void	    web_stop(struct web *);	   /* drains */
unsigned    web_count(const struct web *); /* connections */
int	    web_port(const struct web *);
void	    web_close(struct web *);

#endif
