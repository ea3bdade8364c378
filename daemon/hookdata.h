/*
 * Posts of providers that desk.conf describes in data (desk/provider.h): what
 * they ask before they post, and their posts, each with any number of events.
 */
#ifndef HOOKDATA_H
#define HOOKDATA_H

#include <stdbool.h>

struct ask;
struct source;

/* Of op_event.c: whether that peer need not prove itself. */
bool hook_trusted(const struct source *, const char *peer);

/*
 * Checks who posts and files every event of the post.  It is answered with
 * 200 when all are committed; else the provider is told to come again, and
 * what was committed meets the once-table.
 */
void hook_data(struct ask *, const struct source *);

#endif
