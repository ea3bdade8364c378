/*
 * Text as mail carries it, in whatever charset (see charset.h) and however
 * wrapped, made UTF-8 in Unicode's normal form C.  Nothing is ever refused.
 */
#ifndef DESK_MAILTEXT_H
#define DESK_MAILTEXT_H

#include <stddef.h>
#include "base/buf.h"
#include "base/def.h"
#include "charset.h"

/* What was odd about a text; noted in the event's meta. */
#define MAILTEXT_GUESSED CHARSET_GUESSED
#define MAILTEXT_UTF7	 CHARSET_UTF7
#define MAILTEXT_CUT	 BIT(2) /* longer than the buffer's cap */

/*
 * Appends n bytes of the charset (NULL: none was named) to the buffer, as
 * much as its cap lets in.  Lines end in LF; other C0 controls than tab are
 * dropped, after decoding, because TCVN 5712-1 keeps letters there.
 */
unsigned mailtext_add(
    struct buf *, const char *charset, const void *, size_t n);

/*
 * Appends a header's unstructured value: folding undone, encoded words
 * (RFC 2047) decoded, neighbours of one charset and encoding joined before
 * that, because many senders split characters; one line, blanks run
 * together, no control and no bidi characters.
 */
unsigned mailtext_header(struct buf *, const char *value);

/*
 * Appends a file's name as it may be shown and stored: no path, no controls,
 * no bidi, no trailing dots or blanks, 255 bytes at most; "unnamed" when
 * nothing is left.
 */
void mailtext_filename(struct buf *, const char *utf8);

#endif
