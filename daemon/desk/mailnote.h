/*
 * What is worth knowing of a mail and has no column of its own: the event's
 * meta, which is only shown, and its facts, which the desk acts on (see
 * ARCHITECTURE.md for their members).
 */
#ifndef DESK_MAILNOTE_H
#define DESK_MAILNOTE_H

#include "event.h"
#include "mailbody.h"
#include "mailhead.h"

void mail_note_meta(
    struct event *, const struct mail_head *, const struct mail_body *);
/* After the text and the quarantine are known. */
void mail_note_facts(
    struct event *, const struct mail_head *, const struct mail_body *);
/* Of a mail that could not be parsed at all. */
void mail_note_quarantine(struct event *);

#endif
