/*
 * Secret codes that people copy by hand: 80 bits as sixteen letters in groups
 * of four, "7k3v-0qad-...", of Crockford's base32, in which no two letters
 * look alike.
 */
#ifndef DESK_TYPED_H
#define DESK_TYPED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/def.h"

#define TYPED_BYTES   10
#define TYPED_LETTERS 16
#define TYPED_TEXT    20 /* with the three lines between, and a NUL */

void typed_put(char out[TYPED_TEXT], const uint8_t bytes[TYPED_BYTES]);
/*
 * The sixteen letters of what somebody typed: capitals, blanks and lines left
 * out or put elsewhere, O for 0 and I or L for 1 are well.  False: it is no
 * such code.
 */
bool typed_read(char out[TYPED_LETTERS + 1], const char *) MUSTCHECK;

#endif
