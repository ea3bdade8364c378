/*
 * Asterisk's call detail records (cdr-csv's Master.csv) as events, one line
 * at a time: RFC 4180 quoting; fields accountcode, src, dst, dcontext, clid,
 * channel, dstchannel, lastapp, lastdata, start, answer, end, duration,
 * billsec, disposition, amaflags and, where the exchange writes them,
 * uniqueid and userfield.  Times are local at the offset given.  A header
 * line, a byte order mark, LF for CRLF and blank lines are put up with.
 *
 * A call's id is its uniqueid, else the digest of its line, so that a
 * repeated import adds nothing.
 */
#ifndef DESK_CDR_H
#define DESK_CDR_H

#include <stdbool.h>
#include <stddef.h>
#include "callrec.h"
#include "csv.h"

enum cdr_got {
	CDR_EVENT, /* the event is filled */
	CDR_FAULT, /* this record cannot be one; go on with the next */
	CDR_MORE,  /* give more bytes */
	CDR_END
};

struct cdr {
	struct callrec_desk desk;
	struct csv	    csv;
	char		    wrong[160];
};

void cdr_init(struct cdr *, const struct callrec_desk *);
/*
 * Takes one record off the bytes; *used is how many it took (also of faults,
 * and of a blank line or header that came before).  last: nothing follows
 * these bytes.  On CDR_EVENT the event (just initialised) is filled; on
 * CDR_FAULT cdr->csv.line is the line's number and cdr->wrong a sentence.
 */
enum cdr_got cdr_next(struct cdr *, const char *, size_t n, bool last,
    size_t *used, struct event *) MUSTCHECK;

#endif
