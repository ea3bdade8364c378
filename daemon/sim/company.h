/*
 * A company as desk.conf has it, as far as routing goes: what Redis would be
 * told of it, and which answers are promised.  The same words reach Redis as
 * PostgreSQL sends (desk.policy_json(), desk.presence_json()).
 */
#ifndef SIM_COMPANY_H
#define SIM_COMPANY_H

#include <stdbool.h>
#include <stddef.h>
#include <jansson.h>
#include "base/def.h"

#define COMPANY_CHANNELS 8 /* company_channel()'s results are below it */

struct company_queue {
	const char *name;
	char	   *policy;		     /* JSON, for desk_policy */
	long	    first;		     /* s, where no target says */
	long	    offer[COMPANY_CHANNELS]; /* s that an offer stands */
	long	    wrap[COMPANY_CHANNELS];  /* s after a case */
	bool	    pull;		     /* its cases are asked for */
};

struct company_agent {
	const char *name;
	int	    capacity;
	/* As desk_agent has them; "" for none. */
	char *queues, *skills, *limits;
	char *like; /* the same of two agents: they are equals */
};

struct company {
	json_t		     *config; /* names above are its strings */
	struct company_queue *queues;
	size_t		      nqueues;
	struct company_agent *agents; /* who serve a queue */
	size_t		      nagents;
	int		      units[COMPANY_CHANNELS];
};

/* json: what deskconf_json() made.  company_free() it. */
void company_make(struct company *, const char *json);
void company_free(struct company *);

/* The place of a name among its like, or -1. */
int company_queue(const struct company *, const char *);
int company_agent(const struct company *, const char *);
int company_channel(const char *);
/*
 * Whether an agent is at several of a channel's cases at the same time: who
 * chats waits for the other one meanwhile, a mail is written in one go.
 */
bool company_at_once(int channel);
/* Whether that agent serves the queue. */
bool company_serves(const struct company *, size_t agent, size_t queue);
/* A case's place in its line (ms), as desk.score() has it. */
long long company_score(long long due_ms, int priority);
/*
 * The seconds in which a first answer is promised: the first target that fits
 * (customers of no segment), else the queue's own.
 */
long company_first(
    const struct company *, size_t queue, const char *channel, int priority);

#endif
