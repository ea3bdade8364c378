/*
 * PROMISE.FIND: the promises in an agent's own words, as they are offered to
 * him under what he writes.  It is asked at each pause of his typing, so only
 * the end of a long text is read, here in the loop.  Only who promises working
 * days has PostgreSQL asked, which knows the holidays.
 */
#include <glib.h>
#include <jansson.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "daemon.h"
#include "desk/promiseword.h"
#include "desk/rules.h"
#include "desk/when.h"
#include "dispatch.h"
#include "opdo.h"

/* Bytes of the text's end that are read. */
#define PROMISES_READ 4096

/*
 * Seconds that the company is east of UTC at a moment.  The zone is kept: to
 * look one up anew each time would be to read its file.
 */
static int32_t
zone_offset(const char *name, int64_t at)
{
	static GTimeZone *zone;
	GTimeZone	 *other;

	if (zone == NULL ||
	    strcmp(g_time_zone_get_identifier(zone), name) != 0) {
		if ((other = g_time_zone_new_identifier(name)) == NULL)
			other = g_time_zone_new_utc();
		if (zone != NULL)
			g_time_zone_unref(zone);
		zone = other;
	}
	return (g_time_zone_get_offset(
	    zone, g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, at)));
}

/* False when it is no time. */
static bool
said_at(struct ask *a, struct daytime_now *now)
{
	const char *at = ask_text(a, "at");
	GDateTime  *time;

	now->at = clock_wall() / 1000;
	if (at != NULL) {
		if (!when_valid(at, strlen(at)) ||
		    (time = g_date_time_new_from_iso8601(at, NULL)) == NULL)
			return (false);
		now->at = g_date_time_to_unix(time);
		g_date_time_unref(time);
	}
	now->offset = zone_offset(a->d->rules != NULL
		? rules_company(a->d->rules)->timezone
		: "Asia/Ho_Chi_Minh",
	    now->at);
	return (true);
}

/* How many units of UTF-16 the text has, as browsers count. */
static json_int_t
units(const char *s, size_t n)
{
	json_int_t count = 0;
	size_t	   i;

	for (i = 0; i < n; i++)
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			count += (unsigned char)s[i] >= 0xf0 ? 2 : 1;
	return (count);
}

/* text is whole; what was found counts its bytes from `from' on. */
static json_t *
promise_json(const struct promiseword *p, const char *text, size_t from)
{
	static const char *const grains[] = { [DAYTIME_MINUTE] = "minute",
		[DAYTIME_PART] = "part",
		[DAYTIME_DAY] = "day" };
	const char		*words = text + from + p->from;
	json_int_t		 at = units(text, from + p->from);
	char			 due[WHEN_MAX];
	size_t			 n = p->to - p->from;

	when_epoch(due, p->due * 1000000);
	return (json_pack("{s:s,s:s,s:s,s:i,s:I,s:I,s:s%}", "kind", p->kind,
	    "due", due, "grain", grains[p->grain], "business", (int)p->business,
	    "from", at, "to", at + units(words, n), "words", words, n));
}

void
op_do_PROMISE_FIND(struct ask *a)
{
	struct promiseword p[PROMISEWORD_MAX];
	struct daytime_now now;
	const char	  *text = ask_text(a, "text");
	size_t		   n = strlen(text), from = 0, i, found;
	json_t		  *list = json_array();
	bool		   business = false;

	if (!said_at(a, &now)) {
		json_decref(list);
		opdo_later_member(a, ASK_INVALID, "at", "This is no time.");
		return;
	}
	if (n > PROMISES_READ)
		from = utf8_cut(text, n, n - PROMISES_READ);
	found = promiseword_find(p, text + from, n - from, &now);
	for (i = 0; i < found; i++) {
		json_array_append_new(list, promise_json(&p[i], text, from));
		business = business || p[i].business > 0;
	}
	if (business) {
		json_object_set_new(a->args, "promises", list);
		dispatch_sql(a);
		return;
	}
	opdo_done_later(a, json_pack("{s:o}", "promises", list));
}
