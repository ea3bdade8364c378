/*
 * One telephone call as an event, whoever tells of it: callrec_event() of
 * callrec.h.  The two posted forms are read in callrec_read.c.
 */
#include <stdio.h>
#include <string.h>

#include "contact.h"
#include "callrec.h"
#include "event.h"
#include "phone.h"
#include "when.h"

/* What is the matter, when it is. */
struct fault {
	const char **member;
	const char **wrong;
};

static bool
callrec_refuse(const struct fault *f, const char *member, const char *wrong)
{
	*f->member = member;
	*f->wrong = wrong;
	return (false);
}

static bool
callrec_full(const struct fault *f)
{
	return (callrec_refuse(f, "", "The call record is too large."));
}

/* Copies an optional text. */
static bool
callrec_copy(struct event *e, const char *s, const char **out)
{
	if (s == NULL || *s == '\0')
		return (true);
	*out = arena_str(&e->arena, s);
	return (*out != NULL);
}

bool
callrec_is_extension(const char *s, const char *country)
{
	struct phone p;

	return (s != NULL &&
	    phone_read(&p, s, strlen(s), country) == PHONE_OK && p.local &&
	    strlen(p.number) <= 5);
}

/*
 * Whether the call went out.  Exchanges call both "inbound" from where they
 * stand; a call from an extension to a full number is one of ours.
 */
bool
callrec_is_out(const struct callrec *r, const char *country)
{
	if (r->direction != NULL)
		return (strcmp(r->direction, "out") == 0);
	return (callrec_is_extension(r->from, country) &&
	    !callrec_is_extension(r->to, country) && r->to != NULL);
}

/* The other party as the event's contact, our end as what was contacted. */
static bool
callrec_parties(struct event *e, const struct callrec *r, bool out,
    const char *country, const struct fault *f)
{
	const char    *party = out ? r->to : r->from;
	const char    *ours = out ? r->from : r->to, *wrong;
	struct contact c;

	switch (contact_read(&e->arena, &e->contacts[0], "phone",
	    party != NULL ? party : "", country, &wrong)) {
	case CONTACT_FULL:
		return (callrec_full(f));
	case CONTACT_OK:
		break;
	case CONTACT_WITHHELD:
		e->contacts[0] = (struct contact){ .kind = "anonymous",
			.address = e->call->id };
		break;
	case CONTACT_WRONG:
		/* A SIP name is as good a name as a number. */
		if (contact_read(&e->arena, &e->contacts[0], "sip", party,
			country, &wrong) != CONTACT_OK)
			return (callrec_refuse(f, out ? "to" : "from", wrong));
		break;
	}
	e->ncontacts = 1;
	if (ours == NULL || *ours == '\0')
		return (true);
	switch (contact_read(&e->arena, &c, "phone", ours, country, &wrong)) {
	case CONTACT_FULL:
		return (callrec_full(f));
	case CONTACT_OK:
		e->to[e->nto++] = c.address;
		break;
	default:
		break;
	}
	return (true);
}

/* The sentences of the history, by state; @ is the number. */
struct sentences {
	const char *withheld;
	const char *ring_in, *ring_out; /* a case's subject, for good */
	const char *in[5];
	const char *out[5];
};

static const struct sentences vietnamese = {
	.withheld = "số ẩn",
	.ring_in = "Cuộc gọi đến từ @",
	.ring_out = "Cuộc gọi đi tới @",
	.in = { "Cuộc gọi đến từ @ đang đổ chuông",
	    "Cuộc gọi đến từ @ được trả lời", "Cuộc gọi đến từ @ được chuyển",
	    "Cuộc gọi đến từ @ đã kết thúc", "Cuộc gọi nhỡ từ @" },
	.out = { "Đang gọi đi tới @", "Cuộc gọi đi tới @ được trả lời",
	    "Cuộc gọi đi tới @ được chuyển", "Cuộc gọi đi tới @ đã kết thúc",
	    "Cuộc gọi đi tới @ không có người nghe" },
};
static const struct sentences english = {
	.withheld = "a withheld number",
	.ring_in = "Call from @",
	.ring_out = "Call to @",
	.in = { "Call from @ is ringing", "Call from @ was answered",
	    "Call from @ was transferred", "Call from @ ended",
	    "Missed call from @" },
	.out = { "Calling @", "Call to @ was answered",
	    "Call to @ was transferred", "Call to @ ended",
	    "Call to @ was not answered" },
};

static int
callrec_state(const char *state)
{
	int i;

	for (i = 0; call_states[i] != NULL; i++)
		if (strcmp(call_states[i], state) == 0)
			return (i);
	return (-1);
}

static const struct sentences *
callrec_words(const char *lang)
{
	return (
	    lang != NULL && strcmp(lang, "en") == 0 ? &english : &vietnamese);
}

/* The form with the number, or what is said of none, in its place. */
static void
callrec_party(struct buf *b, const struct event *e, const struct sentences *t,
    const char *form)
{
	const struct contact *c = &e->contacts[0];
	const char	     *mark = strchr(form, '@');

	buf_add(b, form, (size_t)(mark - form));
	buf_str(
	    b, strcmp(c->kind, "anonymous") == 0 ? t->withheld : c->address);
	buf_str(b, mark + 1);
}

/*
 * A case is named by the event that opened it, for good: one that began by
 * ringing must not be ringing for ever.
 */
static bool
callrec_subject(struct event *e, bool out, const char *lang)
{
	const struct sentences *t = callrec_words(lang);
	struct buf		b;

	if (strcmp(e->call->state, "ringing") != 0)
		return (true);
	buf_init(&b, 1000);
	callrec_party(&b, e, t, out ? t->ring_out : t->ring_in);
	e->subject = arena_dup(&e->arena, b.n > 0 ? b.p : "", b.n);
	buf_free(&b);
	return (e->subject != NULL);
}

/* The sentence for the history; NULL when the arena is full. */
static const char *
callrec_sentence(struct event *e, bool out, const char *lang)
{
	const struct sentences *t = callrec_words(lang);
	const struct call      *call = e->call;
	const char	       *s;
	struct buf		b;

	buf_init(&b, 1000);
	callrec_party(
	    &b, e, t, (out ? t->out : t->in)[callrec_state(call->state)]);
	if (call->agent != NULL && strcmp(call->state, "transferred") == 0)
		buf_printf(
		    &b, t == &english ? " to %s" : " cho %s", call->agent);
	if (call->duration > 0 && strcmp(call->state, "ended") == 0)
		buf_printf(&b,
		    t == &english ? ", talked %lld min %lld s"
				  : ", nói %lld phút %lld giây",
		    (long long)call->duration / 60,
		    (long long)call->duration % 60);
	if (call->wait > 0 && strcmp(call->state, "missed") == 0)
		buf_printf(&b,
		    t == &english ? ", waited %lld s" : ", chờ %lld giây",
		    (long long)call->wait);
	s = arena_dup(&e->arena, b.n > 0 ? b.p : "", b.n);
	buf_free(&b);
	return (s);
}

static bool
callrec_fill_call(struct event *e, const struct callrec *r, bool out)
{
	struct call *call;

	if ((call = arena_get(&e->arena, sizeof *call)) == NULL)
		return (false);
	e->call = call;
	call->direction = out ? "out" : "in";
	call->duration = r->duration >= 0 ? r->duration : -1;
	call->wait = r->wait >= 0 ? r->wait : -1;
	call->hold = r->hold >= 0 ? r->hold : -1;
	call->part = r->part;
	call->attended = r->attended;
	/* Nobody is owed a call back for a call that we made. */
	call->state = out && strcmp(r->state, "missed") == 0
	    ? "ended"
	    : call_states[callrec_state(r->state)];
	return (callrec_copy(e, r->call, &call->id) &&
	    callrec_copy(e, r->agent, &call->agent) &&
	    callrec_copy(e, r->by, &call->by) &&
	    callrec_copy(e, r->recording, &call->recording) &&
	    callrec_copy(e, r->disposition, &call->disposition));
}

static bool
callrec_check(const struct callrec *r, const struct fault *f)
{
	if (r->call == NULL || *r->call == '\0')
		return (callrec_refuse(f, "call", "This is required."));
	if (strlen(r->call) > 200)
		return (callrec_refuse(f, "call", "This is too long."));
	if (r->leg != NULL && strlen(r->leg) > 200)
		return (callrec_refuse(f, "leg", "This is too long."));
	if (r->state == NULL || callrec_state(r->state) < 0)
		return (callrec_refuse(f, "state",
		    "This must be ringing, answered, transferred, ended or "
		    "missed."));
	if (r->from == NULL)
		return (callrec_refuse(f, "from", "This is required."));
	if (r->direction != NULL && strcmp(r->direction, "in") != 0 &&
	    strcmp(r->direction, "out") != 0)
		return (
		    callrec_refuse(f, "direction", "This must be in or out."));
	if (r->at != NULL && !when_valid(r->at, strlen(r->at)))
		return (callrec_refuse(f, "at",
		    "This must be a time as RFC 3339 has it, with an "
		    "offset."));
	return (true);
}

bool
callrec_event(struct event *e, const struct callrec *r,
    const struct callrec_desk *desk, const char **member, const char **wrong)
{
	const struct fault f = { member, wrong };
	bool		   out;

	if (!callrec_check(r, &f))
		return (false);
	out = callrec_is_out(r, desk->country);
	e->channel = e->kind = "call";
	if (!callrec_fill_call(e, r, out))
		return (callrec_full(&f));
	e->id = arena_printf(&e->arena, "%s/%s/%s", r->call,
	    r->leg != NULL && *r->leg != '\0' ? r->leg : "a", r->state);
	if (e->id == NULL || !callrec_copy(e, r->at, &e->at) ||
	    !callrec_copy(e, r->name, &e->name))
		return (callrec_full(&f));
	if (!callrec_parties(e, r, out, desk->country, &f))
		return (false);
	e->text = callrec_sentence(e, out, desk->lang);
	e->lang =
	    desk->lang != NULL && strcmp(desk->lang, "en") == 0 ? "en" : "vi";
	return ((e->text != NULL && callrec_subject(e, out, desk->lang)) ||
	    callrec_full(&f));
}
