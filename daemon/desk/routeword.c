/*
 * The words of routing; see routeword.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/def.h"
#include "routeword.h"

#define NAME_MAX_BYTES 64
#define SPAN_MOST      (365L * 86400)
#define WORDS	       5 /* one more than any of them has */

struct word {
	const char *s;
	size_t	    n;
};

static size_t
words_split(struct word *w, const char *s)
{
	size_t n = 0;

	for (s += strspn(s, " "); *s != '\0' && n < WORDS;
	     s += strspn(s, " ")) {
		w[n] = (struct word){ s, strcspn(s, " ") };
		s += w[n++].n;
	}
	return (n);
}

static bool
word_is(const struct word *w, const char *s)
{
	return (w->n == strlen(s) && memcmp(w->s, s, w->n) == 0);
}

/* As desk.config_fits() has names; a ticket's skills need : and ? free. */
static bool
word_names(const struct word *w)
{
	return (w->n > 0 && w->n <= NAME_MAX_BYTES &&
	    strspn(w->s,
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789._@+-") >= w->n);
}

/* 1 to most; else 0. */
static int
word_number(const struct word *w, int most)
{
	int v;

	if (w->n == 0 || w->n > 4 || strspn(w->s, "0123456789") < w->n)
		return (0);
	v = (int)strtol(w->s, NULL, 10);
	return (v <= most ? v : 0);
}

static bool
word_channel(const struct word *w)
{
	static const char *const channels[] = { "mail", "chat", "call",
		"social", "order", "store", "web" };
	size_t			 i;

	for (i = 0; i < nitems(channels); i++)
		if (word_is(w, channels[i]))
			return (true);
	return (false);
}

long
routeword_span(const char *s, size_t n)
{
	static const char letters[] = "smhd";
	static const long worth[] = { 1, 60, 3600, 86400 };
	const char	 *letter;
	size_t		  digits = strspn(s, "0123456789");
	long		  v;

	if (digits > n)
		digits = n;
	if (digits == 0 || digits > 7 || n > digits + 1)
		return (-1);
	v = strtol(s, NULL, 10);
	if (n > digits) {
		letter = strchr(letters, s[digits]);
		if (letter == NULL)
			return (-1);
		v *= worth[letter - letters];
	}
	return (v <= SPAN_MOST ? v : -1);
}

static long
word_span(const struct word *w)
{
	return (routeword_span(w->s, w->n));
}

/* Seconds in the largest unit that holds them whole. */
static void
span_say(char *out, size_t size, long seconds)
{
	static const struct {
		long worth;
		char letter;
	} units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
	size_t i = 0;

	while (seconds == 0 ? units[i].worth > 1 : seconds % units[i].worth)
		i++;
	snprintf(out, size, "%ld%c", seconds / units[i].worth, units[i].letter);
}

bool
routeword_serves(char out[ROUTEWORD_MAX], const char *s)
{
	struct word w[WORDS];
	size_t	    n = words_split(w, s), i = 1;
	int	    priority = 1;
	long	    after = 0;
	char	    span[16], first[16] = "", then[32] = "";

	if (n == 0 || !word_names(&w[0]))
		return (false);
	if (i < n && !word_is(&w[i], "after") &&
	    (priority = word_number(&w[i++], 9)) == 0)
		return (false);
	if (i + 1 < n && word_is(&w[i], "after")) {
		after = word_span(&w[i + 1]);
		i += 2;
	}
	if (i < n || after < 0)
		return (false);
	if (priority != 1)
		snprintf(first, sizeof first, " %d", priority);
	if (after != 0) {
		span_say(span, sizeof span, after);
		snprintf(then, sizeof then, " after %s", span);
	}
	snprintf(
	    out, ROUTEWORD_MAX, "%.*s%s%s", (int)w[0].n, w[0].s, first, then);
	return (true);
}

/* NAME [LEVEL], without a level that goes without saying. */
static bool
skill_said(char out[ROUTEWORD_MAX], const char *s, int usual)
{
	struct word w[WORDS];
	size_t	    n = words_split(w, s);
	int	    level = usual;

	if (n < 1 || n > 2 || !word_names(&w[0]) ||
	    (n == 2 && (level = word_number(&w[1], 5)) == 0))
		return (false);
	if (level == usual)
		snprintf(out, ROUTEWORD_MAX, "%.*s", (int)w[0].n, w[0].s);
	else
		snprintf(
		    out, ROUTEWORD_MAX, "%.*s %d", (int)w[0].n, w[0].s, level);
	return (true);
}

bool
routeword_knows(char out[ROUTEWORD_MAX], const char *s)
{
	return (skill_said(out, s, 3));
}

bool
routeword_asks(char out[ROUTEWORD_MAX], const char *s)
{
	return (skill_said(out, s, 1));
}

bool
routeword_need(char out[ROUTEWORD_MAX], const char *asked, bool preferred)
{
	char   kept[ROUTEWORD_MAX];
	size_t n;

	if (!routeword_asks(kept, asked))
		return (false);
	n = strlen(kept);
	if (kept[routeword_name(kept)] != '\0')
		kept[routeword_name(kept)] = ':';
	snprintf(
	    out, ROUTEWORD_MAX, "%.*s%s", (int)n, kept, preferred ? "?" : "");
	return (true);
}

bool
routeword_limit(char out[ROUTEWORD_MAX], const char *s)
{
	struct word w[WORDS];
	int	    v;

	if (words_split(w, s) != 2 || !word_channel(&w[0]) ||
	    (v = word_number(&w[1], 1000)) == 0)
		return (false);
	snprintf(out, ROUTEWORD_MAX, "%.*s %d", (int)w[0].n, w[0].s, v);
	return (true);
}

static bool
channel_span(char out[ROUTEWORD_MAX], const char *s, long least)
{
	struct word w[WORDS];
	char	    span[16];
	long	    v;

	if (words_split(w, s) != 2 || !word_channel(&w[0]))
		return (false);
	v = word_span(&w[1]);
	if (v < least || v > 3600)
		return (false);
	span_say(span, sizeof span, v);
	snprintf(out, ROUTEWORD_MAX, "%.*s %s", (int)w[0].n, w[0].s, span);
	return (true);
}

bool
routeword_offer(char out[ROUTEWORD_MAX], const char *s)
{
	return (channel_span(out, s, 5));
}

bool
routeword_wrap(char out[ROUTEWORD_MAX], const char *s)
{
	return (channel_span(out, s, 1));
}

bool
routeword_step(char out[ROUTEWORD_MAX], const char *s)
{
	struct word w[WORDS];
	size_t	    n = words_split(w, s);
	char	    span[16];
	long	    after;

	if (n < 2 || n > 3 || (after = word_span(&w[0])) < 1)
		return (false);
	span_say(span, sizeof span, after);
	if (n == 2 && (word_is(&w[1], "preferred") || word_is(&w[1], "anyone")))
		snprintf(
		    out, ROUTEWORD_MAX, "%s %.*s", span, (int)w[1].n, w[1].s);
	else if (n == 3 && word_is(&w[1], "levels") && word_number(&w[2], 4))
		snprintf(out, ROUTEWORD_MAX, "%s levels %d", span,
		    word_number(&w[2], 4));
	else if (n == 3 && word_is(&w[1], "overflow") && word_names(&w[2]))
		snprintf(out, ROUTEWORD_MAX, "%s overflow %.*s", span,
		    (int)w[2].n, w[2].s);
	else
		return (false);
	return (true);
}

long
routeword_step_after(const char *step)
{
	return (routeword_span(step, strcspn(step, " ")));
}

/* The deed that n words are; false: they are none. */
static bool
deed_said(char *out, size_t size, const struct word *w, size_t n)
{
	if (n == 1 && (word_is(&w[0], "message") || word_is(&w[0], "callback")))
		snprintf(out, size, "%.*s", (int)w[0].n, w[0].s);
	else if (n == 2 && word_is(&w[0], "overflow") && word_names(&w[1]))
		snprintf(out, size, "overflow %.*s", (int)w[1].n, w[1].s);
	else
		return (false);
	return (true);
}

bool
routeword_deed(char out[ROUTEWORD_MAX], const char *s)
{
	struct word w[WORDS];
	size_t	    n = words_split(w, s);

	if (n == 1 && word_is(&w[0], "hold")) {
		snprintf(out, ROUTEWORD_MAX, "hold");
		return (true);
	}
	return (deed_said(out, ROUTEWORD_MAX, w, n));
}

bool
routeword_patience(char out[ROUTEWORD_MAX], const char *s)
{
	struct word w[WORDS];
	size_t	    n = words_split(w, s);
	char	    span[16], deed[ROUTEWORD_MAX - 32] = "";
	long	    v;

	if (n < 2 || (!word_is(&w[0], "chat") && !word_is(&w[0], "call")) ||
	    (v = word_span(&w[1])) < 5 || v > 86400 ||
	    (n > 2 && !deed_said(deed, sizeof deed, w + 2, n - 2)))
		return (false);
	span_say(span, sizeof span, v);
	snprintf(out, ROUTEWORD_MAX, "%.*s %s%s%s", (int)w[0].n, w[0].s, span,
	    n > 2 ? " " : "", deed);
	return (true);
}

const char *
routeword_overflow(const char *kept)
{
	static const char word[] = "overflow ";
	const char	 *at = strstr(kept, word);

	if (at == NULL || (at > kept && at[-1] != ' '))
		return (NULL);
	return (at + sizeof word - 1);
}

size_t
routeword_name(const char *kept)
{
	return (strcspn(kept, " "));
}
