/*
 * Links of surveys in what people write; see surveylink.h.
 */
#include <string.h>
#include <strings.h>

#include "surveylink.h"

#define TOKEN 32 /* of desk.case_token() */

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			      "abcdefghijklmnopqrstuvwxyz0123456789_-";

/* How many letters of a token there are from s on. */
static size_t
letters_of(const char *s, const char *end)
{
	const char *p = s;

	while (p < end && *p != '\0' && strchr(letters, *p) != NULL)
		p++;
	return ((size_t)(p - s));
}

/* Where the first token begins at or after s; NULL: there is none before end. */
static const char *
token_at(const char *s, const char *end)
{
	static const char *const heads[] = { "/survey/", "%2Fsurvey%2F" };
	size_t			 i, n;

	for (; s < end; s++) {
		if (*s != '/' && *s != '%')
			continue;
		for (i = 0; i < nitems(heads); i++) {
			n = strlen(heads[i]);
			if ((size_t)(end - s) >= n + TOKEN &&
			    strncasecmp(s, heads[i], n) == 0 &&
			    letters_of(s + n, end) == TOKEN)
				return (s + n);
		}
	}
	return (NULL);
}

bool
surveylink_in(const char *p, size_t n)
{
	return (n != 0 && token_at(p, p + n) != NULL);
}

const char *
surveylink_hide(struct arena *arena, const char *text)
{
	const char *from = text, *token, *end;
	char	   *made, *to;

	if (text == NULL)
		return (NULL);
	end = text + strlen(text);
	if (token_at(text, end) == NULL)
		return (text);
	/* What stands there instead is shorter. */
	made = to = arena_get(arena, (size_t)(end - text) + 1);
	if (made == NULL)
		return (NULL);
	while ((token = token_at(from, end)) != NULL) {
		memcpy(to, from, (size_t)(token - from));
		to += token - from;
		memcpy(to, "\xe2\x80\xa6", 3);
		to += 3;
		from = token + TOKEN;
	}
	memcpy(to, from, (size_t)(end - from) + 1);
	return (made);
}
