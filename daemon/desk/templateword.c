/*
 * What templates promise in words; see templateword.h.
 */
#include <string.h>

#include "base/def.h"
#include "promiseword.h"
#include "templateword.h"

#define DAY   86400
#define TEXTS 4000  /* looked at; more no desk has */
#define LONG  16384 /* bytes of a text; a configuration has none longer */

/*
 * Two mornings and afternoons, each with working days before it and after: a
 * promise that takes as long from both is a stretch of time.  2026-01-05 is a
 * Monday, 2026-02-10 a Tuesday.
 */
static const struct daytime_now moments[] = {
	{ .at = 1767578400, .offset = 7 * 3600 }, /* 09:00 */
	{ .at = 1770705000, .offset = 7 * 3600 }, /* 13:30 */
};

/* Hours until it is due; of days whole ones, *days then. */
static double
lasts(const struct promiseword *p, const struct daytime_now *now, bool *days)
{
	*days = p->grain != DAYTIME_MINUTE;
	if (p->business > 0)
		return (24.0 * p->business);
	if (!*days)
		return ((double)(p->due - now->at) / 3600);
	return (24.0 *
	    (double)((p->due + now->offset) / DAY -
		(now->at + now->offset) / DAY));
}

/* The same words of the other moment's; NULL: there are none. */
static const struct promiseword *
same_words(
    const struct promiseword *of, const struct promiseword *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (list[i].from == of->from && list[i].to == of->to &&
		    strcmp(list[i].kind, of->kind) == 0)
			return (&list[i]);
	return (NULL);
}

static void
look(json_t *list, const char *what, const char *name, const char *lang,
    const char *text)
{
	struct promiseword	  one[PROMISEWORD_MAX], other[PROMISEWORD_MAX];
	const struct promiseword *p;
	size_t			  n = strlen(text), k, found, i;
	double			  hours;
	bool			  days, too;
	int			  nth = 0;

	found = promiseword_find(one, text, n, &moments[0]);
	k = promiseword_find(other, text, n, &moments[1]);
	for (i = 0; i < found; i++) {
		hours = lasts(&one[i], &moments[0], &days);
		p = same_words(&one[i], other, k);
		if (p == NULL || hours <= 0 ||
		    lasts(p, &moments[1], &too) != hours || too != days)
			continue;
		json_array_append_new(list,
		    json_pack("{s:s,s:s,s:s,s:i,s:s,s:f,s:s,s:s%}", "what",
			what, "name", name, "lang", lang, "n", ++nth, "kind",
			one[i].kind, "hours", hours, "unit",
			days ? "days" : "hours", "words", text + one[i].from,
			one[i].to - one[i].from));
	}
}

json_t *
templateword_find(const json_t *config)
{
	static const struct {
		const char *section;
		const char *what;
	} kinds[] = { { "templates", "template" }, { "macros", "macro" } };
	static const char *const langs[] = { "vi", "en" };
	json_t			*list = json_array(), *entry;
	const char		*name, *text;
	size_t			 i, k, l, texts = 0;

	for (i = 0; i < nitems(kinds); i++)
		json_array_foreach (
		    json_object_get(config, kinds[i].section), k, entry) {
			name =
			    json_string_value(json_object_get(entry, "name"));
			for (l = 0; name != NULL && l < nitems(langs); l++) {
				text = json_string_value(
				    json_object_get(entry, langs[l]));
				if (text != NULL && strlen(text) <= LONG &&
				    texts++ < TEXTS)
					look(list, kinds[i].what, name,
					    langs[l], text);
			}
		}
	return (list);
}
