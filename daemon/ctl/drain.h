/*
 * deskctl queue drain.
 */
#ifndef CTL_DRAIN_H
#define CTL_DRAIN_H

#include "ctl.h"

/* The words as they were typed, the operation's name first. */
enum ctl_exit drain_run(struct ctl *, int argc, char **argv);

#endif
