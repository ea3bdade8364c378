/*
 * A mail's text as lines, each with what marks it: ">" before it, or what the
 * same mail's HTML says of it.  For quote.c and its parts.
 */
#ifndef DESK_QUOTELINE_H
#define DESK_QUOTELINE_H

#include <stdbool.h>
#include <stddef.h>

enum mark {
	MARK_NONE,
	MARK_ANGLE, /* ">", or <blockquote>: quoted if somebody is named */
	MARK_QUOTE, /* quoted, as the HTML says */
	MARK_SIGN   /* signature, as the HTML says */
};

struct quoteline {
	const char *p;
	size_t	    n; /* without the line's end */
	enum mark   mark;
	bool	    blank;
	bool	    gone; /* not the person's own */
};

struct quote {
	struct quoteline *line;
	size_t		  n;

	unsigned blocks; /* of quoted lines found, one after the other */
	bool	 whole;	 /* nothing may be trimmed */
	bool	 silent; /* answers may stand within, and nothing marks them */
	bool	 angled; /* ">" was found to mark what is quoted */
};

/* False: there are more than max.  free() line. */
bool quoteline_read(struct quote *, const char *text, size_t max);
/* What the HTML of the same mail knows of the lines. */
void quoteline_mark(struct quote *, const char *text, const char *html);
/* The next line from i on that is not blank, or the end. */
size_t quoteline_next(const struct quote *, size_t i);
/* What stands behind the line's ">"s and blanks. */
const char *quoteline_bare(const struct quoteline *, size_t *n);
/* Lines from a to before b are not the person's own. */
void quoteline_drop(struct quote *, size_t a, size_t b);
/*
 * The bytes from line a to before line b as one string, in one line or, of
 * the person's own only, in theirs; free() it.
 */
char *quoteline_join(
    const struct quote *, size_t a, size_t b, bool own, size_t *n);

#endif
