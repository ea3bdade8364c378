/*
 * The front of the TCP protocol: commands become asks, answers become
 * replies, FEED.SUBSCRIBE becomes pushes.  One for each address listened on;
 * on the unix socket the peer's user id says who he is.
 */
#ifndef SERVICE_H
#define SERVICE_H

#include <stdbool.h>
#include "base/def.h"

struct daemon;
struct service;
struct tls;

/* control: the unix socket; the daemon's own user and root administer. */
struct service *service_open(struct daemon *, const char *at, struct tls *,
    bool control, const char **wrong) MUSTCHECK;
/* As stream_check(). */
void	 service_check(const char *who);
void	 service_stop(struct service *); /* drains */
unsigned service_count(const struct service *);
void	 service_close(struct service *);

#endif
