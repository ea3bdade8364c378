/*
 * Erlang's formulas; see erlang.h.
 */
#include <math.h>

#include "erlang.h"

/* One agent more: the inverse grows and never loses digits by subtraction. */
static double
inverse_next(double load, int agents, double inverse)
{
	return (1 + inverse * agents / load);
}

double
erlang_b(double load, int agents)
{
	double inverse = 1;
	int    n;

	if (load <= 0)
		return (agents > 0 ? 0 : 1);
	for (n = 1; n <= agents; n++)
		inverse = inverse_next(load, n, inverse);
	return (1 / inverse);
}

/* Erlang C of the Erlang B of as many agents. */
static double
c_of_b(double load, int agents, double b)
{
	if (load >= agents)
		return (1);
	return (agents * b / (agents - load * (1 - b)));
}

double
erlang_c(double load, int agents)
{
	return (c_of_b(load, agents, erlang_b(load, agents)));
}

double
erlang_wait(double load, double handle, int agents)
{
	if (load >= agents)
		return (load > 0 || agents == 0 ? INFINITY : 0);
	return (erlang_c(load, agents) * handle / (agents - load));
}

/* Who waits, waits an exponential time. */
static double
level_of_c(double c, double load, double handle, int agents, double within)
{
	if (load >= agents)
		return (0);
	if (handle <= 0)
		return (1);
	return (1 - c * exp(-(agents - load) * within / handle));
}

double
erlang_level(double load, double handle, int agents, double within)
{
	return (
	    level_of_c(erlang_c(load, agents), load, handle, agents, within));
}

int
erlang_staff(double load, double handle, double level, double within)
{
	double inverse = 1;
	int    n;

	if (load <= 0)
		return (0);
	for (n = 1; n <= ERLANG_MOST; n++) {
		inverse = inverse_next(load, n, inverse);
		if (level_of_c(c_of_b(load, n, 1 / inverse), load, handle, n,
			within) >= level)
			return (n);
	}
	return (-1);
}
