/*
 * The scales on which customers' scores are told, and targets on them;
 * desk.score_ends() has the same.
 */
#ifndef DESK_SCORESCALE_H
#define DESK_SCORESCALE_H

#include <stdbool.h>

/*
 * Is number ("4.2", "-20": at most three digits and two decimals) on the scale
 * of measure: csat 1 to 5, nps -100 to 100, ces 1 to 7, mood -1 to 1, promise
 * and closed 0 to 100?  False also for what is no measure.
 */
bool score_good(const char *measure, const char *number);

/* Is this a touchpoint's target: "4.2" (of csat) or "nps 40"? */
bool score_target_good(const char *said);

#endif
