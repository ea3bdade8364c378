/*
 * A played day between its course (play.c) and what is said to the library and
 * what it answers (world.c).  Nobody else includes this.
 */
#ifndef SIM_PLAY_PARTS_H
#define SIM_PLAY_PARTS_H

#include <stdio.h>

#include "agenda.h"
#include "desk/variate.h"
#include "play.h"

#define NOBODY	   UINT32_MAX
#define WORLD_BASE 1767571200000LL /* midnight: Monday, 2026-01-05, UTC */

enum what {
	MOMENT_ARRIVE, /* who: case */
	MOMENT_LEAVE,
	MOMENT_ANSWER, /* with: agent; serial: of the offer */
	MOMENT_HIS,    /* with: agent */
	MOMENT_DONE,
	MOMENT_SHIFT, /* who: agent; with: 1 begins, 0 ends */
	MOMENT_BACK,
	MOMENT_WRAPPED,
	MOMENT_TICK
};

/* HELD: his, but he has not begun with it. */
enum stands { COMING, WAITING, HELD, WORKED, OVER };

struct world_case {
	enum stands stands;
	int	    queue;
	long	    first; /* s promised */
	unsigned    agent; /* who has, or had it; NOBODY */
	unsigned    version;
	unsigned    serial; /* of its offers */
	unsigned    next;   /* in its agent's pile; NOBODY: the last */
};

struct staff {
	bool	       ready, on_shift;
	int	       busy;   /* cases in hand, and wrapped up */
	bool	       at_one; /* of those that are done one after the other */
	unsigned       pile, pile_end; /* those that he holds; NOBODY */
	int64_t	       noted;
	bool	       asks;  /* he serves a queue whose cases are asked for */
	int64_t	       asked; /* when he was given what he asked for */
	struct variate chance;
};

struct world {
	const struct play *play;
	struct tally	  *tally;
	struct agenda	   agenda;
	int64_t		   base; /* of the day, ms of the epoch */
	int64_t		   now;
	int64_t		   tick; /* when the library wants to be asked; -1 */
	int64_t		   count_from, count_until, end;
	struct staff	  *staff;
	struct world_case *cases;
	bool		  *held; /* the next accept's answer goes there */
};

/*
 * Counts what has passed since an agent was last looked at: to be called before
 * anything about him changes.
 */
void agent_count(struct world *, unsigned who);
/* A function of the library, and all that follows from its answer. */
bool world_call(struct world *, const char *const *argv, int argc) MUSTCHECK;
/* Tells where a case stands now. */
bool world_apply(struct world *, unsigned who) MUSTCHECK;
/* He asks for the next case when he has none; all who have none do. */
bool world_ask_next(struct world *, unsigned agent) MUSTCHECK;
bool world_ask_all(struct world *) MUSTCHECK;

#endif
