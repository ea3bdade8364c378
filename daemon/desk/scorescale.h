/*
 * The scales on which customers answer (desk.score_range() has the same), and
 * those on which their scores are told, with targets (desk.score_ends()).
 */
#ifndef DESK_SCORESCALE_H
#define DESK_SCORESCALE_H

#include <stdbool.h>

/* What one answer may be: nps 0 to 10, csat 1 to 5, ces 1 to 7. */
struct answer_scale {
	const char *kind; /* of the question */
	int	    low, high;
};

/* A constant; NULL for what gives no score (and for NULL). */
const struct answer_scale *answer_scale(const char *kind);

/* Is this one of the scale's scores ("3"), or a range of them ("0-6")? */
bool answer_scores_good(const struct answer_scale *, const char *said);

/*
 * Is number ("4.2", "-20": at most three digits and two decimals) on the scale
 * of measure: csat 1 to 5, nps -100 to 100, ces 1 to 7, mood -1 to 1, promise
 * and closed 0 to 100?  False also for what is no measure.
 */
bool score_good(const char *measure, const char *number);

/* Is this a touchpoint's target: "4.2" (of csat) or "nps 40"? */
bool score_target_good(const char *said);

#endif
