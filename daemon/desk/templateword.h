/*
 * What a company's templates and macros promise in words: "giao trong 3 ngày",
 * "we call back within 2 hours".  Only what lasts as long whenever it is said
 * counts; of "before Friday" nothing can be compared.
 */
#ifndef DESK_TEMPLATEWORD_H
#define DESK_TEMPLATEWORD_H

#include <jansson.h>
#include "base/def.h"

/*
 * config: as CONFIG.APPLY takes it, not checked.  A list of
 * {"what":"template|macro","name","lang","n","kind","hours","unit":"hours|
 * days","words"} in its order, n from 1 in each text.  Takes some 0.4 ms for a
 * usual text, 10 ms at most: not for the loop.
 */
json_t *templateword_find(const json_t *config) MUSTCHECK;

#endif
