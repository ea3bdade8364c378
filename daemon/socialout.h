/*
 * Answers on social networks on their way out: a claimed message becomes the
 * HTTP request that its source's send block describes (desk/provider.h), and
 * what the provider answers decides whether it was sent, is tried again or
 * has failed.
 */
#ifndef SOCIALOUT_H
#define SOCIALOUT_H

#include "outbound.h"

extern const struct sender socialout_sender;

void socialout_close(void);

#endif
