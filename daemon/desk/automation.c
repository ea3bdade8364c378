/*
 * Which automation rules hear their keywords, and which would turn in a
 * circle; see automation.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "automation.h"
#include "hearing.h"
#include "jsonin.h"

struct automation {
	struct hearing *hearing;
};

/* Circles ------------------------------------------------------------------ */

static bool
list_has(const json_t *list, const char *word)
{
	const json_t *one;
	size_t	      i;

	json_array_foreach (list, i, one)
		if (json_is_string(one) &&
		    strcmp(json_string_value(one), word) == 0)
			return (true);
	return (false);
}

/* Not given: any. */
static bool
list_takes(const json_t *list, const char *word)
{
	return (json_array_size(list) == 0 || list_has(list, word));
}

static bool
lists_meet(const json_t *a, const json_t *b)
{
	const json_t *one;
	size_t	      i;

	if (json_array_size(a) == 0 || json_array_size(b) == 0)
		return (true);
	json_array_foreach (a, i, one)
		if (json_is_string(one) && list_has(b, json_string_value(one)))
			return (true);
	return (false);
}

/* What an action of this kind sets; NULL: it is of another. */
static const char *
after_word(const char *s, const char *word)
{
	size_t n = strlen(word);

	return (strncmp(s, word, n) == 0 && s[n] == ' ' ? s + n + 1 : NULL);
}

/* What the last action of this kind sets; NULL: there is none. */
static const char *
last_act(const json_t *rule, const char *act)
{
	const json_t *one;
	const char   *set, *last = NULL;
	size_t	      i;

	json_array_foreach (json_object_get(rule, "actions"), i, one)
		if (json_is_string(one) &&
		    (set = after_word(json_string_value(one), act)) != NULL)
			last = set;
	return (last);
}

/* What the rules' actions change of what others look at. */
struct changes {
	json_t *tags; /* an object, by tag */
	bool	priority, assigned;
};

static void
changes_add(struct changes *c, const char *act)
{
	const char *tag = after_word(act, "tag");

	if (tag == NULL)
		tag = after_word(act, "untag");
	if (tag != NULL)
		json_object_set_new(c->tags, tag, json_true());
	if (after_word(act, "priority") != NULL ||
	    after_word(act, "raise") != NULL)
		c->priority = true;
	if (after_word(act, "assign") != NULL ||
	    after_word(act, "move") != NULL)
		c->assigned = true;
}

static void
changes_of(struct changes *c, const json_t *list)
{
	const json_t *rule, *act;
	size_t	      i, k;

	*c = (struct changes){ .tags = json_object() };
	json_array_foreach (list, i, rule)
		json_array_foreach (json_object_get(rule, "actions"), k, act)
			if (json_is_string(act))
				changes_add(c, json_string_value(act));
}

static bool
tags_change(const struct changes *c, const json_t *tags)
{
	const json_t *tag;
	size_t	      i;

	json_array_foreach (tags, i, tag)
		if (json_is_string(tag) &&
		    json_object_get(c->tags, json_string_value(tag)) != NULL)
			return (true);
	return (false);
}

/*
 * Something other than states and queues decides whether it fires, and does
 * not stay as it is while the rules turn.
 */
static bool
is_guarded(const struct changes *c, const json_t *rule)
{
	return (json_array_size(json_object_get(rule, "keywords")) > 0 ||
	    tags_change(c, json_object_get(rule, "tag")) ||
	    tags_change(c, json_object_get(rule, "without")) ||
	    (c->priority && json_object_get(rule, "priority") != NULL) ||
	    (c->assigned && json_object_get(rule, "assigned") != NULL));
}

static bool
is_on(const json_t *rule, const char *what)
{
	const char *on = jsonin_str(rule, "on");

	return (on != NULL && strcmp(on, what) == 0);
}

/* Both can be of one case. */
static bool
can_meet(const json_t *a, const json_t *b)
{
	static const char *const lists[] = { "channel", "segment" };
	const char *la = jsonin_str(a, "lang"), *lb = jsonin_str(b, "lang");
	const char *ma = jsonin_str(a, "mood"), *mb = jsonin_str(b, "mood");
	size_t	    i;

	for (i = 0; i < nitems(lists); i++)
		if (!lists_meet(json_object_get(a, lists[i]),
			json_object_get(b, lists[i])))
			return (false);
	if (ma != NULL && mb != NULL && strncmp(ma, mb, 3) != 0)
		return (false);
	return (la == NULL || lb == NULL || strcmp(la, lb) == 0);
}

/* Does this state, which another rule sets, bring the rule on? */
static bool
state_wakes(const json_t *rule, const char *state, bool later)
{
	const json_t *states = json_object_get(rule, "state");

	if (!list_takes(states, state))
		return (false);
	if (is_on(rule, "state"))
		return (later);
	return ((is_on(rule, "waits") && strcmp(state, "open") == 0) ||
	    (is_on(rule, "pending") && strcmp(state, "pending") == 0) ||
	    (is_on(rule, "resolved") && strcmp(state, "resolved") == 0));
}

/* Does this queue, to which another rule moves, bring the rule on? */
static bool
queue_wakes(const json_t *rule, const char *queue, bool later)
{
	if (!list_takes(json_object_get(rule, "queue"), queue))
		return (false);
	return (is_on(rule, "overdue") || (is_on(rule, "moved") && later));
}

/* Sets more than one of them, the last unlike another: it comes back. */
static bool
comes_back(const json_t *rule, const char *act)
{
	const json_t *one;
	const char   *set, *last = last_act(rule, act);
	size_t	      i;

	json_array_foreach (json_object_get(rule, "actions"), i, one)
		if (json_is_string(one) &&
		    (set = after_word(json_string_value(one), act)) != NULL &&
		    strcmp(set, last) != 0)
			return (true);
	return (false);
}

/*
 * Does what a does bring b on, and does b in its turn set the same thing?  Of
 * rules on events only those later in the file hear of another.  A rule that
 * goes away and comes back brings itself on.
 */
static bool
leads_to(const json_t *list, size_t a, size_t b, const char *act)
{
	const json_t *one = json_array_get(list, a),
		     *other = json_array_get(list, b);
	const char *to = last_act(one, act), *back = last_act(other, act);

	if (to == NULL || back == NULL ||
	    (a == b ? !comes_back(one, act) : strcmp(to, back) == 0) ||
	    !can_meet(one, other))
		return (false);
	return (strcmp(act, "state") == 0
		? lists_meet(json_object_get(one, "queue"),
		      json_object_get(other, "queue")) &&
		    state_wakes(other, to, b > a)
		: queue_wakes(other, to, b > a));
}

enum mark { UNSEEN, OPEN, DONE };

/*
 * Looks for a way from rule i back to one that is open; depth is bounded by
 * AUTOMATIONS_MAX.
 */
static bool
circle_from(const json_t *list, size_t i, const char *act, enum mark *marks,
    size_t *one, size_t *other)
{
	size_t k, n = json_array_size(list);

	marks[i] = OPEN;
	for (k = 0; k < n; k++) {
		if (marks[k] == DONE || !leads_to(list, i, k, act))
			continue;
		if (marks[k] == OPEN) {
			*one = k;
			*other = i;
			return (true);
		}
		if (circle_from(list, k, act, marks, one, other))
			return (true);
	}
	marks[i] = DONE;
	return (false);
}

bool
automation_circle(const json_t *list, const char **one, const char **other)
{
	static const char *const acts[] = { "state", "move" };
	size_t			 n = json_array_size(list), i, k, a, b;
	enum mark		*marks = xcalloc(n, sizeof *marks);
	struct changes		 changes;
	bool			 found = false;

	changes_of(&changes, list);
	for (k = 0; !found && k < nitems(acts); k++) {
		for (i = 0; i < n; i++)
			marks[i] = is_guarded(&changes, json_array_get(list, i))
			    ? DONE
			    : UNSEEN;
		for (i = 0; !found && i < n; i++)
			found = marks[i] == UNSEEN &&
			    circle_from(list, i, acts[k], marks, &a, &b);
	}
	json_decref(changes.tags);
	if (found) {
		*one = jsonin_str(json_array_get(list, a), "name");
		*other = jsonin_str(json_array_get(list, b), "name");
	}
	free(marks);
	return (found);
}

/* Loading ------------------------------------------------------------------ */

static void
circle_said(char *wrong, size_t size, const char *one, const char *other)
{
	static const char why[] = "would set a case to and fro for ever.";

	if (one == NULL || other == NULL || one == other)
		snprintf(wrong, size, "Automation \"%.64s\" %s",
		    one != NULL ? one : "", why);
	else
		snprintf(wrong, size, "Automation \"%.64s\" and \"%.64s\" %s",
		    one, other, why);
}

struct automation *
automation_load(
    struct arena *arena, const json_t *list, char *wrong, size_t size)
{
	struct automation *r;
	const char	  *one, *other;
	size_t		   n = json_array_size(list);

	if ((list != NULL && !json_is_array(list)) || n > AUTOMATIONS_MAX) {
		snprintf(wrong, size, "automations: at most %d in a list.",
		    AUTOMATIONS_MAX);
		return (NULL);
	}
	if (automation_circle(list, &one, &other)) {
		circle_said(wrong, size, one, other);
		return (NULL);
	}
	r = xcalloc(1, sizeof *r);
	r->hearing = hearing_load(arena, list, "automations", wrong, size);
	if (r->hearing == NULL) {
		free(r);
		return (NULL);
	}
	return (r);
}

void
automation_free(struct automation *r)
{
	if (r == NULL)
		return;
	hearing_free(r->hearing);
	free(r);
}

bool
automation_hear(const struct automation *r, struct event *e)
{
	return (hearing_note(r->hearing, e, "heard"));
}
