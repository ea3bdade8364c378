/*
 * Order numbers by the company's patterns; see orderno.h.
 */
#include <regex.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "orderno.h"

/* Words with a digit that are looked at in one text. */
#define ORDERNO_TRIES  64
#define ORDERNO_WINDOW 160
#define ORDERNO_COUNT  64 /* of {m,n} */

struct orderno {
	regex_t re[ORDERNO_PATTERNS];
	size_t	n;
};

static const char *
orderno_wrong_count(const char *s)
{
	char *end;
	long  v;

	for (s++; *s != '\0' && *s != '}'; s = end) {
		if (*s == ',') {
			end = (char *)(s + 1);
			continue;
		}
		v = strtol(s, &end, 10);
		if (end == s || v < 0 || v > ORDERNO_COUNT)
			return ("A count in braces may be 0 to 64.");
	}
	return (*s == '}' ? NULL : "A brace is not closed.");
}

/* What would make matching slow, or compiling large. */
static const char *
orderno_wrong_shape(const char *pattern)
{
	const char *s, *wrong;
	bool	    repeated = false, group = false;

	for (s = pattern; *s != '\0'; s++) {
		if ((unsigned char)*s < 0x20 || (unsigned char)*s > 0x7e)
			return ("It may have plain ASCII only.");
		if (*s == '\\') {
			if (s[1] >= '1' && s[1] <= '9')
				return ("It may not refer back.");
			if (s[1] != '\0')
				s++;
			repeated = group = false;
			continue;
		}
		if (*s == '[') {
			/* A bracket that comes first is one of the set. */
			s += s[1] == '^' ? 2 : 1;
			if (*s == '\0' || (s = strchr(s + 1, ']')) == NULL)
				return ("A bracket is not closed.");
			repeated = group = false;
			continue;
		}
		if (strchr("*+?{", *s) == NULL) {
			group = *s == ')';
			repeated = false;
			continue;
		}
		if (group)
			return ("A group may not be repeated.");
		if (repeated)
			return ("It may not repeat what is repeated.");
		repeated = true;
		if (*s == '{') {
			if ((wrong = orderno_wrong_count(s)) != NULL)
				return (wrong);
			s = strchr(s, '}');
		}
	}
	return (NULL);
}

const char *
orderno_wrong(const char *pattern)
{
	const char *wrong;
	regex_t	    re;
	int	    matches;

	if (*pattern == '\0')
		return ("It is empty.");
	if (strlen(pattern) > ORDERNO_PATTERN_MAX)
		return ("It may have at most 64 characters.");
	if ((wrong = orderno_wrong_shape(pattern)) != NULL)
		return (wrong);
	if (regcomp(&re, pattern, REG_EXTENDED | REG_ICASE) != 0)
		return ("It is no POSIX extended regular expression.");
	matches = regexec(&re, "", 0, NULL, 0) == 0;
	regfree(&re);
	return (matches ? "It matches nothing at all." : NULL);
}

struct orderno *
orderno_new(void)
{
	return (xcalloc(1, sizeof(struct orderno)));
}

void
orderno_add(struct orderno *o, const char *pattern)
{
	if (o->n < ORDERNO_PATTERNS &&
	    regcomp(&o->re[o->n], pattern, REG_EXTENDED | REG_ICASE) == 0)
		o->n++;
}

void
orderno_free(struct orderno *o)
{
	size_t i;

	if (o == NULL)
		return;
	for (i = 0; i < o->n; i++)
		regfree(&o->re[i]);
	free(o);
}

static bool
is_part(char c)
{
	return (g_ascii_isalnum(c) || (unsigned char)c >= 0x80);
}

/* The pattern's first match in the window that stands alone; its length. */
static size_t
orderno_match(const regex_t *re, const char *window, const char **found)
{
	regmatch_t  m;
	const char *s = window;
	size_t	    n;
	int	    flags = 0;

	for (; regexec(re, s, 1, &m, flags) == 0; flags = REG_NOTBOL) {
		*found = s + m.rm_so;
		n = (size_t)(m.rm_eo - m.rm_so);
		if (n > 0 && n <= ORDERNO_MAX && !is_part((*found)[n]) &&
		    (*found == window || !is_part((*found)[-1])))
			return (n);
		if (**found == '\0')
			break;
		s = *found + 1;
	}
	return (0);
}

static bool
has_digit(const char *s, size_t n)
{
	const char *end = s + n;

	while (s < end && !g_ascii_isdigit(*s))
		s++;
	return (s < end);
}

/*
 * The next word with a digit, and the word before it, as a text of its own:
 * patterns may have one blank ("DH 1234").  Returns where to go on, or NULL.
 */
static const char *
orderno_window(char window[ORDERNO_WINDOW], const char *s)
{
	const char *before = s;
	size_t	    n, from;

	for (;;) {
		s += strspn(s, " \t\r\n");
		if ((n = strcspn(s, " \t\r\n")) == 0)
			return (NULL);
		/* Only in this word: the rest may be long and without any. */
		if (has_digit(s, n))
			break;
		before = s;
		s += n;
	}
	/* A word that is too long to be one is cut where it ends to matter. */
	n += (size_t)(s - before);
	from = n < ORDERNO_WINDOW ? 0 : n - (ORDERNO_WINDOW - 1);
	memcpy(window, before + from, n - from);
	window[n - from] = '\0';
	return (before + n);
}

const char *
orderno_find(const struct orderno *o, struct arena *a, const char *text)
{
	char	    window[ORDERNO_WINDOW], *out;
	const char *found;
	size_t	    i, n;
	unsigned    tries;

	if (text == NULL || o->n == 0)
		return (NULL);
	for (tries = 0; tries < ORDERNO_TRIES; tries++) {
		if ((text = orderno_window(window, text)) == NULL)
			return (NULL);
		for (i = 0; i < o->n; i++) {
			n = orderno_match(&o->re[i], window, &found);
			if (n == 0)
				continue;
			if ((out = arena_dup(a, found, n)) == NULL)
				return (NULL);
			for (i = 0; i < n; i++)
				out[i] = g_ascii_toupper(out[i]);
			return (out);
		}
	}
	return (NULL);
}
