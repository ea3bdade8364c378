/*
 * A report on paper, as HTML for a mail and as plain text beside it: a title,
 * what it is of, and tables.  What it is made of is JSON (paper_said() in
 * sql/functions/cells.sql): {"lang","title","lead","sections":[{"title",
 * "columns":[text],"numbers":[bool],"rows":[[text]],"none":text}],"foot"};
 * anything else in it is passed over.  Mail programs know no style sheet, so it
 * is tables with styles of their own; whatever the words say, the markup is ours
 * (htmlout.h).  Pure.
 */
#ifndef DESK_PAPER_H
#define DESK_PAPER_H

#include <jansson.h>
#include "base/buf.h"

/* A whole document. */
void paper_html(struct buf *, const json_t *paper);
/* Lines of UTF-8, each of a table's rows one: "figure: 4,4; n: 12". */
void paper_text(struct buf *, const json_t *paper);

#endif
