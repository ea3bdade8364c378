/*
 * What a played day says to the desk's library, and what follows from its
 * answers: offers to be looked at, cases that a queue assigned, agents whom it
 * set away, and when it wants to be asked again.
 */
#include <stdlib.h>
#include <string.h>
#include <hiredis/hiredis.h>
#include <jansson.h>

#include "base/buf.h"
#include "play_parts.h"

#define CALL_BUSY_S 360000 /* a call's end is always told here */

/* The feed ----------------------------------------------------------------- */

static const char *
field_of(const redisReply *entry, const char *name)
{
	const redisReply *fields = entry->element[1];
	size_t		  i;

	for (i = 0; i + 1 < fields->elements; i += 2)
		if (strcmp(fields->element[i]->str, name) == 0)
			return (fields->element[i + 1]->str);
	return ("");
}

/* -1: none of ours. */
static int
case_named(const struct world *w, const char *ticket)
{
	long id = strtol(ticket, NULL, 10);

	return (id > 0 && (size_t)id <= w->play->day->n ? (int)id - 1 : -1);
}

static void
offer_note(struct world *w, int who, int agent)
{
	const struct spread *s = &w->play->pattern->answer;
	double		     look;

	if (who < 0 || agent < 0)
		return;
	look = spread_draw(s, &w->staff[agent].chance);
	agenda_put(&w->agenda,
	    (struct moment){ .at = w->now + (int64_t)(look * 1000),
		.what = MOMENT_ANSWER,
		.who = (unsigned)who,
		.with = (unsigned)agent,
		.serial = ++w->cases[who].serial });
}

/* He was set away: he comes back, unless his shift is over. */
static void
away_note(struct world *w, int agent)
{
	const struct spread *s = &w->play->pattern->back;
	struct staff	    *a;

	if (agent < 0 || !w->staff[agent].ready)
		return;
	a = &w->staff[agent];
	agent_count(w, (unsigned)agent);
	a->ready = false;
	agenda_put(&w->agenda,
	    (struct moment){
		.at = w->now + 1 + (int64_t)(spread_draw(s, &a->chance) * 1000),
		.what = MOMENT_BACK,
		.who = (unsigned)agent });
}

/* One notice: what of it concerns people. */
static void
notice_note(struct world *w, const char *kind, int who, const json_t *notice)
{
	const char *name = json_string_value(json_object_get(notice, "agent"));
	const char *state = json_string_value(json_object_get(notice, "state"));
	int agent = name != NULL ? company_agent(w->play->company, name) : -1;

	if (strcmp(kind, "offer") == 0)
		offer_note(w, who, agent);
	else if (strcmp(kind, "agent") != 0 && who >= 0)
		w->cases[who].serial++; /* no answer to that offer counts now */
	else if (state != NULL && strcmp(state, "away") == 0)
		away_note(w, agent);
}

static void
news_note(struct world *w, const redisReply *news)
{
	static const char *const kinds[] = { "offer", "agent", "withdrawn",
		"lapsed" };
	const redisReply	*entry;
	json_t			*notice;
	size_t			 i, k;

	for (i = 0; i < news->elements; i++) {
		entry = news->element[i];
		for (k = 0; k < nitems(kinds); k++) {
			if (strcmp(field_of(entry, "k"), kinds[k]) != 0)
				continue;
			notice = json_loads(field_of(entry, "j"), 0, NULL);
			notice_note(w, kinds[k],
			    case_named(w, field_of(entry, "t")), notice);
			json_decref(notice);
		}
	}
}

/* Answers ------------------------------------------------------------------ */

static void
tick_note(struct world *w, int64_t ms)
{
	if (ms == 0)
		return; /* as it was */
	w->tick = ms > 0 ? w->now + ms : -1;
	if (ms > 0)
		agenda_put(&w->agenda,
		    (struct moment){ .at = w->tick, .what = MOMENT_TICK });
}

/* [work left, ms until time changes something, ticket, agent ...] or the first
 * of them; true: there is work left. */
static bool
more_note(struct world *w, const redisReply *more)
{
	size_t i;
	int    who, agent;

	if (more->type != REDIS_REPLY_ARRAY)
		return (more->integer != 0);
	if (more->elements > 1)
		tick_note(w, more->element[1]->integer);
	/* (What is found out of agents follows, in lists: there is none here,
	 * where PostgreSQL told no version of their presence.) */
	for (i = 2; i + 1 < more->elements &&
	     more->element[i]->type == REDIS_REPLY_STRING;
	     i += 2) {
		who = case_named(w, more->element[i]->str);
		agent =
		    company_agent(w->play->company, more->element[i + 1]->str);
		if (who >= 0 && agent >= 0)
			agenda_put(&w->agenda,
			    (struct moment){ .at = w->now,
				.what = MOMENT_HIS,
				.who = (unsigned)who,
				.with = (unsigned)agent });
	}
	return (more->elements > 0 && more->element[0]->integer != 0);
}

/* What it answered itself: a number, or a ticket's id as text. */
static long long
said_number(const redisReply *said)
{
	const redisReply *e;

	if (said->type != REDIS_REPLY_ARRAY || said->elements < 3)
		return (0);
	e = said->element[2];
	return (e->type == REDIS_REPLY_STRING ? atoll(e->str) : e->integer);
}

static bool
world_once(struct world *w, const char *const *argv, int argc, bool *more,
    long long *number)
{
	redisReply *said, *news;
	bool	    good;

	good = server_call(w->play->server, w->now, argc, argv, &said, &news);
	if (good) {
		news_note(w, news);
		*more = said->type == REDIS_REPLY_ARRAY && said->elements > 1 &&
		    more_note(w, said->element[1]);
		*number = said_number(said);
	}
	freeReplyObject(said);
	freeReplyObject(news);
	return (good);
}

static bool
world_asks(
    struct world *w, const char *const *argv, int argc, long long *number)
{
	static const char *const drain[] = { "desk_drain" };
	long long		 nothing;
	bool			 more;

	if (!world_once(w, argv, argc, &more, number))
		return (false);
	while (more)
		if (!world_once(w, drain, 1, &more, &nothing))
			return (false);
	return (true);
}

bool
world_call(struct world *w, const char *const *argv, int argc)
{
	long long number;
	bool	 *held = w->held;

	w->held = NULL;
	if (!world_asks(w, argv, argc, &number))
		return (false);
	if (held != NULL)
		*held = number != 0;
	return (true);
}

/* Cases -------------------------------------------------------------------- */

static void
needs_put(struct buf *b, const char *needs)
{
	size_t n;
	bool   first = true;

	buf_str(b, ",\"skills\":[");
	for (; *needs != '\0'; needs += n) {
		needs += strspn(needs, " ");
		n = strcspn(needs, " ");
		if (n == 0)
			break;
		if (!first)
			buf_char(b, ',');
		buf_json(b, needs, n);
		first = false;
	}
	buf_char(b, ']');
}

/*
 * A call keeps its agent busy as a call, with a wrap-up at its end; whatever
 * else, as a case of his.
 */
static void
place_put(struct buf *b, const struct world *w, unsigned who)
{
	const struct world_case *k = &w->cases[who];
	const struct company	*c = w->play->company;
	const char *channel = w->play->day->cases[who].kind->channel;
	bool	    call = strcmp(channel, "call") == 0;

	if (k->stands == WAITING)
		buf_str(b, ",\"place\":\"wait\"");
	else if ((k->stands == WORKED || k->stands == HELD) && !call)
		buf_printf(b, ",\"place\":\"work\",\"agent\":\"%s\"",
		    c->agents[k->agent].name);
	else
		buf_str(b, ",\"place\":\"gone\"");
	if (!call || k->version < 2 || k->agent == NOBODY)
		return;
	buf_printf(
	    b, ",\"call\":{\"call\":%u,\"version\":%u", who + 1, k->version);
	if (k->stands == WORKED)
		buf_printf(b, ",\"agent\":\"%s\",\"units\":%d,\"seconds\":%d",
		    c->agents[k->agent].name, c->units[company_channel("call")],
		    CALL_BUSY_S);
	buf_char(b, '}');
}

bool
world_apply(struct world *w, unsigned who)
{
	const struct day_case	   *c = &w->play->day->cases[who];
	const struct company_queue *q =
	    &w->play->company->queues[w->cases[who].queue];
	struct world_case *k = &w->cases[who];
	int		   channel = company_channel(c->kind->channel);
	long long	   at = w->base + c->at;
	struct buf	   b = { 0 };
	bool		   good;

	buf_printf(&b, "{\"ticket\":%u,\"version\":%u,\"queue\":\"%s\"",
	    who + 1, ++k->version, q->name);
	buf_printf(&b, ",\"score\":%lld,\"since\":%lld",
	    company_score(at + k->first * 1000LL, c->kind->priority), at);
	buf_printf(&b, ",\"units\":%d,\"channel\":\"%s\",\"offer\":%ld",
	    w->play->company->units[channel], c->kind->channel,
	    q->offer[channel]);
	if (c->kind->prefer != NULL && k->stands == WAITING)
		buf_printf(&b, ",\"prefer\":\"%s\"", c->kind->prefer);
	needs_put(&b, c->kind->needs);
	place_put(&b, w, who);
	buf_char(&b, '}');
	good =
	    world_call(w, (const char *const[]){ "desk_apply", "0", b.p }, 3);
	buf_free(&b);
	return (good);
}

/* Queues whose cases are asked for ------------------------------------------ */

bool
world_ask_next(struct world *w, unsigned agent)
{
	long long number = 0;
	int	  who;

	if (!w->staff[agent].asks || !w->staff[agent].ready ||
	    w->staff[agent].busy > 0 || w->staff[agent].asked == w->now)
		return (true);
	if (!world_asks(w,
		(const char *const[]){
		    "desk_next", w->play->company->agents[agent].name },
		2, &number))
		return (false);
	who = number > 0 && (size_t)number <= w->play->day->n ? (int)number - 1
							      : -1;
	if (who < 0)
		return (true);
	w->staff[agent].asked = w->now;
	agenda_put(&w->agenda,
	    (struct moment){ .at = w->now,
		.what = MOMENT_HIS,
		.who = (unsigned)who,
		.with = agent });
	return (true);
}

bool
world_ask_all(struct world *w)
{
	size_t i;

	for (i = 0; i < w->play->company->nagents; i++)
		if (!world_ask_next(w, (unsigned)i))
			return (false);
	return (true);
}
