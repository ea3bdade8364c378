/*
 * What a person wrote in a mail, apart from what he quoted and from how he
 * signs: the marks of Gmail, Outlook, Apple Mail, Yahoo, Thunderbird, phones
 * and others, in Vietnamese, English and the languages that are as plain.
 *
 * Nothing of it is lost for good: the whole text is kept beside it.  Yet what
 * an agent does not see he does not answer, so that in doubt all is kept:
 * answers between quoted lines, mails handed on, mails that only quote.
 */
#ifndef DESK_QUOTE_H
#define DESK_QUOTE_H

#include "base/mem.h"

#define QUOTE_LINES 20000 /* of a text; one with more is left whole */

/*
 * The person's own lines of the text, in their order, in the arena; NULL when
 * that is all of the text (or the arena is full).  html is the same mail in
 * HTML, or NULL: programs say more there.  Time grows with the bytes.
 */
const char *quote_own(
    struct arena *, const char *subject, const char *text, const char *html);

#endif
