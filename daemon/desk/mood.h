/*
 * What somebody feels who wrote a text, Vietnamese or English, with the words
 * that show it.  Nothing but the lexicon is asked: the same text has always
 * the same feeling.
 *
 * Facts, questions and courtesies are 0.  What is turned round ("không tệ")
 * counts the other way; of a text that says "but", what comes after counts
 * more; praise before a complaint, with no "but" between, is irony or a
 * courtesy and counts little.  Other irony is taken by its word.
 */
#ifndef DESK_MOOD_H
#define DESK_MOOD_H

#include <stddef.h>
#include <stdint.h>

#define MOOD_READ_MAX 8192 /* bytes of a text that are looked at */
#define MOOD_WORDS    8

struct lexicon;

struct mood {
	int value;    /* -1, 0 or 1 */
	int strength; /* of what is not 0: 1 to 3 */
	struct {
		uint32_t at; /* bytes from the text's beginning */
		uint32_t n;
	} word[MOOD_WORDS]; /* in the text's order */
	size_t nwords;
};

/* lang: "vi", "en", or NULL when it is not known. */
void mood_read(struct mood *, const struct lexicon *, const char *lang,
    const char *, size_t n);

#endif
