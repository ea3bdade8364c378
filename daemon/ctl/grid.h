/*
 * A screen as a grid of cells, drawn into without a terminal: what reaches
 * the terminal is what stands here, and a test reads it as text.  What peers
 * wrote cannot do harm: controls and characters that turn a line about are
 * shown as '?', those without a width are dropped (but for marks, which stay
 * with their letter), and a wide character is whole or not there.
 *
 * Widths are wcwidth()'s: the locale's characters must be UTF-8.
 */
#ifndef CTL_GRID_H
#define CTL_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"

/* What a colour means; a screen without colours has bold and reverse. */
enum paint {
	PAINT_PLAIN,
	PAINT_DIM,
	PAINT_STRONG,
	PAINT_HEAD, /* a table's titles */
	PAINT_GOOD,
	PAINT_WARN,
	PAINT_BAD,
	PAINT_KEY, /* a key that can be pressed */
	PAINTS
};

#define CELL_BYTES 16 /* a letter with its marks, and a NUL */

struct cell {
	char	      text[CELL_BYTES]; /* "": the right half of a wide one */
	unsigned char width;		/* 0 (right half), 1, 2 */
	unsigned char paint;
	bool	      marked; /* the row that keys act on */
};

struct grid {
	struct cell *cells; /* rows * columns, row by row */
	int	     rows, columns;
	bool	     ascii; /* nothing else may be drawn */
};

/* Blank, of that size; one that was made before is made anew. */
void	     grid_make(struct grid *, int rows, int columns, bool ascii);
void	     grid_free(struct grid *);
struct cell *grid_at(const struct grid *, int row, int column);
/*
 * The text from there on, in at most width columns, an ellipsis where it is
 * cut; returns the columns taken.  What is outside the grid is not drawn.
 */
int grid_put(struct grid *, int row, int column, int width, enum paint,
    const char *text);
/* The same with its end at column + width; too long, it is cut. */
void grid_put_right(struct grid *, int row, int column, int width, enum paint,
    const char *text);
/* Marks a whole row. */
void grid_mark(struct grid *, int row);
/* Columns that the text takes in this grid. */
int grid_width(const struct grid *, const char *text);
/* The rows as lines, blanks at their ends left out. */
void grid_text(const struct grid *, struct buf *);

#endif
