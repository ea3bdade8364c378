/*
 * The columns of deskctl top's tables; see toptable.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "show.h"
#include "toptable.h"

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

const char *
text_of(const json_t *o, const char *member)
{
	const char *s = json_string_value(json_object_get(o, member));

	return (s != NULL ? s : "");
}

int64_t
number_of(const json_t *o, const char *member)
{
	return ((int64_t)json_number_value(json_object_get(o, member)));
}

void
span_text(char out[FACT_MAX], int64_t ms)
{
	long long s = (ms < 0 ? -ms : ms) / 1000;

	if (s < 60)
		snprintf(out, FACT_MAX, "%llds", s);
	else if (s < 3600)
		snprintf(out, FACT_MAX, "%lldm", s / 60);
	else if (s < 86400)
		snprintf(out, FACT_MAX, "%lldh%02lld", s / 3600, s / 60 % 60);
	else
		snprintf(out, FACT_MAX, "%lldd", s / 86400);
}

int64_t
time_read(const char *s)
{
	struct tm   tm = { 0 };
	const char *end = strptime(s, "%Y-%m-%dT%H:%M:%S", &tm);

	if (end == NULL)
		return (0);
	return ((int64_t)timegm(&tm) * 1000);
}

static void
fact_text(struct fact *f, const char *s)
{
	snprintf(f->text, sizeof f->text, "%s", s);
}

/* A count; nothing said of none. */
static void
fact_count(struct fact *f, int64_t n)
{
	f->number = (double)n;
	if (n != 0)
		snprintf(f->text, sizeof f->text, "%lld", (long long)n);
	else
		fact_text(f, "\xc2\xb7");
	f->paint = n != 0 ? PAINT_PLAIN : PAINT_DIM;
}

/* How long ago it was, the longest the most. */
static void
fact_since(const struct top *t, struct fact *f, const char *at)
{
	int64_t then = time_read(at), now = t->now + t->ahead;

	f->number = -1;
	if (then == 0)
		return;
	f->number = (double)(now - then);
	span_text(f->text, now > then ? now - then : 0);
}

/* What is due, and how soon; what is late stands first. */
static void
fact_due(const struct top *t, struct fact *f, const char *at)
{
	int64_t due = time_read(at), left = due - t->now - t->ahead;

	f->number = 1e15;
	if (due == 0)
		return;
	f->number = (double)left;
	if (left < 0) {
		f->text[0] = '-';
		span_text(f->text, left);
		memmove(f->text + 1, f->text, strlen(f->text) + 1);
		f->text[0] = '-';
		f->paint = PAINT_BAD;
	} else {
		span_text(f->text, left);
		f->paint = left < 10 * MINUTE ? PAINT_WARN : PAINT_PLAIN;
	}
}

/* ---- queues */

static void
queue_name(const struct top *t, const json_t *row, struct fact *f)
{
	(void)t;
	if (json_is_true(json_object_get(row, "paused"))) {
		snprintf(f->text, sizeof f->text, "%.150s (paused)",
		    text_of(row, "name"));
		f->paint = PAINT_WARN;
	} else if (json_object_get(row, "drain") != NULL) {
		snprintf(f->text, sizeof f->text, "%.150s (%s)",
		    text_of(row, "name"),
		    json_is_true(
			json_object_get(json_object_get(row, "drain"), "empty"))
			? "drained"
			: "draining");
		f->paint = PAINT_WARN;
	} else {
		fact_text(f, text_of(row, "name"));
	}
}

static void
queue_waiting(const struct top *t, const json_t *row, struct fact *f)
{
	(void)t;
	fact_count(f, number_of(row, "waiting"));
	if (f->number > 0)
		f->paint = PAINT_STRONG;
}

/* Offered, as this moment has it. */
static void
queue_offered(const struct top *t, const json_t *row, struct fact *f)
{
	(void)t;
	fact_count(f, number_of(row, "offered"));
}

static void
queue_work(const struct top *t, const json_t *row, struct fact *f)
{
	const json_t *c = json_object_get(t->counts, text_of(row, "name"));

	f->number = -1;
	if (c == NULL)
		return;
	fact_count(f,
	    number_of(c, "active") - number_of(c, "waiting") -
		number_of(c, "pending"));
}

static void
queue_oldest(const struct top *t, const json_t *row, struct fact *f)
{
	fact_since(t, f, text_of(row, "oldest"));
}

static void
queue_due(const struct top *t, const json_t *row, struct fact *f)
{
	fact_due(t, f, text_of(row, "due_next"));
}

static void
queue_late(const struct top *t, const json_t *row, struct fact *f)
{
	(void)t;
	fact_count(f, number_of(row, "overdue"));
	if (f->number > 0)
		f->paint = PAINT_BAD;
}

/* In time, of the answers that were owed. */
static void
queue_level(const struct top *t, const json_t *row, struct fact *f)
{
	const json_t *level = json_object_get(row, "level");

	(void)t;
	f->number = 101;
	if (level == NULL)
		return;
	f->number = (double)number_of(level, "share");
	snprintf(f->text, sizeof f->text, "%d%%", (int)f->number);
	f->paint = f->number < 80 ? PAINT_BAD
	    : f->number < 90	  ? PAINT_WARN
				  : PAINT_GOOD;
}

static void
queue_abandoned(const struct top *t, const json_t *row, struct fact *f)
{
	(void)t;
	fact_count(f, number_of(row, "abandoned"));
	if (f->number > 0)
		f->paint = PAINT_WARN;
}

static void
queue_opened(const struct top *t, const json_t *row, struct fact *f)
{
	(void)t;
	fact_count(f, number_of(row, "opened"));
}

static void
queue_answered(const struct top *t, const json_t *row, struct fact *f)
{
	(void)t;
	fact_count(f, number_of(row, "answered"));
}

static void
queue_done(const struct top *t, const json_t *row, struct fact *f)
{
	(void)t;
	fact_count(f, number_of(row, "resolved"));
}

static const struct column queue_columns[] = {
	{ "queue", 0, 99, false, false, queue_name },
	{ "waiting", 7, 98, true, true, queue_waiting },
	{ "oldest", 6, 90, true, true, queue_oldest },
	{ "due", 6, 95, true, false, queue_due },
	{ "late", 5, 94, true, true, queue_late },
	{ "work", 5, 85, true, true, queue_work },
	{ "level", 5, 93, true, false, queue_level },
	{ "abnd", 5, 92, true, true, queue_abandoned },
	{ "in", 5, 70, true, true, queue_opened },
	{ "out", 5, 50, true, true, queue_answered },
	{ "done", 5, 60, true, true, queue_done },
	{ "offered", 7, 40, true, true, queue_offered },
};

/* ---- agents */

static void
agent_name(const struct top *t, const json_t *row, struct fact *f)
{
	(void)t;
	fact_text(f, text_of(row, "name"));
}

static void
agent_display(const struct top *t, const json_t *row, struct fact *f)
{
	(void)t;
	fact_text(f, text_of(row, "display"));
}

static void
agent_state(const struct top *t, const json_t *row, struct fact *f)
{
	const char *state = text_of(row, "state"),
		   *why = text_of(row, "reason");

	(void)t;
	if (why[0] != '\0')
		snprintf(f->text, sizeof f->text, "%.40s: %.120s", state, why);
	else
		fact_text(f, state);
	if (strcmp(state, "ready") == 0)
		f->paint = PAINT_GOOD;
	else if (strcmp(state, "offline") == 0)
		f->paint = PAINT_DIM;
	else
		f->paint = PAINT_WARN;
}

static void
agent_since(const struct top *t, const json_t *row, struct fact *f)
{
	fact_since(t, f, text_of(row, "state_since"));
}

static void
agent_load(const struct top *t, const json_t *row, struct fact *f)
{
	int64_t load = number_of(row, "load"),
		room = number_of(row, "capacity");

	(void)t;
	f->number = room > 0 ? (double)load / (double)room : (double)load;
	if (load == 0) {
		fact_text(f, "\xc2\xb7");
		f->paint = PAINT_DIM;
		return;
	}
	snprintf(f->text, sizeof f->text, "%lld/%lld", (long long)load,
	    (long long)room);
	f->paint = load >= room ? PAINT_WARN : PAINT_PLAIN;
}

static void
agent_offered(const struct top *t, const json_t *row, struct fact *f)
{
	(void)t;
	fact_count(f, number_of(row, "offered"));
}

/* "mail 3, chat 1" */
static void
agent_work(const struct top *t, const json_t *row, struct fact *f)
{
	json_t	   *work = json_object_get(row, "working"), *n;
	const char *channel;
	size_t	    at = 0;

	(void)t;
	json_object_foreach (work, channel, n) {
		f->number += json_number_value(n);
		if (at < sizeof f->text - 40)
			at +=
			    (size_t)snprintf(f->text + at, sizeof f->text - at,
				"%s%.24s %lld", at > 0 ? ", " : "", channel,
				(long long)json_integer_value(n));
	}
}

static void
agent_answered(const struct top *t, const json_t *row, struct fact *f)
{
	(void)t;
	fact_count(f, number_of(row, "answered"));
}

static void
agent_done(const struct top *t, const json_t *row, struct fact *f)
{
	(void)t;
	fact_count(f, number_of(row, "resolved"));
}

static void
agent_queues(const struct top *t, const json_t *row, struct fact *f)
{
	const json_t *queues = json_object_get(row, "queues");
	struct buf    b = { 0 };

	(void)t;
	if (json_array_size(queues) > 0) {
		show_scalar(&b, queues, FACT_MAX - 1);
		fact_text(f, b.p != NULL ? b.p : "");
	}
	buf_free(&b);
}

static const struct column agent_columns[] = {
	{ "agent", 12, 99, false, false, agent_name },
	{ "state", 16, 98, false, false, agent_state },
	{ "since", 6, 97, true, true, agent_since },
	{ "load", 9, 96, true, true, agent_load },
	{ "offers", 6, 90, true, true, agent_offered },
	{ "out", 5, 60, true, true, agent_answered },
	{ "done", 5, 70, true, true, agent_done },
	{ "name", 20, 40, false, false, agent_display },
	{ "queues", 24, 30, false, false, agent_queues },
	{ "working", 0, 95, false, false, agent_work },
};

/* ---- cases */

static void
case_number(const struct top *t, const json_t *row, struct fact *f)
{
	(void)t;
	f->number = (double)number_of(row, "number");
	snprintf(f->text, sizeof f->text, "#%.0f", f->number);
}

static void
case_due(const struct top *t, const json_t *row, struct fact *f)
{
	fact_due(t, f, text_of(row, "due_at"));
}

static void
case_state(const struct top *t, const json_t *row, struct fact *f)
{
	(void)t;
	fact_text(f, text_of(row, "state"));
}

static void
case_priority(const struct top *t, const json_t *row, struct fact *f)
{
	(void)t;
	f->number = (double)number_of(row, "priority");
	snprintf(f->text, sizeof f->text, "%.0f", f->number);
	f->paint = f->number > 50 ? PAINT_STRONG : PAINT_PLAIN;
}

static void
case_channel(const struct top *t, const json_t *row, struct fact *f)
{
	(void)t;
	fact_text(f, text_of(row, "channel"));
}

static void
case_who(const struct top *t, const json_t *row, struct fact *f)
{
	(void)t;
	fact_text(f, text_of(row, "assignee"));
}

static void
case_queue(const struct top *t, const json_t *row, struct fact *f)
{
	(void)t;
	fact_text(f, text_of(row, "queue"));
}

static void
case_customer(const struct top *t, const json_t *row, struct fact *f)
{
	(void)t;
	fact_text(f, text_of(row, "customer_name"));
}

static void
case_subject(const struct top *t, const json_t *row, struct fact *f)
{
	const char *subject = text_of(row, "subject");

	(void)t;
	fact_text(f, subject[0] != '\0' ? subject : text_of(row, "preview"));
}

static const struct column case_columns[] = {
	{ "case", 7, 99, true, false, case_number },
	{ "due", 6, 98, true, false, case_due },
	{ "state", 8, 90, false, false, case_state },
	{ "pri", 3, 70, true, true, case_priority },
	{ "channel", 7, 60, false, false, case_channel },
	{ "agent", 10, 85, false, false, case_who },
	{ "queue", 12, 40, false, false, case_queue },
	{ "customer", 20, 50, false, false, case_customer },
	{ "subject", 0, 95, false, false, case_subject },
};

const struct table top_tables[TABLES] = {
	[TABLE_QUEUES] = { "queues", "no queue", "name", queue_columns,
	    nitems(queue_columns) },
	[TABLE_AGENTS] = { "agents", "no agent", "name", agent_columns,
	    nitems(agent_columns) },
	[TABLE_CASES] = { "cases", "no case", "ticket", case_columns,
	    nitems(case_columns) },
};
