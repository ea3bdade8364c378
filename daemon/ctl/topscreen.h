/*
 * The terminal of deskctl top: the only file that knows ncurses.
 */
#ifndef CTL_TOPSCREEN_H
#define CTL_TOPSCREEN_H

#include <stdbool.h>
#include "base/def.h"
#include "grid.h"

/*
 * Takes the terminal over; false, and said why, when it cannot be.  It is
 * given back by screen_end(), and by a handler when the program crashes.
 */
bool screen_begin(void) MUSTCHECK;
void screen_end(void);
/* Lines and columns as they are now. */
void screen_size(int *rows, int *columns);
/* Shows the grid; anew: whatever else may have been drawn over it. */
void screen_show(const struct grid *, bool anew);
/* The next key as topkeys.h has them; 0: none waits, -1: another size. */
int screen_key(void);
/* Whether the terminal's characters are UTF-8, as its locale says. */
bool screen_is_utf8(void);

#endif
