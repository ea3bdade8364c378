/*
 * Signs looked for in a text byte by byte: emoji and faces of punctuation.
 */
#ifndef DESK_SIGNS_H
#define DESK_SIGNS_H

#include <stdbool.h>
#include <stddef.h>
#include "base/def.h"

#define SIGN_MAX 32 /* bytes of one */

struct signs;

struct signs *signs_new(void);
void	      signs_free(struct signs *);
/*
 * Adds a sign, whose number is how many were added before it.  False when it
 * is empty or longer than SIGN_MAX.
 */
bool signs_add(struct signs *, const char *, size_t n) MUSTCHECK;
/* The number of the longest sign that begins here and its bytes in *len; -1. */
int signs_find(const struct signs *, const char *, size_t n, size_t *len);

#endif
