/*
 * Operations of the live feed.
 */
#include <jansson.h>
#include <string.h>

#include "daemon.h"
#include "feed.h"
#include "opdo.h"
#include "route/route.h"

static void
feed_read_got(uint64_t id, enum route_how how, bool gap,
    const struct route_entry *e, size_t n, const char *last)
{
	struct ask *a = ask_find(id);
	json_t	   *rows, *j;
	size_t	    i;

	if (a == NULL)
		return;
	if (how != ROUTE_DONE) {
		ask_refuse(a, ASK_TRYAGAIN, NULL,
		    "The feed is away for the moment. Try again.");
		return;
	}
	rows = json_array();
	for (i = 0; i < n; i++) {
		if (!feed_may_see(a->d->feed, &a->caller, &e[i]))
			continue;
		j = json_loadb(e[i].json, e[i].len, 0, NULL);
		if (!json_is_object(j))
			j = json_object();
		json_object_set_new(j, "offset", json_string(e[i].id));
		json_array_append_new(rows, j);
	}
	ask_done_json(a,
	    json_pack(
		"{s:s,s:b,s:o}", "offset", last, "gap", gap, "notices", rows));
}

void
op_do_FEED_READ(struct ask *a)
{
	const char *offset = ask_text(a, "offset");
	int	    last = (int)ask_number(a, "last");
	int	    limit = (int)ask_number(a, "limit");
	bool	    sent;

	if (!feed_knows(a->d->feed, &a->caller))
		sent = false;
	else if (last != 0)
		sent = route_feed_newest(
		    a->d->route, offset, last, a->id, feed_read_got);
	else
		sent = route_feed_read(a->d->route, offset,
		    limit != 0 ? limit : 100, a->id, feed_read_got);
	if (!sent)
		opdo_later(a, ASK_TRYAGAIN,
		    "The feed is away for the moment. Try again.");
}

void
op_do_FEED_SUBSCRIBE(struct ask *a)
{
	const char *offset = ask_text(a, "offset");

	opdo_live_later(a, offset != NULL ? offset : "$");
}

void
op_do_CHAT_LIVE(struct ask *a)
{
	const char *offset = ask_text(a, "offset");

	if (strcmp(ask_text(a, "conversation"), a->caller.conversation) != 0)
		opdo_later(a, ASK_NOTFOUND, "There is no such conversation.");
	else
		opdo_live_later(a, offset != NULL ? offset : "$");
}
