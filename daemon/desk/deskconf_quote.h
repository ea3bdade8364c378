/*
 * Texts of any kind as libconfuse reads them back.
 */
#ifndef DESK_DESKCONF_QUOTE_H
#define DESK_DESKCONF_QUOTE_H

#include <jansson.h>

#include "base/buf.h"

/* The text in quotes; lines stay lines. */
void conf_quote(struct buf *, const char *);
/* A list's texts in braces, broken into lines of 80 columns. */
void conf_quote_list(struct buf *, const json_t *, int depth);

#endif
