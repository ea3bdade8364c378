/*
 * A mail's headers: who wrote it to whom, what it answers, whether a person
 * wrote it and whether its sender is who he says.
 */
#ifndef DESK_MAILHEAD_H
#define DESK_MAILHEAD_H

#include <stdbool.h>
#include "event.h"
#include "mail.h"
#include "mailauth.h"
#include "mailfields.h"
#include "mailrobot.h"

struct _GMimeMessage;

/* Whom one of a mail's fields names, in its own order. */
struct mail_named {
	const char *at[EVENT_OTHERS]; /* normalised, without our token */
	size_t	    n;
	bool	    more; /* than these */
};

struct mail_head {
	struct mail_fields fields;
	struct mail_auth   auth;
	struct mail_robot  robot;
	const char	  *message_id; /* without <>, or NULL */
	const char	  *reply_to;   /* normalised, or NULL */
	struct mail_named  to;
	struct mail_named  cc;
	char		   date[40];   /* RFC 3339, or "" */
	unsigned	   from_count; /* authors, over all From fields */
	unsigned	   odd;	       /* MAILTEXT_… of subject and name */
	bool		   several_from_fields;
	bool		   several_subjects;
	bool		   several_ids;
	bool		   address_in_name; /* another than the true one */
	bool		   full;	    /* the event's arena is */
};

/*
 * Sets contacts, name, to, subject, thread, refs, token, auth and automatic.
 * Without a usable From there is no contact.
 */
void mail_head_read(struct mail_head *, struct event *, struct _GMimeMessage *,
    const struct mail_env *);

/*
 * The contact that stands for the envelope's sender; false when that is none
 * (a null sender, nonsense) or the arena is full.
 */
bool mail_head_sender(struct event *, const struct mail_env *);

/* Sets to and token from the envelope's recipients alone. */
void mail_head_rcpts(struct event *, const struct mail_env *);

#endif
