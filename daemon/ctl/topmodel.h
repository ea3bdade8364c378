/*
 * deskctl top's model: what the desk said last, where its reader is, and what
 * he is about to do.  Nothing here knows a terminal or a socket: keys come in
 * (topkeys.c), a grid is drawn (topview.c), and what is to be asked stands in
 * it for the link to send.
 */
#ifndef CTL_TOPMODEL_H
#define CTL_TOPMODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>
#include "base/def.h"
#include "grid.h"

#define TOP_TEXT_MAX  200 /* bytes that can be typed */
#define TOP_WORDS_MAX 6	  /* of a request */
#define TOP_MINUTES   120 /* of throughput that are kept */
#define TOP_COLUMNS   60  /* least terminal that shows anything of use */
#define TOP_ROWS      16

/* What is on the screen; each lies over the one before it. */
enum top_page { TOP_DESK, TOP_LIST, TOP_CASE };
/* What can be sorted and moved in. */
enum top_table { TABLE_QUEUES, TABLE_AGENTS, TABLE_CASES, TABLES };
enum top_mode {
	MODE_PLAIN,
	MODE_FILTER,  /* the filter is typed */
	MODE_TYPE,    /* what an act needs is typed */
	MODE_CONFIRM, /* y does it */
	MODE_HELP
};
enum top_rate { RATE_IN, RATE_OUT, RATE_DONE, RATES };

/* Messages in, answers out, cases done, by the minute. */
struct rates {
	int64_t	 minute; /* the newest one, since the epoch */
	int64_t	 since;	 /* the first one that is known; 0: none is */
	unsigned n[RATES][TOP_MINUTES]; /* by minute % TOP_MINUTES */
};

struct sorting {
	int  column; /* place in the table's columns */
	bool reverse;
};

/* A request, words of our own and what was typed. */
struct request_words {
	size_t n;
	char   words[TOP_WORDS_MAX][TOP_TEXT_MAX];
	bool   why; /* of a case: also its clocks and what decides on it */
};

/* What the desk shall do, from the key on to its answer. */
struct act {
	const struct act_kind *kind;	   /* NULL: none */
	char		       target[64]; /* queue, agent, or a ticket's id */
	char		       shown[80];  /* as people call it: "#12" */
	char		       typed[TOP_TEXT_MAX];
};

struct top {
	json_t *board;	      /* BOARD, or NULL: nothing was said yet */
	json_t *counts;	      /* TICKET.COUNTS' queues */
	json_t *list;	      /* TICKET.LIST of the page below, or NULL */
	json_t *ticket;	      /* TICKET.GET of it, or NULL; asked why, with
			         TICKET.CLOCKS and .EXPLAIN in it */
	char	refused[160]; /* why list or ticket is not there */

	int64_t now;	 /* ms since the epoch, as this machine has it */
	int64_t ahead;	 /* the desk's clock less ours, ms */
	int64_t said_at; /* when the board came; 0: never */
	int64_t away_at; /* since when nobody answers; 0: the desk is there */
	char	away_why[160];
	struct rates rates;

	enum top_page  page;
	enum top_table focus; /* of the desk's page */
	enum top_mode  mode;
	bool	       of_agent; /* the list is an agent's, else a queue's */
	char	       of[64];	 /* whose */
	char	       ticket_id[24];
	char at[TABLES][64]; /* the row that keys act on, by its key */
	int  first[TABLES];  /* the first row on the screen */
	struct sorting sorting[TABLES];
	char	       filter[TABLES][TOP_TEXT_MAX];
	int	       scroll; /* of the case */
	bool	       why;    /* asked of the case */
	int	       seen;   /* rows of the table that the screen had last */

	struct act	     act;
	bool		     asking; /* an act is on its way */
	bool		     to_ask; /* request is to be sent */
	struct request_words request;
	char		     said[240]; /* what became of the last act */
	bool		     said_bad;
	bool		     quit;
	bool		     on_paper; /* once: there are no keys */
};

void top_init(struct top *);
void top_free(struct top *);

/* What was asked came; takes the value over.  ms: our clock. */
void top_board(struct top *, json_t *board, json_t *counts, int64_t ms);
void top_list(struct top *, const char *of, json_t *list);
void top_ticket(struct top *, const char *id, json_t *ticket);
void top_away(struct top *, const char *why, int64_t ms);
void top_refused(struct top *, const char *why);
/* A notice of the feed, of that moment (ms). */
void top_notice(struct top *, const json_t *notice, int64_t ms);
/* What the act that was asked came to. */
void top_acted(struct top *, bool good, const char *said);

/* What the page below the desk's needs asked; false: nothing. */
bool top_wants(const struct top *, struct request_words *);

void	 rates_note(struct rates *, enum top_rate, int64_t ms);
unsigned rates_at(const struct rates *, enum top_rate, int64_t minute);

/* One row of a table as it stands in order. */
struct top_row {
	const json_t *row;
	char	      key[64];	/* what names it */
	char	      text[64]; /* what it is sorted by, folded */
	double	      number;
};
/* A table's rows, filtered and sorted; free() them. */
struct top_row *top_rows(const struct top *, enum top_table, size_t *n);
/* The place of the row that keys act on; -1: there is none. */
int top_place(
    const struct top *, enum top_table, const struct top_row *, size_t);
/* The table that keys move in. */
enum top_table top_focus(const struct top *);

/* The model as JSON: what is shown, in its order. */
json_t *top_json(const struct top *);

#endif
