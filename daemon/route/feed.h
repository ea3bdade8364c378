/*
 * Inside the route: the feed's reader; its contract is in route.h.
 */
#ifndef ROUTE_FEED_H
#define ROUTE_FEED_H

struct route;

/* Goes on with following where an error had ended it. */
void feed_tick(struct route *);

#endif
