/*
 * One Asterisk's calls and channels; see amibook.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ami.h"
#include "amibook.h"
#include "base/mem.h"

void
book_copy(char *out, size_t size, const char *s)
{
	/* Asterisk's word for what it does not know. */
	if (strcmp(s, "<unknown>") == 0)
		s = "";
	snprintf(out, size, "%s", s);
}

/* Telling ------------------------------------------------------------------ */

void
book_tell(struct amicall *a, const struct call *c, struct callrec *r)
{
	if (c->internal)
		return;
	r->call = c->id;
	r->from = c->from;
	r->name = c->name;
	r->to = c->to;
	r->direction = c->out ? "out" : "in";
	r->at = a->at;
	a->tell(a->arg, r);
}

struct callrec
book_record(const char *state, const char *leg, const char *agent)
{
	return ((struct callrec){ .state = state,
	    .leg = leg,
	    .agent = agent != NULL && *agent != '\0' ? agent : NULL,
	    .duration = -1,
	    .wait = -1,
	    .hold = -1 });
}

/* It rings: once for the call, once for each telephone. */
void
book_rings(
    struct amicall *a, struct call *c, const char *leg, const char *extension)
{
	struct callrec r = book_record("ringing", leg, extension);

	c->heard = true;
	book_tell(a, c, &r);
}

void
book_taken(
    struct amicall *a, struct call *c, const char *leg, const char *extension)
{
	struct callrec r = book_record("answered", leg, extension);

	c->left = 0;
	if (strcmp(c->agent, extension) == 0) {
		book_copy(c->talker, sizeof c->talker, leg);
		return;
	}
	if (c->answered == 0) {
		c->answered = a->now;
		r.wait = (a->now - c->began) / 1000;
	}
	book_copy(c->agent, sizeof c->agent, extension);
	book_copy(c->last, sizeof c->last, extension);
	book_copy(c->talker, sizeof c->talker, leg);
	book_tell(a, c, &r);
}

static void
book_over(struct amicall *a, struct call *c)
{
	struct callrec r =
	    book_record(c->answered != 0 ? "ended" : "missed", "live", c->last);

	if (c->heard) {
		r.duration =
		    c->answered != 0 ? (a->now - c->answered) / 1000 : 0;
		r.wait =
		    ((c->answered != 0 ? c->answered : a->now) - c->began) /
		    1000;
		r.hold = c->hold / 1000;
		r.disposition = c->why;
		book_tell(a, c, &r);
	}
	g_hash_table_remove(a->calls, c->id);
}

/* Channels ----------------------------------------------------------------- */

static struct call *
book_call(struct amicall *a, const char *linked)
{
	struct call *c = g_hash_table_lookup(a->calls, linked);

	if (c != NULL)
		return (c);
	c = xcalloc(1, sizeof *c);
	book_copy(c->id, sizeof c->id, linked);
	c->internal = true; /* until somebody from outside is in it */
	c->began = a->now;
	g_hash_table_insert(a->calls, c->id, c);
	return (c);
}

void
book_leave(struct amicall *a, struct channel *ch)
{
	struct call *c = ch->call;

	if (ch->held != 0)
		c->hold += a->now - ch->held;
	ch->held = 0;
	if (strcmp(c->talker, ch->id) == 0)
		c->left = a->now;
	if (--c->channels == 0)
		book_over(a, c);
}

/* Two calls became one (a consultation, say): the channel goes along. */
void
book_move(struct amicall *a, struct channel *ch, const char *linked)
{
	struct call *to = book_call(a, linked);

	if (to == ch->call)
		return;
	to->channels++;
	book_leave(a, ch);
	ch->call = to;
}

bool
book_is_id(const char *s)
{
	return (*s != '\0' && strlen(s) <= BOOK_ID);
}

/*
 * The channel that an event names by these fields, made when it is new; NULL
 * when it names none.
 */
struct channel *
book_channel_named(struct amicall *a, const struct ami_message *m,
    const char *name, const char *unique, const char *linked)
{
	const char     *id = ami_get(m, unique), *to = ami_get(m, linked);
	const char     *channel = ami_get(m, name);
	struct channel *ch;

	if (!book_is_id(id))
		return (NULL);
	ch = g_hash_table_lookup(a->channels, id);
	if (ch != NULL) {
		ch->seen = true; /* whether the list names it or not */
		if (book_is_id(to))
			book_move(a, ch, to);
		return (ch);
	}
	if (g_hash_table_size(a->channels) >= AMICALL_CHANNELS ||
	    *channel == '\0')
		return (NULL);
	ch = xcalloc(1, sizeof *ch);
	book_copy(ch->id, sizeof ch->id, id);
	ch->seen = true;
	ch->local = g_ascii_strncasecmp(channel, "Local/", 6) == 0;
	if (!ch->local)
		cdr_extension(ch->extension, channel);
	ch->call = book_call(a, book_is_id(to) ? to : id);
	ch->call->channels++;
	g_hash_table_insert(a->channels, ch->id, ch);
	return (ch);
}

struct channel *
book_channel(struct amicall *a, const struct ami_message *m)
{
	return (book_channel_named(a, m, "Channel", "Uniqueid", "Linkedid"));
}
