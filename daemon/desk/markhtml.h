/*
 * What an agent wrote with light marks, as HTML: **bold**, *italic*, lines
 * that begin with "- " or "1. " as lists, with "> " as quotes, [words](https://…)
 * and bare addresses as links; blank lines part paragraphs.  Whatever is no
 * mark stands as it was typed.  Everything is escaped: the tags and attributes
 * are ours.  The client shows the same (daemon/web/app/src/lib/marks.ts); what
 * one takes for a mark the other must.
 */
#ifndef DESK_MARKHTML_H
#define DESK_MARKHTML_H

#include <stddef.h>
#include "base/buf.h"

void markhtml(struct buf *, const char *, size_t n);

#endif
