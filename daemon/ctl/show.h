/*
 * Answers for people: a list of things as a table, a thing as lines of name
 * and value.  Columns are measured as a terminal shows them (Vietnamese
 * marks, wide characters); nothing that a peer sent reaches the terminal
 * unescaped.  Where the output is no terminal a table is a line of names and
 * then values, tabs between.
 */
#ifndef CTL_SHOW_H
#define CTL_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <jansson.h>
#include "base/buf.h"

struct show {
	struct buf *out;
	bool	    terminal;
	size_t	    width; /* of the terminal, in columns */
	bool	    tight; /* figures without their limits */
};

/* The answer as it is printed, ends in a newline. */
void show_value(struct show *, const json_t *);
/* As JSON: indented on a terminal, else one line. */
void show_json(struct show *, const json_t *);
/* Columns of a terminal that the text takes. */
size_t show_width(const char *, size_t);
/* The text, escaped, cut to width columns and, if pad, filled up to it. */
void show_cell(struct buf *, const char *, size_t width, bool pad);
/* A scalar as text, escaped, at most max bytes; lists with commas. */
void show_scalar(struct buf *, const json_t *, size_t max);
/* A text of several lines? */
bool show_has_lines(const json_t *);
/* Each line of the text, escaped, on one of its own behind the indent. */
void show_lines(struct buf *, const char *text, const char *indent);

#endif
