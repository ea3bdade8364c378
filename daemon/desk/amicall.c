/*
 * The calls of one Asterisk; see amicall.h.
 */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ami.h"
#include "amibook.h"
#include "amicall.h"
#include "base/mem.h"
#include "cdr.h"

#define LEFT_MS 2000 /* the others hang up within that, when all do */

struct amicall *
amicall_new(const struct callrec_desk *desk, amicall_tell *tell, void *arg)
{
	struct amicall *a;

	a = xcalloc(1, sizeof *a);
	a->desk = *desk;
	a->tell = tell;
	a->arg = arg;
	a->calls = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free);
	a->channels =
	    g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free);
	return (a);
}

void
amicall_free(struct amicall *a)
{
	if (a == NULL)
		return;
	g_hash_table_destroy(a->channels);
	g_hash_table_destroy(a->calls);
	free(a);
}

size_t
amicall_channels(const struct amicall *a)
{
	return (g_hash_table_size(a->channels));
}

/* A number that can be called: not "s", not "*97", not nothing. */
static bool
is_number(const char *s)
{
	return (*s != '\0' && strspn(s, "+0123456789") == strlen(s));
}

/* Events ------------------------------------------------------------------- */

/*
 * The first channel of a call says what it is: from outside, or one of our
 * telephones that calls a number outside.
 */
static void
on_channel(struct amicall *a, const struct ami_message *m)
{
	struct channel *ch = book_channel(a, m);
	const char     *number = ami_get(m, "CallerIDNum");
	const char     *exten = ami_get(m, "Exten");
	struct call    *c;

	if (ch == NULL || ch->local || ch->call->heard ||
	    strcmp(ch->id, ch->call->id) != 0)
		return;
	c = ch->call;
	if (*ch->extension == '\0') {
		c->internal = false;
		book_copy(c->from, sizeof c->from, number);
		book_copy(c->name, sizeof c->name, ami_get(m, "CallerIDName"));
		book_copy(c->to, sizeof c->to, is_number(exten) ? exten : "");
		book_rings(a, c, "a", NULL);
	} else if (is_number(exten) &&
	    !callrec_is_extension(exten, a->desk.country)) {
		c->internal = false;
		c->out = true;
		book_copy(c->from, sizeof c->from, ch->extension);
		book_copy(c->to, sizeof c->to, exten);
		book_rings(a, c, "a", ch->extension);
	}
}

/* A call that we began for an agent (his telephone first) now goes out. */
static void
call_goes_out(struct amicall *a, struct call *c, const struct channel *from,
    const char *number)
{
	if (c->heard || from == NULL || *from->extension == '\0' ||
	    !is_number(number) || callrec_is_extension(number, a->desk.country))
		return;
	c->internal = false;
	c->out = true;
	book_copy(c->from, sizeof c->from, from->extension);
	book_copy(c->to, sizeof c->to, number);
	book_rings(a, c, "a", from->extension);
}

static void
on_dial_begin(struct amicall *a, const struct ami_message *m)
{
	struct channel *from = book_channel(a, m);
	struct channel *to = book_channel_named(
	    a, m, "DestChannel", "DestUniqueid", "DestLinkedid");

	if (to == NULL || to->local)
		return;
	if (*to->extension == '\0')
		call_goes_out(a, to->call, from, ami_get(m, "DestCallerIDNum"));
	else if (!to->call->out && to->call->heard)
		book_rings(a, to->call, to->id, to->extension);
}

static void
on_dial_end(struct amicall *a, const struct ami_message *m)
{
	struct channel *from = book_channel(a, m);
	struct channel *to = book_channel_named(
	    a, m, "DestChannel", "DestUniqueid", "DestLinkedid");

	if (to == NULL || !ami_is(m, "DialStatus", "ANSWER"))
		return;
	if (*to->extension != '\0')
		book_taken(a, to->call, to->id, to->extension);
	else if (to->call->out && from != NULL && *from->extension != '\0')
		book_taken(a, to->call, from->id, from->extension);
}

/* Queue()'s word for it; the telephone may hide behind a Local channel. */
static void
on_agent_connect(struct amicall *a, const struct ami_message *m)
{
	struct channel *caller = book_channel(a, m);
	char		extension[CDR_EXTENSION];
	const char     *leg = ami_get(m, "DestUniqueid");

	if (caller != NULL && book_is_id(leg) &&
	    cdr_extension(extension, ami_get(m, "Interface")) != NULL)
		book_taken(a, caller->call, leg, extension);
}

/* Whoever of us stands in a bridge with the caller talks: a pickup, say. */
static void
channel_talks(struct amicall *a, struct channel *ch)
{
	if (*ch->extension != '\0' && !ch->call->out && ch->call->heard &&
	    *ch->call->agent == '\0')
		book_taken(a, ch->call, ch->id, ch->extension);
}

static void
on_bridge_enter(struct amicall *a, const struct ami_message *m)
{
	struct channel *ch = book_channel(a, m);

	if (ch != NULL)
		channel_talks(a, ch);
}

static void
on_hold(struct amicall *a, const struct ami_message *m, bool held)
{
	struct channel *ch = book_channel(a, m);

	if (ch == NULL)
		return;
	if (ch->held != 0)
		ch->call->hold += a->now - ch->held;
	ch->held = held ? a->now : 0;
}

/*
 * Handed on.  The leg is of the two channels, or of the number: the same for
 * all who hear of it.
 */
static void
call_handed(struct amicall *a, struct call *c, const char *by_leg,
    const char *by, const char *to_leg, const char *to)
{
	char	       leg[2 * BOOK_ID + 2];
	struct callrec r;

	snprintf(leg, sizeof leg, "%.80s>%.80s", by_leg, to_leg);
	r = book_record("transferred", leg, to);
	r.by = by;
	if (r.agent != NULL && to_leg != to) {
		r.attended = true;
		book_copy(c->agent, sizeof c->agent, to);
		book_copy(c->last, sizeof c->last, to);
		book_copy(c->talker, sizeof c->talker, to_leg);
		if (c->answered == 0)
			c->answered = a->now;
	} else {
		*c->agent = '\0';
		*c->talker = '\0';
	}
	c->left = 0;
	book_tell(a, c, &r);
}

static void
on_blind_transfer(struct amicall *a, const struct ami_message *m)
{
	struct channel *by = book_channel_named(a, m, "TransfererChannel",
	    "TransfererUniqueid", "TransfererLinkedid");
	const char     *to = ami_get(m, "Extension");

	if (by != NULL && ami_is(m, "Result", "Success"))
		call_handed(a, by->call, by->id, by->extension, to, to);
}

static void
on_attended_transfer(struct amicall *a, const struct ami_message *m)
{
	struct channel *by = book_channel_named(a, m, "OrigTransfererChannel",
	    "OrigTransfererUniqueid", "OrigTransfererLinkedid");
	struct channel *of = book_channel_named(a, m, "TransfereeChannel",
	    "TransfereeUniqueid", "TransfereeLinkedid");
	struct channel *to = book_channel_named(a, m, "TransferTargetChannel",
	    "TransferTargetUniqueid", "TransferTargetLinkedid");

	if (by == NULL || to == NULL || *to->extension == '\0' ||
	    !ami_is(m, "Result", "Success"))
		return;
	if (of == NULL)
		of = by;
	/* The consultation is over; its other end belongs to the call. */
	book_move(a, to, of->call->id);
	call_handed(a, of->call, by->id, by->extension, to->id, to->extension);
}

static void
on_abandon(struct amicall *a, const struct ami_message *m)
{
	struct channel *ch = book_channel(a, m);

	if (ch != NULL)
		snprintf(ch->call->why, sizeof ch->call->why,
		    "abandoned in queue %.100s", ami_get(m, "Queue"));
}

static void
channel_end(struct amicall *a, struct channel *ch)
{
	book_leave(a, ch);
	g_hash_table_remove(a->channels, ch->id);
}

static void
on_hangup(struct amicall *a, const struct ami_message *m)
{
	struct channel *ch;
	const char     *id = ami_get(m, "Uniqueid");

	if (!book_is_id(id) ||
	    (ch = g_hash_table_lookup(a->channels, id)) == NULL)
		return;
	/* The caller's own cause, if none was given before. */
	if (*ch->call->why == '\0' && strcmp(ch->id, ch->call->id) == 0)
		book_copy(ch->call->why, sizeof ch->call->why,
		    ami_get(m, "Cause-txt"));
	channel_end(a, ch);
}

static void
on_cdr(struct amicall *a, const struct ami_message *m)
{
	static const char *const names[CDR_ALL] = { "AccountCode", "Source",
		"Destination", "DestinationContext", "CallerID", "Channel",
		"DestinationChannel", "LastApplication", "LastData",
		"StartTime", "AnswerTime", "EndTime", "Duration",
		"BillableSeconds", "Disposition", "AMAFlags", "UniqueID",
		"UserField" };
	const char		*fields[CDR_ALL];
	struct cdr_room		 room;
	struct callrec		 r;
	size_t			 i;

	for (i = 0; i < CDR_ALL; i++)
		fields[i] = ami_get(m, names[i]);
	if (book_is_id(fields[CDR_UNIQUEID]) &&
	    cdr_call(&r, &room, fields, CDR_ALL, "", &a->desk) == NULL &&
	    !cdr_is_internal(&r, a->desk.country))
		a->tell(a->arg, &r);
}

/* A channel as it is now: what we did not hear of is made up for. */
static void
on_listed(struct amicall *a, const struct ami_message *m)
{
	struct channel *ch;

	on_channel(a, m);
	if ((ch = book_channel(a, m)) == NULL)
		return;
	ch->seen = true;
	ch->talks = ami_is(m, "ChannelStateDesc", "Up") &&
	    *ami_get(m, "BridgeId") != '\0';
}

static void
on_list_over(struct amicall *a)
{
	GHashTableIter	iter;
	struct channel *ch;
	gpointer	value;
	GPtrArray      *gone = g_ptr_array_new();
	guint		i;

	g_hash_table_iter_init(&iter, a->channels);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		ch = value;
		if (!ch->seen)
			g_ptr_array_add(gone, ch);
		else if (ch->talks)
			channel_talks(a, ch);
	}
	for (i = 0; i < gone->len; i++)
		channel_end(a, g_ptr_array_index(gone, i));
	g_ptr_array_free(gone, TRUE);
}

void
amicall_list(struct amicall *a)
{
	GHashTableIter iter;
	gpointer       value;

	g_hash_table_iter_init(&iter, a->channels);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		((struct channel *)value)->seen = false;
}

static void
on_held(struct amicall *a, const struct ami_message *m)
{
	on_hold(a, m, true);
}

static void
on_unheld(struct amicall *a, const struct ami_message *m)
{
	on_hold(a, m, false);
}

static void
on_complete(struct amicall *a, const struct ami_message *m)
{
	(void)m;
	on_list_over(a);
}

static const struct {
	const char *name;
	void (*run)(struct amicall *, const struct ami_message *);
} events[] = {
	{ "Newchannel", on_channel },
	{ "Newstate", on_channel },
	{ "DialBegin", on_dial_begin },
	{ "DialEnd", on_dial_end },
	{ "AgentConnect", on_agent_connect },
	{ "BridgeEnter", on_bridge_enter },
	{ "Hold", on_held },
	{ "Unhold", on_unheld },
	{ "BlindTransfer", on_blind_transfer },
	{ "AttendedTransfer", on_attended_transfer },
	{ "QueueCallerAbandon", on_abandon },
	{ "Hangup", on_hangup },
	{ "Cdr", on_cdr },
	{ "CoreShowChannel", on_listed },
	{ "CoreShowChannelsComplete", on_complete },
};

/* The event's own time, where the exchange tells it (timestampevents). */
static void
now_is(struct amicall *a, const struct ami_message *m, int64_t wall)
{
	const char *s = m != NULL ? ami_get(m, "Timestamp") : "";
	double	    told = g_ascii_strtod(s, NULL);

	a->now = told > 0 && told * 1000 < (double)wall + 60000 &&
		told * 1000 > (double)wall - 3600000
	    ? (int64_t)(told * 1000)
	    : wall;
	when_epoch(a->at, a->now * 1000);
}

void
amicall_event(struct amicall *a, const struct ami_message *m, int64_t wall)
{
	const char *name = ami_get(m, "Event");
	size_t	    i;

	now_is(a, m, wall);
	for (i = 0; i < nitems(events); i++)
		if (strcmp(events[i].name, name) == 0) {
			events[i].run(a, m);
			return;
		}
}

/* He hung up and the call goes on, by itself or to another: he is free. */
static void
call_left(struct amicall *a, struct call *c)
{
	struct callrec r = book_record("ended", c->talker, c->agent);

	r.part = true;
	r.duration = (c->left - c->answered) / 1000;
	book_tell(a, c, &r);
	c->left = 0;
	*c->agent = '\0';
	*c->talker = '\0';
}

void
amicall_tick(struct amicall *a, int64_t wall)
{
	GHashTableIter iter;
	gpointer       value;
	struct call   *c;

	now_is(a, NULL, wall);
	g_hash_table_iter_init(&iter, a->calls);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		c = value;
		if (c->left != 0 && *c->agent != '\0' &&
		    a->now - c->left > LEFT_MS)
			call_left(a, c);
	}
}

void
amicall_each(
    const struct amicall *a, void (*fn)(void *, const char *), void *arg)
{
	GHashTableIter iter;
	gpointer       key;

	g_hash_table_iter_init(&iter, a->calls);
	while (g_hash_table_iter_next(&iter, &key, NULL))
		fn(arg, key);
}
