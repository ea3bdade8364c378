/*
 * The lines with which mail programs begin what they quote, in Vietnamese,
 * English and the languages that are as plain: "Vào Th 2, 3 thg 6, 2024 lúc
 * 10:12 … đã viết:", "-----Original Message-----", "Từ: … Đã gửi: …".
 *
 * No standard has them; what is here is what the programs do.  Each function
 * looks at the bytes of one line (or of a few, joined by blanks), in either
 * normal form, with diacritics or without.
 */
#ifndef DESK_QUOTEHEAD_H
#define DESK_QUOTEHEAD_H

#include <stdbool.h>
#include <stddef.h>
#include "base/def.h"

#define QUOTEHEAD_MAX 500 /* bytes of a line that says who wrote what follows */

enum quote_divider {
	DIVIDER_NONE,
	DIVIDER_REPLY,	/* "----- Thư gốc -----" */
	DIVIDER_FORWARD /* "---------- Forwarded message ---------" */
};

/* The fields of a header as programs copy it before what they quote. */
#define FIELD_FROM    BIT(0)
#define FIELD_SENT    BIT(1)
#define FIELD_TO      BIT(2)
#define FIELD_CC      BIT(3)
#define FIELD_SUBJECT BIT(4)
#define FIELD_OTHER   BIT(5)

/*
 * Whether the line says who wrote what follows.  marked: what follows is
 * marked as quoted, so that less of the line is needed to be sure; wrapped:
 * it was several lines, of which the first must be seen to begin it.
 */
bool quotehead_attribution(const char *, size_t n, bool marked, bool wrapped);
/* Whether such a line can end here: at a colon, or one soon. */
bool		   quotehead_ends(const char *, size_t n);
enum quote_divider quotehead_divider(const char *, size_t n);
/* FIELD_… of "Từ: …" (the label in asterisks, too), or 0. */
unsigned quotehead_field(const char *, size_t n);
/* A line of underscores, hyphens or the like, and nothing else. */
bool quotehead_ruler(const char *, size_t n);
/* "Fwd: …", "Chuyển tiếp: …": the mail hands on what it quotes. */
bool quotehead_forwards(const char *subject);
/* A time of day ("10:12"), and an address. */
bool quotehead_time(const char *, size_t n);
bool quotehead_address(const char *, size_t n);

#endif
