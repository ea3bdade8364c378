/*
 * Mail on its way in: what the SMTP and LMTP servers ask the desk, and a
 * whole mail's way from bytes to the sender's 250.
 */
#ifndef MAILIN_H
#define MAILIN_H

#include <stdbool.h>
#include "edge/smtp.h"

struct daemon;
struct mailin;

/* One for each listening server; smtp_conf's callbacks take it as arg. */
struct mailin *mailin_open(struct daemon *) MUSTCHECK;
/* The server that mails are answered on, once it listens. */
void	       mailin_serve(struct mailin *, struct smtp_server *);
enum smtp_rcpt mailin_rcpt(void *mailin, const char *address);
void	       mailin_mail(void *mailin, const struct smtp_mail *);
bool	       mailin_busy(void *mailin);
/* Reads what has come; once a turn of the loop. */
void mailin_turn(struct mailin *);
void mailin_close(struct mailin *);

#endif
