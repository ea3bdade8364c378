/*
 * Latin letters with marks, one by one: the part of the Unicode Character
 * Database that Vietnamese and its neighbours need, so that folding them is
 * an index into an array.
 */
#ifndef DESK_FOLDTAB_H
#define DESK_FOLDTAB_H

#include <stdbool.h>
#include <stdint.h>
#include "fold.h"

/*
 * The plain lower-case letter of c (U+00C0 to U+024F, U+1E00 to U+1EFF) and
 * the marks it carries; 0 when the table has no answer.
 */
char foldtab_letter(uint32_t c, fold_marks *);
/* Whether c is a combining mark of the Latin script, and which. */
bool foldtab_mark(uint32_t c, fold_marks *);

#endif
