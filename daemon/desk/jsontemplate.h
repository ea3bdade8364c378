/*
 * JSON with holes in its strings: what a provider wants posted, as desk.conf
 * writes it.  "{text}" within a string is filled with that value; the JSON is
 * written out anew, so that nothing that a person typed can be anything but
 * part of that string.  A string that is "{NAME:number}" and nothing else
 * becomes a number when the value is a whole one.  Where a value is not
 * there, the member (or list entry) that needs it is left out.
 */
#ifndef DESK_JSONTEMPLATE_H
#define DESK_JSONTEMPLATE_H

#include "base/buf.h"
#include "base/def.h"

#define JSONTEMPLATE_DEPTH 16

/* The value of that name, UTF-8 without U+0000; or NULL. */
typedef const char *jsontemplate_value(void *arg, const char *name);

/*
 * NULL when it is JSON, an object or list, whose holes have those names (NULL
 * at the end); else a constant sentence.
 */
const char *jsontemplate_wrong(
    const char *, const char *const *names) MUSTCHECK;

/* Adds the JSON; false when the template is none or the buffer full. */
bool jsontemplate_write(struct buf *, const char *template,
    jsontemplate_value *, void *arg) MUSTCHECK;

#endif
