/*
 * Automation as far as it can be decided without the database: which rules'
 * keywords a customer's words have, and whether the rules turn in a circle.
 * The rest is decided where the ticket is (sql/functions/automation.sql).
 */
#ifndef DESK_AUTOMATION_H
#define DESK_AUTOMATION_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "base/def.h"
#include "base/mem.h"

#define AUTOMATIONS_MAX 500

struct automation;
struct event;

/*
 * From the list of the configuration's JSON (NULL: there is none); names live
 * in the arena.  NULL, and a sentence in wrong, when it is not that or would
 * go round for ever.
 */
struct automation *automation_load(
    struct arena *, const json_t *, char *wrong, size_t) MUSTCHECK;
void automation_free(struct automation *);

/*
 * Adds the names of those rules whose keywords the event has to its facts
 * ("heard"), unless there are none.  False when its arena is full.
 */
bool automation_hear(const struct automation *, struct event *) MUSTCHECK;

/*
 * Do rules set a case to and fro, each for the other or one for itself, with
 * nothing that would end it?  Then the names of two of them (the same, when it
 * is one), as the list has them.  Rules that look at keywords, or at tags,
 * priority or assignee that some rule changes, are not held to it: what is left
 * of them is bounded by `daily`.
 */
bool automation_circle(
    const json_t *, const char **one, const char **other) MUSTCHECK;

#endif
