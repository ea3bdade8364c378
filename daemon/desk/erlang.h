/*
 * How long people wait for one of c agents, by formula: arrivals at random
 * (Poisson), handling times exponential, nobody leaves, who came first is
 * answered first (M/M/c).  A. K. Erlang, "Solution of some Problems in the
 * Theory of Probabilities of Significance in Automatic Telephone Exchanges"
 * (1917); the recursion is R. B. Cooper's (Introduction to Queueing Theory,
 * 2nd ed., section 3.3), the waiting times A. O. Allen's (Probability,
 * Statistics and Queueing Theory, 2nd ed., section 5.2.3).
 *
 * load: of work that comes in, in erlangs (arrivals a second times seconds of
 * handling each), not negative.  A line whose load reaches the agents grows
 * without end: all wait (1), for ever (INFINITY).
 */
#ifndef DESK_ERLANG_H
#define DESK_ERLANG_H

#define ERLANG_MOST 100000 /* agents that can be asked for */

/* The share that is turned away where nobody can wait (Erlang B). */
double erlang_b(double load, int agents);
/* The share that has to wait (Erlang C). */
double erlang_c(double load, int agents);
/* The mean wait of all, in the unit of handle. */
double erlang_wait(double load, double handle, int agents);
/* The share that is answered within so long. */
double erlang_level(double load, double handle, int agents, double within);
/*
 * The fewest agents with whom at least that share (less than 1) is answered
 * within so long; -1 when ERLANG_MOST are too few.
 */
int erlang_staff(double load, double handle, double level, double within);

#endif
