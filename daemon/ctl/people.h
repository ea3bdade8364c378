/*
 * Changes of who is who: shown first, and made when somebody says so.
 */
#ifndef CTL_PEOPLE_H
#define CTL_PEOPLE_H

#include <stdbool.h>
#include "proto/operation.h"
#include "ctl.h"

/* Is it one of CUSTOMER.MERGE, .SPLIT, .ERASE and .EXPORT? */
bool people_concerns(const struct op *);
/* Runs it; `used' of the words are its name. */
enum ctl_exit people_run(
    struct ctl *, const struct op *, int argc, char **argv, int used);
/* Everything about a customer into a new directory; see export.c. */
enum ctl_exit people_export(
    struct ctl *, const char *customer, const char *directory);

#endif
