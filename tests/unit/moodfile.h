/*
 * The labelled messages of tests/unit/data/mood and the lexicon that is
 * shipped, for the tests that read them.
 */
#ifndef TESTS_UNIT_MOODFILE_H
#define TESTS_UNIT_MOODFILE_H

#include "desk/lexicon.h"

/* One message; its text ends in NUL. */
struct mood_line {
	int	    value;
	const char *text;
};

/* A file beneath tests/, or "../conf/…"; free() it. */
static inline char *
moodfile_slurp(const char *path)
{
	const char *top = getenv("DESKD_TESTS");
	char	    name[1000], *p;
	FILE	   *f;
	size_t	    n;

	snprintf(name, sizeof name, "%s/%s", top != NULL ? top : "tests", path);
	if ((f = fopen(name, "rb")) == NULL)
		fail_msg("cannot open %s", name);
	p = calloc(1, LEXICON_FILE_MAX);
	assert_non_null(p);
	n = fread(p, 1, LEXICON_FILE_MAX - 1, f);
	p[n] = '\0';
	fclose(f);
	return (p);
}

/* The next message; false at the end.  Cuts the text into lines. */
static inline bool
moodfile_next(char **next, struct mood_line *line)
{
	char *s, *tab;

	while ((s = *next) != NULL && *s != '\0') {
		*next = strchr(s, '\n');
		if (*next != NULL)
			*(*next)++ = '\0';
		if (*s == '#')
			continue;
		tab = strrchr(s, '\t');
		if (tab == NULL || strchr("-0+", *s) == NULL)
			fail_msg("no feeling or no message: %s", s);
		line->value = *s == '-' ? -1 : *s == '+' ? 1 : 0;
		line->text = tab + 1;
		return (true);
	}
	return (false);
}

static inline void
moodfile_read(struct lexicon *l, enum tongue tongue, const char *path)
{
	struct lexicon_fault fault;
	char		    *s = moodfile_slurp(path);

	if (!lexicon_read(l, tongue, s, strlen(s), &fault))
		fail_msg("%s:%u: %s", path, fault.line, fault.words);
	free(s);
}

static inline struct lexicon *
moodfile_lexicon(void)
{
	struct lexicon *l = lexicon_new();

	moodfile_read(l, TONGUE_VI, "../conf/mood/vi.mood");
	moodfile_read(l, TONGUE_EN, "../conf/mood/en.mood");
	moodfile_read(l, TONGUES, "../conf/mood/signs.mood");
	lexicon_ready(l);
	return (l);
}

#endif
