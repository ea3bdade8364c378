/*
 * A screen as a grid of cells; see grid.h.
 */
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "desk/fold.h"
#include "grid.h"

void
grid_make(struct grid *g, int rows, int columns, bool ascii)
{
	size_t i, n;

	free(g->cells);
	g->rows = rows > 0 ? rows : 0;
	g->columns = columns > 0 ? columns : 0;
	g->ascii = ascii;
	n = (size_t)g->rows * (size_t)g->columns;
	g->cells = xcalloc(n > 0 ? n : 1, sizeof *g->cells);
	for (i = 0; i < n; i++) {
		g->cells[i].text[0] = ' ';
		g->cells[i].width = 1;
	}
}

void
grid_free(struct grid *g)
{
	free(g->cells);
	*g = (struct grid){ 0 };
}

struct cell *
grid_at(const struct grid *g, int row, int column)
{
	if (row < 0 || row >= g->rows || column < 0 || column >= g->columns)
		return (NULL);
	return (&g->cells[row * g->columns + column]);
}

/* What is drawn of ours and has a plain likeness. */
static const struct {
	uint32_t c;
	char	 plain;
} likes[] = {
	{ 0x2026, '~' }, /* an ellipsis */
	{ 0x00b7, '-' },
	{ 0x2500, '-' },
	{ 0x2191, '^' },
	{ 0x2193, 'v' },
	{ 0x25b4, '^' },
	{ 0x25be, 'v' },
	{ 0x2192, '>' },
	{ 0x2014, '-' },
	{ 0x2581, '_' },
	{ 0x2582, '.' },
	{ 0x2583, '-' },
	{ 0x2584, '-' },
	{ 0x2585, '=' },
	{ 0x2586, '=' },
	{ 0x2587, '#' },
	{ 0x2588, '#' },
};

/* A letter without its marks; '?' where there is none. */
static char
plain_like(const char *s, size_t n, uint32_t c)
{
	char   folded[FOLD_ROOM(4)];
	size_t i;

	for (i = 0; i < nitems(likes); i++)
		if (likes[i].c == c)
			return (likes[i].plain);
	fold_text(folded, sizeof folded, s, n);
	if (folded[0] <= ' ' || folded[0] > '~')
		return ('?');
	return (g_unichar_isupper(c) ? (char)g_ascii_toupper(folded[0])
				     : folded[0]);
}

/* One character as it is drawn. */
struct drawn {
	char   text[5];
	size_t n;
	int    width; /* 0: a mark of the letter before */
	bool   skip;
};

/* Reads one character; returns its bytes. */
static size_t
draw_next(bool ascii, const char *s, size_t n, struct drawn *d)
{
	uint32_t c;
	size_t	 len = utf8_get(s, n, &c);
	int	 width;

	*d = (struct drawn){ .text = "?", .n = 1, .width = 1 };
	if (len == 0 || c < 0x20 || c == 0x7f || utf8_is_unshown(c)) {
		/* Lines go on behind a blank. */
		if (len == 1 && (c == '\n' || c == '\t' || c == '\r'))
			d->text[0] = ' ';
		return (len > 0 ? len : 1);
	}
	width = wcwidth((wchar_t)c);
	if (width == 0) {
		d->skip = ascii || !g_unichar_ismark(c) ||
		    (c >= 0xfe00 && c <= 0xfe0f);
		d->width = 0;
	} else if (width < 0) {
		return (len); /* unknown to this machine: a '?' */
	} else {
		d->width = width;
	}
	if (ascii && c > '~') {
		/* As many columns as it would have had. */
		d->text[0] = plain_like(s, len, c);
		d->width = width > 0;
		return (len);
	}
	memcpy(d->text, s, len);
	d->n = len;
	d->text[len] = '\0';
	return (len);
}

/* Letters with their marks as one character where there is such a one. */
static char *
composed(const char *text)
{
	char *copy = xstrdup(text), *nfc;

	utf8_clean(copy, strlen(copy));
	nfc = g_utf8_normalize(copy, -1, G_NORMALIZE_NFC);
	free(copy);
	return (nfc);
}

static int
text_width(bool ascii, const char *s)
{
	struct drawn d;
	size_t	     n = strlen(s), len;
	int	     width = 0;

	for (; n > 0; s += len, n -= len) {
		len = draw_next(ascii, s, n, &d);
		width += d.skip ? 0 : d.width;
	}
	return (width);
}

int
grid_width(const struct grid *g, const char *text)
{
	char *s = composed(text);
	int   width = text_width(g->ascii, s);

	g_free(s);
	return (width);
}

static void
cell_set(struct grid *g, int row, int column, enum paint paint,
    const struct drawn *d)
{
	struct cell *c = grid_at(g, row, column), *half;

	if (c == NULL)
		return;
	memcpy(c->text, d->text, d->n + 1);
	c->width = (unsigned char)d->width;
	c->paint = (unsigned char)paint;
	if (d->width == 2 && (half = grid_at(g, row, column + 1)) != NULL) {
		half->text[0] = '\0';
		half->width = 0;
		half->paint = (unsigned char)paint;
	}
}

/* A mark joins the letter that was drawn before it, as far as there is room. */
static void
cell_add_mark(struct grid *g, int row, int column, const struct drawn *d)
{
	struct cell *c = grid_at(g, row, column);
	size_t	     n;

	if (c != NULL && c->width == 0)
		c = grid_at(g, row, column - 1);
	if (c == NULL)
		return;
	n = strlen(c->text);
	if (n + d->n < sizeof c->text)
		memcpy(c->text + n, d->text, d->n + 1);
}

static int
put_composed(struct grid *g, int row, int column, int width, enum paint paint,
    const char *s)
{
	const struct drawn dots = {
		.text = "\xe2\x80\xa6", .n = 3, .width = 1
	};
	const struct drawn tilde = { .text = "~", .n = 1, .width = 1 };
	struct drawn	   d;
	size_t		   n = strlen(s), len;
	int		   at = 0, room = width;
	bool		   cut = text_width(g->ascii, s) > width;

	if (cut)
		room--;
	for (; n > 0; s += len, n -= len) {
		len = draw_next(g->ascii, s, n, &d);
		if (d.skip || (d.width == 0 && at == 0))
			continue;
		if (d.width == 0) {
			cell_add_mark(g, row, column + at - 1, &d);
			continue;
		}
		if (at + d.width > room)
			break;
		cell_set(g, row, column + at, paint, &d);
		at += d.width;
	}
	if (cut)
		cell_set(
		    g, row, column + at++, paint, g->ascii ? &tilde : &dots);
	return (at);
}

int
grid_put(struct grid *g, int row, int column, int width, enum paint paint,
    const char *text)
{
	char *s;
	int   took;

	if (row < 0 || row >= g->rows || column < 0 || column >= g->columns)
		return (0);
	if (width > g->columns - column)
		width = g->columns - column;
	if (width <= 0 || *text == '\0')
		return (0);
	s = composed(text);
	took = put_composed(g, row, column, width, paint, s);
	g_free(s);
	return (took);
}

void
grid_put_right(struct grid *g, int row, int column, int width, enum paint paint,
    const char *text)
{
	int w = grid_width(g, text);

	if (w < width) {
		column += width - w;
		width = w;
	}
	grid_put(g, row, column, width, paint, text);
}

void
grid_mark(struct grid *g, int row)
{
	struct cell *c;
	int	     i;

	for (i = 0; (c = grid_at(g, row, i)) != NULL; i++)
		c->marked = true;
}

void
grid_text(const struct grid *g, struct buf *out)
{
	const struct cell *c;
	size_t		   full; /* to the last that is no blank */
	int		   row, i;

	for (row = 0; row < g->rows; row++) {
		full = out->n;
		for (i = 0; (c = grid_at(g, row, i)) != NULL; i++) {
			buf_str(out, c->text);
			if (c->width > 0 && strcmp(c->text, " ") != 0)
				full = out->n;
		}
		if (full < out->n) {
			out->n = full;
			out->p[full] = '\0';
		}
		buf_char(out, '\n');
	}
}
