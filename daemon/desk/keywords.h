/*
 * Many keywords looked for in a text at once, as a reader would: whatever
 * the case and the normal form, with or without diacritics, through teencode,
 * doubled letters, missing blanks and a slip of one letter in a long word.
 *
 * Marks count where they are written: "bảo" does not match "báo".  A word typed
 * without marks, or with some of them, matches the word that has them all, and
 * a keyword without any matches all; hook and tilde, which many confuse, are
 * one.
 */
#ifndef DESK_KEYWORDS_H
#define DESK_KEYWORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/def.h"

#define KEYWORDS_MAX	  20000
#define KEYWORD_MAX	  100	/* bytes of one, as written */
#define KEYWORDS_READ_MAX 16384 /* bytes of a text that are looked at */

struct keywords;

struct keywords *keywords_new(void);
void		 keywords_free(struct keywords *);

/*
 * Adds a keyword; its number is how many were added before it.  False when
 * it has no letter or digit, is too long, or there are too many.
 */
bool keywords_add(struct keywords *, const char *) MUSTCHECK;
/* After the last keywords_add() and before the first keywords_scan(). */
void   keywords_ready(struct keywords *);
size_t keywords_count(const struct keywords *);
/* How many words keyword i has. */
unsigned keywords_words(const struct keywords *, size_t i);

/*
 * found[i] (keywords_count() of them, zeroed by the caller) becomes 2 where
 * keyword i stands in the subject, else 1 where it stands in the text.  A
 * keyword within the place of a longer one that was found does not count.
 * Either text may be NULL.  teencode: read Vietnamese abbreviations; in an
 * English text they are words of their own.
 */
void keywords_scan(const struct keywords *, const char *subject,
    const char *text, bool teencode, uint8_t *found);

#endif
