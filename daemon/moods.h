/*
 * The words that feelings are read by (desk/lexicon.h), from files.
 */
#ifndef MOODS_H
#define MOODS_H

struct lexicon;

/*
 * Reads vi.mood, en.mood and signs.mood of a directory; it waits for the disk:
 * at start only.  A file that is wrong ends the program, with its line.  NULL:
 * dir is "", or has no such file to be read; then feelings are not.  It is the
 * caller's (lexicon_free()).
 */
struct lexicon *moods_open(const char *dir);

#endif
