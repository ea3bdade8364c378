/*
 * What a page's address says; see pagequery.h.
 */
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "proto/http.h"
#include "proto/pagequery.h"

/*
 * Takes the value as it stands (what we write needs no escape) where it is
 * made of these letters alone and has room; else nothing.
 */
static void
word_take(
    char *to, size_t size, const struct http_pair *pair, const char *letters)
{
	to[0] = '\0';
	if (pair->nvalue >= size)
		return;
	memcpy(to, pair->value, pair->nvalue);
	to[pair->nvalue] = '\0';
	if (strspn(to, letters) != pair->nvalue)
		to[0] = '\0';
}

static bool
is_named(const struct http_pair *pair, const char *name)
{
	return (pair->nname == strlen(name) &&
	    memcmp(pair->name, name, pair->nname) == 0);
}

void
pagequery_read(struct pagequery *q, const char *query, const char *accepts)
{
	const char	*end = query + strlen(query);
	struct http_pair pair;
	char		 lang[3];

	*q = (struct pagequery){ .english = accepts != NULL &&
		    strncasecmp(accepts, "en", 2) == 0 };
	while (http_pair(&query, end, &pair)) {
		if (is_named(&pair, "lang")) {
			word_take(lang, sizeof lang, &pair, "eivn");
			q->asked =
			    strcmp(lang, "en") == 0 || strcmp(lang, "vi") == 0;
			if (q->asked)
				q->english = lang[0] == 'e';
		} else if (is_named(&pair, "said")) {
			word_take(q->said, sizeof q->said, &pair,
			    "abcdefghijklmnopqrstuvwxyz");
		} else if (is_named(&pair, "score")) {
			word_take(
			    q->score, sizeof q->score, &pair, "0123456789");
		}
	}
}
