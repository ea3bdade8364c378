/*
 * deskctl top's model drawn into a grid; see topmodel.h.
 */
#ifndef CTL_TOPVIEW_H
#define CTL_TOPVIEW_H

#include "grid.h"
#include "topmodel.h"

/*
 * Draws all of it.  Scrolls so far that the row which keys act on is there;
 * a grid that is too small is told what it takes.
 */
void top_draw(struct top *, struct grid *);
/* The page of one case, in these rows of the grid (topcase.c). */
void top_draw_case(struct top *, struct grid *, int row, int rows);
/* What keys do, in these rows of the grid (topkeys.c). */
void top_draw_help(struct grid *, int row, int rows);

#endif
