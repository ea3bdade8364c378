/*
 * Secrets that stand in files under state_dir: hooks' keys, providers'
 * tokens.
 */
#ifndef STATEFILE_H
#define STATEFILE_H

#include <stddef.h>

struct daemon;

/*
 * The file as a text without the line feeds at its end: bytes, 0 when there
 * is none (name NULL, or it cannot be read; the log says so).  It is read
 * each time, small and local, so that a new secret holds from now on.
 */
size_t statefile_read(
    const struct daemon *, const char *name, char *out, size_t size);

#endif
