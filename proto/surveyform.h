/*
 * What the survey's page and the feedback form post: a form as bytes, checked
 * field by field.  What a question takes is not known here: SQL looks at that.
 */
#ifndef PROTO_SURVEYFORM_H
#define PROTO_SURVEYFORM_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include "base/def.h"

#define SURVEYFORM_FIELDS 200
#define SURVEYFORM_TEXT	  8000 /* bytes of one field */

enum surveyform_what {
	SURVEYFORM_ANSWER,
	SURVEYFORM_MORE,
	SURVEYFORM_HELP,
	SURVEYFORM_DONE
};

struct surveyform {
	enum surveyform_what what;
	char		     once[37]; /* a UUID, or "" */
	/*
	 * NAME → number, text, or texts; of a form that is refused also null: two
	 * answers to one question.
	 */
	json_t *answers;
	/* The fields that are no question's; texts, and "call": true. */
	json_t *besides;
	bool	trapped; /* the field that only robots fill in was */
};

/*
 * Reads a body of application/x-www-form-urlencoded.  False when it is none,
 * has no "once", or a field is wrong, or a question was answered twice; what is
 * right of it was read, so that nobody types it again.
 */
bool surveyform_read(
    struct surveyform *, const char *type, const char *, size_t n) MUSTCHECK;
/* The value of the button that says so. */
const char *surveyform_button(enum surveyform_what);
void	    surveyform_free(struct surveyform *);

#endif
