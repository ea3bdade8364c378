/*
 * The columns of deskctl top's tables: how each is called, read and sorted.
 */
#ifndef CTL_TOPTABLE_H
#define CTL_TOPTABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <jansson.h>
#include "grid.h"
#include "topmodel.h"

#define FACT_MAX 200

/* A cell's content. */
struct fact {
	char	   text[FACT_MAX];
	double	   number; /* sorted by, where the column is one of numbers */
	enum paint paint;
};

struct column {
	const char *title; /* and its key in top_json() */
	int	    width; /* at least; 0: as much as is left */
	int  keep;   /* the higher, the longer it stays when it gets tight */
	bool number; /* right, and sorted by number */
	bool most;   /* sorted the largest first */
	void (*read)(const struct top *, const json_t *row, struct fact *);
};

struct table {
	const char	    *name;
	const char	    *empty; /* said instead of rows */
	const char	    *key;   /* the row's member that names it */
	const struct column *columns;
	int		     n;
};

extern const struct table top_tables[TABLES];

/* "45s", "12m", "3h05", "4d": what has passed, or is still to come. */
void span_text(char out[FACT_MAX], int64_t ms);
/* ms of an RFC 3339 time in UTC as deskd writes it; 0: it is none. */
int64_t time_read(const char *);
/* A string member; "" when there is none. */
const char *text_of(const json_t *, const char *member);
int64_t	    number_of(const json_t *, const char *member);

#endif
