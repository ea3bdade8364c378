/*
 * Why a case is where it is, who is asked and why not, and what comes next, in
 * words; see explain.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/def.h"
#include "explain.h"

static const char *
text(const json_t *j, const char *name)
{
	const char *s = json_string_value(json_object_get(j, name));

	return (s != NULL ? s : "");
}

static long long
number(const json_t *j, const char *name)
{
	return ((long long)json_number_value(json_object_get(j, name)));
}

/* Names, commas between. */
static void
names_put(struct buf *b, const json_t *names)
{
	const json_t *s;
	size_t	      i;

	json_array_foreach (names, i, s)
		buf_printf(b, "%s%s", i != 0 ? ", " : "", json_string_value(s));
}

/* "72 s" or "3 min 5 s" or "2 h 10 min". */
static void
span_put(struct buf *b, long long s)
{
	if (s < 120)
		buf_printf(b, "%lld s", s);
	else if (s < 7200)
		buf_printf(b, "%lld min %lld s", s / 60, s % 60);
	else
		buf_printf(b, "%lld h %lld min", s / 3600, s / 60 % 60);
}

static const struct {
	const char *stage, *words;
} stages[] = {
	{ "own", "it waits for the agent who had this customer before" },
	{ "exact", "all that it asks for counts" },
	{ "preferred", "what is only preferred counts no more" },
	{ "levels", "lower levels will do" },
	{ "overflow", "agents of other queues are asked, too" },
	{ "anyone", "anybody of the queue will do, whatever his skills" },
};

static const char *
stage_words(const char *stage)
{
	size_t i;

	for (i = 0; i < nitems(stages); i++)
		if (strcmp(stages[i].stage, stage) == 0)
			return (stages[i].words);
	return (stage);
}

static void
needs_put(struct buf *b, const json_t *r)
{
	const json_t *n;
	size_t	      i;

	buf_str(b, "It needs");
	if (text(r, "channel")[0] != '\0')
		buf_printf(b, " room for one more %s and", text(r, "channel"));
	buf_printf(b, " %lld units of room", number(r, "units"));
	json_array_foreach (json_object_get(r, "needs"), i, n)
		buf_printf(b, ", %s %lld", text(n, "name"), number(n, "level"));
	buf_str(b, ".\n");
}

/* What of the configuration has no effect on it. */
static void
unseen_put(struct buf *b, const json_t *j)
{
	const json_t *queues = json_object_get(j, "unseen");

	if (queues == NULL)
		return;
	buf_str(b, "It does not overflow into ");
	names_put(b, queues);
	buf_str(b, ": agents there may not see its cases (members_only).\n");
}

/* Its queue finishes what it has. */
static void
drain_put(struct buf *b, const json_t *j)
{
	const json_t *drain = json_object_get(j, "drain");

	if (drain == NULL)
		return;
	buf_printf(b, "%s is drained since %s: ", text(j, "queue"),
	    text(drain, "since"));
	if (text(drain, "to")[0] != '\0')
		buf_printf(b, "what is new goes to %s", text(drain, "to"));
	else
		buf_str(b, "no other queue takes what is new");
	buf_printf(b, "; it has %lld waiting, %lld in hand.\n",
	    number(drain, "waiting"), number(drain, "working"));
}

/* Where it stands, of a ticket that waits. */
static void
waits_put(struct buf *b, const json_t *r)
{
	const json_t *offer = json_object_get(r, "offer");
	const json_t *next = json_object_get(r, "next");

	buf_printf(
	    b, "It waits in %s since %s (", text(r, "queue"), text(r, "since"));
	span_put(b, number(r, "waited"));
	buf_str(b, ")");
	if (offer != NULL)
		buf_printf(b, ", %s %s until %s.\n",
		    json_is_true(json_object_get(offer, "held"))
			? "being given to"
			: "offered to",
		    text(offer, "agent"), text(offer, "expires"));
	else
		buf_printf(b, ", number %lld of %lld in its line.\n",
		    number(r, "ahead") + 1, number(r, "line"));
	if (json_is_true(json_object_get(r, "paused")))
		buf_str(b, "The queue is paused: it is offered to nobody.\n");
	else if (strcmp(text(r, "mode"), "pull") == 0)
		buf_str(b,
		    "Agents of this queue ask for the next case "
		    "themselves.\n");
	needs_put(b, r);
	buf_printf(b, "Stage: %s (%s", text(r, "stage"),
	    stage_words(text(r, "stage")));
	if (text(r, "kept")[0] != '\0')
		buf_printf(b, ": %s", text(r, "kept"));
	buf_str(b, "), asked: ");
	names_put(b, json_object_get(r, "asked"));
	buf_str(b, ".\n");
	if (next != NULL) {
		buf_printf(b, "Next, at %s: %s (%s), asked: ", text(next, "at"),
		    text(next, "stage"), stage_words(text(next, "stage")));
		names_put(b, json_object_get(next, "asked"));
		buf_str(b, ".\n");
	} else {
		buf_str(b, "Waiting longer changes nothing more.\n");
	}
}

static void
why_put(struct buf *b, const json_t *a)
{
	const char *why = text(a, "why");

	if (strcmp(why, "skill") == 0)
		buf_printf(b, "has not the skill %s", text(a, "skill"));
	else if (strcmp(why, "level") == 0)
		buf_printf(b, "%s %lld, not %lld", text(a, "skill"),
		    number(a, "has"), number(a, "level"));
	else if (strcmp(why, "room") == 0)
		buf_printf(b, "no room: %lld units, %lld needed",
		    number(a, "room"), number(a, "units"));
	else if (strcmp(why, "limit") == 0)
		buf_printf(
		    b, "has as many of %s as he may", text(a, "channel"));
	else if (strcmp(why, "pending") == 0)
		buf_printf(b, "another %s is being offered to him",
		    text(a, "channel"));
	else if (strcmp(why, "kept") == 0)
		buf_printf(b, "kept for another until %s", text(a, "until"));
	else if (strcmp(why, "declined") == 0)
		buf_printf(b, "declined it, until %s", text(a, "until"));
	else if (strcmp(why, "delay") == 0)
		buf_printf(b, "serves %s later, from %s on", text(a, "queue"),
		    text(a, "until"));
	else
		buf_str(b, why); /* his state */
}

static void
agents_put(struct buf *b, const json_t *r)
{
	const json_t *counts = json_object_get(r, "counts"), *a, *n;
	const char   *why;
	size_t	      i;

	buf_printf(b, "Of %lld agents %lld could have it",
	    number(counts, "agents"), number(counts, "fit"));
	json_object_foreach (
	    (json_t *)json_object_get(counts, "reasons"), why, n)
		buf_printf(
		    b, ", %s: %lld", why, (long long)json_number_value(n));
	buf_printf(b, " (%s).\n", text(r, "strategy"));
	json_array_foreach (json_object_get(r, "agents"), i, a) {
		buf_printf(b, "  %-20s ", text(a, "agent"));
		if (text(a, "why")[0] == '\0')
			buf_printf(b, "fits, number %lld to be asked",
			    number(a, "rank"));
		else
			why_put(b, a);
		buf_char(b, '\n');
	}
}

/* What rules of automation did to it lately. */
static void
rules_put(struct buf *b, const json_t *rules)
{
	const json_t *rule, *did, *one;
	size_t	      i, k;

	json_array_foreach (rules, i, rule) {
		did = json_object_get(rule, "did");
		buf_printf(b, "Rule \"%s\" at %s (%s): ", text(rule, "rule"),
		    text(rule, "at"), text(rule, "on"));
		json_array_foreach (did, k, one)
			buf_printf(b, "%s%s", k > 0 ? ", " : "",
			    json_string_value(one));
		if (json_object_get(rule, "held") != NULL)
			buf_str(b, "held, as it fired so often today");
		else if (json_array_size(did) == 0)
			buf_str(b, "nothing of it could be done");
		buf_str(b, ".\n");
	}
}

void
explain_put(struct buf *b, const json_t *j)
{
	const json_t *r = json_object_get(j, "routing");

	buf_printf(b, "Case #%lld (%lld), %s, in %s", number(j, "number"),
	    number(j, "ticket"), text(j, "state"), text(j, "queue"));
	if (text(j, "due_at")[0] != '\0')
		buf_printf(b, ", due %s", text(j, "due_at"));
	buf_str(b, ".\n");
	if (text(j, "assignee")[0] != '\0')
		buf_printf(b, "It is %s's.\n", text(j, "assignee"));
	if (json_object_get(j, "merged") != NULL)
		buf_printf(
		    b, "It became a part of #%lld.\n", number(j, "merged"));
	drain_put(b, j);
	if (!json_is_true(json_object_get(j, "live")))
		buf_str(b, "Routing is away, or knows nothing of it.\n");
	else if (strcmp(text(r, "place"), "wait") != 0)
		buf_str(b, "It is in no line.\n");
	else {
		waits_put(b, r);
		unseen_put(b, j);
		agents_put(b, r);
	}
	rules_put(b, json_object_get(j, "rules"));
}
