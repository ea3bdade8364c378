/*
 * Asterisk's call detail records (cdr-csv's Master.csv) as events, one line
 * at a time: RFC 4180 quoting; fields accountcode, src, dst, dcontext, clid,
 * channel, dstchannel, lastapp, lastdata, start, answer, end, duration,
 * billsec, disposition, amaflags and, where the exchange writes them,
 * uniqueid and userfield.  Times are local at the offset given.  A header
 * line, a byte order mark, LF for CRLF and blank lines are put up with.
 *
 * A call between two of our own telephones is nobody's case: left out.
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
#include "when.h"

#define CDR_EXTENSION 8 /* bytes of an extension, with its NUL */

/* The fields of cdr-csv in their order. */
enum cdr_field {
	CDR_ACCOUNTCODE,
	CDR_SRC,
	CDR_DST,
	CDR_DCONTEXT,
	CDR_CLID,
	CDR_CHANNEL,
	CDR_DSTCHANNEL,
	CDR_LASTAPP,
	CDR_LASTDATA,
	CDR_START,
	CDR_ANSWER,
	CDR_FINISH,
	CDR_DURATION,
	CDR_BILLSEC,
	CDR_DISPOSITION,
	CDR_AMAFLAGS,
	CDR_UNIQUEID,
	CDR_USERFIELD,
	CDR_ALL
};

/* Where a record's texts live that are not its fields. */
struct cdr_room {
	char at[WHEN_MAX];
	char agent[CDR_EXTENSION];
	char name[256];
};

/*
 * A record's fields as a call, whose texts are the fields' and the room's.
 * id: the call's, where the record has none.  NULL, or what is wrong.
 */
const char *cdr_call(struct callrec *, struct cdr_room *,
    const char *const *fields, size_t n, const char *id,
    const struct callrec_desk *) MUSTCHECK;
/* Between two of our own telephones. */
bool cdr_is_internal(const struct callrec *, const char *country);
/* "SIP/101-0000002a" is extension 101; NULL when it is no such name. */
const char *cdr_extension(char out[CDR_EXTENSION], const char *channel);

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
