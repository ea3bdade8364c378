/*
 * What the reader of a link says, as an event: he needs no login, because his
 * part in the case was looked at with the link.
 */
#ifndef SAYING_H
#define SAYING_H

#include <jansson.h>
#include "base/def.h"

struct event;

/*
 * who: what SQL said of the link: {"kind","address"[,"name","subject","order",
 * "ticket","conversation"]}.  It joins his ticket, or follows it up when that
 * is closed; a chat's visitor writes in his chat, so that he is answered there.
 * text may be NULL.
 */
struct event *saying_event(
    const json_t *who, const char *id, const char *text) MUSTCHECK;

#endif
