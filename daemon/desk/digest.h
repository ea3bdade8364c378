/*
 * SHA-256 (FIPS 180-4) as lower-case hexadecimal: the name by which bytes
 * are kept, and the id of what brings none of its own.
 */
#ifndef DESK_DIGEST_H
#define DESK_DIGEST_H

#include <stddef.h>

#define DIGEST_HEX 65 /* 64 digits and a NUL */

struct _GChecksum;

/* A digest of several runs of bytes, put in one after the other. */
struct digest {
	struct _GChecksum *sum;
};

void digest_start(struct digest *);
void digest_add(struct digest *, const void *, size_t);
/* Writes the digits and frees what digest_start() took. */
void digest_end(struct digest *, char out[DIGEST_HEX]);

/* The digest of one run of bytes. */
void digest_hex(char out[DIGEST_HEX], const void *, size_t);

#endif
