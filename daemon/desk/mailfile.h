/*
 * A part of a mail that is kept as a file: what it is called, what it is, and
 * why nobody here can read it, if so.
 */
#ifndef DESK_MAILFILE_H
#define DESK_MAILFILE_H

struct _GMimeObject;

struct mail_file {
	char	    name[256]; /* as it may be shown and stored */
	char	    type[128]; /* "image/png", lower case */
	const char *unread;    /* in plain words, constant; or NULL */
};

void mail_file_of(struct mail_file *, struct _GMimeObject *);

#endif
