/*
 * What is known of one Asterisk's calls and channels, and the telling of it:
 * for amicall.c, which hears the events, and amibook.c alone.
 */
#ifndef DESK_AMIBOOK_H
#define DESK_AMIBOOK_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "amicall.h"
#include "cdr.h"
#include "when.h"

struct ami_message;

#define BOOK_ID	  150 /* bytes of a Uniqueid or Linkedid */
#define BOOK_TEXT 200

struct call {
	char	id[BOOK_ID + 1];
	char	from[BOOK_TEXT];
	char	name[BOOK_TEXT];
	char	to[BOOK_TEXT];
	char	why[BOOK_TEXT]; /* disposition */
	bool	out;
	bool	internal; /* between our telephones, or not known yet */
	bool	heard;	  /* its beginning was told */
	int64_t began;
	int64_t answered; /* 0: not */
	int64_t hold;	  /* ms, of all that ended */
	int64_t left;	  /* when he who talked hung up; 0: he did not */
	char	agent[CDR_EXTENSION]; /* who talks; "": nobody */
	char	talker[BOOK_ID + 1];  /* his channel */
	char	last[CDR_EXTENSION];  /* who talked last */
	size_t	channels;
};

struct channel {
	char	     id[BOOK_ID + 1];
	char	     extension[CDR_EXTENSION]; /* "": not one of ours */
	struct call *call;
	int64_t	     held;  /* since when; 0: it is not */
	bool	     seen;  /* since the list under way was asked for */
	bool	     talks; /* in that list: in a bridge */
	bool	     local; /* a half of Asterisk's own, no telephone */
};

struct amicall {
	struct callrec_desk desk;
	amicall_tell	   *tell;
	void		   *arg;
	GHashTable	   *calls;    /* Linkedid → struct call, owned */
	GHashTable	   *channels; /* Uniqueid → struct channel, owned */
	int64_t		    now;
	char		    at[WHEN_MAX];
};

/* Copies what fits; Asterisk's word for "unknown" becomes "". */
void book_copy(char *out, size_t size, const char *);
bool book_is_id(const char *);

/* An empty record of a call; agent "" counts as none. */
struct callrec book_record(
    const char *state, const char *leg, const char *agent);
/* Tells it, unless the call is between our own telephones. */
void book_tell(struct amicall *, const struct call *, struct callrec *);
/* A telephone rings; NULL: the call as such. */
void book_rings(
    struct amicall *, struct call *, const char *leg, const char *extension);
/* The extension talks from now on, on the channel of that id. */
void book_taken(
    struct amicall *, struct call *, const char *leg, const char *extension);

/*
 * The channel that an event names by these fields, made when it is new, moved
 * when its call has become another; NULL when it names none.
 */
struct channel *book_channel_named(struct amicall *, const struct ami_message *,
    const char *name, const char *unique, const char *linked);
/* By the fields that most events have. */
struct channel *book_channel(struct amicall *, const struct ami_message *);
/* Moves the channel to the call of that id. */
void book_move(struct amicall *, struct channel *, const char *linked);
/* Takes it off its call, which is over with its last one. */
void book_leave(struct amicall *, struct channel *);

#endif
