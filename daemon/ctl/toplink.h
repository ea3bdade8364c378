/*
 * deskctl top's link to its desk: two threads that ask and listen, so that
 * the screen never waits for the wire.  What came is taken out by the thread
 * that draws; nothing else is shared.
 */
#ifndef CTL_TOPLINK_H
#define CTL_TOPLINK_H

#include <stdbool.h>
#include "ctl.h"
#include "topmodel.h"

struct toplink;

/* Begins to ask; a byte is written to the fd whenever something came. */
struct toplink *toplink_start(const struct ctl *, int wake_fd) MUSTCHECK;
/* Puts what came into the model, and what the model wants asked on its way. */
void toplink_exchange(struct toplink *, struct top *, int64_t ms);
/* Waits for the threads a moment; false: one hangs on the wire yet. */
bool toplink_stop(struct toplink *) MUSTCHECK;

/* One round of asking over the wire that there is, for a single frame. */
enum ctl_exit toplink_once(struct ctl *, struct top *, int64_t ms) MUSTCHECK;

#endif
