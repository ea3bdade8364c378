/*
 * How long somebody will wait in a queue's line, by how fast cases were taken
 * out of it of late: what is longer ago weighs less (a third after ten
 * minutes), and time in which nobody waited is no time in which nobody was
 * served.  Pure: whoever looks at the desk says what he saw and when.
 */
#ifndef DESK_EXPECT_H
#define DESK_EXPECT_H

#include <stdbool.h>
#include <stdint.h>

#define EXPECT_LONGEST 3600 /* seconds: that or longer */

struct expect {
	double	taken;	 /* cases, fading */
	double	seconds; /* in which somebody waited, fading */
	int64_t at;	 /* of the newest look, ms; 0: there was none */
	int64_t hour;	 /* since 1970, in which that was */
	int64_t count;	 /* taken in that hour until then */
};

/* What a look at the queue showed. */
struct expect_look {
	int64_t at;	/* ms since 1970 */
	int64_t hour;	/* since 1970, by the counter's clock */
	int64_t taken;	/* cases taken in that hour so far */
	int64_t before; /* and in the whole hour before it */
	bool	waits;	/* somebody waited, now or at the look before */
};

/*
 * Takes a look into account; all zeros is one who has not looked yet, and
 * begins with what the two hours say.  Looks that come late, or out of turn,
 * do no harm; what was counted before them is lost where more than an hour
 * lies between.
 */
void expect_look(struct expect *, const struct expect_look *);
/* Seconds from one case to the next; -1: not known. */
double expect_pace(const struct expect *);
/*
 * Seconds until somebody's turn who has so many before him, 0 to
 * EXPECT_LONGEST; -1: not known (pace is not).  oldest: for how long somebody
 * waits there already; who is about to come does not wait less.  0 for who
 * stands in line.
 */
int64_t expect_wait(double pace, int64_t ahead, int64_t oldest);

#endif
