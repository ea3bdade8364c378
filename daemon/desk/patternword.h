/*
 * The words of which a day's text (pattern.h) is made, as far as they are not
 * those of desk.conf (routeword.h).
 */
#ifndef DESK_PATTERNWORD_H
#define DESK_PATTERNWORD_H

#include <stdbool.h>
#include <stdint.h>

/* A name as desk.conf has them. */
bool patternword_name(const char *);
/* Five digits at most, up to `most'; the end, or NULL. */
const char *patternword_digits(const char *, long most, long *to);
/* "08:00", "08:00:05", "08:00:05.250", to 48:00, in ms; the end, or NULL. */
const char *patternword_moment(const char *, int64_t *to);
/* The same, and nothing behind it. */
bool patternword_at(const char *, int64_t *to);
/* "90s", "5m", "1500ms" in ms. */
bool patternword_span(const char *, int64_t *to);

#endif
