/*
 * The words that feelings are read by; see moods.h.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/def.h"
#include "base/log.h"
#include "base/mem.h"
#include "desk/lexicon.h"
#include "moods.h"

#define PATH_LEN 512

static const struct {
	enum tongue tongue;
	const char *file;
} files[] = {
	{ TONGUE_VI, "vi.mood" },
	{ TONGUE_EN, "en.mood" },
	{ TONGUES, "signs.mood" },
};

/* False: there is none, or none to be read. */
static bool
read_file(struct lexicon *l, enum tongue tongue, const char *path)
{
	struct lexicon_fault fault;
	FILE		    *f = fopen(path, "re");
	char		    *s;
	size_t		     n;
	bool		     failed;

	if (f == NULL)
		return (false);
	/* One more than there may be: then it is refused as too large. */
	s = xmalloc(LEXICON_FILE_MAX + 1);
	n = fread(s, 1, LEXICON_FILE_MAX + 1, f);
	failed = ferror(f) != 0;
	fclose(f);
	if (!failed && !lexicon_read(l, tongue, s, n, &fault))
		fatal("%s:%u: %s", path, fault.line, fault.words);
	free(s);
	return (!failed);
}

struct lexicon *
moods_open(const char *dir)
{
	struct lexicon *l;
	char		path[PATH_LEN];
	size_t		i;

	if (dir[0] == '\0')
		return (NULL);
	l = lexicon_new();
	for (i = 0; i < nitems(files); i++) {
		snprintf(path, sizeof path, "%s/%s", dir, files[i].file);
		if (!read_file(l, files[i].tongue, path)) {
			lexicon_free(l);
			return (NULL);
		}
	}
	lexicon_ready(l);
	return (l);
}
