/*
 * What people type for whole Vietnamese words: "ko" for "không", "sp" for
 * "sản phẩm", as a table.
 */
#ifndef DESK_TEENCODE_H
#define DESK_TEENCODE_H

#include <stddef.h>

/*
 * The folded words meant, blank between; NULL when the folded word is no
 * such abbreviation.
 */
const char *teencode_find(const char *, size_t n);

#endif
