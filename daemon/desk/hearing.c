/*
 * Many named lists of keywords at once; see hearing.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "hearing.h"
#include "jsonin.h"
#include "keywords.h"

#define HEARD_MAX 4096 /* bytes of names that one event carries */

/* One that listens. */
struct listener {
	const char *name;
	size_t	    keyword; /* the first of its keywords */
	size_t	    nkeywords;
};

/* The keywords have a set of their own: those of routing hide each other. */
struct hearing {
	struct keywords *keywords;
	struct listener *list;
	size_t		 n;
};

static bool
load_listener(struct hearing *h, struct arena *arena, const json_t *from)
{
	const json_t   *words = json_object_get(from, "keywords"), *one;
	struct listener l = { .keyword = keywords_count(h->keywords) };
	const char     *name = jsonin_str(from, "name"), *s;
	size_t		i;

	if (name == NULL || json_array_size(words) > KEYWORDS_MAX)
		return (false);
	json_array_foreach (words, i, one)
		if ((s = json_string_value(one)) == NULL ||
		    !keywords_add(h->keywords, s))
			return (false);
	l.nkeywords = json_array_size(words);
	if (l.nkeywords == 0)
		return (true);
	if ((l.name = arena_str(arena, name)) == NULL)
		return (false);
	h->list[h->n++] = l;
	return (true);
}

struct hearing *
hearing_load(struct arena *arena, const json_t *list, const char *what,
    char *wrong, size_t size)
{
	struct hearing *h = xcalloc(1, sizeof *h);
	size_t		i, n = json_array_size(list);

	h->keywords = keywords_new();
	h->list = xcalloc(n, sizeof *h->list);
	for (i = 0; i < n; i++)
		if (!load_listener(h, arena, json_array_get(list, i))) {
			snprintf(wrong, size,
			    "%s[%zu]: no name, or a keyword is none.", what, i);
			hearing_free(h);
			return (NULL);
		}
	keywords_ready(h->keywords);
	return (h);
}

void
hearing_free(struct hearing *h)
{
	if (h == NULL)
		return;
	keywords_free(h->keywords);
	free(h->list);
	free(h);
}

json_t *
hearing_names(const struct hearing *h, const char *subject, const char *text,
    const char *lang)
{
	uint8_t *found = xcalloc(keywords_count(h->keywords), 1);
	json_t	*names = json_array();
	size_t	 i, k;

	keywords_scan(h->keywords, subject, text,
	    lang == NULL || strcmp(lang, "en") != 0, found);
	for (i = 0; i < h->n; i++) {
		for (k = 0; k < h->list[i].nkeywords; k++)
			if (found[h->list[i].keyword + k] != 0)
				break;
		if (k < h->list[i].nkeywords)
			json_array_append_new(
			    names, json_string(h->list[i].name));
	}
	free(found);
	return (names);
}

bool
hearing_note(const struct hearing *h, struct event *e, const char *member)
{
	json_t *names, *facts;
	bool	good = true;

	if (h->n == 0)
		return (true);
	names = hearing_names(
	    h, e->subject, e->own != NULL ? e->own : e->text, e->lang);
	if (json_array_size(names) > 0) {
		facts = json_loads(e->facts != NULL ? e->facts : "{}", 0, NULL);
		json_object_set(facts, member, names);
		e->facts =
		    jsonin_dump(&e->arena, facts, EVENT_META_MAX + HEARD_MAX);
		json_decref(facts);
		good = e->facts != NULL;
	}
	json_decref(names);
	return (good);
}
