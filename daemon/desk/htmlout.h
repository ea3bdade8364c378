/*
 * HTML written so that a text cannot become markup: what is constant goes out
 * by htmlout_raw(), and everything else by one of the other two, which escape.
 * Controls and what is no UTF-8 are left out, and so are the marks that turn
 * the direction of what follows (Unicode TR9: a name must not reverse a line
 * of ours).
 */
#ifndef DESK_HTMLOUT_H
#define DESK_HTMLOUT_H

#include <stdbool.h>

#include "base/buf.h"

/* Our own markup, a literal: nothing of it is escaped. */
#define htmlout_raw(b, literal) buf_str((b), "" literal "")
/* As the content of an element; NULL: nothing. */
void htmlout_text(struct buf *, const char *);
/* ` name="value"`, the name a literal of ours; NULL: nothing at all. */
void htmlout_attr(struct buf *, const char *name, const char *value);

/*
 * How a page for customers begins, to the start of its body.  dir: where its
 * page.css and, with script, its page.js are ("/case"); title or company may be
 * NULL.
 */
void htmlout_head(struct buf *, bool english, const char *dir, bool script,
    const char *title, const char *company);
/* The rest of its header: whose page it is, and (href, by these words) the same
 * page in the other language. */
void htmlout_brand(struct buf *, bool english, const char *company,
    const char *href, const char *words);

#endif
