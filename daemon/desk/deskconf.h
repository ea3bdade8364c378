/*
 * desk.conf, the company's own settings, as the JSON that is applied (see
 * rules.h).  The text may come from anybody: there is no include, no
 * function and no environment in it, and its size is capped.
 */
#ifndef DESK_DESKCONF_H
#define DESK_DESKCONF_H

#include <stddef.h>
#include "base/def.h"

struct json_t;

#define DESKCONF_MAX 1048576 /* bytes of desk.conf */

/*
 * The JSON (free() it), or NULL with "file:line: sentence" in wrong, one
 * line for each fault found as far as there is room.  file is only named.
 * Any thread may ask; it may take a second or two of a hostile text.
 */
char *deskconf_json(const char *text, size_t n, const char *file, char *wrong,
    size_t) MUSTCHECK;

/*
 * The other way: such JSON as desk.conf for people, its sections in order and
 * each with a line of comment (free() it).  What was made of a desk.conf comes
 * back the same from deskconf_json(); what no desk.conf can say is written all
 * the same, for the reader to see.
 */
char *deskconf_write(const struct json_t *config) MUSTCHECK;

/*
 * libconfuse's scanner is one for the whole process: whoever else parses
 * (deskd.conf, at SIGHUP) holds it meanwhile.
 */
void deskconf_hold(void);
void deskconf_let(void);

#endif
