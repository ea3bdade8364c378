/*
 * Links of surveys in a mail's files: a mail that was passed on or came back
 * whole has the link that its reader answers by (surveylink.h).
 */
#ifndef DESK_MAILLINK_H
#define DESK_MAILLINK_H

#include <stdbool.h>
#include "base/def.h"

struct _GMimeObject;

/*
 * Whether a link stands in a text, or in the headers or texts of a mail, and of
 * the mails in that; other kinds of files are not looked into.  no_room is set
 * when the disk has no room to decode one.
 */
bool mail_has_link(struct _GMimeObject *, bool *no_room) MUSTCHECK;

#endif
