/*
 * What came of a day: of each queue how long was waited, of each agent how much
 * he did.  deskctl(1) has the definitions; whoever changes one here changes it
 * there.
 */
#ifndef SIM_TALLY_H
#define SIM_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/def.h"
#include "company.h"

enum figure {
	FIGURE_OFFERED, /* came, and were counted */
	FIGURE_ANSWERED,
	FIGURE_ABANDONED, /* went before they were answered */
	FIGURE_WAITING,	  /* neither, at the end */
	FIGURE_ASA,	  /* mean wait of the answered, s */
	FIGURE_P50,	  /* their waits, s */
	FIGURE_P90,
	FIGURE_P99,
	FIGURE_LEVEL,	   /* answered in time, of all offered, % */
	FIGURE_LEVEL_KEPT, /* the same, without those who went in time */
	FIGURE_BREACHES,   /* not answered within the promised time */
	FIGURES
};

enum share {
	SHARE_ANSWERED, /* cases */
	SHARE_OF_ALL,	/* of all cases answered, % */
	SHARE_OCCUPIED, /* of his time there with something in hand, % */
	SHARES
};

/* One case that is over, or not answered at the end. */
struct tally_case {
	int    queue;  /* of the company */
	double waited; /* s, until it was answered or went */
	bool   answered;
	bool   gone;
	double within; /* s of the service level */
	bool   breached;
};

struct tally_queue {
	double *waits; /* of the answered */
	size_t	n, size;
	size_t	offered, abandoned, waiting, in_time, gone_in_time, breaches;
};

struct tally_agent {
	size_t	answered;
	int64_t planned;	 /* ms of his shifts */
	int64_t there, occupied; /* ms */
};

struct tally {
	struct tally_queue *queues; /* as the company has them; then all */
	size_t		    nqueues;
	struct tally_agent *agents;
	size_t		    nagents;
};

void tally_make(struct tally *, const struct company *);
void tally_free(struct tally *);
void tally_case(struct tally *, const struct tally_case *);

/* NAN: there is none.  queue may be nqueues: all of them. */
void tally_figures(struct tally *, size_t queue, double to[FIGURES]);
void tally_shares(const struct tally *, size_t agent, double to[SHARES]);
/*
 * Among agents who are alike and as long there: the largest difference of shares of what such a
 * group answered, in % of that; NAN where no two are alike.
 */
double tally_fairness(const struct tally *, const struct company *);

#endif
