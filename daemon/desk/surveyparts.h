/*
 * What surveypage.c and surveyquestion.c share: one question as markup.
 */
#ifndef DESK_SURVEYPARTS_H
#define DESK_SURVEYPARTS_H

#include "surveypage.h"

/* A member that is a text; NULL when it is none. */
const char *surveypage_str(const json_t *, const char *name);
void surveypage_say(struct buf *, const struct surveypage *, enum surveyword);
/* Whether it is a scale that one tap answers: nps, csat or ces. */
bool surveypage_is_score(const json_t *question);
/* Every score a button that sends the form. */
void surveypage_taps(struct buf *, const struct surveypage *, const json_t *q);
/* The question as fields of a form that one button sends. */
void surveypage_fields(
    struct buf *, const struct surveypage *, const json_t *q);

#endif
