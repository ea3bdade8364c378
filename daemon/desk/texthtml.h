/*
 * Plain text as HTML: blank lines part paragraphs, lines stay lines, http and
 * https addresses become links.  Everything is escaped: whatever the text
 * says, the tags and attributes are ours.
 */
#ifndef DESK_TEXTHTML_H
#define DESK_TEXTHTML_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"

void texthtml(struct buf *, const char *, size_t n);
/* The text alone, escaped (&amp; &lt; &gt; &quot;). */
void texthtml_escape(struct buf *, const char *, size_t n);
/* How many bytes of an http or https address begin here; 0: none does. */
size_t texthtml_link(const char *, size_t n);
/* Is it such an address's beginning, and more? */
bool texthtml_is_web(const char *, size_t n);

#endif
