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

#endif
