/*
 * Vietnamese or English: enough to choose an agent and an answer's language.
 */
#ifndef DESK_LANG_H
#define DESK_LANG_H

/*
 * "vi", "en", or NULL when the words do not say.  Either text may be NULL;
 * only the beginning of each is looked at.
 */
const char *lang_guess(const char *subject, const char *text);

#endif
