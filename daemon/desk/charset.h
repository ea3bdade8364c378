/*
 * Bytes of a charset as UTF-8.  Nothing is refused: bytes that mean nothing
 * become U+FFFD, and a label that is wrong, missing or unknown is seen
 * through where the bytes leave no doubt.
 */
#ifndef DESK_CHARSET_H
#define DESK_CHARSET_H

#include <stddef.h>
#include "base/def.h"

struct _GString;

/* What was odd about a text. */
#define CHARSET_GUESSED BIT(0) /* the label was unknown or wrong */
#define CHARSET_UTF7	BIT(1) /* UTF-7: left undecoded, it hides markup */

/*
 * Appends at most about max bytes of UTF-8, not yet normalised.  label NULL:
 * none was given.  Valid UTF-8 counts as that whatever a one-byte label says;
 * of Vietnamese in the charsets of one byte see vietset.h.
 */
unsigned charset_decode(
    struct _GString *, const char *label, const char *, size_t n, size_t max);

#endif
