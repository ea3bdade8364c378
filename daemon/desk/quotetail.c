/*
 * Ends trimmed; see quotetail.h.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/def.h"
#include "quotesign.h"
#include "quotetail.h"

#define SIGN_LINES   14 /* not blank, of a signature */
#define NOTICE_LINES 40 /* of a legal notice */
#define TRIM_ROUNDS  8	/* ends cut off an end, one after the other */

/* Past the last line that is not blank of those from a to before b. */
static size_t
last_line(const struct quote *q, size_t a, size_t b)
{
	while (b > a && q->line[b - 1].blank)
		b--;
	return (b);
}

/* The last paragraph is a legal notice: where it begins, else b. */
static size_t
cut_notice(const struct quote *q, size_t a, size_t b)
{
	size_t i = b, from, n;
	char  *text;
	bool   is;

	while (i > a && !q->line[i - 1].blank && b - i <= NOTICE_LINES)
		i--;
	if (b - i > NOTICE_LINES || i == b)
		return (b);
	/* A list's footer begins as a signature does. */
	from = i + quotesign_delimiter(q->line[i].p, q->line[i].n);
	text = quoteline_join(q, from, b, false, &n);
	is = quotesign_notice(text, n);
	free(text);
	return (is ? i : b);
}

/* What a phone or program added; its link may stand in a line of its own. */
static size_t
cut_device(const struct quote *q, size_t a, size_t b)
{
	size_t i = b;

	if (i > a && quotesign_link(q->line[i - 1].p, q->line[i - 1].n))
		i = last_line(q, a, i - 1);
	if (i > a && quotesign_device(q->line[i - 1].p, q->line[i - 1].n))
		return (i - 1);
	return (b);
}

/* The signature that the HTML marks. */
static size_t
cut_marked(const struct quote *q, size_t a, size_t b)
{
	size_t i = b, lines = 0;

	while (i > a &&
	    (q->line[i - 1].blank || q->line[i - 1].mark == MARK_SIGN)) {
		i--;
		lines += !q->line[i].blank;
	}
	if (lines == 0 || lines > SIGN_LINES)
		return (b);
	i = last_line(q, a, i);
	if (i > a && quotesign_delimiter(q->line[i - 1].p, q->line[i - 1].n))
		i--;
	return (i);
}

/* What stands above line i announces what follows: it is no signature. */
static bool
is_announced(const struct quote *q, size_t a, size_t i)
{
	const struct quoteline *l;

	if ((i = last_line(q, a, i)) == a)
		return (false);
	l = &q->line[i - 1];
	return (l->n > 0 && l->p[l->n - 1] == ':');
}

/* Under "-- ", or under a closing: where that begins, else b. */
static size_t
cut_signature(const struct quote *q, size_t a, size_t b)
{
	size_t			i, at = b, lines = 0, dashes = 0;
	const struct quoteline *l;

	for (i = a; i < b; i++)
		dashes += quotesign_delimiter(q->line[i].p, q->line[i].n);
	for (i = b; i > a && lines <= SIGN_LINES; i--) {
		l = &q->line[i - 1];
		if (l->blank)
			continue;
		if (quotesign_delimiter(l->p, l->n)) {
			if (dashes == 1 && !is_announced(q, a, i - 1))
				at = i - 1;
			break;
		}
		if (quotesign_closing(l->p, l->n))
			at = i - 1; /* the topmost, if there are two */
		else if (!quotesign_contact(l->p, l->n))
			break;
		lines++;
	}
	return (at);
}

/*
 * Trims the ends that nobody wrote from a run of own lines; false: nothing
 * is left of it, which only a run that is not needed may come to.
 */
static bool
trim_run(struct quote *q, size_t a, size_t b, bool needed)
{
	static size_t (*const cuts[])(const struct quote *, size_t,
	    size_t) = { cut_notice, cut_device, cut_marked, cut_signature };
	size_t i, end, was, first = quoteline_next(q, a), rounds = TRIM_ROUNDS;

	end = was = last_line(q, a, b);
	for (i = 0; i < nitems(cuts) && rounds > 0; i++) {
		b = last_line(q, first, cuts[i](q, first, end));
		if (b == end || (b <= first && needed))
			continue;
		/* What stood above it is the end now: all over again. */
		end = b;
		i = (size_t)-1;
		rounds--;
	}
	quoteline_drop(q, end, was);
	return (end > first);
}

void
quotetail_trim(struct quote *q)
{
	size_t i, from, next;
	bool   needed = true;

	for (i = 0; i < q->n; i = next) {
		for (from = i; i < q->n && !q->line[i].gone; i++)
			continue;
		for (next = i;
		     next < q->n && (q->line[next].gone || q->line[next].blank);
		     next++)
			continue;
		/* One of them has to stay: the last, if no other did. */
		if (quoteline_next(q, from) < i &&
		    trim_run(q, from, i, needed && next == q->n))
			needed = false;
	}
}
