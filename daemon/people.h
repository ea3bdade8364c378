/*
 * What is done for customers by the clock: records that seem to be one person
 * are found, and what an erased customer left behind is taken away: long
 * histories, bytes, notices in the live feed.  Everything is noted in
 * PostgreSQL, done a little at a time and may be repeated, so that any daemon
 * goes on where another one ended.
 */
#ifndef PEOPLE_H
#define PEOPLE_H

#include "base/def.h"

struct daemon;
struct people;

struct people *people_open(struct daemon *) MUSTCHECK;
/* Once a second. */
void people_second(struct people *);
void people_close(struct people *);

#endif
