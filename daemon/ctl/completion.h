/*
 * deskctl's words for a shell that completes them; completion.bash says how a
 * row of them is made.
 */
#ifndef CTL_COMPLETION_H
#define CTL_COMPLETION_H

#include <stddef.h>
#include "base/buf.h"

/* The row of a command of deskctl's own, from how it is used. */
void completion_command(struct buf *, const char *usage);
/* The rows of all operations. */
void completion_operations(struct buf *);
/*
 * What the last of the words may be, by the rows, a line each in their order;
 * nothing: a file's name, or something that nobody knows before.
 */
void completion_offers(
    struct buf *, const char *rows, int nwords, char **words);

#endif
