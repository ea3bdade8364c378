/*
 * Links of surveys in what people write; see surveylink.h.
 */
#include <string.h>
#include <strings.h>

#include "surveylink.h"

#define TOKEN 32 /* of desk.case_token() */

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			      "abcdefghijklmnopqrstuvwxyz0123456789_-";

/* Where the first token begins at or after s; NULL: there is none. */
static const char *
token_at(const char *s)
{
	static const char *const heads[] = { "/survey/", "%2Fsurvey%2F" };
	size_t			 i, n;

	for (; (s = strpbrk(s, "/%")) != NULL; s++)
		for (i = 0; i < nitems(heads); i++) {
			n = strlen(heads[i]);
			if (strncasecmp(s, heads[i], n) == 0 &&
			    strspn(s + n, letters) == TOKEN)
				return (s + n);
		}
	return (NULL);
}

const char *
surveylink_hide(struct arena *arena, const char *text)
{
	const char *from = text, *token;
	char	   *made, *to;

	if (text == NULL || token_at(text) == NULL)
		return (text);
	/* What stands there instead is shorter. */
	made = to = arena_get(arena, strlen(text) + 1);
	if (made == NULL)
		return (NULL);
	while ((token = token_at(from)) != NULL) {
		memcpy(to, from, (size_t)(token - from));
		to += token - from;
		memcpy(to, "\xe2\x80\xa6", 3);
		to += 3;
		from = token + TOKEN;
	}
	memcpy(to, from, strlen(from) + 1);
	return (made);
}
