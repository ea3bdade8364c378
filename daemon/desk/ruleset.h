/*
 * What a loaded configuration looks like inside: for rules.c, which makes
 * it, and classify.c, which decides by it.  Nobody else includes this.
 */
#ifndef DESK_RULESET_H
#define DESK_RULESET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "rules.h"

struct automation;
struct hearing;
struct keywords;
struct orderno;

/* An address of the desk's own. */
struct served {
	const char *kind; /* email, phone, page */
	const char *address;
	const char *queue; /* NULL: the content decides */
};

struct rule {
	const char *name;
	/* Conditions; all of those given must hold. */
	const char	  *channel;
	const char	  *to;
	const char	  *segment;
	bool		   order;
	uint32_t	   keyword; /* the first of its keywords … */
	uint32_t	   nkeywords;
	const char *const *words; /* … and how they were written */
	/* What follows. */
	const char *queue;    /* or NULL: only priority and skills */
	int	    priority; /* 0: not set */
	const char *skills;   /* blank between; or NULL */
	int	    weight;
};

enum channel_no {
	CHANNEL_MAIL,
	CHANNEL_CHAT,
	CHANNEL_CALL,
	CHANNEL_SOCIAL,
	CHANNEL_ORDER,
	CHANNEL_STORE,
	CHANNEL_WEB, /* the customer's page of his case */
	CHANNELS
};

struct rules {
	struct arena	      arena; /* every string below */
	struct company	      company;
	int		      units[CHANNELS];
	const char	     *default_queue;
	const char	    **queues;
	size_t		      nqueues;
	struct served	     *served; /* sorted by address */
	size_t		      nserved;
	struct rule	     *list;
	size_t		      nrules;
	struct source	     *sources;
	size_t		      nsources;
	struct keywords	     *keywords;
	struct orderno	     *orderno;
	struct automation    *automation;
	struct hearing	     *themes;
	const struct lexicon *lexicon; /* not ours; or NULL */
};

/* CHANNELS when it is none. */
enum channel_no channel_find(const char *);

/* The served entry of an address as contacted; NULL when it is not ours. */
const struct served *rules_find_served(
    const struct rules *, const char *address);

#endif
