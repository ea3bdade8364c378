/*
 * A table's columns: which members of its rows are one, in what order people
 * look for them, and what stands in a cell that holds a figure.
 */
#ifndef CTL_COLUMN_H
#define CTL_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <jansson.h>
#include "base/buf.h"

/* Its place among others; those that nobody looks for first share the last. */
size_t column_rank(const char *name);
/* Words of the other language, which stand beside those of this terminal's. */
bool column_other(const json_t *row, const char *name);
/*
 * A figure with how many it is of, and perhaps its limits: {"n","share",…}?
 * Of none there is no figure: {"n":0}.
 */
bool column_is_figure(const json_t *);
/* "1.5 (0.3–7.9)", "1.5" without limits, "-" where it is of none. */
void column_figure(struct buf *, const json_t *, bool limits);
/* A number as it was written: 29.9, where the nearest double is not that. */
void column_number(struct buf *, const json_t *);

#endif
