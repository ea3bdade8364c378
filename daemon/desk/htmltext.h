/*
 * HTML as a person would read it aloud: blocks become lines, links "text
 * (address)", table cells are set apart, pictures give their alternative
 * text, and what is never shown (head, script, style …) is left out.
 */
#ifndef DESK_HTMLTEXT_H
#define DESK_HTMLTEXT_H

#include <stddef.h>
#include "base/buf.h"
#include "htmlmark.h"

/*
 * Appends the text of the HTML (UTF-8, anything at all) to the buffer, which
 * should have a cap; stops when that is reached (buf_full()).  One pass
 * without recursion: time grows with n, memory does not.
 */
void html_text(struct buf *, const char *html, size_t n);

/*
 * The same, and notes in marks (zeroed) which of the text the HTML says to
 * be quoted or a signature.
 */
void html_text_marked(
    struct buf *, const char *html, size_t n, struct htmlmarks *);

#endif
