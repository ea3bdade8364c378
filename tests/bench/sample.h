/*
 * The events that every measurement of ingest sends, so that their figures
 * can be divided: a customer's mail of some 400 bytes, Vietnamese or English,
 * four in five from one of 10,000 customers, the rest from somebody new;
 * each opens a ticket.
 */
#ifndef BENCH_SAMPLE_H
#define BENCH_SAMPLE_H

#include <stdint.h>
#include "base/buf.h"

/* Digits of a number that makes a run's events its own. */
#define SAMPLE_DIGITS 14

/* A number that no other run begins its events with. */
uint64_t sample_run(void);
/* Adds event n as EVENT.ADD takes it; mark (SAMPLE_DIGITS of digits) stands
   wherever it must differ from all others. */
void sample_event(struct buf *, uint64_t n, uint64_t mark);

#endif
