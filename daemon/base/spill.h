/*
 * A run of bytes that may become large: mail as it comes in, attachments as
 * they are decoded.  The first SPILL_MEMORY bytes are ordinary memory; what
 * grows past that lives in a file without a name, mapped into memory, so that
 * the kernel may write pages back and drop them whenever it needs the room.
 *
 * It is no spool: the file has no name, so that nothing of it is left when
 * the process ends, however it ends.
 *
 * Two steps: bytes are added, then it is sealed and only read.  One thread at
 * a time may use a spill; several may be used at once.
 */
#ifndef BASE_SPILL_H
#define BASE_SPILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "def.h"

#define SPILL_MEMORY 262144 /* bytes that stay in ordinary memory */

struct spill {
	uint8_t *p;	 /* the n bytes, once sealed; NULL when n is 0 */
	size_t	 n;	 /* bytes added */
	size_t	 size;	 /* of memory taken for them; 0: they are in a file */
	size_t	 mapped; /* bytes at p that are a file's; 0: memory */
	int	 file;	 /* one more than its descriptor; 0: none open */
};

/*
 * Where the files are: an existing directory on a disk, for the whole process
 * and before there are threads; NULL or "": $TMPDIR, else /var/tmp.  False
 * when no file can be made there (errno says why).
 */
bool spill_open(const char *dir) MUSTCHECK;

/* All zeroes is an empty one.  Takes over n malloc'd bytes (or NULL, 0). */
struct spill spill_of(char *, size_t n);
void	     spill_free(struct spill *);
/* The bytes go to the one who called; *s is empty afterwards. */
struct spill spill_take(struct spill *s);

/*
 * Adds bytes.  False when there is no room for them on the disk (or no file
 * could be made): what was in stays, the caller is to give up.
 */
bool spill_add(struct spill *, const void *, size_t n) MUSTCHECK;
/*
 * Makes p good; nothing may be added any more, no descriptor is held.  False
 * when it cannot be mapped.  Sealing twice does nothing.
 */
bool spill_seal(struct spill *) MUSTCHECK;

/* Of its bytes, how many are in ordinary memory and how many in a file. */
size_t spill_in_memory(const struct spill *);
size_t spill_on_disk(const struct spill *);
/*
 * The first n bytes have been read and are not needed soon: their pages may
 * go.  They can still be read.
 */
void spill_pass(const struct spill *, size_t n);

#endif
