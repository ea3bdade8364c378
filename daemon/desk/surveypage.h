/*
 * The survey's page and the feedback form, as HTML that needs no script: pure,
 * from what desk.survey_see() and desk.feedback_see() say.  One tap on a score
 * is a form sent; what may be told besides comes after it.  Whatever stands in
 * it, the markup is ours (htmlout.h).
 *
 * A question's answer is named by its kind and its name: "n.NAME" a number,
 * "c.NAME" a choice, "t.NAME" words.
 */
#ifndef DESK_SURVEYPAGE_H
#define DESK_SURVEYPAGE_H

#include <jansson.h>
#include <stdbool.h>
#include "base/buf.h"
#include "surveywords.h"

struct surveypage {
	const json_t *seen;  /* SURVEY.SEE's or FEEDBACK.SEE's answer */
	const char   *once;  /* the UUID that its form is sent under */
	const char   *score; /* chosen already, in the mail; or NULL */
	bool	      english;
	bool	      staff; /* one of ours reads it */
	/* Over the form: a word on what was sent, or why it was not. */
	enum surveyword said; /* SURVEYWORDS: nothing */
	bool		failed;
	const json_t   *typed; /* NAME → what stands in the form, or NULL */
};

/* All append a whole document. */
void surveypage_write(struct buf *, const struct surveypage *);
/*
 * A page that only says something: SW_GONE, SW_NONE, SW_AWAY, SW_OFTEN, SW_LEFT
 * or SW_UNSENT; with one button, that says it again or for good: SW_LEAVE,
 * SW_UNWANTED or SW_UNLEFT.
 */
void surveypage_notice(struct buf *, enum surveyword, bool english);
/*
 * What was posted and could not be kept, when nothing else can be shown: a form
 * that sends the same again.  answers: NAME → number, text, or texts; besides:
 * NAME → text, and "call": true (proto/surveyform.h); what: its button's value.
 */
void surveypage_kept(struct buf *, const char *once, const char *what,
    const json_t *answers, const json_t *besides, bool english);

#endif
