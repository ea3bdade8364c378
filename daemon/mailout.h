/*
 * Mail on its way out: a claimed message is written (desk/compose.h), its
 * attachments are fetched piece by piece into a file without a name
 * (base/spill.h), and the courier brings it to the relay that deskd.conf
 * names.
 */
#ifndef MAILOUT_H
#define MAILOUT_H

#include "outbound.h"

extern const struct sender mailout_sender;

void mailout_open(struct daemon *);
/* The settings were read again. */
void mailout_reload(struct daemon *);
void mailout_close(void);

#define MAILOUT_URL 300
/*
 * What the settings say of the relay: where it is, and how it is talked to.
 * url is room that has to live as long as the mail; the password is read
 * anew with the settings.
 */
void mailout_relay(
    const struct daemon *, struct courier_mail *, char url[MAILOUT_URL]);

#endif
