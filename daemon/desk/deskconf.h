/*
 * desk.conf, the company's own settings, as the JSON that is applied (see
 * rules.h).  The text may come from anybody: there is no include, no
 * function and no environment in it, and its size is capped.
 */
#ifndef DESK_DESKCONF_H
#define DESK_DESKCONF_H

#include <stddef.h>
#include "base/def.h"

#define DESKCONF_MAX 262144 /* bytes of desk.conf */

/*
 * The JSON (free() it), or NULL with "file:line: sentence" in wrong, one
 * line for each fault found as far as there is room.  file is only named.
 * One thread at a time: libconfuse's scanner is not reentrant.
 */
char *deskconf_json(const char *text, size_t n, const char *file, char *wrong,
    size_t) MUSTCHECK;

#endif
