/*
 * Web hooks to other services: this daemon claims notices that are due
 * (desk.hook_work), posts them signed (Standard Webhooks 1.0.0), and says with
 * its next claim what came of it.  At least once: where this process ends, or
 * its word to PostgreSQL is lost, the notice is sent again, by any daemon,
 * under the same webhook-id.  sql/functions/hooks.sql has the rules.
 */
#ifndef HOOKOUT_H
#define HOOKOUT_H

#include <stddef.h>
#include <stdint.h>
#include <jansson.h>
#include "base/buf.h"
#include "base/def.h"
#include "edge/courier.h"

struct daemon;
struct hookout;

struct hookout *hookout_open(struct daemon *) MUSTCHECK;
/* Looks for work; with the chores' tick.  A daemon that drains takes none. */
void hookout_tick(struct hookout *);
/* Notices in hand, those among them of which PostgreSQL is to be told. */
size_t hookout_flying(const struct hookout *);
/* Gauges for /metrics. */
void hookout_gauges(const struct hookout *, struct buf *);
void hookout_close(struct hookout *);

/*
 * Signs and posts what such a row of desk.hook_work() describes; got() comes
 * later.  0: it cannot be sent, *wrong says why.
 */
uint64_t hookout_post(struct daemon *, const json_t *row, courier_got *,
    void *arg, uint64_t ref, const char **wrong) MUSTCHECK;

#endif
