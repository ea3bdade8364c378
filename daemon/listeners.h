/*
 * All that deskd listens on, opened and closed as one.
 */
#ifndef LISTENERS_H
#define LISTENERS_H

#include <stdbool.h>
#include "base/def.h"

struct daemon;
struct listeners;

/* NULL when one cannot listen: the log says which and why. */
struct listeners *listeners_open(struct daemon *) MUSTCHECK;
/* What has come is looked at; once a turn. */
void listeners_turn(struct listeners *);
/* Takes no more peers; those that are here finish what they began. */
void	 listeners_stop(struct listeners *);
unsigned listeners_count(const struct listeners *); /* peers still here */
void	 listeners_close(struct listeners *);

#endif
