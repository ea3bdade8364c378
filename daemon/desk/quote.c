/*
 * A mail's own text; see quote.h.
 *
 * Three passes over its lines: what each is by its mark (quoteline.h), what
 * of them is quoted, and what of the rest's ends is signature (quotetail.h).
 */
#include <stdlib.h>
#include <string.h>

#include "base/def.h"
#include "quote.h"
#include "quotehead.h"
#include "quoteline.h"
#include "quotesign.h"
#include "quotetail.h"

#define HEAD_LINES   4	 /* over which who-wrote is wrapped, at most */
#define HEADER_LINES 14	 /* that a copied header takes, at most */
#define LINE_SHORT   400 /* bytes of a line that may begin a quote */

/* Lines i to before end, joined, say who wrote what follows. */
static bool
is_head(const struct quote *q, size_t i, size_t end)
{
	char	    joined[QUOTEHEAD_MAX + 1];
	const char *p;
	size_t	    n, len = 0, next = quoteline_next(q, end), first = i;
	bool	    marked;

	for (; i < end; i++) {
		p = quoteline_bare(&q->line[i], &n);
		if (len + n + 1 > sizeof joined)
			return (false);
		if (len > 0)
			joined[len++] = ' ';
		memcpy(joined + len, p, n);
		len += n;
	}
	marked = q->line[first].mark != MARK_NONE ||
	    (next < q->n && next <= end + 1 &&
		(q->line[next].mark == MARK_ANGLE ||
		    q->line[next].mark == MARK_QUOTE));
	return (quotehead_attribution(joined, len, marked, end - first > 1));
}

/*
 * How many lines from i on say who wrote what follows, wrapped or not; 0:
 * they do not.  None of them is the person's own: where some of them say it
 * without those above, it begins there.
 */
static size_t
head_at(const struct quote *q, size_t i)
{
	const char *p;
	size_t	    end, from, n;

	for (end = i; end < i + HEAD_LINES && end < q->n; end++) {
		if (q->line[end].blank ||
		    (q->line[end].mark == MARK_ANGLE) !=
			(q->line[i].mark == MARK_ANGLE))
			return (0);
		p = quoteline_bare(&q->line[end], &n);
		if (!quotehead_ends(p, n) || !is_head(q, i, end + 1))
			continue;
		for (from = i + 1; from <= end; from++)
			if (is_head(q, from, end + 1))
				return (0);
		return (end + 1 - i);
	}
	return (0);
}

/* A header copied before what is quoted begins at line i. */
static bool
header_at(const struct quote *q, size_t i)
{
	unsigned    fields = 0, field, idle = 0;
	bool	    address = false;
	const char *p;
	size_t	    j, n;

	for (j = i; j < q->n && j < i + HEADER_LINES; j++) {
		if (q->line[j].blank) {
			if (++idle > 2)
				break;
			continue;
		}
		p = quoteline_bare(&q->line[j], &n);
		if ((field = quotehead_field(p, n)) == 0) {
			/* A list of recipients goes on. */
			if ((fields & (FIELD_TO | FIELD_CC)) == 0 || ++idle > 2)
				break;
			continue;
		}
		if (j == i && field != FIELD_FROM)
			return (false);
		if (field != FIELD_OTHER && (fields & field) != 0)
			break; /* the next mail's */
		fields |= field;
		address |= quotehead_address(p, n);
	}
	if ((fields & (FIELD_FROM | FIELD_SENT)) != (FIELD_FROM | FIELD_SENT))
		return (false);
	return ((fields & FIELD_SUBJECT) != 0
		? (fields & FIELD_TO) != 0 || address
		: (fields & FIELD_TO) != 0 && address);
}

/* What is marked as quoted from i on, blank lines between; past its end. */
static size_t
run_end(const struct quote *q, size_t i)
{
	size_t j;

	while ((j = quoteline_next(q, i)) < q->n &&
	    (q->line[j].mark == MARK_ANGLE || q->line[j].mark == MARK_QUOTE))
		i = j + 1;
	return (i);
}

/* All from i on is quoted; a ruler right above belongs to it. */
static size_t
drop_rest(struct quote *q, size_t i)
{
	size_t above = i;

	while (above > 0 && q->line[above - 1].blank)
		above--;
	if (above > 0 &&
	    quotehead_ruler(q->line[above - 1].p, q->line[above - 1].n))
		i = above - 1;
	quoteline_drop(q, i, q->n);
	q->blocks++;
	q->silent = true;
	return (q->n);
}

/* The quoted lines that begin at i, if they do; past their end. */
static size_t
look_marked(struct quote *q, size_t i)
{
	size_t	    end = run_end(q, i), k, n, at = i;
	const char *p;
	bool	    sure = q->angled;

	/* Apple Mail puts who wrote within the quote. */
	for (k = 0; k < 2 && at < end; k++) {
		p = quoteline_bare(&q->line[at], &n);
		if (quotehead_divider(p, n) == DIVIDER_FORWARD)
			q->whole = true;
		sure |= q->line[at].mark == MARK_QUOTE || head_at(q, at) != 0;
		for (at++; at < end; at++)
			if (quoteline_bare(&q->line[at], &n) != NULL && n != 0)
				break;
	}
	if (!sure)
		return (end); /* a list, as far as anyone can tell */
	q->angled = true;
	if (q->line[i].mark == MARK_QUOTE)
		q->silent = true;
	quoteline_drop(q, i, end);
	q->blocks++;
	return (end);
}

/* What begins at line i, which is not blank; past its end. */
static size_t
look(struct quote *q, size_t i)
{
	const struct quoteline *l = &q->line[i];
	size_t			k, next;

	if (l->n > LINE_SHORT && l->mark == MARK_NONE)
		return (i + 1);
	switch (quotehead_divider(l->p, l->n)) {
	case DIVIDER_FORWARD:
		q->whole = true;
		return (q->n);
	case DIVIDER_REPLY:
		next = quoteline_next(q, i + 1);
		if (next < q->n && q->line[next].mark != MARK_ANGLE)
			return (drop_rest(q, i));
		quoteline_drop(q, i, i + 1);
		return (look_marked(q, next));
	case DIVIDER_NONE:
		break;
	}
	if (l->mark != MARK_ANGLE && (k = head_at(q, i)) != 0) {
		next = quoteline_next(q, i + k);
		if (next < q->n && q->line[next].mark != MARK_ANGLE &&
		    q->line[next].mark != MARK_QUOTE)
			return (drop_rest(q, i));
		/* With nothing below it, it quotes nothing: a reply's all. */
		next = run_end(q, next);
		quoteline_drop(q, i, next);
		q->blocks++;
		q->angled = true;
		q->silent |= l->mark == MARK_QUOTE;
		return (next);
	}
	if (l->mark == MARK_ANGLE || l->mark == MARK_QUOTE)
		return (look_marked(q, i));
	if (header_at(q, i))
		return (drop_rest(q, i));
	return (i + 1);
}

/* What is quoted. */
static void
find_quotes(struct quote *q)
{
	size_t i = 0;

	while (!q->whole && (i = quoteline_next(q, i)) < q->n)
		i = look(q, i);
	/* A ruler that introduces a quote is none of the person's words. */
	for (i = 1; i < q->n; i++)
		if (q->line[i].gone && !q->line[i - 1].gone &&
		    q->line[i].mark == MARK_QUOTE &&
		    quotehead_ruler(q->line[i - 1].p, q->line[i - 1].n))
			q->line[i - 1].gone = true;
}

/* Whether answers stand, or may stand, between what is quoted. */
static bool
is_interleaved(const struct quote *q)
{
	size_t i, n, between = 0;
	bool   below, fresh = false;
	char  *own;

	/* Own lines with a quote above and another below. */
	for (i = 0; i < q->n; i++) {
		if (q->line[i].gone && fresh) {
			between++;
			fresh = false;
		} else if (!q->line[i].gone && !q->line[i].blank)
			fresh = true;
	}
	if (between > 1)
		return (true);
	if (between == 1 && q->blocks > 1) {
		i = quoteline_next(q, 0);
		if (i < q->n && q->line[i].gone)
			return (true);
	}
	if (!q->silent)
		return (false);
	own = quoteline_join(q, 0, q->n, true, &n);
	below = quotesign_answers_below(own, n);
	free(own);
	return (below);
}

/*
 * The own lines, paragraphs apart where something stood between; NULL when
 * these are all, or none.
 */
static const char *
own_write(const struct quote *q, struct arena *arena)
{
	const struct quoteline *l;
	char		       *out;
	size_t			i, room = 0, to = 0;
	bool			cut = false, apart = false;

	for (i = 0; i < q->n; i++) {
		cut |= q->line[i].gone && !q->line[i].blank;
		if (!q->line[i].gone && !q->line[i].blank)
			room += q->line[i].n + 2;
	}
	if (!cut || room == 0 || (out = arena_get(arena, room + 1)) == NULL)
		return (NULL);
	for (i = 0; i < q->n; i++) {
		l = &q->line[i];
		if (l->gone || l->blank) {
			apart = to > 0;
			continue;
		}
		if (to > 0)
			out[to++] = '\n';
		if (apart)
			out[to++] = '\n';
		apart = false;
		memcpy(out + to, l->p, l->n);
		to += l->n;
	}
	while (to > 0 && strchr(" \t\r", out[to - 1]) != NULL)
		to--;
	out[to] = '\0';
	return (out);
}

/*
 * Whether the HTML may know more than the text has told; a look at its bytes
 * is much cheaper than to read it.
 */
static bool
html_helps(const struct quote *q, const char *html)
{
	static const char *const signs[] = { "quot", "QUOT", "ignature",
		"FwdMsg", "appendonsend", "border-top", "zwchr",
		"reference-message", "OLK_SRC", "zmail_" };
	size_t			 i;

	/* Marked and named: only who signed is still to be asked. */
	if (q->blocks == 1 && q->angled && !q->silent)
		return (strstr(html, "ignature") != NULL);
	for (i = 0; i < nitems(signs); i++)
		if (strstr(html, signs[i]) != NULL)
			return (true);
	return (false);
}

/* The text alone did not say it all: looks again, with what the HTML says. */
static void
look_again(struct quote *q, const char *text, const char *html)
{
	size_t i;

	for (i = 0; i < q->n; i++)
		q->line[i].gone = false;
	q->blocks = 0;
	q->silent = q->angled = false;
	quoteline_mark(q, text, html);
	find_quotes(q);
}

const char *
quote_own(struct arena *arena, const char *subject, const char *text,
    const char *html)
{
	struct quote q = { 0 };
	const char  *own = NULL;

	if (text == NULL || quotehead_forwards(subject) ||
	    !quoteline_read(&q, text, QUOTE_LINES))
		return (NULL);
	find_quotes(&q);
	if (!q.whole && html != NULL && html_helps(&q, html))
		look_again(&q, text, html);
	if (!q.whole && !is_interleaved(&q)) {
		quotetail_trim(&q);
		own = own_write(&q, arena);
	}
	free(q.line);
	return (own);
}
