/*
 * What mail programs tell in HTML that is lost when it becomes text: which
 * element holds what was quoted, and which a signature.
 */
#ifndef DESK_HTMLMARK_H
#define DESK_HTMLMARK_H

#include <stdbool.h>
#include <stddef.h>

#define HTMLMARK_MAX  64 /* marks in one text; past them it is full */
#define HTMLMARK_NAME 16 /* bytes of an element's name that count, and NUL */

enum htmlmark {
	HTMLMARK_NONE,
	HTMLMARK_MAYBE, /* <blockquote>: a quote, or only set in */
	HTMLMARK_QUOTE, /* the program's own quote */
	HTMLMARK_REST,	/* a quote, from here to the text's end */
	HTMLMARK_SIGN	/* a signature */
};

/* Zero-initialise; from and to are places in the text that was written. */
struct htmlmarks {
	struct {
		size_t	      from, to;
		enum htmlmark what;
	} list[HTMLMARK_MAX];
	size_t n;
	bool   full;

	/* The outermost element marked that we are in. */
	char	 name[HTMLMARK_NAME];
	unsigned depth; /* of elements of that name; 0: in none */
};

/* What an attribute (bytes as in the HTML) says of its element. */
enum htmlmark htmlmark_attribute(const char *element, const char *name,
    size_t name_n, const char *value, size_t value_n);

/* A tag was read when the text had so many bytes; what may be NONE. */
void htmlmark_open(
    struct htmlmarks *, const char *element, enum htmlmark what, size_t at);
void htmlmark_close(struct htmlmarks *, const char *element, size_t at);

#endif
