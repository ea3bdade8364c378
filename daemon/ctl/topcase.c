/*
 * deskctl top's page of one case: its state and clocks, who has it, and what
 * was said last.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "explain.h"
#include "topkeys.h"
#include "toptable.h"
#include "topview.h"

#define LINES_MAX 1000
#define LABEL	  11 /* columns of a fact's name */
#define SAID_MAX  30 /* lines of one message */

struct line {
	char	  *text;
	int	   indent;
	enum paint paint;
};

struct lines {
	struct line at[LINES_MAX];
	int	    n;
};

static void
line_add(struct lines *l, int indent, enum paint paint, const char *s, size_t n)
{
	if (l->n < LINES_MAX)
		l->at[l->n++] = (struct line){ xstrndup(s, n), indent, paint };
}

/* Bytes of the text that one line of so many columns takes, at a blank. */
static size_t
line_takes(const char *s, int columns)
{
	size_t	 at = 0, blank = 0, len, n = strcspn(s, "\n");
	uint32_t c;
	int	 width = 0;

	while (at < n) {
		if ((len = utf8_get(s + at, n - at, &c)) == 0)
			len = 1;
		/* (As if all others were wide: never too long.) */
		width += c < 0x1100 ? 1 : 2;
		if (width > columns)
			return (blank > 0 ? blank : at > 0 ? at : len);
		at += len;
		if (c == ' ')
			blank = at;
	}
	return (n);
}

static void
lines_wrap(struct lines *l, int indent, int columns, const char *s)
{
	int    left = SAID_MAX;
	size_t n;

	if (columns - indent < 8)
		return;
	for (; *s != '\0' && left > 0; left--) {
		n = line_takes(s, columns - indent);
		line_add(l, indent, PAINT_PLAIN, s, n);
		s += n;
		s += *s == '\n';
	}
	if (*s != '\0')
		line_add(l, indent, PAINT_DIM, "\xe2\x80\xa6", 3);
}

/* "name       value" */
static void PRINTFLIKE(4, 5) line_fact(
    struct lines *l, enum paint paint, const char *name, const char *fmt, ...)
{
	char	text[600];
	int	at = snprintf(text, sizeof text, "%-*s", LABEL, name);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text + at, sizeof text - (size_t)at, fmt, ap);
	va_end(ap);
	line_add(l, 0, paint, text, strlen(text));
}

/* "2026-11-22 10:15 (5m ago)" */
static bool
time_said(const struct top *t, const json_t *o, const char *member,
    char out[2 * FACT_MAX])
{
	int64_t	  ms = time_read(text_of(o, member)), now = t->now + t->ahead;
	time_t	  at = (time_t)(ms / 1000);
	char	  when[32], span[FACT_MAX];
	struct tm tm;

	if (ms == 0 || localtime_r(&at, &tm) == NULL ||
	    strftime(when, sizeof when, "%Y-%m-%d %H:%M", &tm) == 0)
		return (false);
	span_text(span, now - ms);
	snprintf(out, 2 * FACT_MAX, "%s (%s%s%s)", when, ms > now ? "in " : "",
	    span, ms > now ? "" : " ago");
	return (true);
}

static void
add_time(const struct top *t, struct lines *l, const json_t *o,
    const char *name, const char *member, bool clock)
{
	char	   text[2 * FACT_MAX];
	int64_t	   ms = time_read(text_of(o, member));
	enum paint paint = PAINT_PLAIN;

	if (clock && ms < t->now + t->ahead)
		paint = PAINT_BAD;
	if (time_said(t, o, member, text))
		line_fact(l, paint, name, "%s", text);
}

static void
add_facts(const struct top *t, struct lines *l, const json_t *o)
{
	const char *who = text_of(o, "assignee"), *name;

	name = text_of(o, "customer_name");
	line_fact(l, PAINT_PLAIN, "customer", "%.200s",
	    name[0] != '\0' ? name : text_of(o, "contact"));
	line_fact(l, PAINT_PLAIN, "queue", "%.64s, by %.32s",
	    text_of(o, "queue"), text_of(o, "channel"));
	line_fact(l, PAINT_PLAIN, "state", "%.32s, %s%.64s, priority %lld",
	    text_of(o, "state"), who[0] != '\0' ? "with " : "nobody's", who,
	    (long long)number_of(o, "priority"));
	add_time(t, l, o, "due", "due_at", true);
	add_time(t, l, o, "asleep until", "wakes_at", false);
	add_time(t, l, o, "opened", "opened_at", false);
	add_time(t, l, o, "answered", "first_answer_at", false);
	add_time(t, l, o, "resolved", "resolved_at", false);
	if (number_of(o, "transfers") > 0 || number_of(o, "reopens") > 0)
		line_fact(l, PAINT_PLAIN, "moved",
		    "transfers %lld, reopened %lld",
		    (long long)number_of(o, "transfers"),
		    (long long)number_of(o, "reopens"));
}

/* How its clocks came to their times, and what decides on it. */
static void
add_why(const struct top *t, struct lines *l, int columns)
{
	const json_t *clocks, *c, *why;
	struct buf    b = { 0 };
	const char   *s;
	size_t	      i;

	clocks =
	    json_object_get(json_object_get(t->ticket, "clocked"), "clocks");
	why = json_object_get(t->ticket, "explained");
	line_add(l, 0, PAINT_DIM, "", 0);
	if (why == NULL && clocks == NULL) {
		line_add(l, 0, PAINT_DIM, "asking why", 10);
		return;
	}
	json_array_foreach (clocks, i, c)
		lines_wrap(l, 2, columns, text_of(c, "said"));
	if (why != NULL)
		explain_put(&b, why);
	for (s = b.n > 0 ? b.p : ""; *s != '\0'; s += *s == '\n') {
		size_t n = strcspn(s, "\n");
		char  *one = xstrndup(s, n);

		lines_wrap(l, 2, columns, one);
		free(one);
		s += n;
	}
	buf_free(&b);
}

/* "10:15 An Nguyễn (mail)", and what was said */
static void
add_event(const struct top *t, struct lines *l, const json_t *e, int columns)
{
	const char *own = text_of(e, "own"), *text = text_of(e, "text");
	const char *who = text_of(e, "agent"), *kind = text_of(e, "kind");
	char	    head[500], when[2 * FACT_MAX];

	if (who[0] == '\0')
		who = text_of(e, "who");
	if (who[0] == '\0')
		who = text_of(e, "from");
	if (!time_said(t, e, "at", when))
		when[0] = '\0';
	snprintf(head, sizeof head, "%.60s  %.200s  %.32s %.32s", when, who,
	    text_of(e, "channel"), kind);
	line_add(l, 0, PAINT_DIM, "", 0);
	line_add(l, 0,
	    strcmp(text_of(e, "direction"), "in") == 0 ? PAINT_STRONG
						       : PAINT_DIM,
	    head, strlen(head));
	lines_wrap(l, 2, columns, own[0] != '\0' ? own : text);
}

void
top_draw_case(struct top *t, struct grid *g, int row, int rows)
{
	const json_t *o = json_object_get(t->ticket, "ticket");
	const json_t *events = json_object_get(t->ticket, "events");
	struct lines *l = xcalloc(1, sizeof *l);
	char	      title[600];
	size_t	      i;
	int	      r;

	if (o == NULL) {
		grid_put(g, row, 1, g->columns - 2, PAINT_DIM,
		    t->refused[0] != '\0' ? t->refused : "asking");
		free(l);
		return;
	}
	snprintf(title, sizeof title, "#%lld  %.500s",
	    (long long)number_of(o, "number"),
	    text_of(
		o, text_of(o, "subject")[0] != '\0' ? "subject" : "preview"));
	grid_put(g, row, 1, g->columns - 2, PAINT_HEAD, title);
	add_facts(t, l, o);
	if (t->why)
		add_why(t, l, g->columns - 2);
	/* The newest first: it is what one wants to know. */
	for (i = json_array_size(events); i > 0; i--)
		add_event(t, l, json_array_get(events, i - 1), g->columns - 2);

	if (t->scroll > l->n - (rows - 1))
		t->scroll = l->n > rows - 1 ? l->n - (rows - 1) : 0;
	t->seen = rows - 1;
	for (r = 1; r < rows && t->scroll + r - 1 < l->n; r++) {
		const struct line *line = &l->at[t->scroll + r - 1];

		grid_put(g, row + r, 1 + line->indent,
		    g->columns - 2 - line->indent,
		    t->away_at != 0 ? PAINT_DIM : line->paint, line->text);
	}
	if (l->n > rows - 1 + t->scroll)
		grid_put_right(g, row, g->columns - 9, 8, PAINT_WARN, "  more");
	for (r = 0; r < l->n; r++)
		free(l->at[r].text);
	free(l);
}

void
top_draw_help(struct grid *g, int row, int rows)
{
	const struct hint *h;
	int		   i;

	for (i = 0; i < rows && (h = top_help(i)) != NULL; i++) {
		grid_put(g, row + i, 1, 18, PAINT_KEY, h->key);
		grid_put(g, row + i, 20, g->columns - 21, PAINT_PLAIN, h->word);
	}
}
