/*
 * A text's lines and their marks; see quoteline.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "fold.h"
#include "htmltext.h"
#include "quoteline.h"

#define PRINT_BYTES 200 /* of a line, by whose letters it is known again */
#define PRINT_MAX   60
#define PRINT_WHOLE 12 /* shorter ones must be the same to their end */
#define PRINT_LEAST 4

static bool
is_blank(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (p[i] != ' ' && p[i] != '\t' && p[i] != '\r')
			return (false);
	return (true);
}

const char *
quoteline_bare(const struct quoteline *l, size_t *n)
{
	const char *p = l->p, *end = l->p + l->n;

	while (p < end && (*p == '>' || *p == ' ' || *p == '\t'))
		p++;
	/* iPhones put a byte order mark before what they quote. */
	if (end - p >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3;
	*n = (size_t)(end - p);
	return (p);
}

bool
quoteline_read(struct quote *q, const char *text, size_t max)
{
	const char	 *p, *lf;
	struct quoteline *l;
	size_t		  n = 1;

	for (p = text; (p = strchr(p, '\n')) != NULL; p++)
		n++;
	if (n > max)
		return (false);
	q->line = xcalloc(n, sizeof *q->line);
	for (p = text; q->n < n; p = lf + 1) {
		lf = p + strcspn(p, "\n");
		l = &q->line[q->n++];
		l->p = p;
		l->n = (size_t)(lf - p);
		if (l->n > 0 && p[l->n - 1] == '\r')
			l->n--; /* of an event that came as JSON */
		l->blank = is_blank(l->p, l->n);
		if (p[0] == '>')
			l->mark = MARK_ANGLE;
	}
	return (true);
}

size_t
quoteline_next(const struct quote *q, size_t i)
{
	while (i < q->n && q->line[i].blank)
		i++;
	return (i);
}

/* The letters and digits of a line, folded: the same however it was set. */
static size_t
print_get(char *out, const char *p, size_t n)
{
	char   folded[FOLD_ROOM(PRINT_BYTES)];
	size_t i, to = 0;

	n = fold_text(
	    folded, sizeof folded, p, n < PRINT_BYTES ? n : PRINT_BYTES);
	for (i = 0; i < n && to < PRINT_MAX; i++)
		if ((folded[i] >= 'a' && folded[i] <= 'z') ||
		    (folded[i] >= '0' && folded[i] <= '9') ||
		    (unsigned char)folded[i] >= 0x80)
			out[to++] = folded[i];
	return (to);
}

static enum mark
mark_of(enum htmlmark what)
{
	switch (what) {
	case HTMLMARK_MAYBE:
		return (MARK_ANGLE);
	case HTMLMARK_QUOTE:
	case HTMLMARK_REST:
		return (MARK_QUOTE);
	case HTMLMARK_SIGN:
		return (MARK_SIGN);
	case HTMLMARK_NONE:
		break;
	}
	return (MARK_NONE);
}

/* The text was made of the HTML: places in it are places in the text. */
static void
marks_place(struct quote *q, const char *text, const struct htmlmarks *m)
{
	struct quoteline *l;
	size_t		  i, at, k = 0;

	for (i = 0; i < q->n; i++) {
		l = &q->line[i];
		at = (size_t)(l->p - text);
		/* Marks are in order; only the last may have no end. */
		while (k < m->n && m->list[k].to <= at)
			k++;
		if (k < m->n && m->list[k].from <= at && !l->blank)
			l->mark = mark_of(m->list[k].what);
	}
}

/* The one line of the text that reads like the first at s; else the end. */
static size_t
print_find(const struct quote *q, const char *s)
{
	char	    want[PRINT_MAX], have[PRINT_MAX];
	const char *p;
	size_t	    i, n, len, found = q->n;

	s += strspn(s, "\n ");
	len = print_get(want, s, strcspn(s, "\n"));
	if (len < PRINT_LEAST)
		return (q->n);
	for (i = 0; i < q->n; i++) {
		p = quoteline_bare(&q->line[i], &n);
		n = print_get(have, p, n);
		if (n != len && (n < PRINT_WHOLE || len < PRINT_WHOLE))
			continue;
		if (memcmp(have, want, n < len ? n : len) != 0)
			continue;
		if (found != q->n)
			return (q->n); /* which of them, nobody knows */
		found = i;
	}
	return (found);
}

/* Marks the lines that stand in the mark of the other text, too. */
static void
mark_carry(struct quote *q, const char *html, size_t n, enum mark mark)
{
	const char *p = html + strspn(html, "\n ");
	size_t	    i, left = 0;

	for (; p < html + n; p++)
		left += *p == '\n' && p[1] != '\n';
	i = print_find(q, html);
	if (mark == MARK_QUOTE)
		left = q->n; /* to the end: only such are asked for */
	else
		left++;
	for (; i < q->n && left > 0; i++) {
		if (q->line[i].blank)
			continue;
		if (q->line[i].mark != MARK_NONE && mark == MARK_SIGN)
			break;
		if (q->line[i].mark == MARK_NONE)
			q->line[i].mark = mark;
		left--;
	}
}

/*
 * The mail has plain text of its own.  Of the marks in the HTML those are of
 * use that are plain to place: the signature, and a quote to the end.
 */
static void
marks_carry(struct quote *q, const struct buf *b, const struct htmlmarks *m)
{
	size_t i, from, to, end;
	bool   sign = false, quote = false; /* found: one of each will do */

	for (i = 0; i < m->n && !(sign && quote); i++) {
		from = m->list[i].from;
		to = m->list[i].to < b->n ? m->list[i].to : b->n;
		if (from >= to)
			continue;
		end = to + strspn(b->p + to, " \n");
		if (m->list[i].what == HTMLMARK_SIGN && !sign) {
			mark_carry(q, b->p + from, to - from, MARK_SIGN);
			sign = true;
		} else if (end == b->n && !quote &&
		    (m->list[i].what == HTMLMARK_QUOTE ||
			m->list[i].what == HTMLMARK_REST)) {
			mark_carry(q, b->p + from, to - from, MARK_QUOTE);
			quote = true;
		}
	}
}

void
quoteline_mark(struct quote *q, const char *text, const char *html)
{
	struct htmlmarks m = { 0 };
	struct buf	 b;
	size_t		 n = strlen(text);

	buf_init(&b, 4 * strlen(html) + 1);
	html_text_marked(&b, html, strlen(html), &m);
	if (m.full)
		q->whole = true;
	else if (m.n != 0 && n != 0 && b.n >= n && memcmp(b.p, text, n) == 0)
		marks_place(q, text, &m);
	else if (m.n != 0 && b.n != 0)
		marks_carry(q, &b, &m);
	buf_free(&b);
}

void
quoteline_drop(struct quote *q, size_t from, size_t to)
{
	for (; from < to; from++)
		q->line[from].gone = true;
}

char *
quoteline_join(const struct quote *q, size_t a, size_t b, bool own, size_t *n)
{
	struct buf all;

	buf_init(&all, 0);
	buf_str(&all, "");
	for (; a < b; a++) {
		if (own && q->line[a].gone)
			continue;
		if (all.n > 0)
			buf_char(&all, own ? '\n' : ' ');
		buf_add(&all, q->line[a].p, q->line[a].n);
	}
	return (buf_take(&all, n));
}
