/*
 * The name of a file in a Content-Disposition field (RFC 6266), in its two
 * forms: plain, and with any characters (RFC 8187).  Pure.
 */
#ifndef PROTO_FILENAME_H
#define PROTO_FILENAME_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "base/def.h"

#define FILENAME_MAX_BYTES 255

/*
 * The file's name that a field gives: filename* (UTF-8 only) goes before
 * filename.  False when there is none, or it is no UTF-8.  The result ends in
 * NUL and is as filename_clean() makes it.
 */
bool filename_read(
    char out[FILENAME_MAX_BYTES + 1], const char *field) MUSTCHECK;
/*
 * A name that can be shown and saved: without the directories before it,
 * controls and characters that change how a line is shown; "file" when nothing
 * is left.  What is no UTF-8 becomes '?'.
 */
void filename_clean(char out[FILENAME_MAX_BYTES + 1], const char *, size_t n);
/*
 * Adds `HOW; filename="…"; filename*=UTF-8''…`: the first for programs that
 * know ASCII only.  Never holds a control character or a bare quote.  how:
 * "attachment" or "inline".
 */
void filename_write(struct buf *, const char *how, const char *name);

/*
 * A media type (RFC 9110 section 8.3.1) in small letters without parameters;
 * "application/octet-stream" for what is none, or longer than 100 bytes.
 */
void media_type_read(char out[101], const char *field);
/*
 * As what a stranger's file may be given out: text that a browser would run
 * (HTML, SVG, XML, scripts) only as bytes.
 */
const char *media_type_served(const char *type);
/*
 * Whether a stranger's file of n first bytes may be shown in a page: a picture
 * (PNG, JPEG, GIF, WebP) that begins as the type says.  No SVG: it may run.
 */
bool media_type_shown(const char *type, const void *, size_t n) MUSTCHECK;

#endif
