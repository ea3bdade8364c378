/*
 * A day as a text says it, for `deskctl simulate': who comes (stated as rates,
 * or one by one as recorded), and who is there to answer.  deskctl(1) has the
 * form; the text may be anybody's: it is capped, and its first fault is told
 * with its line.
 *
 * Times of the day are ms since midnight of the first day; a day may go on
 * until PATTERN_DAY_MAX.
 */
#ifndef DESK_PATTERN_H
#define DESK_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/def.h"
#include "base/mem.h"
#include "variate.h"

#define PATTERN_MAX	 33554432 /* bytes of the text */
#define PATTERN_CASES	 200000	  /* recorded ones */
#define PATTERN_RATES	 48	  /* hours */
#define PATTERN_HOURS	 64	  /* spans of one shift */
#define PATTERN_PEOPLE	 1000	  /* of one shift */
#define PATTERN_DAY_MAX	 172800000LL
#define PATTERN_RATE_MAX 100000 /* an hour */

/* What every case of a kind, or one recorded, is like. */
struct pattern_kind {
	const char *queue;
	const char *channel;
	const char *needs;    /* "en:2 bao-hanh?", as a ticket has it, or "" */
	const char *prefer;   /* who is asked first, or NULL */
	int	    priority; /* 1 to 99 */
	long	    within;   /* s for the service level; 0: the target's */
};

struct pattern_arrivals {
	struct pattern_kind kind;
	double		    rates[PATTERN_RATES]; /* an hour, from `from' on */
	size_t		    nrates;		  /* the last one goes on */
	struct spread	    handle;
	struct spread	    patience; /* of mean 0: nobody goes */
};

struct pattern_case {
	struct pattern_kind kind;
	int64_t		    at;	    /* ms of the day */
	int64_t		    handle; /* ms */
	int64_t		    gone;   /* ms of waiting; 0: he did not go */
};

struct pattern_hours {
	int64_t from, until; /* ms of the day */
};

struct pattern_shift {
	const char	   **agents;
	size_t		     nagents;
	struct pattern_hours hours[PATTERN_HOURS];
	size_t		     nhours; /* 0: all the time */
};

struct pattern {
	int64_t	      from, until; /* ms of the day */
	int64_t	      warm;	   /* ms after from that are not counted */
	double	      accept;	   /* share of offers taken */
	struct spread answer;	   /* s until an offer is answered */
	struct spread back; /* s until he is back whom the desk set away */
	struct pattern_arrivals *arrivals;
	size_t			 narrivals, arrivals_size;
	struct pattern_case	*cases; /* by their time */
	size_t			 ncases, cases_size;
	struct pattern_shift	*shifts;
	size_t			 nshifts, shifts_size;
	struct arena		 memory; /* of all texts above */
};

/*
 * Reads n bytes; pattern_free() it, whatever came of it.  false: "LINE:
 * sentence" (0: of the whole) in wrong.
 */
bool pattern_read(struct pattern *, const char *, size_t n, char *wrong,
    size_t size) MUSTCHECK;
void pattern_free(struct pattern *);

#endif
