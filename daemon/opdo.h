/*
 * The operations that the daemon carries out itself (BY_SPINE, BY_INGEST in
 * proto/operations.def).  Each row has a function here; a row without one
 * does not link.
 */
#ifndef OPDO_H
#define OPDO_H

#include "ask.h"

#define BY_SQL_DECL(id)
#define BY_SPINE_DECL(id)	     void op_do_##id(struct ask *);
#define BY_INGEST_DECL(id)	     void op_do_##id(struct ask *);
#define BY_UPLOAD_DECL(id)	     void op_do_##id(struct ask *);
#define OP(id, name, role, way, ...) way##_DECL(id)
#include "proto/operations.def"
#undef OP

/* Runs the row's function. */
void opdo_run(struct ask *);
/*
 * Refuses, at the end of the loop's turn: for what is found out before
 * dispatch_ask() has returned.
 */
void opdo_later(struct ask *, enum ask_code, const char *words);
/* The same; the texts are copied.  member may be "". */
void opdo_later_member(
    struct ask *, enum ask_code, const char *member, const char *words);
/* Answers with a JSON text, at the end of the turn; for the same reason. */
void opdo_done_later(struct ask *, json_t *);
/* Answers with a plain text, at the end of the turn; it is copied. */
void opdo_text_later(struct ask *, const char *);
/* Lets the front keep the connection open from that offset; also later. */
void opdo_live_later(struct ask *, const char *offset);
/* Does what was put off; called once a turn. */
void opdo_turn(void);
bool opdo_pending(void); /* something was put off since */

/*
 * For whom the ask acts: its "agent" argument, or the caller himself.  NULL,
 * and the ask answered, when the caller may not act for that agent.
 */
const char *opdo_agent(struct ask *);
/* Times go out as RFC 3339, like all others; null for 0. */
json_t *opdo_time(int64_t ms);

#endif
