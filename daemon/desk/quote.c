/*
 * A mail's own text; see quote.h.
 *
 * Three passes over its lines: what each is by its mark (">", the HTML), what
 * of them is quoted, and what of the rest's ends is signature.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "fold.h"
#include "htmltext.h"
#include "quote.h"
#include "quotehead.h"
#include "quotesign.h"

#define HEAD_LINES   4	 /* over which who-wrote is wrapped, at most */
#define HEADER_LINES 14	 /* that a copied header takes, at most */
#define SIGN_LINES   14	 /* not blank, of a signature */
#define NOTICE_LINES 40	 /* of a legal notice */
#define TRIM_ROUNDS  8	 /* ends cut off an end, one after the other */
#define LINE_SHORT   400 /* bytes of a line that may begin a quote */
#define PRINT_BYTES  200 /* of a line, by whose letters it is known again */
#define PRINT_MAX    60
#define PRINT_LEAST  8

enum mark {
	MARK_NONE,
	MARK_ANGLE, /* ">", or <blockquote>: quoted if somebody is named */
	MARK_QUOTE, /* quoted, as the HTML says */
	MARK_SIGN   /* signature, as the HTML says */
};

struct line {
	const char *p;
	size_t	    n; /* without the line's end */
	enum mark   mark;
	bool	    blank;
	bool	    gone; /* not the person's own */
};

struct quote {
	struct line *line;
	size_t	     n;

	unsigned blocks; /* of quoted lines found, one after the other */
	bool	 whole;	 /* nothing may be trimmed */
	bool	 silent; /* answers may stand within, and nothing marks them */
	bool	 angled; /* ">" was found to mark what is quoted */
};

static bool
is_blank(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (p[i] != ' ' && p[i] != '\t' && p[i] != '\r')
			return (false);
	return (true);
}

/* What stands behind the line's ">"s and blanks. */
static const char *
bare(const struct line *l, size_t *n)
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

static bool
lines_get(struct quote *q, const char *text)
{
	const char  *p, *lf;
	struct line *l;
	size_t	     n = 1;

	for (p = text; (p = strchr(p, '\n')) != NULL; p++)
		n++;
	if (n > QUOTE_LINES)
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

/* The next line from i on that is not blank, or the end. */
static size_t
skip_blank(const struct quote *q, size_t i)
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
	struct line *l;
	size_t	     i, at, k = 0;

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
		p = bare(&q->line[i], &n);
		n = print_get(have, p, n);
		if (n < PRINT_LEAST ||
		    memcmp(have, want, n < len ? n : len) != 0)
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
	size_t	    i, left = 0;
	const char *p;

	for (p = html; p < html + n; p++)
		left += *p == '\n';
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

/* What the HTML knows of the text's lines. */
static void
marks_get(struct quote *q, const char *text, const char *html)
{
	struct htmlmarks m = { 0 };
	struct buf	 b;
	size_t		 n = strlen(text);

	buf_init(&b, 4 * strlen(html) + 1);
	html_text_marked(&b, html, strlen(html), &m);
	if (m.full)
		q->whole = true;
	else if (m.n != 0 && b.n >= n && memcmp(b.p, text, n) == 0)
		marks_place(q, text, &m);
	else if (m.n != 0 && b.n != 0)
		marks_carry(q, &b, &m);
	buf_free(&b);
}

/* Lines i to before end, joined, say who wrote what follows. */
static bool
is_head(const struct quote *q, size_t i, size_t end)
{
	char	    joined[QUOTEHEAD_MAX + 1];
	const char *p;
	size_t	    n, len = 0, next = skip_blank(q, end), first = i;
	bool	    marked;

	for (; i < end; i++) {
		p = bare(&q->line[i], &n);
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
		p = bare(&q->line[end], &n);
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
		p = bare(&q->line[j], &n);
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

static void
drop(struct quote *q, size_t from, size_t to)
{
	for (; from < to; from++)
		q->line[from].gone = true;
}

/* What is marked as quoted from i on, blank lines between; past its end. */
static size_t
run_end(const struct quote *q, size_t i)
{
	size_t j;

	while ((j = skip_blank(q, i)) < q->n &&
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
	drop(q, i, q->n);
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
		p = bare(&q->line[at], &n);
		if (quotehead_divider(p, n) == DIVIDER_FORWARD)
			q->whole = true;
		sure |= q->line[at].mark == MARK_QUOTE || head_at(q, at) != 0;
		for (at++; at < end; at++)
			if (bare(&q->line[at], &n) != NULL && n != 0)
				break;
	}
	if (!sure)
		return (end); /* a list, as far as anyone can tell */
	q->angled = true;
	if (q->line[i].mark == MARK_QUOTE)
		q->silent = true;
	drop(q, i, end);
	q->blocks++;
	return (end);
}

/* What begins at line i, which is not blank; past its end. */
static size_t
look(struct quote *q, size_t i)
{
	const struct line *l = &q->line[i];
	size_t		   k, next;

	if (l->n > LINE_SHORT && l->mark == MARK_NONE)
		return (i + 1);
	switch (quotehead_divider(l->p, l->n)) {
	case DIVIDER_FORWARD:
		q->whole = true;
		return (q->n);
	case DIVIDER_REPLY:
		next = skip_blank(q, i + 1);
		if (next < q->n && q->line[next].mark != MARK_ANGLE)
			return (drop_rest(q, i));
		drop(q, i, i + 1);
		return (look_marked(q, next));
	case DIVIDER_NONE:
		break;
	}
	if (l->mark != MARK_ANGLE && (k = head_at(q, i)) != 0) {
		next = skip_blank(q, i + k);
		if (next < q->n && q->line[next].mark != MARK_ANGLE &&
		    q->line[next].mark != MARK_QUOTE)
			return (drop_rest(q, i));
		/* With nothing below it, it quotes nothing: a reply's all. */
		next = run_end(q, next);
		drop(q, i, next);
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

	while (!q->whole && (i = skip_blank(q, i)) < q->n)
		i = look(q, i);
	/* A ruler that introduces a quote is none of the person's words. */
	for (i = 1; i < q->n; i++)
		if (q->line[i].gone && !q->line[i - 1].gone &&
		    q->line[i].mark == MARK_QUOTE &&
		    quotehead_ruler(q->line[i - 1].p, q->line[i - 1].n))
			q->line[i - 1].gone = true;
}

/* The bytes from line a to before line b, as one string; free it. */
static char *
lines_join(const struct quote *q, size_t a, size_t b, bool own, size_t *n)
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
	size_t i = b, n;
	char  *text;
	bool   is;

	while (i > a && !q->line[i - 1].blank && b - i <= NOTICE_LINES)
		i--;
	if (b - i > NOTICE_LINES)
		return (b);
	text = lines_join(q, i, b, false, &n);
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

/* Under "-- ", or under a closing: where that begins, else b. */
static size_t
cut_signature(const struct quote *q, size_t a, size_t b)
{
	size_t		   i, at = b, lines = 0, dashes = 0;
	const struct line *l;

	for (i = a; i < b; i++)
		dashes += quotesign_delimiter(q->line[i].p, q->line[i].n);
	for (i = b; i > a; i--) {
		l = &q->line[i - 1];
		if (l->blank)
			continue;
		if (quotesign_delimiter(l->p, l->n))
			return (dashes == 1 && lines > 0 ? i - 1 : at);
		if (quotesign_closing(l->p, l->n))
			at = i - 1; /* the topmost, if there are two */
		else if (!quotesign_contact(l->p, l->n))
			break;
		if (++lines > SIGN_LINES)
			break;
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
	size_t i, end, was, first = skip_blank(q, a), rounds = TRIM_ROUNDS;

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
	drop(q, end, was);
	return (end > first);
}

/* The runs of lines that are left, each with its ends. */
static void
trim_runs(struct quote *q)
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
		if (skip_blank(q, from) < i &&
		    trim_run(q, from, i, needed && next == q->n))
			needed = false;
	}
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
		i = skip_blank(q, 0);
		if (i < q->n && q->line[i].gone)
			return (true);
	}
	if (!q->silent)
		return (false);
	own = lines_join(q, 0, q->n, true, &n);
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
	const struct line *l;
	char		  *out;
	size_t		   i, room = 0, to = 0;
	bool		   cut = false, apart = false;

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

const char *
quote_own(struct arena *arena, const char *subject, const char *text,
    const char *html)
{
	struct quote q = { 0 };
	const char  *own = NULL;

	if (text == NULL || quotehead_forwards(subject) || !lines_get(&q, text))
		return (NULL);
	if (html != NULL)
		marks_get(&q, text, html);
	if (!q.whole)
		find_quotes(&q);
	if (!q.whole && !is_interleaved(&q)) {
		trim_runs(&q);
		own = own_write(&q, arena);
	}
	free(q.line);
	return (own);
}
