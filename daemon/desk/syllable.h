/*
 * Whether a folded word is built as a Vietnamese syllable: then it is meant
 * as it stands, and no typing error of some other word.
 */
#ifndef DESK_SYLLABLE_H
#define DESK_SYLLABLE_H

#include <stdbool.h>
#include <stddef.h>

bool syllable_is(const char *, size_t n);

#endif
