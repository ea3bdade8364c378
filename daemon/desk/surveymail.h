/*
 * A survey's mail as HTML: the question with its scale, each score a link of
 * one tap.  Mail programs know no style sheet, so it is tables and styles of
 * their own; whatever the words say, the markup is ours (htmlout.h).
 */
#ifndef DESK_SURVEYMAIL_H
#define DESK_SURVEYMAIL_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"

#define SURVEYMAIL_SCORES 11

/* UTF-8, anything in it; NULL where that is said.  Addresses are ours. */
struct surveymail {
	const char *company; /* or NULL */
	const char *question;
	const char *about;   /* the case or order, in a line; or NULL */
	size_t	    nscores; /* 0: a button alone */
	int	    scores[SURVEYMAIL_SCORES];
	const char *urls[SURVEYMAIL_SCORES];
	const char *words[SURVEYMAIL_SCORES]; /* of a score; all or none */
	const char *low, *high; /* what the scale's ends say; or NULL */
	const char *url, *open; /* the page, and the button's word */
	const char *foot;
	const char *leave_url, *leave; /* no more surveys */
	bool	    english;
};

/* A whole document. */
void surveymail(struct buf *, const struct surveymail *);

/*
 * Is it an address that may stand in a header: http or https, of printing
 * ASCII without blanks and angles?
 */
bool surveymail_url_good(const char *);

#endif
