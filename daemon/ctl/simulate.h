/*
 * deskctl simulate, between its parts: what is asked (simulate.c), a recorded
 * day (simday.c), how many agents it takes (simstaff.c), and how the answer is
 * shown (simshow.c).
 */
#ifndef CTL_SIMULATE_H
#define CTL_SIMULATE_H

#include <stdbool.h>
#include <stddef.h>
#include <jansson.h>
#include "ctl.h"
#include "desk/pattern.h"
#include "sim/company.h"
#include "sim/outcome.h"
#include "sim/server.h"
#include "sim/staffing.h"

#define SIM_RUNS_MAX 1000

/* One company under the same days. */
struct sim_side {
	const char	     *name; /* "config" or "against" */
	const char	     *file; /* NULL: what is in force */
	struct company	      company;
	const struct pattern *shifts;
	struct outcome	      outcome;
	struct stream_work   *work; /* that came to each queue */
};

struct sim {
	struct ctl     *ctl;
	uint64_t	seed;
	size_t		runs;
	double		level; /* the share to be answered in time */
	bool		csv;
	struct pattern	pattern;
	struct pattern	shifts; /* of "against", when they differ */
	struct sim_side sides[2];
	size_t		nsides;
	struct server  *server;
};

/* The days, and what came of them for each side; false, and said. */
bool sim_play(struct sim *) MUSTCHECK;

/* A recorded day as a pattern's text; free() it.  NULL, and said. */
char *sim_day_text(struct sim *, const char *day, const char *queue, size_t *n,
    enum ctl_exit *status) MUSTCHECK;

/* How many agents the targets ask for, by the sums and then played. */
bool sim_staff(struct sim *) MUSTCHECK;

/* All that is known of the runs. */
json_t *sim_outcome(const struct sim *);
json_t *sim_estimate(struct estimate);
double	sim_round(double);
/* As it was asked for: JSON, CSV, or tables. */
void sim_show(const struct sim *, const json_t *outcome);
/* A table: its head, then rows of as many texts; free()d.  The first column
 * stands left. */
void sim_table(
    const char *const *head, size_t columns, char **cells, size_t rows);
char *sim_text(const char *, ...) PRINTFLIKE(1, 2);

#endif
