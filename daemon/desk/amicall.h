/*
 * The calls of one Asterisk, told from the events of its manager interface
 * (ami.h) as struct callrec.  Pure: the wall's time comes with each event.
 *
 * A call is what shares a Linkedid; its records are named by it and by the
 * Uniqueid of the channel concerned, so that several daemons that listen to
 * the same Asterisk tell the same: once is enough.
 *
 *   Newchannel, Newstate		whose channel it is, and whither
 *   DialBegin				a telephone rings: ringing
 *   DialEnd (ANSWER), AgentConnect,
 *   BridgeEnter			one of us took it: answered
 *   Hold, Unhold			seconds on hold, told with the end
 *   BlindTransfer, AttendedTransfer	transferred
 *   QueueCallerAbandon			the end's disposition
 *   Hangup				of its last channel: ended or missed
 *   Cdr				the record as cdr-csv has it (cdr.h)
 *   CoreShowChannel, …Complete		what goes on, after a connection:
 *					calls that are gone have ended
 *
 * Channels named after an extension of at most five digits ("PJSIP/101-…")
 * are our telephones; calls between two of them are left out.
 */
#ifndef DESK_AMICALL_H
#define DESK_AMICALL_H

#include <stddef.h>
#include <stdint.h>
#include "callrec.h"

struct ami_message;
struct amicall;

#define AMICALL_CHANNELS 20000 /* at once; what is more is not followed */

/* Its strings are good during the call. */
typedef void amicall_tell(void *arg, const struct callrec *);

struct amicall *amicall_new(
    const struct callrec_desk *, amicall_tell *, void *arg);
void amicall_free(struct amicall *);
/* One event; wall is in ms since 1970.  Others than the above tell nothing. */
void amicall_event(struct amicall *, const struct ami_message *, int64_t wall);
/* A second has passed: who hung up while the call went on is free. */
void amicall_tick(struct amicall *, int64_t wall);
/* A list of channels begins: what it does not name has ended. */
void   amicall_list(struct amicall *);
size_t amicall_channels(const struct amicall *);
/* Calls fn with the id of each call that goes on. */
void amicall_each(
    const struct amicall *, void (*fn)(void *arg, const char *id), void *arg);

#endif
