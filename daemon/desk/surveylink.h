/*
 * Links of surveys in what people write to us: whoever answers a mail that asked
 * quotes its link, and whoever reads that could answer for him.
 */
#ifndef DESK_SURVEYLINK_H
#define DESK_SURVEYLINK_H

#include <stdbool.h>
#include <stddef.h>
#include "base/def.h"
#include "base/mem.h"

/*
 * The text with "…" in the place of each token of a survey's link, plain or
 * percent-encoded (as mail filters wrap links); the text itself when there is
 * none, else a copy in the arena.  NULL when that is full.
 */
const char *surveylink_hide(struct arena *, const char *) MUSTCHECK;

/* Whether there is one in n bytes, which need not be text. */
bool surveylink_in(const char *, size_t n) MUSTCHECK;

#endif
