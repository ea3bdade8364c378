/*
 * How deep JSON nests, before it is parsed: jansson's own limit is far higher
 * than ours, and its parser recurses.
 */
#ifndef BASE_SHALLOW_H
#define BASE_SHALLOW_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether brackets nest at most max deep, those in strings apart; the bytes
 * need not be JSON.
 */
bool json_shallow(const char *, size_t, unsigned max);

#endif
