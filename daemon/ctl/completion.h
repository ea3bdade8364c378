/*
 * deskctl's words for a shell that completes them; completion.bash says how a
 * row of them is made.
 */
#ifndef CTL_COMPLETION_H
#define CTL_COMPLETION_H

#include "base/buf.h"

/* The row of a command of deskctl's own, from how it is used. */
void completion_command(struct buf *, const char *usage);
/* The rows of all operations. */
void completion_operations(struct buf *);

#endif
