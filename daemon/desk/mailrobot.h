/*
 * Whether a person wrote a mail, and if not, what did: RFC 3834, and what
 * senders use beside it.
 */
#ifndef DESK_MAILROBOT_H
#define DESK_MAILROBOT_H

#include <stdbool.h>
#include "base/mem.h"

struct event;
struct mail_env;
struct mail_fields;

struct mail_robot {
	/* "auto-replied", "auto-generated", "out-of-office"; or NULL */
	const char *automatic;
	const char *list; /* the list's id (RFC 2919), or NULL */
	bool	    bulk; /* advertising and the like */
	bool	    any;  /* automatic, or by a list: never to be answered */
};

/* Needs the event's contacts and subject. */
void mail_robot_read(struct mail_robot *, struct event *,
    const struct mail_fields *, const struct mail_env *);

/*
 * Whether who sent it is a mail system's own address, as bounces have:
 * nobody in the envelope, or MAILER-DAEMON and the like in From.
 */
bool mail_robot_is_system(const struct event *, const struct mail_env *);

#endif
