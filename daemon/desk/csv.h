/*
 * Comma-separated values (RFC 4180), a record at a time, from bytes that come
 * in pieces.  LF for CRLF, blank lines and a byte order mark are put up with;
 * a record may go over several lines within quotes.  Whoever knows better sets
 * comma to what stands for one: where the comma is the decimal point, as in
 * Vietnam, spreadsheets write semicolons.  Pure, bounded, no allocation.
 */
#ifndef DESK_CSV_H
#define DESK_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include "base/def.h"

#define CSV_LINE_MAX 16384 /* bytes of a record; a longer one is a fault */
#define CSV_FIELDS   64

enum csv_got {
	CSV_RECORD, /* the record is filled */
	CSV_FAULT,  /* this one cannot be read; go on with the next */
	CSV_MORE,   /* give more bytes */
	CSV_END
};

struct csv {
	size_t line;	 /* where the record just given begins, from 1 */
	size_t next;	 /* where the next one does */
	bool   skipping; /* within a record that is too long */
	char   comma;	 /* what stands between fields: ',' */
	char   wrong[80];
};

/* One record cut into fields, which lie in text one after the other. */
struct csv_record {
	char	    text[CSV_LINE_MAX + 1];
	char	   *field[CSV_FIELDS];
	size_t	    n;
	const char *bytes; /* as it came, without its line end */
	size_t	    nbytes;
};

void csv_init(struct csv *);
/* What the first line's fields seem to stand between: ',', ';' or a tab. */
char csv_guess(const char *, size_t n);
/*
 * Takes one record off the bytes; *used is how many it took (also of faults,
 * and of blank lines before it).  last: nothing follows these bytes.  On
 * CSV_FAULT csv->line is the line's number and csv->wrong a sentence.
 */
enum csv_got csv_next(struct csv *, const char *, size_t n, bool last,
    size_t *used, struct csv_record *) MUSTCHECK;

#endif
