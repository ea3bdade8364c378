/*
 * The words of routing, as people write them in desk.conf and as they stand in
 * the configuration's JSON: "warehouse 2 after 60s", "en 4", "chat 3", "45s
 * preferred".  Each has one form in which it is kept, so that two that say the
 * same are the same; desk.route_said() (sql/functions/config_route.sql) gives
 * that form, too.
 */
#ifndef DESK_ROUTEWORD_H
#define DESK_ROUTEWORD_H

#include <stdbool.h>
#include <stddef.h>

#define ROUTEWORD_MAX 128 /* bytes of a kept form, with its NUL */

/* The kept form of s; false: s is none. */
typedef bool routeword(char out[ROUTEWORD_MAX], const char *s);

/* An agent's queue: NAME [priority 1-9] [after SPAN]. */
routeword routeword_serves;
/* What he knows: NAME [level 1-5]; 3 when it is not said. */
routeword routeword_knows;
/* What a rule asks for: NAME [least level 1-5]; 1 when it is not said. */
routeword routeword_asks;
/* How many cases of a channel at once: CHANNEL 1-1000. */
routeword routeword_limit;
/* Seconds (5s to 1h) of an offer by channel: CHANNEL SPAN. */
routeword routeword_offer;
/* Wrap-up after a case of a channel: CHANNEL SPAN, 1s to 1h. */
routeword routeword_wrap;
/* A step: SPAN preferred | levels 1-4 | overflow QUEUE | anyone. */
routeword routeword_step;
/* What becomes of who comes: hold | message | callback | overflow QUEUE. */
routeword routeword_deed;
/*
 * How long who comes by a channel waits, and what becomes of him then:
 * chat|call SPAN [message | callback | overflow QUEUE], 5s to 1d.
 */
routeword routeword_patience;

/* "90", "90s", "30m", "2h", "1d" as seconds, at most 365 days; else -1. */
long routeword_span(const char *s, size_t n);
/* The seconds at the head of a kept step. */
long routeword_step_after(const char *step);
/* The queue that a kept step, deed or patience overflows into, or NULL. */
const char *routeword_overflow(const char *kept);
/* How many bytes of a kept form are the name at its head. */
size_t routeword_name(const char *kept);

/*
 * What a rule asks for as a ticket carries it: NAME, NAME:LEVEL where the
 * level is not 1, with ? at the end when it is only preferred.
 */
bool routeword_need(char out[ROUTEWORD_MAX], const char *asked, bool preferred);

#endif
