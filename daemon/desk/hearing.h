/*
 * Who hears which words: named lists of keywords, all looked for at once in
 * what a customer wrote.  Rules of automation wait for them, themes count
 * them.
 */
#ifndef DESK_HEARING_H
#define DESK_HEARING_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "base/def.h"
#include "base/mem.h"

#define THEMES_MAX 200

struct event;
struct hearing;

/*
 * From a list of objects with a "name" and, some of them, "keywords"; names
 * live in the arena.  what is the list's name, for the sentence in wrong when
 * it is not that: then NULL.
 */
struct hearing *hearing_load(struct arena *, const json_t *, const char *what,
    char *wrong, size_t) MUSTCHECK;
void		hearing_free(struct hearing *);

/*
 * The names of those whose keywords these words have, a list; subject and lang
 * ("vi", "en") may be NULL.
 */
json_t *hearing_names(const struct hearing *, const char *subject,
    const char *text, const char *lang) MUSTCHECK;

/*
 * Sets this member of the event's facts to the names of those whose keywords
 * its subject or own text has, unless there are none.  False when its arena is
 * full.
 */
bool hearing_note(
    const struct hearing *, struct event *, const char *member) MUSTCHECK;

#endif
