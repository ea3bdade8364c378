/*
 * Secrets that desk.conf names by their files, under deskd.conf's state_dir:
 * read when they are needed, since they are small, local and seldom asked for.
 */
#ifndef SECRETFILE_H
#define SECRETFILE_H

#include <stddef.h>
#include "base/def.h"

struct daemon;

/*
 * The file's bytes without line ends behind them, as text; 0, and a line in
 * the log that names whose it was to be, when there is none.
 */
size_t secretfile_read(const struct daemon *, const char *whose,
    const char *file, char *out, size_t size) MUSTCHECK;

#endif
