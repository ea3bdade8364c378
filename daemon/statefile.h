/*
 * Secrets that stand in files under state_dir: hooks' keys, providers'
 * tokens, the key of the second factors.
 */
#ifndef STATEFILE_H
#define STATEFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/def.h"

struct daemon;

/*
 * The file as a text without the line feeds at its end: bytes, 0 when there
 * is none (name NULL, or it cannot be read; the log says so).  It is read
 * each time, small and local, so that a new secret holds from now on.
 */
size_t statefile_read(
    const struct daemon *, const char *name, char *out, size_t size);
/*
 * A key of n bytes, at most 32, kept there as hexadecimal; made (mode 600)
 * when there is none yet, once even by daemons that start side by side.  It
 * waits for the disk: at start only.  False, and the log says why, when there
 * can be none.
 */
bool statefile_key(
    const struct daemon *, const char *name, uint8_t *key, size_t n) MUSTCHECK;

#endif
