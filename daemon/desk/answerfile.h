/*
 * A file of answers that were taken outside the desk, a row at a time as a JSON
 * object of columns and values: CSV (csv.h) whose first line names the columns,
 * a JSON array of objects, or such objects one after the other (JSON lines).
 * Which it is its first byte tells.  Pure, bounded; bytes come in pieces.
 */
#ifndef DESK_ANSWERFILE_H
#define DESK_ANSWERFILE_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "csv.h"

#define ANSWERFILE_ROW_MAX 65536 /* bytes of a row in JSON */

struct answerfile {
	struct csv	  csv; /* its line also that of JSON's rows */
	struct csv_record header;
	enum { ANSWERFILE_NONE, ANSWERFILE_CSV, ANSWERFILE_JSON } kind;
	bool begun; /* the first row, or the array, was seen */
	bool array; /* within [ … ] */
	bool over;  /* nothing more can be read */
	char wrong[160];
};

/* Begins a file; nothing in it needs to be freed. */
void answerfile_init(struct answerfile *);
/*
 * As csv_next(); on CSV_RECORD the row is added to json.  A header that will
 * not do, and an array that is broken, end the file after their fault.
 */
enum csv_got answerfile_next(struct answerfile *, const char *, size_t n,
    bool last, size_t *used, struct buf *json) MUSTCHECK;

#endif
