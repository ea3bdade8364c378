/*
 * What words say of a feeling, read from data (conf/mood, deskd.conf(5)): of
 * each tongue, phrases with what each does.
 *
 * A file is UTF-8, a line an entry.  "#" and a blank begin a comment.
 * "[feel]" and its like begin a section; in [feel] each line has a weight
 * (-4 to +4) before its phrase.  In a phrase ".." stands for up to
 * LEXICON_GAP words, "N" for a figure or a word of [number]; "=" at its end:
 * only with the marks that stand there.  A phrase of [feel] that has no letter
 * or digit, or is listed in the file of signs, is looked for byte by byte.
 */
#ifndef DESK_LEXICON_H
#define DESK_LEXICON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/def.h"
#include "moodtext.h"

#define LEXICON_FILE_MAX 1048576 /* bytes of one file */
#define LEXICON_GAP	 4

enum tongue { TONGUE_VI, TONGUE_EN, TONGUES };

enum lexicon_part {
	LEXICON_NONE,
	LEXICON_FEEL, /* a feeling, of some weight */
	LEXICON_NOT,  /* turns round the next */
	LEXICON_MORE, /* more of the one beside it */
	LEXICON_LESS,
	LEXICON_BUT, /* what comes after counts more */
	LEXICON_ASK, /* at a sentence's end: a question */
	LEXICON_END, /* may stand after that */
	LEXICON_NUMBER,
	LEXICON_PARTS
};

struct lexicon;
struct signs;

struct lexicon *lexicon_new(void);
void		lexicon_free(struct lexicon *);

/* What a file has wrong: the first line (from 1) and a sentence, constant. */
struct lexicon_fault {
	unsigned    line;
	const char *words;
};

/*
 * Adds what a file of that tongue has; TONGUES: the file of signs, which is
 * of all.  False: *fault says why; the lexicon is of no use then.
 */
bool lexicon_read(struct lexicon *, enum tongue, const char *, size_t n,
    struct lexicon_fault *fault) MUSTCHECK;

/* After the last lexicon_read(), before the first lexicon_match(). */
void lexicon_ready(struct lexicon *);

/* How many entries it has, signs included. */
size_t lexicon_count(const struct lexicon *);

const struct signs *lexicon_signs(const struct lexicon *);
/* What sign i weighs. */
int lexicon_sign(const struct lexicon *, int i);

/* A text's words as the lexicon knows them, one tongue's. */
struct lexicon_text {
	const struct moodtext *t;
	enum tongue	       tongue;
	uint16_t	       word[MOODTEXT_MAX]; /* by piece; 0: unknown */
	uint16_t	       meant[MOODTEXT_MAX];
};

void lexicon_look(const struct lexicon *, struct lexicon_text *,
    const struct moodtext *, enum tongue);

struct lexicon_hit {
	enum lexicon_part part;	  /* LEXICON_NONE: nothing begins there */
	int		  weight; /* of a feeling */
	size_t		  end;	  /* the piece after its last */
};

/* The longest phrase that begins with piece i. */
struct lexicon_hit lexicon_match(
    const struct lexicon *, const struct lexicon_text *, size_t i);

#endif
