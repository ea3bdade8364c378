/*
 * What the customer's page posts: a form as bytes, checked field by field.
 */
#ifndef CASEFORM_H
#define CASEFORM_H

#include <stdbool.h>
#include <stddef.h>
#include "base/def.h"

#define CASEFORM_FILES 20
#define CASEFORM_TEXT  65536

enum caseform_what { CASEFORM_WRITE, CASEFORM_DONE, CASEFORM_AGAIN };

struct caseform {
	enum caseform_what what;
	char		   id[37]; /* a UUID, or "" */
	char		  *text;   /* UTF-8, lines end in LF; "" when none */
	struct caseform_file {
		char	   *name; /* clean */
		char	   *type;
		const char *bytes; /* in the body */
		size_t	    n;
	} files[CASEFORM_FILES];
	size_t nfiles;
};

/*
 * Reads a body of that Content-Type: multipart/form-data, or, from a program,
 * application/x-www-form-urlencoded.  False when it is neither, a field is
 * wrong, a message has no id, or there are too many files; text is good all
 * the same, as far as it was read.
 */
bool caseform_read(
    struct caseform *, const char *type, const char *, size_t n) MUSTCHECK;
void caseform_free(struct caseform *);

#endif
