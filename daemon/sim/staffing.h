/*
 * Erlang C beside what was played, and how many agents it asks for.  The sums
 * (desk/erlang.h) know one line whose agents do nothing else: an agent counts
 * for as many as he can have cases at once.
 */
#ifndef SIM_STAFFING_H
#define SIM_STAFFING_H

#include <stdbool.h>
#include <stddef.h>
#include "base/def.h"
#include "company.h"
#include "day.h"

/* What comes to a queue in some time. */
struct stream_sum {
	double rate;   /* cases a second; 0: none */
	double handle; /* s that each takes an agent, with wrap-up */
	double slots;  /* cases that an agent has at once */
	double within; /* s: the least that any of them is promised */
};

/* Work added up. */
struct stream_work {
	double cases;
	double handle; /* s */
	double agents; /* s of their time that it takes */
	double within;
};

/* Adds a day's, as far as it is counted, to `of', one for each queue. */
void stream_add_day(struct stream_work *of, const struct company *,
    const struct pattern *, const struct day *);
/* What that is of so many days. */
void stream_of_days(struct stream_sum *, const struct stream_work *,
    const struct pattern *, size_t ndays);
/* Of a pattern's stated arrivals, in its n-th hour. */
void stream_of_hour(struct stream_sum *, const struct company *,
    const struct pattern *, size_t queue, size_t hour);
/* How many of a queue's agents are there, in the mean of the counted time. */
double agents_there(const struct company *, const struct pattern *,
    const struct pattern *shifts, size_t queue);

/* The fewest agents that answer so large a share in time; -1: too few are. */
int staff_asked(const struct stream_sum *, double level);
/* By so many agents: the share answered in time, and the mean wait (s). */
double staff_level(const struct stream_sum *, double agents);
double staff_wait(const struct stream_sum *, double agents);

#endif
