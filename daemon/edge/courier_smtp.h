/*
 * One mail on its way to the relay, as a thread of courier_mail.c sends it
 * with libcurl: what is said and heard, how far it came, and what that means.
 */
#ifndef EDGE_COURIER_SMTP_H
#define EDGE_COURIER_SMTP_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/list.h"
#include "courier.h"

struct mailer;

/* Bytes held back until courier_go_on(): without them, and the dot that
   libcurl adds, a relay has no mail. */
#define MAIL_TAIL 2

enum mail_phase { PHASE_GREETING, PHASE_MAIL, PHASE_DATA, PHASE_LET_GO };

struct mail {
	struct link    link; /* of those waiting, or told */
	struct link    readies;
	struct mailer *mailer;
	uint64_t       id, ref;
	courier_ready *ready;
	courier_got   *got;
	void	      *arg;

	char		  *url, *ca, *user, *password, *from;
	struct curl_slist *rcpts;
	bool		   starttls;
	int64_t		   timeout_ms;
	const uint8_t	  *bytes;
	size_t		   n, at;
	curl_off_t	   size; /* as it is told; -1: it is not */

	bool go_on;   /* the loop let the end go */
	bool stopped; /* nobody waits for it */

	/* The thread's until it is told. */
	enum mail_phase	 phase;
	struct buf	 words;
	long		 status; /* of the last whole reply in this phase */
	bool		 broken; /* a new reply begins with the next line */
	bool		 over;	 /* what follows is the goodbye */
	enum courier_how how;
	char		 error[CURL_ERROR_SIZE];
};

/* libcurl's callbacks that the mailer has: the bytes, and whether to go on. */
size_t mail_read(char *out, size_t one, size_t n, void *mail);
int mail_progress(void *mail, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

/* The size as it may be told to the relay; -1: it may not. */
curl_off_t mail_size(const uint8_t *, size_t);
/* Sends it, over the handle's connection when that still stands. */
void mail_run(struct mail *, CURL *);

#endif
