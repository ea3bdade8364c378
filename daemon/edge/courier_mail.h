/*
 * The courier's mail: a few threads, each with a connection of its own to the
 * relay.  libcurl waits for the answer to a mail's end without returning to
 * its caller (smtp_done() in 7.88, also under the multi interface), and says
 * QUIT so too: on the loop, a relay that hangs would hang the desk.
 */
#ifndef EDGE_COURIER_MAIL_H
#define EDGE_COURIER_MAIL_H

#include "courier.h"

struct mailer;

struct mailer *mailer_open(struct event_base *) MUSTCHECK;
uint64_t       mailer_send(struct mailer *, const struct courier_mail *,
	  courier_ready *, courier_got *, void *arg, uint64_t ref) MUSTCHECK;
void	       mailer_go_on(struct mailer *, uint64_t id);
void	       mailer_stop(struct mailer *, uint64_t id);
size_t	       mailer_busy(const struct mailer *);
void	       mailer_close(struct mailer *);

#endif
